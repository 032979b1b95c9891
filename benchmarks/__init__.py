"""Figures, each a ratio measured in one run on one machine: `python -m benchmarks [NAME ...]`."""
