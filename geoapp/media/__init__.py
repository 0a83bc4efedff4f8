"""Photos: drawn anew in a killable process, and kept under their hash."""
