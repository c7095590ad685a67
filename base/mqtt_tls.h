/* SPDX-License-Identifier: Apache-2.0 */
/* What TLS found wrong with a broker's certificate; mqtt_tls.c is the one file that knows
 * OpenSSL. */
#ifndef BASE_MQTT_TLS_H
#define BASE_MQTT_TLS_H

/*
 * In words, why the certificate of the other side was not accepted. ssl: the connection, as
 * OpenSSL has it. NULL: that is not what went wrong, or ssl is NULL.
 */
const char *mqtt_tls_reason(const void *ssl);
/* The same of a code that OpenSSL names X509_V_... */
const char *mqtt_tls_words(long code);
/* What libmosquitto says of TLS, in our words where its own are known. */
const char *mqtt_tls_problem(const char *line);

#endif
