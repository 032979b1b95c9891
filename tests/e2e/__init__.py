"""The product as its users see it, from the outside."""
