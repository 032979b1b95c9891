"""Hostile input, statements and output."""
