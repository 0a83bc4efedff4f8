#!/bin/sh
# Makes .venv with what the program needs: environment.sh run|dev
. "$(dirname "$0")/lib.sh"
want=${1:-run}

# -- a Python that is new enough ------------------------------------------------------
find_python() {
    for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then
            command -v "$name"; return
        fi
    done
    return 1
}
if ! python=$(find_python); then
    may_apt || fail "No Python 3.11 or newer here." \
        "Install it (Debian, Ubuntu: apt install python3 python3-venv) or set PYTHON=/path/to/python3."
    say "Installing Python"
    apt_install python3 python3-venv || fail "apt couldn't install python3."
    python=$(find_python) || fail "This release's Python is older than 3.11; set PYTHON=/path/to/a/newer/one."
fi

made_from="$want $("$python" -c 'import sys; print(sys.version)' | tr '\n' ' ')$(fingerprint setup.cfg pyproject.toml constraints.txt)"
as_dev="dev${made_from#"$want"}"
# What tests need includes what running needs.
if [ -x .venv/bin/python ] && { stamped environment "$made_from" || stamped environment "$as_dev"; }; then
    exit 0
fi

# -- the virtual environment, with pip even where Debian left it out -------------------
without_ensurepip() {
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if may_apt; then
        note "installing python$version-venv with apt"
        apt_install "python$version-venv" || apt_install python3-venv || return 1
        "$python" -m venv .venv
    else
        have apt-get || return 1
        note "this Python has no pip, and we may not install it: unpacking pip's package into .venv"
        "$python" -m venv --without-pip .venv
        fetch_debs .venv/packages python3-pip-whl || return 1
        wheel=$(find "$PWD/.venv/packages/usr/share/python-wheels" -name 'pip-*.whl' | head -n 1)
        PYTHONPATH=$wheel .venv/bin/python -m pip install --quiet --no-index "$wheel" || return 1
        rm -rf .venv/packages
    fi
}
if ! .venv/bin/python -m pip --version > /dev/null 2>&1; then
    say "Making the Python environment (.venv)"
    rm -rf .venv
    if "$python" -c 'import ensurepip' 2> /dev/null; then "$python" -m venv .venv
    else
        without_ensurepip || fail "No pip for $python." "Debian, Ubuntu: apt install python3-venv."
    fi
fi

# -- the packages, at the versions this release was tested with ------------------------
extras=""; [ "$want" = dev ] && extras="[dev]"
constraints=""; [ -f constraints.txt ] && constraints="-c constraints.txt"
say "Installing Python packages${extras:+ with the tools for tests} (once, a minute or two)"
# shellcheck disable=SC2086 # no constraints, no words
.venv/bin/python -m pip install --quiet --disable-pip-version-check $constraints -e ".$extras" ||
    fail "pip couldn't install the packages." "Is there a way to a package index? See the lines above."
stamp environment "$made_from"
