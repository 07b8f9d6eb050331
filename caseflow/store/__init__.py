"""The only room that speaks SQL: one Store in PostgreSQL, the same Store in dictionaries. It knows no rule and no wording."""
