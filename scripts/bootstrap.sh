#!/bin/sh
# From a bare Debian or Ubuntu with Python 3.11 to a place where the program runs.
#   bootstrap.sh run   what `make run` needs
#   bootstrap.sh dev   what `make test` and `make check` need as well
# Every step is skipped while what it was made from hasn't changed; nothing outside this
# folder is touched except by apt, and only as root or through a sudo that doesn't ask.
# PostGIS comes later: the program looks for it itself (geoapp/embedded).
. "$(dirname "$0")/lib.sh"
want=${1:-run}
case $want in run | dev) ;; *) fail "bootstrap.sh knows 'run' and 'dev', not '$want'." ;; esac

# Two of these at once would build into each other's hands.
mkdir -p .stamps
exec 9> .stamps/lock
flock 9

sh scripts/environment.sh "$want"
if [ "$want" = dev ]; then
    sh scripts/assets.sh tools
    sh scripts/browser.sh
    sh scripts/tools.sh
else
    sh scripts/assets.sh
fi
