"""The HTTP API: one module a noun, thin over what does the work."""
