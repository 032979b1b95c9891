"""Tests; a directory that has an `__init__` shares fixtures of its whole package."""
