"""What the server keeps in its database: one module a noun."""
