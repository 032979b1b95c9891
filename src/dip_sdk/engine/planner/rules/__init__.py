"""The deterministic planner: answers plain questions with no model."""
