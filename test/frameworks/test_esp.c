/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Laws of packaging/esp-idf, with what little is behind its functions here: values in memory,
 * an MQTT client that notes what it is asked, and AES by the book for the chip's unit.
 */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "aes/esp_aes.h"
#include "e4_esp.h"
#include "test/unit/book.h"
#include "test/unit/law.h"

enum { VALUES = 16, NOTES = 8, VALUE_MAX = 200 };

/* ---- NVS ---- */

static struct {
    char key[VALUES][16];
    uint8_t value[VALUES][VALUE_MAX];
    size_t len[VALUES];
    size_t count;
    bool fails;     /* to set and to commit */
    bool forgetful; /* only to commit: so nothing is set */
    int commits;
} nvs;

static size_t nvs_find(const char *key)
{
    size_t i = 0;

    while (i < nvs.count && strcmp(nvs.key[i], key) != 0)
        i++;
    return i;
}

esp_err_t nvs_get_blob(nvs_handle_t handle, const char *key, void *out, size_t *len)
{
    size_t i = nvs_find(key);

    CHECK(handle == 7);
    if (i == nvs.count)
        return ESP_ERR_NVS_NOT_FOUND;
    if (*len < nvs.len[i])
        return ESP_ERR_NVS_INVALID_LENGTH;
    *len = nvs.len[i];
    memcpy(out, nvs.value[i], nvs.len[i]);
    return ESP_OK;
}

esp_err_t nvs_set_blob(nvs_handle_t handle, const char *key, const void *value, size_t len)
{
    size_t i = nvs_find(key);

    CHECK(handle == 7 && len <= VALUE_MAX);
    if (strlen(key) > 15)
        return ESP_ERR_NVS_KEY_TOO_LONG;
    if (nvs.fails || i == VALUES)
        return ESP_ERR_NVS_NOT_ENOUGH_SPACE;
    if (nvs.forgetful)
        return ESP_OK;
    memcpy(nvs.key[i], key, strlen(key) + 1);
    memcpy(nvs.value[i], value, len);
    nvs.len[i] = len;
    if (i == nvs.count)
        nvs.count++;
    return ESP_OK;
}

esp_err_t nvs_commit(nvs_handle_t handle)
{
    CHECK(handle == 7);
    nvs.commits++;
    return nvs.fails || nvs.forgetful ? ESP_FAIL : ESP_OK;
}

/* ---- FreeRTOS ---- */

SemaphoreHandle_t xSemaphoreCreateRecursiveMutexStatic(StaticSemaphore_t *memory)
{
    memory->held = 0;
    return memory;
}

BaseType_t xSemaphoreTakeRecursive(SemaphoreHandle_t mutex, TickType_t ticks)
{
    CHECK(ticks == portMAX_DELAY);
    mutex->held++;
    return pdTRUE;
}

BaseType_t xSemaphoreGiveRecursive(SemaphoreHandle_t mutex)
{
    CHECK(mutex->held > 0);
    mutex->held--;
    return pdTRUE;
}

/* ---- esp-mqtt ---- */

static struct {
    esp_event_handler_t handler;
    void *ctx;
    bool in_its_task;
    bool full;
    char subscribed[64];
    int qos;
    char topic[80];
    uint8_t frame[CONFIG_E4_FRAME_MAX];
    size_t frame_len;
    const void *data; /* where it lay */
} broker;
static struct e4_esp_mqtt mqtt;

esp_err_t esp_mqtt_client_register_event(esp_mqtt_client_handle_t client,
                                         esp_mqtt_event_id_t event, esp_event_handler_t handler,
                                         void *ctx)
{
    (void)client;
    CHECK(event == MQTT_EVENT_ANY);
    broker.handler = handler;
    broker.ctx = ctx;
    return ESP_OK;
}

esp_err_t esp_mqtt_client_start(esp_mqtt_client_handle_t client)
{
    (void)client;
    return ESP_OK;
}

int esp_mqtt_client_subscribe_single(esp_mqtt_client_handle_t client, const char *topic,
                                     int qos)
{
    (void)client;
    memcpy(broker.subscribed, topic, strlen(topic) + 1);
    broker.qos = qos;
    return broker.full ? -2 : 1;
}

int esp_mqtt_client_publish(esp_mqtt_client_handle_t client, const char *topic,
                            const char *data, int len, int qos, int retain)
{
    (void)client;
    (void)qos;
    CHECK(retain == 0 && len > 0 && (size_t)len <= sizeof broker.frame);
    CHECK(broker.in_its_task || mqtt.memory.held == 0); /* else two tasks wait for each other */
    memcpy(broker.topic, topic, strlen(topic) + 1);
    memcpy(broker.frame, data, (size_t)len);
    broker.frame_len = (size_t)len;
    broker.data = data;
    return broker.full ? -2 : 1;
}

static void happen(esp_mqtt_event_id_t id, esp_mqtt_event_t *event)
{
    broker.in_its_task = true;
    broker.handler(broker.ctx, "MQTT_EVENTS", id, event);
    broker.in_its_task = false;
    CHECK(mqtt.memory.held == 0);
}

/* ---- the AES unit ---- */

static struct {
    unsigned blocks;
    bool broken;
} unit;

void esp_aes_init(esp_aes_context *context)
{
    memset(context, 0, sizeof *context);
}

void esp_aes_free(esp_aes_context *context)
{
    memset(context, 0, sizeof *context);
}

int esp_aes_setkey(esp_aes_context *context, const unsigned char *key, unsigned int bits)
{
    CHECK(bits == 256);
    memcpy(context->key, key, 32);
    context->key_bytes = 32;
    return 0;
}

int esp_aes_crypt_ecb(esp_aes_context *context, int mode, const unsigned char in[16],
                      unsigned char out[16])
{
    CHECK(mode == ESP_AES_ENCRYPT && context->key_bytes == 32);
    if (unit.broken)
        return -1;
    by_the_book(out, in, context->key);
    unit.blocks++;
    return 0;
}

/* ---- a device ---- */

static nvs_handle_t storage = 7;
static struct e4_port port;
static struct e4_device device;
static const uint8_t device_key[E4_KEY_SIZE] = {1, 2, 3};
static char heard[64];
static enum e4_result refusal;

static void on_message(void *ctx, const char *topic, size_t topic_len, const uint8_t *text,
                       const struct e4_opened *opened)
{
    CHECK(ctx == &mqtt && topic_len == 1 && topic[0] == 't');
    CHECK(opened->text_len < sizeof heard);
    memcpy(heard, text, opened->text_len);
    heard[opened->text_len] = '\0';
}

static void on_refused(void *ctx, const char *topic, size_t topic_len, enum e4_result why)
{
    CHECK(ctx == &mqtt && topic_len > 0 && topic[0] != '\0');
    refusal = why;
}

static enum e4_result open_again(void)
{
    memset(&device, 0, sizeof device);
    e4_nvs_port(&port, &storage);
    e4_device_config(&device, &port);
    return e4_open(&device.client, &device.config);
}

static void create(void)
{
    struct e4_identity self = {.mode = E4_SYMMETRIC};

    memset(&nvs, 0, sizeof nvs);
    memset(&broker, 0, sizeof broker);
    memset(&unit, 0, sizeof unit);
    memcpy(self.key, device_key, sizeof self.key);
    CHECK(e4_id_from_name(self.id, "device", 6) == E4_OK);
    CHECK(open_again() == E4_ERR_EMPTY);
    CHECK(e4_create(&device.client, &device.config, &self) == E4_OK);
}

static enum e4_result give_key(const char *topic)
{
    struct e4_command command = {.type = E4_SET_TOPIC_KEY, .key = {9}};

    CHECK(e4_topic_hash(command.topic, topic, strlen(topic)) == E4_OK);
    return e4_apply(&device.client, &command);
}

static bool can_send(const char *topic)
{
    struct e4_topic handle;
    uint8_t frame[64];
    size_t len;

    CHECK(e4_topic_init(&handle, topic, strlen(topic), NULL) == E4_OK);
    return e4_protect(&device.client, &handle, frame, sizeof frame, &len, (const uint8_t *)"x",
                      1) == E4_OK;
}

static void start_mqtt(void)
{
    memset(&mqtt, 0, sizeof mqtt);
    heard[0] = '\0';
    refusal = E4_OK;
    mqtt.link.client = &device.client;
    mqtt.link.message = on_message;
    mqtt.link.refused = on_refused;
    CHECK(e4_esp_mqtt_start(&mqtt) == ESP_OK);
}

/* A frame under the key that give_key() gives. */
static size_t seal(uint8_t *frame, size_t cap, const char *text)
{
    static const uint8_t key[E4_KEY_SIZE] = {9};
    struct e4_sealing sealing = {.key = key, .sent_s = (uint64_t)time(NULL)};
    size_t len;

    CHECK(e4_frame_seal(frame, cap, &len, &sealing, (const uint8_t *)text, strlen(text)) ==
          E4_OK);
    return len;
}

/* As esp-mqtt says it: the topic with the first piece only. */
static void arrive(const char *topic, const uint8_t *frame, size_t len, size_t piece)
{
    char data[512], name[200];
    size_t at = 0;

    do {
        size_t now = len - at < piece ? len - at : piece;
        esp_mqtt_event_t event = {.data = data,
                                  .data_len = (int)now,
                                  .total_data_len = (int)len,
                                  .current_data_offset = (int)at,
                                  .topic = at == 0 ? name : NULL,
                                  .topic_len = at == 0 ? (int)strlen(topic) : 0};

        memcpy(name, topic, strlen(topic));
        memcpy(data, frame + at, now);
        happen(MQTT_EVENT_DATA, &event);
        at += now;
    } while (at < len);
}

TEST(what_is_in_nvs_is_there_after_a_restart_and_is_committed)
{
    create();
    CHECK(nvs.commits > 0);
    nvs.commits = 0;
    CHECK(give_key("t") == E4_OK && nvs.commits >= 1 && nvs.len[0] == E4_RECORD_SIZE);
    CHECK(open_again() == E4_OK && can_send("t"));
}

TEST(nvs_that_fails_is_an_error_and_the_client_is_as_it_was)
{
    create();
    nvs.fails = true;
    CHECK(give_key("t") == E4_ERR_STORAGE && !can_send("t"));
    nvs.fails = false;
    nvs.forgetful = true;
    CHECK(give_key("t") == E4_ERR_STORAGE && !can_send("t"));
    nvs.forgetful = false;
    CHECK(give_key("t") == E4_OK && can_send("t"));
}

TEST(a_value_of_another_length_is_no_record)
{
    create();
    nvs.len[0] = E4_RECORD_SIZE - 1;
    CHECK(open_again() == E4_ERR_STORAGE);
    nvs.len[0] = E4_RECORD_SIZE + 1;
    CHECK(open_again() == E4_ERR_STORAGE);
}

TEST(each_connection_subscribes_to_the_receiving_topic_and_says_hello)
{
    char name[E4_RECEIVING_TOPIC_SIZE];

    create();
    start_mqtt();
    happen(MQTT_EVENT_CONNECTED, NULL);
    e4_receiving_topic(name, e4_client_id(&device.client));
    CHECK(strcmp(broker.subscribed, name) == 0 && broker.qos == 1);
    CHECK(strncmp(broker.topic, name, strlen(name)) == 0);
    CHECK(strcmp(broker.topic + strlen(name), "/up") == 0 && refusal == E4_OK);
    broker.full = true;
    happen(MQTT_EVENT_CONNECTED, NULL);
    CHECK(refusal == E4_ERR_SPACE);
}

TEST(a_frame_in_pieces_of_any_size_is_one_message)
{
    uint8_t frame[CONFIG_E4_FRAME_MAX];
    char text[] = "a text with number 00";

    create();
    start_mqtt();
    CHECK(give_key("t") == E4_OK);
    for (size_t piece = 2; piece <= 50; piece += 2) { /* fewer than the guard holds */
        size_t len;

        text[sizeof text - 2] = (char)('0' + piece % 10);
        text[sizeof text - 3] = (char)('0' + piece / 10);
        len = seal(frame, sizeof frame, text);
        arrive("t", frame, len, piece);
        CHECK_AT(piece, strcmp(heard, text) == 0 && refusal == E4_OK);
    }
}

TEST(a_frame_that_is_too_long_or_lacks_a_piece_is_dropped_and_the_next_is_not)
{
    static const uint8_t zeros[CONFIG_E4_FRAME_MAX + 1];
    esp_mqtt_event_t lost = {.data = heard, .data_len = 8, .total_data_len = 60};
    uint8_t frame[CONFIG_E4_FRAME_MAX];
    char name[131];
    size_t len;

    create();
    start_mqtt();
    CHECK(give_key("t") == E4_OK);
    arrive("t", zeros, sizeof zeros, 100);
    CHECK(refusal == E4_ERR_SPACE && heard[0] == '\0');
    refusal = E4_OK;
    memset(name, 'n', sizeof name);
    name[sizeof name - 1] = '\0';
    arrive(name, zeros, 30, 100);
    CHECK(refusal == E4_ERR_SPACE);
    refusal = E4_OK;
    lost.current_data_offset = 52; /* its beginning never came */
    happen(MQTT_EVENT_DATA, &lost);
    len = seal(frame, sizeof frame, "whole");
    lost.current_data_offset = 0;
    lost.topic = name;
    lost.topic_len = 1;
    happen(MQTT_EVENT_DATA, &lost); /* its end never comes */
    CHECK(heard[0] == '\0' && refusal == E4_OK);
    arrive("t", frame, len, 16);
    CHECK(strcmp(heard, "whole") == 0 && refusal == E4_OK);
    arrive("t", zeros, 0, 16);
    CHECK(refusal == E4_ERR_SHORT);
}

/* Publish a text of so many bytes in a frame of the caller's with room for 40. */
static enum e4_result publish(size_t text_len)
{
    static uint8_t frame[40];
    static const uint8_t text[64] = "x";
    enum e4_result result =
        e4_esp_mqtt_publish(&mqtt, "t", frame, sizeof frame, text, text_len, 1);

    CHECK(result != E4_OK || broker.data == frame);
    return result;
}

TEST(what_is_published_is_a_frame_in_the_callers_memory_and_a_full_outbox_is_an_error)
{

    create();
    start_mqtt();
    CHECK(publish(1) == E4_ERR_NO_TOPIC);
    CHECK(broker.frame_len == 0 && give_key("t") == E4_OK);
    CHECK(publish(1) == E4_OK);
    CHECK(broker.frame_len == 1 + E4_OVERHEAD_SK && strcmp(broker.topic, "t") == 0);
    CHECK(publish(40 - E4_OVERHEAD_SK) == E4_OK);
    CHECK(publish(41 - E4_OVERHEAD_SK) == E4_ERR_SPACE);
    broker.full = true;
    CHECK(publish(1) == E4_ERR_SPACE);
}

TEST(the_chips_unit_encrypts_everything)
{
    create();
    CHECK(strcmp(e4_aes_choose()->name, "ESP") == 0 && give_key("t") == E4_OK);
    unit.blocks = 0;
    CHECK(can_send("t") && unit.blocks >= 4);
}

TEST(a_unit_that_fails_stops_the_device)
{
    int status;
    pid_t child;

    create();
    CHECK(give_key("t") == E4_OK);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        unit.broken = true;
        (void)can_send("t");
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

LAWS(LAW(what_is_in_nvs_is_there_after_a_restart_and_is_committed),
     LAW(nvs_that_fails_is_an_error_and_the_client_is_as_it_was),
     LAW(a_value_of_another_length_is_no_record),
     LAW(each_connection_subscribes_to_the_receiving_topic_and_says_hello),
     LAW(a_frame_in_pieces_of_any_size_is_one_message),
     LAW(a_frame_that_is_too_long_or_lacks_a_piece_is_dropped_and_the_next_is_not),
     LAW(what_is_published_is_a_frame_in_the_callers_memory_and_a_full_outbox_is_an_error),
     LAW(the_chips_unit_encrypts_everything), LAW(a_unit_that_fails_stops_the_device))
