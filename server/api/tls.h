/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server's certificate and key: made when there are none, read, replaced while connections
 * are open, and handed to HTTP and gRPC. tls.c is the one file that knows GnuTLS.
 */
#ifndef SERVER_API_TLS_H
#define SERVER_API_TLS_H

#include <stdbool.h>
#include <stddef.h>

struct err;
struct tls;

enum { TLS_PRINT_SIZE = 32 * 3 }; /* "AB:CD:...", as openssl x509 -fingerprint -sha256 has it */

/* Files in PEM; a certificate may be followed by those that vouch for it. */
struct tls_files {
    const char *certificate;
    const char *key;
    const char *clients; /* who vouches for clients' certificates; NULL: clients have none */
    bool make;           /* if there is no certificate, make one */
};

/* Make a self-signed certificate for this machine and its key in these files, if none is. */
int tls_make(const struct tls_files *files, struct err *err);

/* Read the files. ERR_STATE: they are no certificate and its key, or it is not valid now. */
int tls_open(struct tls **tls, const struct tls_files *files, struct err *err);
/* Read them again, for connections from now on. -1: nothing has changed. */
int tls_reload(struct tls *tls, struct err *err);
void tls_close(struct tls *tls); /* NULL is fine */

/* The certificate's SHA-256. */
void tls_fingerprint(struct tls *tls, char print[TLS_PRINT_SIZE]);

/*
 * The contents of the files of the last tls_open() or tls_reload() that succeeded, for those
 * who read PEM themselves: until tls_close(). clients is NULL without such a file.
 */
struct tls_pem {
    char *certificate;
    char *key;
    char *clients;
};
const struct tls_pem *tls_pem(struct tls *tls);

/*
 * For libmicrohttpd: which versions and ciphers, and its gnutls_certificate_retrieve_function2.
 * That has no argument to tell servers apart by: it answers with the newest tls_open().
 */
#define TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"
void *tls_chooser(void);

/*
 * The common name of a client's certificate, if those who vouch now do so for it. session is a
 * gnutls_session_t. 0: name is set. 1: the client showed none. -1: ERR_STRANGER.
 */
int tls_client(struct tls *tls, char *name, size_t cap, void *session, struct err *err);

#endif
