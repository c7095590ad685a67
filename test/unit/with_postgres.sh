#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Run a command with a PostgreSQL of its own, in a temporary folder, behind a socket there; its
# connection string is in E4_TEST_POSTGRES, what stops and starts it in E4_TEST_POSTGRES_CONTROL, and its
# data in the folder E4_TEST_POSTGRES_DATA.
# PostgreSQL does not run as root: then nobody does it.
# Usage: with_postgres.sh COMMAND...
set -eu

bin=
for each in /usr/lib/postgresql/*/bin; do
    [ -x "$each/initdb" ] && bin=$each
done
[ -n "$bin" ] || {
    echo "SKIP: postgresql is not installed"
    exit 77
}
work=$(mktemp -d "${TMPDIR:-/tmp}/e4-postgres.XXXXXX")
if [ "$(id -u)" -eq 0 ]; then
    chown nobody "$work"
    as="runuser -u nobody --"
else
    as=
fi

clean_up() {
    status=$?
    trap - EXIT INT TERM HUP
    cd /
    if [ -f "$work/data/postmaster.pid" ]; then # a test may have left it asleep
        postmaster=$(head -n 1 "$work/data/postmaster.pid")
        kill -CONT "$postmaster" $(pgrep -P "$postmaster") 2> /dev/null || :
    fi
    $as "$bin/pg_ctl" -D "$work/data" -m immediate stop > /dev/null 2>&1 || :
    rm -rf "$work"
    exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

before=$PWD
cd "$work"
$as "$bin/initdb" -D "$work/data" -U e4 -A trust -E UTF8 --locale=C -N > "$work.log" 2>&1 || {
    cat "$work.log"
    exit 1
}
rm -f "$work.log"
printf "listen_addresses = ''\nunix_socket_directories = '%s'\nfsync = %s\n" "$work" \
    "${E4_TEST_FSYNC:-off}" >> "$work/data/postgresql.conf"
export E4_TEST_POSTGRES="host=$work user=e4 dbname=postgres"
export E4_TEST_POSTGRES_DATA="$work/data"
export E4_TEST_POSTGRES_CONTROL="$as $bin/pg_ctl -D $work/data -w -l $work/data/log"
$E4_TEST_POSTGRES_CONTROL start > /dev/null
cd "$before"
"$@"
