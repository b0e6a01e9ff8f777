"""Text of a gazette → documents and clauses."""
