/* SPDX-License-Identifier: Apache-2.0 */
/* e4go.json: AES-SIV as E4 uses it, by every engine, alone and side by side. */
#include "e4go.h"

#include <string.h>

#include "crypto/siv.h"

struct siv_case {
    const uint8_t *ad;
    struct bytes text;
    struct bytes sealed;
    uint8_t *tag;
    uint32_t key[E4_SIV_KEY_WORDS];
};

static void run_engine(const struct e4_aes *aes, const struct siv_case *siv)
{
    const char *name = e4_aes_name(aes);
    uint8_t tag[16];
    struct bytes out = case_bytes(siv->text.data, siv->text.len);
    bool opens;

    e4_siv_tag(aes, siv->key, tag, siv->ad, siv->text.data, siv->text.len);
    expect_bytes(tag, sizeof tag, (struct bytes){siv->sealed.data, 16}, name);
    e4_siv_crypt(aes, siv->key, out.data, out.data, out.len, tag);
    expect_bytes(out.data, out.len, (struct bytes){siv->sealed.data + 16, siv->text.len}, name);
    opens = e4_siv_open(aes, siv->key, out.data, out.data, out.len, siv->ad, tag);
    expect(opens, "%s does not open it in place", name);
    expect_bytes(out.data, out.len, siv->text, name);
    opens = e4_siv_open(aes, siv->key, out.data, siv->sealed.data + 16, out.len, siv->ad,
                        siv->sealed.data);
    expect(opens, "%s does not open it", name);
    expect_bytes(out.data, out.len, siv->text, name);
}

static const json_t *siv_test(size_t n)
{
    return json_array_get(e4go_section("siv"), n);
}

/* All of them at once: every length beside every other. */
static void run_many(const struct e4_aes *aes, size_t count)
{
    struct e4_siv_job *jobs = (struct e4_siv_job *)(void *)case_alloc(count * sizeof *jobs);
    size_t words = E4_SIV_KEY_WORDS;
    uint32_t *keys = (uint32_t *)(void *)case_alloc(count * words * sizeof *keys);

    for (size_t i = 0; i < count; i++) {
        struct bytes text = case_field(siv_test(i), "pt");

        e4_siv_expand(aes, keys + i * words, case_fixed(siv_test(i), "key", 32));
        jobs[i].key = keys + i * words;
        jobs[i].ad = case_fixed(siv_test(i), "ad", 8);
        jobs[i].tag = case_alloc(16);
        jobs[i].in = text.data;
        jobs[i].out = case_alloc(text.len);
        jobs[i].len = text.len;
    }
    e4_siv_tag_many(aes, jobs, count);
    e4_siv_crypt_many(aes, jobs, count);
    for (size_t i = 0; i < count; i++) {
        struct bytes sealed = case_field(siv_test(i), "ct");

        expect_bytes(jobs[i].tag, 16, (struct bytes){sealed.data, 16}, e4_aes_name(aes));
        expect_bytes(jobs[i].out, jobs[i].len, (struct bytes){sealed.data + 16, jobs[i].len},
                     e4_aes_name(aes));
        jobs[i].in = jobs[i].out;
    }
    e4_siv_open_many(aes, jobs, count);
    for (size_t i = 0; i < count; i++) {
        expect(jobs[i].ok, "%s does not open number %zu", e4_aes_name(aes), i);
        expect_bytes(jobs[i].out, jobs[i].len, case_field(siv_test(i), "pt"), e4_aes_name(aes));
    }
}

void e4go_siv(void **state)
{
    size_t count = json_array_size(e4go_section("siv"));
    const struct e4_aes *aes;

    (void)state;
    suite_begin("e4go.json/siv");
    for (size_t n = 0; n < count; n++) {
        const json_t *test = siv_test(n);
        struct siv_case siv;

        if (!case_begin("%zu, %d bytes", n, (int)field_number(test, "length")))
            continue;
        siv.ad = case_fixed(test, "ad", 8);
        siv.text = case_field(test, "pt");
        siv.sealed = case_field(test, "ct");
        for (size_t i = 0; (aes = e4_aes_engine(i)) != NULL; i++) {
            e4_siv_expand(aes, siv.key, case_fixed(test, "key", 32));
            run_engine(aes, &siv);
        }
    }
    for (size_t i = 0; (aes = e4_aes_engine(i)) != NULL; i++)
        if (case_begin("all %zu side by side: %s", count, e4_aes_name(aes)))
            run_many(aes, count);
    suite_end();
}

static void refuse(const json_t *test)
{
    struct bytes sealed = case_field(test, "ct");
    const uint8_t *ad = case_fixed(test, "ad", 8);
    const uint8_t *raw = case_fixed(test, "key", 32);
    const struct e4_aes *aes;
    uint32_t key[E4_SIV_KEY_WORDS];

    for (size_t i = 0; (aes = e4_aes_engine(i)) != NULL; i++) {
        size_t len = sealed.len - 16;
        struct bytes zeros = {case_alloc(len), len};
        struct bytes out = case_bytes(sealed.data + 16, len);
        struct e4_siv_job job = {key, ad, sealed.data, out.data, sealed.data + 16, len, true};

        e4_siv_expand(aes, key, raw);
        expect(!e4_siv_open(aes, key, out.data, out.data, len, ad, sealed.data), "%s opens it",
               e4_aes_name(aes));
        expect_bytes(out.data, len, zeros, "what is left of the text");
        memset(out.data, 0xee, len);
        e4_siv_open_many(aes, &job, 1);
        expect(!job.ok, "%s opens it among many", e4_aes_name(aes));
        expect_bytes(out.data, len, zeros, "what is left of the text");
    }
}

void e4go_siv_negative(void **state)
{
    const json_t *test;
    size_t n;

    (void)state;
    suite_begin("e4go.json/siv_negative");
    json_array_foreach(e4go_section("siv_negative"), n,
                       test) if (case_begin("%s", field_text(test, "name"))) refuse(test);
    suite_end();
}
