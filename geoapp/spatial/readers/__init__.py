"""Readers of boundary files, one module per format; all end in `raw.RawFile`."""
