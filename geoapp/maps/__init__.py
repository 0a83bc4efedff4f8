"""The map shells, drawn by folium from trusted data only."""
