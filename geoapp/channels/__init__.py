"""Other systems' formats: parse and format, nothing else."""
