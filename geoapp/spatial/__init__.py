"""Questions to PostGIS, and what is computed from its answers."""
