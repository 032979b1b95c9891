"""The backend: the same engine and workers for many users, over HTTP and WebSocket."""
