/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thermometer (what pin A0 reads) and a lamp (the board's LED), protected end to end. MQTT is
 * spoken by extras/gateway at the other end of the serial line, which sees ciphertext alone.
 *
 * Lines from the device:  subscribe TOPIC    publish HEX TOPIC    # what is for people
 *                         ?    and then one line back: message HEX TOPIC, or - for none; and
 *                              hello from a gateway that has just started
 *
 * So the gateway speaks when it is asked, and never while the device is busy: a serial line has
 * no more than 64 bytes of patience.
 */
#define E4_TOPICS 3
#define E4_SEEN   9
#define E4_SENT   4
#include <E4Arduino.h>

#include "secrets.h"

static const char reading_topic[] = "room/1/temperature";
static const char lamp_topic[] = "room/1/lamp";

enum { TEXT_MAX = 32, EEPROM_BYTES = 2560, REPORT_MS = 5000, ANSWER_MS = 1000 };
enum { LAMP_PIN = 13 }; /* the LED of most boards */

static struct e4_eeprom eeprom;
static struct e4_port port;
static struct e4_policy policy;
static struct e4_device device;
static struct e4_topic reading, lamp, commands;
static char commands_topic[E4_RECEIVING_TOPIC_SIZE];
static char line[8 + 2 * E4_COMMAND_FRAME_MAX + 1 + E4_RECEIVING_TOPIC_SIZE];
static bool running;
static uint32_t reported_ms;

static void complain(const __FlashStringHelper *what, enum e4_result result)
{
    Serial.print(F("# "));
    Serial.print(what);
    Serial.print(F(": "));
    Serial.println(e4_strerror(result));
}

static void print_hex(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        Serial.print(bytes[i] >> 4, HEX);
        Serial.print(bytes[i] & 15, HEX);
    }
}

static void publish(const uint8_t *frame, size_t len, const char *topic)
{
    Serial.print(F("publish "));
    print_hex(frame, len);
    Serial.print(' ');
    Serial.println(topic);
}

static void subscribe()
{
    Serial.print(F("subscribe "));
    Serial.println(commands_topic);
    Serial.print(F("subscribe "));
    Serial.println(lamp_topic);
}

/* Set the device up at its very first start. */
static enum e4_result create()
{
    struct e4_identity self;
    enum e4_result result;

    memset(&self, 0, sizeof self);
    self.mode = E4_SYMMETRIC;
    memcpy(self.key, device_key, sizeof self.key);
    result = e4_id_from_name(self.id, DEVICE_NAME, strlen(DEVICE_NAME));
    if (result == E4_OK)
        result = e4_create(&device.client, &device.config, &self);
    e4_wipe(&self, sizeof self);
    return result;
}

static enum e4_result start()
{
    enum e4_result result = e4_eeprom_port(&port, &eeprom, 0, EEPROM_BYTES, 1 + E4_TOPICS);

    policy = e4_policy_default;
    policy.earliest_s = FIRMWARE_BUILT;
    e4_device_config(&device, &port);
    device.config.policy = &policy;
    if (result == E4_OK)
        result = e4_open(&device.client, &device.config);
    if (result == E4_ERR_EMPTY)
        result = create();
    if (result != E4_OK)
        return result;
    e4_receiving_topic(commands_topic, e4_client_id(&device.client));
    (void)e4_topic_init(&commands, commands_topic, strlen(commands_topic), NULL);
    (void)e4_topic_init(&lamp, lamp_topic, strlen(lamp_topic), NULL);
    return e4_topic_init(&reading, reading_topic, strlen(reading_topic), NULL);
}

void setup()
{
    enum e4_result result;

    Serial.begin(115200);
    pinMode(LAMP_PIN, OUTPUT);
    result = start();
    running = result == E4_OK;
    if (!running) {
        complain(F("cannot start"), result);
        return;
    }
    Serial.println(F("# started"));
}

/* One line, without its end; false: none within a second. */
static bool read_line()
{
    size_t len = 0;
    uint32_t begun_ms = millis();

    while (millis() - begun_ms < ANSWER_MS) {
        int c = Serial.read();

        if (c == '\n' && len < sizeof line) {
            line[len] = '\0';
            return true;
        }
        if (c >= 0 && len < sizeof line)
            line[len++] = (char)c;
    }
    return false;
}

static uint8_t digit(char c)
{
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* Hex digits to bytes, in their place. What is not hex comes out as something not authentic. */
static size_t from_hex(char *hex, size_t digits)
{
    for (size_t i = 0; i < digits / 2; i++)
        hex[i] = (char)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
    return digits / 2;
}

static void carried_out(const struct e4_opened *opened, uint32_t written)
{
    static const char up[] = "/up";
    uint8_t receipt[E4_OVERHEAD_SK + E4_REPORT_MAX];
    char topic[E4_RECEIVING_TOPIC_SIZE + sizeof up];
    size_t len;

    Serial.print(F("# command carried out: "));
    Serial.print(opened->command);
    Serial.print(F(", bytes written: "));
    Serial.println(written);
    memcpy(topic, commands_topic, sizeof commands_topic - 1);
    memcpy(topic + sizeof commands_topic - 1, up, sizeof up);
    if (e4_receipt(&device.client, opened, E4_OK, receipt, sizeof receipt, &len) == E4_OK)
        publish(receipt, len, topic);
}

static void switch_lamp(const uint8_t *text, size_t len)
{
    bool on = len == 2 && memcmp(text, "on", 2) == 0;

    digitalWrite(LAMP_PIN, on ? HIGH : LOW);
    Serial.println(on ? F("# lamp on") : F("# lamp off"));
}

static void take(const uint8_t *frame, size_t len, const char *name)
{
    uint8_t text[TEXT_MAX];
    struct e4_opened opened;
    bool is_command = strcmp(name, commands_topic) == 0;
    uint32_t written = eeprom.written;
    enum e4_result result = e4_unprotect(&device.client, is_command ? &commands : &lamp, text,
                                         sizeof text, &opened, frame, len);

    if (result != E4_OK)
        complain(F("refused"), result);
    else if (opened.kind == E4_COMMAND)
        carried_out(&opened, eeprom.written - written);
    else
        switch_lamp(text, opened.text_len);
    e4_wipe(text, sizeof text);
}

/* Ask the gateway for a line, and take it. */
static void ask()
{
    static const char message[] = "message ";
    char *hex = line + sizeof message - 1;
    char *end;

    Serial.println('?');
    if (!read_line())
        return;
    if (strcmp(line, "hello") == 0)
        subscribe();
    if (strncmp(line, message, sizeof message - 1) != 0)
        return;
    end = strchr(hex, ' ');
    if (end != NULL)
        take((uint8_t *)hex, from_hex(hex, (size_t)(end - hex)), end + 1);
}

static void report()
{
    char text[8];
    uint8_t frame[sizeof text + E4_OVERHEAD_SK];
    size_t len;
    enum e4_result result;

    utoa((unsigned)analogRead(A0), text, 10);
    result = e4_protect(&device.client, &reading, frame, sizeof frame, &len,
                        (const uint8_t *)text, strlen(text));
    if (result == E4_OK)
        publish(frame, len, reading_topic);
    else
        complain(F("no reading sent"),
                 result); /* no key or no time yet: both come by command */
}

void loop()
{
    if (!running)
        return;
    ask();
    if (millis() - reported_ms < REPORT_MS)
        return;
    reported_ms = millis();
    report();
}
