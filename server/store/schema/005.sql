-- SPDX-License-Identifier: Apache-2.0
-- Public keys that a client was told to forget, until it is known that it has. The source may be
-- gone, or the server itself.
CREATE TABLE forgotten (
    target BLOB NOT NULL REFERENCES client (id) ON DELETE CASCADE,
    source BLOB NOT NULL,
    PRIMARY KEY (target, source)
) STRICT, WITHOUT ROWID;

-- It now says when a client was last told to forget something.
ALTER TABLE client RENAME COLUMN changed_s TO forgot_s;
