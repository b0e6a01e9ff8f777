"""Outside benchmarks: how the retrieval does on sets that others have made."""
