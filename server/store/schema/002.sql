-- SPDX-License-Identifier: Apache-2.0
-- Who may ask the server. Of a token only a hash is kept.

CREATE TABLE token (
    hash BLOB PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    role INTEGER NOT NULL,
    made_s INTEGER NOT NULL,
    expires_s INTEGER NOT NULL -- 0: never
) STRICT, WITHOUT ROWID;
