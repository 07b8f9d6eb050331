"""The HTTP doors, thin: JSON ↔ command, readings → JSON. `python -m caseflow.api` serves those that the settings open."""
