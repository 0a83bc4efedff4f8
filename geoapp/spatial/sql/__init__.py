"""SQL of the spatial questions, one file each."""
