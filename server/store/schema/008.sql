-- SPDX-License-Identifier: Apache-2.0
-- What the names of clients and topics begin with that a token is for; empty: all of them.
ALTER TABLE token ADD COLUMN scope TEXT NOT NULL DEFAULT '';
