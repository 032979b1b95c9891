"""A question becomes events, in plain synchronous Python."""
