"""CSV profiles: which column means what, as data."""
