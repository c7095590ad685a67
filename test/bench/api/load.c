/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests to a key server, as many at a time as there are connections, and how long each took.
 *
 *     load list    URL CA TOKEN_FILE CONNECTIONS COUNT [TOTAL]
 *     load clients URL CA TOKEN_FILE CONNECTIONS COUNT FIRST
 *
 * list: pages of 100 clients, from anywhere among the first TOTAL. clients: new clients, with
 * numbers from FIRST on. Prints requests a second, and the 50th and 99th percentile in ms.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <curl/curl.h>

#include "base/hex.h"
#include "base/secret.h"
#include "base/err.h"

enum { CONNECTIONS_MAX = 256, URL_MAX = 512 };

struct load {
    bool list;
    const char *url;
    const char *ca;
    long connections;
    long count;
    long first; /* or how many there are */
    struct curl_slist *headers;
    double *took_ms;
    long begun;
    long done;
};

struct slot {
    CURL *curl;
    char url[URL_MAX];
    char body[128];
    struct timespec began;
};

static double since_ms(const struct timespec *then)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - then->tv_sec) * 1e3 +
           (double)(now.tv_nsec - then->tv_nsec) / 1e6;
}

static void fail(const char *what)
{
    (void)fprintf(stderr, "load: %s\n", what);
    exit(1);
}

static size_t swallow(char *data, size_t size, size_t count, void *ctx)
{
    (void)data;
    (void)ctx;
    return size * count;
}

static void begin(struct load *load, struct slot *slot, CURLM *multi)
{
    uint8_t key[32];
    char text[BASE64_SIZE(sizeof key)];
    struct err err;

    if (load->list) {
        (void)snprintf(slot->url, sizeof slot->url, "%s/e4/clients?count=100&offset=%ld",
                       load->url,
                       load->first > 100 ? load->begun * 7919 % (load->first - 100) : 0);
    } else {
        if (secret_random(key, sizeof key, &err) != 0)
            fail(err.text);
        base64_encode(text, key, sizeof key);
        (void)snprintf(slot->url, sizeof slot->url, "%s/e4/client/device-%08ld", load->url,
                       load->first + load->begun);
        (void)snprintf(slot->body, sizeof slot->body, "{\"key\":\"%s\"}", text);
        (void)curl_easy_setopt(slot->curl, CURLOPT_COPYPOSTFIELDS, slot->body);
    }
    (void)curl_easy_setopt(slot->curl, CURLOPT_URL, slot->url);
    (void)clock_gettime(CLOCK_MONOTONIC, &slot->began);
    load->begun++;
    if (curl_multi_add_handle(multi, slot->curl) != CURLM_OK)
        fail("no request");
}

static void finish(struct load *load, CURLM *multi, const CURLMsg *message)
{
    struct slot *slot;
    long status = 0;

    (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &slot);
    (void)curl_easy_getinfo(slot->curl, CURLINFO_RESPONSE_CODE, &status);
    if (message->data.result != CURLE_OK)
        fail(curl_easy_strerror(message->data.result));
    if (status != 200)
        fail("a status that is not 200");
    load->took_ms[load->done++] = since_ms(&slot->began);
    (void)curl_multi_remove_handle(multi, slot->curl);
    if (load->begun < load->count)
        begin(load, slot, multi);
}

static void make_slot(struct load *load, struct slot *slot)
{
    slot->curl = curl_easy_init();
    if (slot->curl == NULL)
        fail("no memory");
    (void)curl_easy_setopt(slot->curl, CURLOPT_CAINFO, load->ca);
    (void)curl_easy_setopt(slot->curl, CURLOPT_HTTPHEADER, load->headers);
    (void)curl_easy_setopt(slot->curl, CURLOPT_WRITEFUNCTION, swallow);
    (void)curl_easy_setopt(slot->curl, CURLOPT_PRIVATE, slot);
}

static int by_size(const void *a, const void *b)
{
    const double *one = a;
    const double *other = b;

    return (*one > *other) - (*one < *other);
}

static void run(struct load *load)
{
    static struct slot slot[CONNECTIONS_MAX];
    CURLM *multi = curl_multi_init();
    struct timespec began;
    int running;
    int left;

    (void)curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, load->connections);
    (void)clock_gettime(CLOCK_MONOTONIC, &began);
    for (long i = 0; i < load->connections && i < load->count; i++) {
        make_slot(load, &slot[i]);
        begin(load, &slot[i], multi);
    }
    while (load->done < load->count) {
        const CURLMsg *message;

        if (curl_multi_perform(multi, &running) != CURLM_OK)
            fail("no transfer");
        while ((message = curl_multi_info_read(multi, &left)) != NULL)
            finish(load, multi, message);
        if (load->done < load->count)
            (void)curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
    (void)printf("%.0f", (double)load->count * 1e3 / since_ms(&began));
    qsort(load->took_ms, (size_t)load->count, sizeof *load->took_ms, by_size);
    (void)printf("\t%.2f\t%.2f\n", load->took_ms[load->count / 2],
                 load->took_ms[load->count * 99 / 100]);
}

int main(int argc, char **argv)
{
    struct load load = {0};
    char header[256] = "Authorization: Bearer ";
    size_t len = strlen(header);
    FILE *file;

    if (argc != 8)
        fail("usage: load list|clients URL CA TOKEN_FILE CONNECTIONS COUNT TOTAL|FIRST");
    load.list = strcmp(argv[1], "list") == 0;
    load.url = argv[2];
    load.ca = argv[3];
    file = fopen(argv[4], "r");
    if (file == NULL || fgets(header + len, (int)(sizeof header - len), file) == NULL)
        fail("no token");
    (void)fclose(file);
    load.headers = curl_slist_append(NULL, header);
    load.connections = strtol(argv[5], NULL, 10);
    load.count = strtol(argv[6], NULL, 10);
    load.first = strtol(argv[7], NULL, 10);
    if (load.connections < 1 || load.connections > CONNECTIONS_MAX || load.count < 1)
        fail("numbers that make no sense");
    load.took_ms = calloc((size_t)load.count, sizeof *load.took_ms);
    if (load.took_ms == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
        fail("no memory");
    run(&load);
    return 0;
}
