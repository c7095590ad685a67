/* SPDX-License-Identifier: Apache-2.0 */
/* See commands.h. */
#include "tools/e4ctl/commands.h"

#include "tools/e4ctl/special.h"

const char command_letters[] = "kPsnaretmRcS";

#define CLIENT                                                                                 \
    {                                                                                          \
        "client.name", "CLIENT"                                                                \
    }
#define TOPIC                                                                                  \
    {                                                                                          \
        "topic", "TOPIC"                                                                       \
    }
#define SOURCE                                                                                 \
    {                                                                                          \
        "sourceClient.name", "SOURCE"                                                          \
    }
#define TARGET                                                                                 \
    {                                                                                          \
        "targetClient.name", "TARGET"                                                          \
    }
#define NAME                                                                                   \
    {                                                                                          \
        "name", "NAME"                                                                         \
    }
#define NAME_OF_CLIENT                                                                         \
    {                                                                                          \
        "name", "CLIENT"                                                                       \
    }
#define PREFIX                                                                                 \
    {                                                                                          \
        "prefix", "PREFIX"                                                                     \
    }
#define NONE                                                                                   \
    {                                                                                          \
        0                                                                                      \
    }
#define PAGE "sn"

/* clang-format off */
static const struct command commands[] = {
    {"client create", "NewClient", {CLIENT}, "kP", NULL, special_create,
     "register a device with its key",
     "The key comes from --key FILE, 32 bytes as e4 init --export-key writes them: the\n"
     "symmetric key, or in public-key mode the public one; or from --password-file FILE. A\n"
     "client that exists gets this key in place of its own."},
    {"client list", "GetClients", {NONE}, PAGE, "CountClients", NULL,
     "list the clients", NULL},
    {"client search", "SearchClients", {PREFIX}, "an", NULL, NULL,
     "list the clients whose names begin with PREFIX",
     "100 of them, or --count, after the name --after."},
    {"client show", "GetClient", {NAME_OF_CLIENT}, "", NULL, NULL,
     "how a client stands: what it should hold, and whether it has confirmed that", NULL},
    {"client waiting", "GetWaiting", {NAME_OF_CLIENT}, "n", NULL, NULL,
     "list the commands on their way to a client", NULL},
    {"client remove", "RemoveClient", {CLIENT}, "", NULL, NULL,
     "forget a client", NULL},
    {"client reset", "ResetClient", {CLIENT}, "", NULL, NULL,
     "take all its topics from a client", NULL},
    {"client new-key", "NewClientKey", {CLIENT}, "", NULL, NULL,
     "send a client a new key of its own", NULL},
    {"client list-topics", "GetTopicsForClient", {CLIENT}, PAGE, "CountTopicsForClient", NULL,
     "list a client's topics", NULL},
    {"client link-client", "LinkClient", {SOURCE, TARGET}, "", NULL, NULL,
     "note that TARGET should know SOURCE's public key", NULL},
    {"client unlink-client", "UnlinkClient", {SOURCE, TARGET}, "", NULL, NULL,
     "note that it need not any more", NULL},
    {"client list-linked-clients", "GetLinkedClients", {CLIENT}, PAGE, "CountLinkedClients", NULL,
     "list the clients whose public keys a client should know", NULL},
    {"client send-pubkey", "SendClientPubKey", {SOURCE, TARGET}, "", NULL, NULL,
     "send TARGET the public key of SOURCE",
     "The server itself is the source e4d: it signs messages by that name."},
    {"client remove-pubkey", "RemoveClientPubKey", {SOURCE, TARGET}, "", NULL, NULL,
     "have TARGET forget the public key of SOURCE", NULL},
    {"client reset-pubkeys", "ResetClientPubKeys", {TARGET}, "", NULL, NULL,
     "have TARGET forget all public keys", NULL},
    {"topic create", "NewTopic", {TOPIC}, "", NULL, NULL,
     "make a topic, or give one that exists a new key",
     "Its clients are sent the new key; they open messages under the old one for an hour\n"
     "more. To end that at once, see topic revoke."},
    {"topic list", "GetTopics", {NONE}, PAGE, "CountTopics", NULL,
     "list the topics", NULL},
    {"topic search", "SearchTopics", {PREFIX}, "an", NULL, NULL,
     "list the topics whose names begin with PREFIX",
     "100 of them, or --count, after the name --after."},
    {"topic show", "GetTopic", {TOPIC}, "", NULL, NULL,
     "how a topic stands: who should hold it, and who has confirmed that", NULL},
    {"topic remove", "RemoveTopic", {TOPIC}, "", NULL, NULL,
     "forget a topic", NULL},
    {"topic revoke", "RevokeTopic", {TOPIC}, "", NULL, NULL,
     "give a topic a new key, and have the old one forgotten at once", NULL},
    {"topic list-clients", "GetClientsForTopic", {TOPIC}, PAGE, "CountClientsForTopic", NULL,
     "list a topic's clients", NULL},
    {"attach", "NewTopicClient", {CLIENT, TOPIC}, "", NULL, NULL,
     "give a client a topic: it is sent the topic's key", NULL},
    {"detach", "RemoveTopicClient", {CLIENT, TOPIC}, "", NULL, NULL,
     "take a topic from a client", NULL},
    {"count clients", "CountClients", {NONE}, "", NULL, NULL,
     "how many clients there are", NULL},
    {"count topics", "CountTopics", {NONE}, "", NULL, NULL,
     "how many topics there are", NULL},
    {"count client-topics", "CountTopicsForClient", {CLIENT}, "", NULL, NULL,
     "how many topics a client has", NULL},
    {"count topic-clients", "CountClientsForTopic", {TOPIC}, "", NULL, NULL,
     "how many clients a topic has", NULL},
    {"count linked-clients", "CountLinkedClients", {CLIENT}, "", NULL, NULL,
     "how many public keys a client should know", NULL},
    {"events", "SubscribeToEventStream", {NONE}, "", NULL, special_events,
     "show what happens, as it happens", NULL},
    {"new-c2key", "NewC2Key", {NONE}, "t", NULL, NULL,
     "make the server a new key of its own, and send it to every client",
     "In public-key mode only. Without --force the server refuses."},
    {"protect-message", "ProtectMessage", {TOPIC}, "mR", NULL, special_protect,
     "protect a message for a topic",
     "The message is --message TEXT, or standard input. Prints base64, or bytes with --raw."},
    {"unprotect-message", "UnprotectMessage", {TOPIC}, "R", NULL, special_unprotect,
     "open a protected message of a topic",
     "Reads base64 from standard input, or bytes with --raw. Prints the message."},
    {"crypto-mode", "GetCryptoMode", {NONE}, "", NULL, NULL,
     "which mode the server is in, symmetric-key or public-key", NULL},
    {"health", "HealthCheck", {NONE}, "", NULL, NULL,
     "whether the server is well", NULL},
    {"server-key", "GetServerKey", {NONE}, "R", NULL, special_server_key,
     "the server's public keys, for new devices in public-key mode",
     "With --raw only the 32 bytes that e4 init --server-key takes."},
    {"token create", "NewToken", {NAME}, "recS", NULL, special_token,
     "make a token, and print it: it is not kept anywhere",
     "--role says what it allows: viewer, operator or admin. --expires says until when: a\n"
     "time as 2026-12-31T00:00:00Z, or from now on 90d, 12h, 30m. With --certificate it is the\n"
     "certificate of this common name that allows it, and there is no token to print. With\n"
     "--scope it is for clients and topics only whose names begin with this."},
    {"token list", "GetTokens", {NONE}, "", NULL, NULL,
     "list the tokens, without the secrets", NULL},
    {"token remove", "RemoveToken", {NAME}, "", NULL, NULL,
     "from now on a token allows nothing", NULL},
    {"rekey", "Rekey", {NONE}, "", NULL, special_rekey,
     "change the server's master key, and wait until that is done",
     "Its keys are sealed anew while it works. The new master key is made by the server, or\n"
     "where its settings say: new-master-key-file, new-master-passphrase-file."},
    {"audit list", "GetAudit", {NONE}, "an", NULL, NULL,
     "who changed what",
     "100 records, or --count of them, after the one with number --after."},
    {"audit verify", "VerifyAudit", {NONE}, "", NULL, NULL,
     "check that no record was changed, lost, added or moved", NULL},
};
/* clang-format on */

const struct command *command_list(size_t *count)
{
    *count = sizeof commands / sizeof *commands;
    return commands;
}
