#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The PlatformIO package: its manifest is JSON that names the version and files that exist, and
# its example for the native platform compiles and runs.
# Usage: platformio.sh ROOT
set -eu
root=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$root/scripts/package" platformio "$work/e4"

python3 - "$work/e4" "$root" << 'END'
import json, os, re, sys
folder, root = sys.argv[1:]
with open(os.path.join(folder, "library.json"), encoding="utf-8") as file:
    manifest = json.load(file)
with open(os.path.join(root, "include/e4/e4.h"), encoding="utf-8") as file:
    version = re.search('E4_VERSION "(.*)"', file.read()).group(1)
assert manifest["version"] == version, manifest["version"]
for header in manifest["headers"]:
    assert os.path.isfile(os.path.join(folder, manifest["build"]["includeDir"], header)), header
listed = {os.path.join(one["base"], name) for one in manifest["examples"] for name in one["files"]}
there = {os.path.relpath(os.path.join(here, name), folder)
         for here, _, names in os.walk(os.path.join(folder, "examples")) for name in names}
assert listed == there, listed ^ there
END
# shellcheck disable=SC2046 # flags are to be split into words
cc $(sed -n 's/^build_flags = //p' "$work/e4/examples/Exchange/platformio.ini") -Wall -Wextra -Werror \
    -I"$work/e4/src" "$work/e4/src/e4.c" "$work/e4/examples/Exchange/src/main.c" -o "$work/exchange"
"$work/exchange" > "$work/said"
cat "$work/said"
grep -qx 'opened: 21.5' "$work/said"
