/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thermometer on a serial line: a reading every few seconds, protected end to end, and
 * whatever arrives for room/1/lamp. MQTT is spoken at the other end of the line, by the gateway
 * of the Arduino package (packaging/arduino/extras/gateway), which sees ciphertext alone.
 *
 * Lines from the device: subscribe TOPIC, publish HEX TOPIC, # for people; and ? for one line
 * back: message HEX TOPIC, or - for none, or hello from a gateway that has just started.
 */
#include <string.h>

#include <zephyr/console/console.h>
#include <zephyr/kernel.h>
#include <zephyr/settings/settings.h>
#include <zephyr/sys/printk.h>

#include "e4_zephyr.h"
#include "secrets.h"

static const char reading_topic[] = "room/1/temperature";
static const char lamp_topic[] = "room/1/lamp";

enum { TEXT_MAX = 32, TURNS = 10, PAUSE_MS = 500 };

static struct e4_settings settings;
static struct e4_port port;
static struct e4_device device;

static void print_frame(void *ctx, const char *topic, const uint8_t *frame, size_t frame_len)
{
    (void)ctx;
    printk("publish ");
    for (size_t i = 0; i < frame_len; i++)
        printk("%02x", frame[i]);
    printk(" %s\n", topic);
}

static void on_message(void *ctx, const char *topic, size_t topic_len, const uint8_t *text,
                       const struct e4_opened *opened)
{
    (void)ctx;
    printk("# %.*s: %.*s\n", (int)topic_len, topic, (int)opened->text_len, (const char *)text);
}

static void on_command(void *ctx, unsigned command, enum e4_result result)
{
    (void)ctx;
    printk("# command %u: %s\n", command, e4_strerror(result));
}

static void on_refused(void *ctx, const char *topic, size_t topic_len, enum e4_result why)
{
    (void)ctx;
    printk("# %.*s: %s\n", (int)topic_len, topic, e4_strerror(why));
}

static const struct e4_link link = {&device.client, NULL,       print_frame,
                                    on_message,     on_command, on_refused};

static enum e4_result create(void)
{
    struct e4_identity self = {.mode = E4_SYMMETRIC};
    enum e4_result result = e4_id_from_name(self.id, DEVICE_NAME, strlen(DEVICE_NAME));

    memcpy(self.key, device_key, sizeof self.key);
    if (result == E4_OK)
        result = e4_create(&device.client, &device.config, &self);
    e4_wipe(&self, sizeof self);
    return result;
}

static enum e4_result open_device(void)
{
    enum e4_result result;

    if (settings_subsys_init() != 0)
        return E4_ERR_STORAGE;
    e4_settings_port(&port, &settings);
    e4_device_config(&device, &port);
    result = e4_open(&device.client, &device.config);
    return result == E4_ERR_EMPTY ? create() : result;
}

static void greet(void)
{
    char name[E4_RECEIVING_TOPIC_SIZE];

    e4_receiving_topic(name, e4_client_id(&device.client));
    printk("subscribe %s\nsubscribe %s\n", name, lamp_topic);
    e4_link_connected(&link);
}

static uint8_t digit(char c)
{
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* What is not hex comes out as something not authentic. */
static void take(char *line)
{
    static const char message[] = "message ";
    char *hex = line + sizeof message - 1;
    const char *end;
    size_t len;

    if (strcmp(line, "hello") == 0)
        greet();
    if (strncmp(line, message, sizeof message - 1) != 0 || (end = strchr(hex, ' ')) == NULL)
        return;
    len = (size_t)(end - hex) / 2;
    for (size_t i = 0; i < len; i++)
        hex[i] = (char)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
    e4_link_arrived(&link, end + 1, strlen(end + 1), (uint8_t *)hex, len);
}

static void report(unsigned n)
{
    char text[TEXT_MAX];
    uint8_t frame[TEXT_MAX + E4_OVERHEAD_SK];
    enum e4_result result;
    size_t len;

    (void)snprintk(text, sizeof text, "%u", n); /* where a sensor would be asked */
    result =
        e4_link_protect(&link, reading_topic, frame, sizeof frame, &len, text, strlen(text));
    if (result == E4_OK)
        print_frame(NULL, reading_topic, frame, len);
    else /* no key or no time yet: both come by command */
        printk("# no reading sent: %s\n", e4_strerror(result));
}

int main(void)
{
    enum e4_result result = open_device();

    if (result != E4_OK) {
        printk("# no device: %s\n", e4_strerror(result));
        return 0;
    }
    console_getline_init();
    for (unsigned turn = 0;; turn++) {
        printk("?\n");
        take(console_getline());
        if (turn % TURNS == 0)
            report(turn / TURNS);
        k_msleep(PAUSE_MS);
    }
}
