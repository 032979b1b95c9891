"""What every layer says to every other. No I/O: pydantic and the standard library only."""
