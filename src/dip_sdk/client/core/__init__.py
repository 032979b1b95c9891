"""What both colours share and no socket, thread or clock is needed for."""
