"""The client for an event loop, written by hand; `_sync` is generated from it."""
