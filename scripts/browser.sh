#!/bin/sh
# Makes sure of a Chromium for the tests that look at pages. Never fails: without one those
# tests are skipped and say so (.ci/run doesn't let that pass).
. "$(dirname "$0")/lib.sh"

runs() {  # Ubuntu's chromium-browser may be a stub that only tells of a snap
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        if have "$name" && "$name" --version > /dev/null 2>&1; then return 0; fi
    done
    return 1
}
runs && exit 0
if may_apt; then
    say "Installing Chromium for the tests (once)"
    apt_install chromium fonts-dejavu-core || true
    runs && exit 0
fi
note "No Chromium here and none could be installed: tests that need a browser will be skipped."
note "Debian: apt install chromium. Ubuntu: install Google Chrome or the chromium snap."
