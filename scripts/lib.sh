# What the set-up scripts share. Sourced, not run; works in any POSIX shell.
# Every script works from the repository's root, whoever calls it from wherever.
set -eu
cd "$(dirname "$0")/.."

say()  { printf '\033[1m▸\033[0m %s\n' "$*"; }
note() { printf '  %s\n' "$*"; }
fail() { printf '\033[31m✗\033[0m %s\n' "$1" >&2; shift; for line; do printf '  %s\n' "$line" >&2; done; exit 1; }
have() { command -v "$1" > /dev/null 2>&1; }
# Without a terminal (CI logs, files) no escape codes.
if [ ! -t 1 ]; then
    say()  { printf '> %s\n' "$*"; }
    fail() { printf 'FAILED: %s\n' "$1" >&2; shift; for line; do printf '  %s\n' "$line" >&2; done; exit 1; }
fi

# as_root COMMAND…: runs it as root, or fails if we may not (never asks for a password).
may_root() { [ "$(id -u)" = 0 ] || { have sudo && sudo -n true 2> /dev/null; }; }
as_root() {
    if [ "$(id -u)" = 0 ]; then env DEBIAN_FRONTEND=noninteractive "$@"
    else sudo -n env DEBIAN_FRONTEND=noninteractive "$@"; fi
}
may_apt() { have apt-get && may_root; }

# apt_install PACKAGE…: installs, fetching the package lists first when that is needed.
apt_install() {
    set -- install --yes --quiet --no-install-recommends \
        -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -- "$@"
    log=$(mktemp)
    if as_root apt-get "$@" > "$log" 2>&1 ||
        { as_root apt-get update -qq -o DPkg::Lock::Timeout=300 >> "$log" 2>&1 &&
          as_root apt-get "$@" >> "$log" 2>&1; }
    then rm -f "$log"
    else tail -n 12 "$log" >&2; rm -f "$log"; return 1; fi
}

# fetch_debs FOLDER PACKAGE…: unpacks packages into FOLDER without any right.
# The machine's package lists are used, or lists of our own if those lack a package.
fetch_debs() {
    target=$1; shift
    mkdir -p "$target/debs" "$target/apt/lists/partial" "$target/apt/cache/archives/partial"
    target=$(cd "$target" && pwd)
    if ! (cd "$target/debs" && apt-get -qq -o APT::Sandbox::User="$(id -un)" download "$@") 2> /dev/null
    then
        own="-o Dir::State::lists=$target/apt/lists -o Dir::Cache=$target/apt/cache -o Debug::NoLocking=1"
        # shellcheck disable=SC2086 # the options are meant to fall apart into words
        apt-get -qq $own -o APT::Sandbox::User="$(id -un)" update
        # shellcheck disable=SC2086
        (cd "$target/debs" && apt-get -qq $own -o APT::Sandbox::User="$(id -un)" download "$@")
    fi
    for deb in "$target"/debs/*.deb; do dpkg -x "$deb" "$target"; done
}

# fingerprint FILE-OR-FOLDER…: one checksum over names and contents; missing ones count too.
fingerprint() {
    for item; do
        if [ -e "$item" ]; then find "$item" -type f -not -name '*.pyc' -exec sha256sum {} +
        else echo "none $item"; fi
    done | LC_ALL=C sort | sha256sum | cut -d' ' -f1
}

# Stamps tell what a finished step was made from; the step is skipped while that holds.
stamped() { [ "$(cat ".stamps/$1" 2> /dev/null)" = "$2" ]; }
stamp()   { mkdir -p .stamps; printf '%s\n' "$2" > ".stamps/$1"; }
