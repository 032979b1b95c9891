"""The page of the backend, as its users see it."""
