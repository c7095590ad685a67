#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# docs/server.md, as its readers run it; only the ports are others.
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/server.sh
. "$source_dir/test/scenario/server.sh"
need mosquitto_pub

broker_start

# The blocks, one file each; server_guide_replicas.sh has those about several servers.
awk '/^## Several servers$/ { exit }
    /^```sh$/ { n++; inside = 1; next } /^```$/ { inside = 0 } inside { print > "block." n }' "$source_dir/docs/server.md"
[ "$(find . -name 'block.*' | wc -l)" -eq 8 ] || fail "the guide has other blocks: $(find .)"
PATH=$bin_dir:$PATH

# block NUMBER: run it here, as it stands.
block() {
    sed -e "s/^e4 sub /e4 sub -p $port /" -e "s/mosquitto_pub /mosquitto_pub -h 127.0.0.1 -p $port /" \
        "block.$1" > now
    # shellcheck disable=SC1091 # made here
    . ./now
    # Programs in the background are ended with the rest. (Not $(jobs -p): that sees none.)
    jobs -p > jobs.list
    while read -r job; do
        started="$started $job"
    done < jobs.list
}

export E4D_HTTP_PORT=0 E4D_GRPC_PORT=0 E4D_BROKER_PORT="$port" E4D_BROKER_HOST=127.0.0.1
block 1 2> server.err
wait_for server.err 'e4d: version'
http=$(sed -n 's/.*http: listening on https:.*:\([0-9]*\)$/\1/p' server.err)
export E4_SERVER="https://127.0.0.1:$http"
block 2 > made.out
block 3 > list.out
is list.out alice bob
block 4
for who in alice bob; do
    wait_for $who.log 'command SetTopicKey.* carried out'
    wait_for $who.log 'subscribed to room'
done
block 5
wait_for alice.txt 'good morning'
wait_for bob.txt 'good morning'
block 6
wait_for alice.log 'command SetTopicKey.* carried out' 2
block 7
wait_for alice.txt 'without bob'
has_not bob.txt 'without bob'
block 8 > audit.out
has audit.out ' admin *RevokeTopic *room '
