/* SPDX-License-Identifier: Apache-2.0 */
/* What can be typed into e4 shell: one table, a function each. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/mqtt_topic.h"
#include "e4/keys.h"
#include "tools/e4/holding.h"
#include "tools/e4/shell.h"

enum { HEX_SIZE = 2 * E4_HASH_SIZE + 1 };

/* What stands after a command's name: a topic and the rest of the line; "" where there is none.
 */
struct words {
    const char *topic;
    const char *text;
};

static void run_subscribe(struct shell *shell, const struct words *words);
static void run_unsubscribe(struct shell *shell, const struct words *words);
static void run_send(struct shell *shell, const struct words *words);
static void run_send_clear(struct shell *shell, const struct words *words);
static void run_keys(struct shell *shell, const struct words *words);
static void run_status(struct shell *shell, const struct words *words);
static void run_help(struct shell *shell, const struct words *words);
static void run_quit(struct shell *shell, const struct words *words);

static const struct {
    const char *name;
    const char *arguments;
    const char *what;
    void (*run)(struct shell *shell, const struct words *words);
} commands[] = {
    {"subscribe", "TOPIC", "show the messages of a topic", run_subscribe},
    {"unsubscribe", "TOPIC", "show them no more", run_unsubscribe},
    {"send", "TOPIC TEXT", "protect a text and publish it", run_send},
    {"send-clear", "TOPIC TEXT", "publish a text without protection", run_send_clear},
    {"keys", "", "fingerprints of the keys that are held", run_keys},
    {"status", "", "who this is, and how the connection does", run_status},
    {"help", "", "this list", run_help},
    {"quit", "", "the end (also: exit, control-D)", run_quit},
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void fail(struct shell *shell, const struct err *err)
{
    shell_say(shell, "! %s", err->text);
    shell_failed(shell, err->kind);
}

/* Topics that were named */

static struct shell_topic *topic_find(struct shell *shell, const char *name)
{
    struct shell_topic *at = shell->topics;

    while (at != NULL && strcmp(at->name, name) != 0)
        at = at->next;
    return at;
}

/* Remember a topic for completion and for keys. NULL: no memory. */
static struct shell_topic *topic_note(struct shell *shell, const char *name)
{
    struct shell_topic *topic = topic_find(shell, name);
    struct shell_topic **at = &shell->topics;
    size_t size = strlen(name) + 1;

    if (topic != NULL)
        return topic;
    topic = calloc(1, sizeof *topic + size);
    if (topic == NULL)
        return NULL;
    memcpy(topic->name, name, size);
    if (e4_topic_hash(topic->hash, name, size - 1) != E4_OK)
        memset(topic->hash, 0, sizeof topic->hash); /* a filter: no key is named so */
    while (*at != NULL && strcmp((*at)->name, name) < 0)
        at = &(*at)->next;
    topic->next = *at;
    *at = topic;
    return topic;
}

void shell_forget(struct shell *shell)
{
    while (shell->topics != NULL) {
        struct shell_topic *first = shell->topics;

        shell->topics = first->next;
        free(first);
    }
}

/* Commands */

static void run_subscribe(struct shell *shell, const struct words *words)
{
    struct shell_topic *topic;
    struct err err = {0};

    if (session_subscribe(&shell->session, words->topic, &err) != 0) {
        fail(shell, &err);
        return;
    }
    topic = topic_note(shell, words->topic);
    if (topic != NULL)
        topic->subscribed = true;
}

static void run_unsubscribe(struct shell *shell, const struct words *words)
{
    struct shell_topic *topic = topic_find(shell, words->topic);
    struct err err = {0};

    if (strcmp(words->topic, shell->session.device.receiving_topic) == 0)
        (void)err_set(&err, ERR_INPUT, "without this topic no commands would arrive");
    else if (mqtt_unsubscribe(shell->session.net.mqtt, words->topic, &err) == 0)
        err.kind = ERR_NONE;
    if (err.kind != ERR_NONE) {
        fail(shell, &err);
        return;
    }
    if (topic != NULL)
        topic->subscribed = false;
    shell_say(shell, "- unsubscribed from %s", words->topic);
}

static void publish(struct shell *shell, const char *topic, const uint8_t *payload, size_t len)
{
    struct mqtt_message message = {.topic = topic, .payload = payload, .len = len};
    struct err err = {0};

    message.qos = shell->options.qos;
    (void)topic_note(shell, topic);
    switch (mqtt_publish(shell->session.net.mqtt, &message, NULL, &err)) {
    case 0:
        return;
    case MQTT_FULL:
        (void)err_set(&err, ERR_NETWORK, "not sent: too many messages wait to be sent");
        break;
    default:
        break;
    }
    fail(shell, &err);
}

static int protect(struct shell *shell, const struct words *words, uint8_t *frame, size_t cap,
                   size_t *len, struct err *err)
{
    struct device *device = &shell->session.device;
    struct e4_topic topic;
    enum e4_result result;

    if (mqtt_topic_check(words->topic, err) != 0)
        return -1;
    result = e4_topic_init(&topic, words->topic, strlen(words->topic), NULL);
    if (result != E4_OK)
        return err_set(err, ERR_INPUT, "topics of $SYS are the broker's own");
    result = device_protect(device, &topic, frame, cap, len, (const uint8_t *)words->text,
                            strlen(words->text));
    return result == E4_OK ? 0 : device_protect_err(err, device, result);
}

static void run_send(struct shell *shell, const struct words *words)
{
    size_t cap = strlen(words->text) + E4_OVERHEAD_PK;
    uint8_t *frame = malloc(cap);
    struct err err = {0};
    size_t len;

    if (frame == NULL)
        (void)err_set(&err, ERR_SYSTEM, "not enough memory");
    else if (protect(shell, words, frame, cap, &len, &err) == 0)
        publish(shell, words->topic, frame, len);
    if (err.kind != ERR_NONE)
        fail(shell, &err);
    free(frame);
}

static void run_send_clear(struct shell *shell, const struct words *words)
{
    publish(shell, words->topic, (const uint8_t *)words->text, strlen(words->text));
}

/* The name of a topic that was named here, and a blank before it; "" for others. */
static void name_of(const struct shell *shell, const uint8_t hash[E4_HASH_SIZE], char *name,
                    size_t cap)
{
    name[0] = '\0';
    for (const struct shell_topic *at = shell->topics; at != NULL; at = at->next) {
        if (memcmp(at->hash, hash, E4_HASH_SIZE) == 0)
            (void)snprintf(name, cap, "  %s", at->name);
    }
}

static int list_keys(struct shell *shell, enum holding_kind kind, struct err *err)
{
    const char *noun = kind == HOLDING_TOPICS ? "topic" : "client";
    struct holding holding;

    if (holding_take(&holding, &shell->session.device.client, kind, err) != 0)
        return -1;
    for (size_t i = 0; i < holding.count; i++) {
        const struct e4_held *held = &holding.list[i];
        char hash[HEX_SIZE];
        char print[HEX_SIZE];
        char name[256];

        hex_encode(hash, held->name, sizeof held->name);
        hex_encode(print, held->fingerprint, sizeof held->fingerprint);
        name_of(shell, held->name, name, sizeof name);
        shell_say(shell, "%-6s %s  key %s%s%s", noun, hash, print,
                  held->has_old ? "  (and the one before)" : "",
                  kind == HOLDING_TOPICS ? name : "");
    }
    if (holding.count == 0)
        shell_say(shell, "- no %s keys are held; they come with commands",
                  kind == HOLDING_TOPICS ? "topic" : "public");
    holding_free(&holding);
    return 0;
}

static void run_keys(struct shell *shell, const struct words *words)
{
    struct err err = {0};

    (void)words;
    if (list_keys(shell, HOLDING_TOPICS, &err) != 0 ||
        (e4_client_mode(&shell->session.device.client) == E4_PUBLIC_KEY &&
         list_keys(shell, HOLDING_PEERS, &err) != 0))
        fail(shell, &err);
}

static void run_status(struct shell *shell, const struct words *words)
{
    const struct device *device = &shell->session.device;
    const struct e4_client *client = &device->client;
    const struct mqtt *mqtt = shell->session.net.mqtt;
    char id[HEX_SIZE];

    (void)words;
    hex_encode(id, e4_client_id(client), E4_ID_SIZE);
    shell_say(shell, "device   %s%s%s", id, device->settings.name != NULL ? "  " : "",
              device->settings.name != NULL ? device->settings.name : "");
    shell_say(shell, "mode     %s",
              e4_client_mode(client) == E4_PUBLIC_KEY ? "public-key" : "symmetric");
    shell_say(shell, "state    %s", device->folder);
    shell_say(shell, "broker   %s, %s", mqtt_where(mqtt),
              mqtt_is_online(mqtt) ? "connected" : "not connected");
    shell_say(shell, "commands on %s, the newest of second %" PRIu64, device->receiving_topic,
              e4_client_command_time(client));
    for (const struct shell_topic *at = shell->topics; at != NULL; at = at->next) {
        if (at->subscribed)
            shell_say(shell, "topic    %s", at->name);
    }
    if (mqtt_unpublished(mqtt) > 0)
        shell_say(shell, "sending  %zu messages", mqtt_unpublished(mqtt));
}

static void run_help(struct shell *shell, const struct words *words)
{
    (void)words;
    for (size_t i = 0; i < COMMANDS; i++)
        shell_say(shell, "%-11s %-10s  %s", commands[i].name, commands[i].arguments,
                  commands[i].what);
    shell_say(shell, "A topic with blanks stands in double quotes.");
}

static void run_quit(struct shell *shell, const struct words *words)
{
    (void)words;
    shell->quit = true;
}

/* Lines */

/* Cut the first word, or what stands in double quotes, off a text. Returns what is left. */
static char *cut(char *text, const char **word)
{
    const char *ends = " ";

    text += strspn(text, " ");
    if (*text == '"') {
        text++;
        ends = "\"";
    }
    *word = text;
    text += strcspn(text, ends);
    if (*text == '\0')
        return text;
    *text++ = '\0';
    return *ends == '"' && *text == ' ' ? text + 1 : text;
}

/* The command of this name, or of which it is the only one to begin so; COMMANDS: none. */
static size_t command_find(const char *name)
{
    size_t found = COMMANDS;
    size_t matches = 0;

    if (strcmp(name, "exit") == 0)
        name = "quit";
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(commands[i].name, name) == 0)
            return i;
        if (strncmp(commands[i].name, name, strlen(name)) == 0) {
            found = i;
            matches++;
        }
    }
    return matches == 1 ? found : COMMANDS;
}

/* Has a command what it needs? */
static int check_words(size_t command, const struct words *words, struct err *err)
{
    const char *arguments = commands[command].arguments;

    if ((*arguments != '\0' && *words->topic == '\0') ||
        (strstr(arguments, "TEXT") != NULL && *words->text == '\0'))
        return err_set(err, ERR_USAGE, "it goes: %s %s", commands[command].name, arguments);
    return 0;
}

void shell_run(struct shell *shell, const char *text)
{
    char *copy = strdup(text);
    struct err err = {0};
    struct words words;
    const char *name;
    char *rest;
    size_t command;

    if (copy == NULL) {
        (void)err_set(&err, ERR_SYSTEM, "not enough memory");
        fail(shell, &err);
        return;
    }
    rest = cut(copy, &name);
    words.text = cut(rest, &words.topic);
    command = command_find(name);
    if (*name == '\0' || *name == '#')
        goto done;
    if (command == COMMANDS)
        (void)err_set(&err, ERR_USAGE, "%.50s: no such command; help lists them", name);
    else if (check_words(command, &words, &err) == 0)
        commands[command].run(shell, &words);
    if (err.kind != ERR_NONE)
        fail(shell, &err);

done:
    free(copy);
}

const char *shell_complete(void *ctx, const char *before, size_t word, size_t n)
{
    const struct shell *shell = ctx;
    const struct shell_topic *at = shell->topics;

    if (strspn(before, " ") == word)
        return n < COMMANDS ? commands[n].name : NULL;
    while (at != NULL && n > 0) {
        at = at->next;
        n--;
    }
    return at != NULL ? at->name : NULL;
}
