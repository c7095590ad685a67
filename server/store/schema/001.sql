-- SPDX-License-Identifier: Apache-2.0
-- What the key server remembers. Columns named key, old_key and secret hold sealed keys.

-- Of the state itself: its mode, and what proves the master key.
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE client (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    key BLOB NOT NULL,
    key_version INTEGER NOT NULL,
    print BLOB NOT NULL UNIQUE,
    server_version INTEGER NOT NULL,
    receipts INTEGER NOT NULL,
    issued_s INTEGER NOT NULL DEFAULT 0,  -- the newest command's time, which never goes back
    touched BLOB NOT NULL DEFAULT x'',    -- what the commands of that second were about
    due_s INTEGER NOT NULL DEFAULT 0,     -- no command is sent before this
    refresh_s INTEGER NOT NULL DEFAULT 0, -- when all is to be sent again; 0: not at all
    refresh_wait_s INTEGER NOT NULL DEFAULT 0, -- and how long after that once more
    misses INTEGER NOT NULL DEFAULT 0     -- how often it has said that it holds something else
) STRICT, WITHOUT ROWID;
CREATE INDEX client_refresh ON client (refresh_s) WHERE refresh_s > 0;

CREATE TABLE topic (
    hash BLOB PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    key BLOB NOT NULL,
    key_version INTEGER NOT NULL,
    old_key BLOB,
    changed_s INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE client_topic (
    client BLOB NOT NULL REFERENCES client (id) ON DELETE CASCADE,
    topic BLOB NOT NULL REFERENCES topic (hash) ON DELETE CASCADE,
    PRIMARY KEY (client, topic)
) STRICT, WITHOUT ROWID;
CREATE INDEX client_topic_by_topic ON client_topic (topic, client);

CREATE TABLE target_source (
    target BLOB NOT NULL REFERENCES client (id) ON DELETE CASCADE,
    source BLOB NOT NULL REFERENCES client (id) ON DELETE CASCADE,
    PRIMARY KEY (target, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX target_source_by_source ON target_source (source, target);

-- Whose public keys a client was sent. The source may be the server itself.
CREATE TABLE held (
    target BLOB NOT NULL REFERENCES client (id) ON DELETE CASCADE,
    source BLOB NOT NULL,
    PRIMARY KEY (target, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX held_by_source ON held (source, target);

-- Topics that a client was told to forget, until it is known that it has.
CREATE TABLE gone (
    client BLOB NOT NULL REFERENCES client (id) ON DELETE CASCADE,
    topic BLOB NOT NULL,
    PRIMARY KEY (client, topic)
) STRICT, WITHOUT ROWID;

-- Commands sent of which the client has not yet said that it carried them out, by their tags.
CREATE TABLE unconfirmed (
    client BLOB NOT NULL REFERENCES client (id) ON DELETE CASCADE,
    tag BLOB NOT NULL,
    PRIMARY KEY (client, tag)
) STRICT, WITHOUT ROWID;

CREATE TABLE server_key (
    version INTEGER PRIMARY KEY,
    secret BLOB NOT NULL,
    public_key BLOB NOT NULL,
    made_s INTEGER NOT NULL
) STRICT;

-- Commands that have not reached the broker. A client may be gone that is to be told something.
CREATE TABLE command (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    client BLOB NOT NULL,
    type INTEGER NOT NULL,
    object BLOB NOT NULL,
    key BLOB,
    version INTEGER NOT NULL,
    again INTEGER NOT NULL,               -- it only repeats what was sent before
    attempts INTEGER NOT NULL DEFAULT 0,  -- how often it was claimed
    claimed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX command_waiting ON command (number) WHERE claimed = 0;
CREATE INDEX command_by_client ON command (client, type, object);
CREATE INDEX command_by_object ON command (object, type);

CREATE TABLE event (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    type INTEGER NOT NULL,
    source TEXT NOT NULL,
    target TEXT NOT NULL,
    time_s INTEGER NOT NULL
) STRICT;

CREATE TABLE audit (
    number INTEGER PRIMARY KEY,
    time_s INTEGER NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    first TEXT NOT NULL,
    second TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;
