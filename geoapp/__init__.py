"""geoapp: a live complaint map for cities."""

__version__ = "0.1.0"
