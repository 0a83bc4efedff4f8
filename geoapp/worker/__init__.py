"""Background jobs: a queue in PostgreSQL (procrastinate), one process that works it off."""
