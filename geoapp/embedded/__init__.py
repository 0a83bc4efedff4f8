"""A PostgreSQL with PostGIS of our own, for machines that bring none.

Needs the standard library only: it runs before anything else is there to be imported.
"""

from geoapp.embedded.cluster import Cluster

__all__ = ["Cluster"]
