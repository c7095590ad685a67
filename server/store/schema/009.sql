-- SPDX-License-Identifier: Apache-2.0
-- What is to be sent next is found by an index, however many commands of delayed clients wait:
-- one that waits has its client's due_s. And claimed says by which server, 0 for none.
ALTER TABLE command ADD COLUMN due_s INTEGER NOT NULL DEFAULT 0;
UPDATE command SET claimed = 0,
    due_s = coalesce((SELECT client.due_s FROM client WHERE client.id = command.client), 0);
DROP INDEX command_waiting;
CREATE INDEX command_waiting ON command (due_s, number) WHERE claimed = 0;
CREATE INDEX command_claimed ON command (client, claimed, type) WHERE claimed <> 0;
