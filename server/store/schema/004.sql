-- SPDX-License-Identifier: Apache-2.0
-- When there last was something new for a client: what it is to forget is repeated for long.
ALTER TABLE client ADD COLUMN changed_s INTEGER NOT NULL DEFAULT 0;
