"""Planners: a question becomes a typed plan."""
