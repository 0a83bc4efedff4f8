"""``python -m geoapp.embedded HOME``: run the private cluster alone, until Ctrl-C.

For looking into the database, or for working on the program, without its servers.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from geoapp.embedded import Cluster
from geoapp.errors import ClusterError


def main() -> int:
    """Start the cluster of the folder given, print its address, wait for a signal."""
    home = Path(sys.argv[1] if len(sys.argv) > 1 else ".geoapp")
    stops = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    signal.pthread_sigmask(signal.SIG_BLOCK, stops)
    cluster = Cluster.prepare(home, progress=print)
    cluster.start()
    try:
        cluster.create_database("geoapp")
        print(cluster.url("geoapp_owner", "geoapp"), flush=True)
        signal.sigwait(stops)
    finally:
        cluster.stop()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ClusterError as error:
        sys.exit(str(error))
