"""Who may come in: passwords, tokens, and how often somebody may try."""
