"""The process that touches data. It knows nothing of questions and never imports the engine."""
