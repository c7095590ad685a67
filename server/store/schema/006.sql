-- SPDX-License-Identifier: Apache-2.0
-- The times of the newest report and of the newest hello of a client, by its own clock, and when
-- a hello was last answered, by the server's.
ALTER TABLE client ADD COLUMN heard_s INTEGER NOT NULL DEFAULT 0;
ALTER TABLE client ADD COLUMN hello_s INTEGER NOT NULL DEFAULT 0;
ALTER TABLE client ADD COLUMN answered_s INTEGER NOT NULL DEFAULT 0;
