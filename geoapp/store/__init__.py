"""Rows in, domain objects out; never commits."""
