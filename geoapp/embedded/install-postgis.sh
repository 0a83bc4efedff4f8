#!/bin/sh
# Installs the package named by the first argument and what it needs, as root.
# Debian's postgresql package would also create and start a cluster of its own on port
# 5432. The switch against that is set for the time of the installation only, so that the
# machine's administrator finds the usual behaviour afterwards.
set -eu
switch=/etc/postgresql-common/createcluster.d/geoapp-installing.conf
trap 'rm -f "$switch"' EXIT INT TERM
mkdir -p "${switch%/*}"
echo 'create_main_cluster = false' > "$switch"
apt-get install --yes --quiet --no-install-recommends -o DPkg::Lock::Timeout=300 \
    -o Acquire::Retries=3 -- "$1"
