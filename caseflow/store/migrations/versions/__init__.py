"""Every step the database ever took, in order."""
