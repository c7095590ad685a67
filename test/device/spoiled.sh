#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A program whose tape has one wrong byte finds it: one case fails, and the exit code says so.
# Usage: spoiled.sh BOARD PROGRAM
set -eu
status=0
said=$("$(dirname "$0")/run" "$1" "$2") || status=$?
said=$(echo "$said" | tr -d '\r')
echo "$said"
[ "$status" -eq 1 ] && echo "$said" | grep -q '^[0-9]* cases in [0-9]* steps, 1 failed$'
