"""One file a kind of source: bytes of a user become tables."""
