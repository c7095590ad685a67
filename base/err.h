/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How programs report failure: 0 or -1, and an err that says what, why and what to do about
 * it. It is set where the failure is found; callers hand it on unchanged, or put what they
 * were doing in front of it.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

/* What kind of failure it was. A program's exit code follows from it. */
enum err_kind {
    ERR_NONE,
    ERR_USAGE,    /* the command line does not make sense */
    ERR_INPUT,    /* a file, name, key, frame or text that was given is no good */
    ERR_STATE,    /* a stored device is missing, damaged, in use or not writable */
    ERR_NETWORK,  /* broker or line: cannot be reached, refused, or went away */
    ERR_PROTOCOL, /* a frame could not be protected or opened; a peer is not who it should be */
    ERR_TIMEOUT,  /* what was waited for did not come */
    ERR_SYSTEM,   /* memory, disk, or a system call */

    /* What the key server says besides, to whoever asked. */
    ERR_NOT_FOUND,   /* there is no such client, topic or link */
    ERR_CONFLICT,    /* it would clash with what is there: a key of another client */
    ERR_MODE,        /* not in this mode, symmetric-key or public-key */
    ERR_STRANGER,    /* it is not known who asks */
    ERR_DENIED,      /* whoever asks may not */
    ERR_BUSY,        /* too much at once; later it may go */
    ERR_UNAVAILABLE, /* the database cannot be reached */
    ERR_TAMPERED,    /* the audit trail is not what was written */
    ERR_KINDS        /* how many there are */
};

struct err {
    enum err_kind kind;
    char text[512]; /* "what: why; what to do", no full stop, no secret; cut if too long */
};

/* Set kind and text. Always returns -1. */
int err_set(struct err *err, enum err_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same with ": " and the system's words for error_number (errno) after the text. */
int err_system(struct err *err, enum err_kind kind, int error_number, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Put "what: " in front of the text that err already has. Always returns -1. */
int err_prefix(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
