#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The server keeps to its own OpenAPI document, whatever it is asked that this allows or forbids.
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/server.sh
. "$source_dir/test/scenario/server.sh"
need_python
"$python" -c 'import jsonschema' 2> /dev/null || skip "python3-jsonschema is not installed"

for mode in symmetric-key public-key; do
    E4D_MODE=$mode server_start $mode
    "$python" -B "$source_dir/test/scenario/api_schema.py" "$http" $mode 20
    stop "$server_pid"
    has_not $mode.e4d.err ' error '
done
