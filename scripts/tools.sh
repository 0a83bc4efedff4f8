#!/bin/sh
# Programs that single tests need: nginx (the shipped proxy configuration) and faketime (a
# worker whose clock is wrong). Never fails: without them those tests are skipped and say so
# (.ci/run doesn't let that pass).
. "$(dirname "$0")/lib.sh"

# nginx is unpacked, not installed: as a package it would start serving on port 80 at once.
if ! [ -x .venv/tools/usr/sbin/nginx ] && ! PATH=$PATH:/usr/sbin have nginx && have apt-get; then
    say "Fetching nginx for the tests (once)"
    fetch_debs .venv/tools nginx > /dev/null 2>&1 || rm -rf .venv/tools
    .venv/tools/usr/sbin/nginx -v > /dev/null 2>&1 || rm -rf .venv/tools
fi
if ! have faketime && may_apt; then
    say "Installing faketime for the tests (once)"
    apt_install faketime || true
fi
[ -x .venv/tools/usr/sbin/nginx ] || PATH=$PATH:/usr/sbin have nginx ||
    note "No nginx here: the tests of the proxy configuration will be skipped."
have faketime || note "No faketime here: the tests with a wrong clock will be skipped."
exit 0
