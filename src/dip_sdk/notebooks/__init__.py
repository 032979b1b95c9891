"""Saved notebooks: the answers in them, whether they still hold, and taking their values out."""
