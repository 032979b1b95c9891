"""What every layer says to every other. No I/O, no heavy imports: pydantic and the standard library."""
