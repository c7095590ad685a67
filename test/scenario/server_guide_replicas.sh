#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# docs/server.md about several servers, as its readers run it; only the ports are others, and the
# database.
[ -n "${E4_TEST_POSTGRES:-}" ] ||
    exec "$(dirname "$0")/../unit/with_postgres.sh" sh "$0"
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/server.sh
. "$source_dir/test/scenario/server.sh"

broker_start
awk '/^## Several servers$/ { here = 1; next } /^## / { here = 0 }
    here && /^```sh$/ { n++; inside = 1; next } /^```$/ { inside = 0 } here && inside { print > "block." n }' \
    "$source_dir/docs/server.md"
[ "$(find . -name 'block.*' | wc -l)" -eq 3 ] || fail "the guide has other blocks: $(find .)"
PATH=$bin_dir:$PATH
umask 022

# block NUMBER: run it here, as it stands.
block() {
    sed -e "s|postgresql://e4d@db.example.net/e4d|$E4_TEST_POSTGRES|" \
        -e "s|E4D_STATE=\([a-z]*\)|E4_SERVER=\$\1 &|" "block.$1" > now
    # shellcheck disable=SC1091 # made here
    . ./now
    jobs -p > jobs.list
    while read -r job; do
        started="$started $job"
    done < jobs.list
}

# is_up NAME: its server listens, at $NAME.
is_up() {
    wait_for "$1.err" 'e4d: version'
    eval "$1=https://127.0.0.1:$(sed -n 's/.*http: listening on https:.*:\([0-9]*\)$/\1/p' "$1.err")"
}

export E4D_HTTP_PORT=0 E4D_GRPC_PORT=0 E4D_BROKER_PORT="$port" E4D_BROKER_HOST=127.0.0.1
block 1 2> first.err
is_up first
block 2 2> second.err
is_up second
block 3 > list.out 2> list.err
has list.out '^carol$'
