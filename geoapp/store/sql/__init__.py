"""SQL of the store, one file per question."""
