-- SPDX-License-Identifier: Apache-2.0
-- Keys that clients had and that are free again, by their prints, and the time of the newest
-- command under each: a device that still has one finds no older time good.
CREATE TABLE retired (
    print BLOB PRIMARY KEY,
    issued_s INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
