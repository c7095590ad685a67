-- SPDX-License-Identifier: Apache-2.0
-- Keys that a client may still have because nobody knows whether it carried out the change from
-- them: what it had, and what it was told. Columns named key and next_key hold sealed keys.

CREATE TABLE former (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    client BLOB NOT NULL REFERENCES client (id) ON DELETE CASCADE,
    key BLOB NOT NULL,
    key_version INTEGER NOT NULL,
    server_version INTEGER NOT NULL,
    type INTEGER NOT NULL,         -- of the command that was the change
    next_key BLOB,
    next_version INTEGER NOT NULL
) STRICT;
CREATE INDEX former_by_client ON former (client, number);
