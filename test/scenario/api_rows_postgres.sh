#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# api_rows.sh with the server's state in PostgreSQL.
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/../unit/with_postgres.sh" sh "$here/api_rows.sh"
