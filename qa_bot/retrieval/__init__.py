"""A question → ranked clauses."""
