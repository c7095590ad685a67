/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See tls.h. A pair is a certificate with those above it, and its key. Connections hold on to
 * the pair they began with, and nobody says when they end, so old pairs stay until tls_close().
 */
#include "server/api/tls.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "base/err.h"
#include "base/file.h"
#include "base/secret.h"
#include "e4/keys.h"

enum {
    CHAIN = 8, /* certificates in a file, at most */
    FILE_CAP = 1 << 16,
    VALID_S = 10 * 365 * 86400,
    SLACK_S = 86400 /* for devices whose clock is behind */
};

struct pair {
    struct pair *older;
    gnutls_pcert_st chain[CHAIN];
    unsigned count;
    gnutls_privkey_t key;
    uint8_t print[32]; /* SHA-256 of the first certificate */
    struct tls_pem pem;
    gnutls_x509_trust_list_t trust; /* in clients' certificates; NULL: none is asked for */
};

struct tls {
    struct tls_files files;
    _Atomic(struct pair *) pair;
};

/* tls_chooser()'s function is told of no struct. */
static _Atomic(struct tls *) newest;

static int refuse(struct err *err, const char *path, int error)
{
    return err_set(err, ERR_STATE, "%s: %s", path, gnutls_strerror(error));
}

/* Contents of a file, with a NUL; the caller wipes and frees FILE_CAP bytes. */
static char *slurp(const char *path, bool secret, struct err *err)
{
    char *text = calloc(1, FILE_CAP);
    size_t len;
    int rc;

    if (text == NULL) {
        (void)err_set(err, ERR_SYSTEM, "out of memory");
        return NULL;
    }
    rc = secret ? secret_read(path, text, FILE_CAP - 1, &len, err)
                : file_read(path, text, FILE_CAP - 1, &len, err);
    if (rc != 0) {
        free(text);
        return NULL;
    }
    return text;
}

/* NULL is fine. */
static void drop(char *text)
{
    if (text != NULL)
        e4_wipe(text, FILE_CAP);
    free(text);
}

static gnutls_datum_t datum(char *text)
{
    gnutls_datum_t datum = {(unsigned char *)text, (unsigned)strlen(text)};

    return datum;
}

/* Names by which this machine is called. */
static int add_names(gnutls_x509_crt_t crt)
{
    static const unsigned char four[] = {127, 0, 0, 1};
    static const unsigned char six[16] = {[15] = 1};
    char host[256] = "";
    int rc;

    rc = gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, "localhost", 9,
                                              GNUTLS_FSAN_SET);
    if (rc == 0)
        rc = gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, four, sizeof four,
                                                  GNUTLS_FSAN_APPEND);
    if (rc == 0)
        rc = gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, six, sizeof six,
                                                  GNUTLS_FSAN_APPEND);
    if (rc == 0 && gethostname(host, sizeof host - 1) == 0 && host[0] != '\0')
        rc = gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, host,
                                                  (unsigned)strlen(host), GNUTLS_FSAN_APPEND);
    return rc;
}

/* All that is said in the certificate. It vouches for itself, as the root of clients' trust. */
static int fill_in(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key)
{
    const time_t now = time(NULL);
    unsigned char serial[16];
    int rc = gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof serial);

    serial[0] &= 0x7f;
    if (rc == 0)
        rc = gnutls_x509_crt_set_version(crt, 3);
    if (rc == 0)
        rc = gnutls_x509_crt_set_serial(crt, serial, sizeof serial);
    if (rc == 0)
        rc = gnutls_x509_crt_set_dn(crt, "CN=e4d", NULL);
    if (rc == 0)
        rc = gnutls_x509_crt_set_activation_time(crt, now - SLACK_S);
    if (rc == 0)
        rc = gnutls_x509_crt_set_expiration_time(crt, now + VALID_S);
    if (rc == 0)
        rc = gnutls_x509_crt_set_basic_constraints(crt, 1, 0);
    if (rc == 0)
        rc = gnutls_x509_crt_set_key_usage(crt, GNUTLS_KEY_DIGITAL_SIGNATURE |
                                                    GNUTLS_KEY_KEY_CERT_SIGN);
    if (rc == 0)
        rc = add_names(crt);
    if (rc == 0)
        rc = gnutls_x509_crt_set_key(crt, key);
    if (rc == 0)
        rc = gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0);
    return rc;
}

static int make_certificate(gnutls_x509_privkey_t key, const char *path, struct err *err)
{
    static const struct file_options options = {.mode = 0644};
    gnutls_x509_crt_t crt = NULL;
    gnutls_datum_t pem = {0};
    int rc = gnutls_x509_crt_init(&crt);

    if (rc == 0)
        rc = fill_in(crt, key);
    if (rc == 0)
        rc = gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &pem);
    if (rc != 0)
        (void)refuse(err, path, rc);
    else
        rc = file_write(path, pem.data, pem.size, &options, err);
    gnutls_free(pem.data);
    gnutls_x509_crt_deinit(crt);
    return rc == 0 ? 0 : -1;
}

static int make_key(gnutls_x509_privkey_t key, const char *path, struct err *err)
{
    static const struct file_options options = {.mode = 0600};
    gnutls_datum_t pem = {0};
    int rc = gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
                                          GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);

    if (rc == 0)
        rc = gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &pem);
    if (rc != 0)
        (void)refuse(err, path, rc);
    else
        rc = file_write(path, pem.data, pem.size, &options, err);
    e4_wipe(pem.data, pem.size);
    gnutls_free(pem.data);
    return rc == 0 ? 0 : -1;
}

static int read_key(gnutls_x509_privkey_t key, const char *path, struct err *err)
{
    char *text = slurp(path, true, err);
    gnutls_datum_t pem;
    int rc;

    if (text == NULL)
        return -1;
    pem = datum(text);
    rc = gnutls_x509_privkey_import(key, &pem, GNUTLS_X509_FMT_PEM);
    drop(text);
    return rc == 0 ? 0 : refuse(err, path, rc);
}

int tls_make(const struct tls_files *files, struct err *err)
{
    gnutls_x509_privkey_t key = NULL;
    int rc = -1;

    if (!files->make || access(files->certificate, F_OK) == 0)
        return 0;
    if (gnutls_x509_privkey_init(&key) != 0)
        return err_set(err, ERR_SYSTEM, "out of memory");
    /* A key alone is what is left of a first start that was cut off. */
    if (access(files->key, F_OK) == 0)
        rc = read_key(key, files->key, err);
    else
        rc = make_key(key, files->key, err);
    if (rc == 0)
        rc = make_certificate(key, files->certificate, err);
    gnutls_x509_privkey_deinit(key);
    return rc;
}

static void pair_free(struct pair *pair)
{
    for (unsigned i = 0; i < pair->count; i++)
        gnutls_pcert_deinit(&pair->chain[i]);
    gnutls_privkey_deinit(pair->key);
    if (pair->trust != NULL)
        gnutls_x509_trust_list_deinit(pair->trust, 1);
    drop(pair->pem.certificate);
    drop(pair->pem.key);
    drop(pair->pem.clients);
    free(pair);
}

/* Is the first certificate one of now? Sets the fingerprint. */
static int look_at(struct pair *pair, const char *path, struct err *err)
{
    gnutls_x509_crt_t crt = NULL;
    size_t size = sizeof pair->print;
    const time_t now = time(NULL);
    int rc = gnutls_pcert_export_x509(&pair->chain[0], &crt);

    if (rc == 0)
        rc = gnutls_x509_crt_get_fingerprint(crt, GNUTLS_DIG_SHA256, pair->print, &size);
    if (rc != 0)
        (void)refuse(err, path, rc);
    else if (gnutls_x509_crt_get_expiration_time(crt) < now)
        rc = err_set(err, ERR_STATE, "%s: the certificate has expired", path);
    else if (gnutls_x509_crt_get_activation_time(crt) > now)
        rc = err_set(err, ERR_STATE, "%s: the certificate is not valid yet", path);
    gnutls_x509_crt_deinit(crt);
    return rc == 0 ? 0 : -1;
}

static int same_key(const struct pair *pair, const struct tls_files *files, struct err *err)
{
    unsigned char of_key[64];
    unsigned char of_crt[64];
    size_t key_size = sizeof of_key;
    size_t crt_size = sizeof of_crt;
    gnutls_pubkey_t pubkey = NULL;
    int rc = gnutls_pubkey_init(&pubkey);

    if (rc == 0)
        rc = gnutls_pubkey_import_privkey(pubkey, pair->key, 0, 0);
    if (rc == 0)
        rc = gnutls_pubkey_get_key_id(pubkey, GNUTLS_KEYID_USE_SHA256, of_key, &key_size);
    if (rc == 0)
        rc = gnutls_pubkey_get_key_id(pair->chain[0].pubkey, GNUTLS_KEYID_USE_SHA256, of_crt,
                                      &crt_size);
    gnutls_pubkey_deinit(pubkey);
    if (rc != 0)
        return refuse(err, files->key, rc);
    if (key_size != crt_size || memcmp(of_key, of_crt, key_size) != 0)
        return err_set(err, ERR_STATE, "%s: not the key of %s", files->key, files->certificate);
    return 0;
}

static int read_files(struct tls_pem *pem, const struct tls_files *files, struct err *err)
{
    pem->certificate = slurp(files->certificate, false, err);
    if (pem->certificate == NULL)
        return -1;
    pem->key = slurp(files->key, true, err);
    if (pem->key == NULL)
        return -1;
    if (files->clients != NULL)
        pem->clients = slurp(files->clients, false, err);
    return files->clients == NULL || pem->clients != NULL ? 0 : -1;
}

static int read_trust(struct pair *pair, const char *path, struct err *err)
{
    gnutls_datum_t pem = datum(pair->pem.clients);
    int found;

    if (gnutls_x509_trust_list_init(&pair->trust, 0) != 0)
        return err_set(err, ERR_SYSTEM, "out of memory");
    found = gnutls_x509_trust_list_add_trust_mem(pair->trust, &pem, NULL, GNUTLS_X509_FMT_PEM,
                                                 0, 0);
    if (found < 0)
        return refuse(err, path, found);
    return found > 0 ? 0 : err_set(err, ERR_STATE, "%s: no certificate", path);
}

static int read_pair(struct pair *pair, const struct tls_files *files, struct err *err)
{
    gnutls_datum_t pem;
    int rc;

    if (read_files(&pair->pem, files, err) != 0)
        return -1;
    pem = datum(pair->pem.certificate);
    pair->count = CHAIN;
    rc = gnutls_pcert_list_import_x509_raw(pair->chain, &pair->count, &pem, GNUTLS_X509_FMT_PEM,
                                           GNUTLS_X509_CRT_LIST_FAIL_IF_UNSORTED);
    if (rc != 0) {
        pair->count = 0;
        return refuse(err, files->certificate, rc);
    }
    pem = datum(pair->pem.key);
    rc = gnutls_privkey_init(&pair->key);
    if (rc == 0)
        rc = gnutls_privkey_import_x509_raw(pair->key, &pem, GNUTLS_X509_FMT_PEM, NULL, 0);
    if (rc != 0)
        return refuse(err, files->key, rc);
    if (same_key(pair, files, err) != 0)
        return -1;
    if (files->clients != NULL && read_trust(pair, files->clients, err) != 0)
        return -1;
    return look_at(pair, files->certificate, err);
}

int tls_reload(struct tls *tls, struct err *err)
{
    struct pair *pair = calloc(1, sizeof *pair);

    if (pair == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    if (read_pair(pair, &tls->files, err) != 0) {
        pair_free(pair);
        return -1;
    }
    pair->older = atomic_load(&tls->pair);
    atomic_store(&tls->pair, pair);
    return 0;
}

int tls_open(struct tls **tls, const struct tls_files *files, struct err *err)
{
    struct tls *made = calloc(1, sizeof *made);

    if (made == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    made->files = *files;
    if (tls_reload(made, err) != 0) {
        free(made);
        return -1;
    }
    atomic_store(&newest, made);
    *tls = made;
    return 0;
}

void tls_close(struct tls *tls)
{
    struct pair *pair;

    if (tls == NULL)
        return;
    if (atomic_load(&newest) == tls)
        atomic_store(&newest, NULL);
    pair = atomic_load(&tls->pair);
    while (pair != NULL) {
        struct pair *older = pair->older;

        pair_free(pair);
        pair = older;
    }
    free(tls);
}

void tls_fingerprint(struct tls *tls, char print[TLS_PRINT_SIZE])
{
    const struct pair *pair = atomic_load(&tls->pair);

    for (size_t i = 0; i < sizeof pair->print; i++)
        (void)snprintf(print + 3 * i, TLS_PRINT_SIZE - 3 * i, "%02X%s", pair->print[i],
                       i + 1 < sizeof pair->print ? ":" : "");
}

const struct tls_pem *tls_pem(struct tls *tls)
{
    return &atomic_load(&tls->pair)->pem;
}

static gnutls_certificate_retrieve_function2 choose;

static int choose(gnutls_session_t session, const gnutls_datum_t *authorities, int count,
                  const gnutls_pk_algorithm_t *algorithms, int algorithm_count,
                  gnutls_pcert_st **chain, unsigned *chain_len, gnutls_privkey_t *key)
{
    struct tls *tls = atomic_load(&newest);
    struct pair *pair;

    (void)authorities;
    (void)count;
    (void)algorithms;
    (void)algorithm_count;
    if (tls == NULL)
        return -1;
    pair = atomic_load(&tls->pair);
    /* libmicrohttpd would tell clients of the authorities that there were at the start. */
    gnutls_certificate_send_x509_rdn_sequence(session, 1);
    *chain = pair->chain;
    *chain_len = pair->count;
    *key = pair->key;
    return 0;
}

void *tls_chooser(void)
{
    gnutls_certificate_retrieve_function2 *const function = choose;
    void *pointer;

    memcpy(&pointer, &function, sizeof pointer); /* POSIX: they are alike */
    return pointer;
}

/* Is the first of these vouched for, by way of the others? */
static bool is_vouched_for(struct tls *tls, gnutls_x509_crt_t *crt, unsigned count)
{
    const struct pair *pair = atomic_load(&tls->pair);
    unsigned status = 0;

    return pair->trust != NULL &&
           gnutls_x509_trust_list_verify_crt(pair->trust, crt, count, 0, &status, NULL) == 0 &&
           status == 0;
}

int tls_client(struct tls *tls, char *name, size_t cap, void *session, struct err *err)
{
    unsigned count = 0;
    unsigned read = 0;
    const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &count);
    gnutls_x509_crt_t crt[CHAIN] = {NULL};
    int rc = 0;

    if (chain == NULL || count == 0)
        return 1;
    while (rc == 0 && read < count && read < CHAIN) {
        rc = gnutls_x509_crt_init(&crt[read]);
        if (rc == 0)
            rc = gnutls_x509_crt_import(crt[read++], chain++, GNUTLS_X509_FMT_DER);
    }
    if (rc != 0 || !is_vouched_for(tls, crt, read))
        rc = err_set(err, ERR_STRANGER, "the client's certificate is not vouched for");
    else if (gnutls_x509_crt_get_dn_by_oid(crt[0], GNUTLS_OID_X520_COMMON_NAME, 0, 0, name,
                                           &cap) != 0)
        rc = err_set(err, ERR_STRANGER, "the client's certificate has no common name");
    while (read > 0)
        gnutls_x509_crt_deinit(crt[--read]);
    return rc;
}
