"""A result as text, Markdown and static HTML: pure functions of types."""
