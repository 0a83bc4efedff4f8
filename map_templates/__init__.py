"""Every Jinja template."""
