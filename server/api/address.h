/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of IPv4 and IPv6, as numbers in text. */
#ifndef SERVER_API_ADDRESS_H
#define SERVER_API_ADDRESS_H

#include <sys/socket.h>

struct err;

enum { ADDRESS_TEXT = 46, ADDRESS_PORT_TEXT = 128 };

/* ERR_INPUT: it is none. */
int address_read(struct sockaddr_storage *address, const char *text, unsigned port,
                 struct err *err);

/* Without its port; NULL, and what is none, is "". */
void address_write(char text[ADDRESS_TEXT], const struct sockaddr *address);

/* "[::1]:8888" */
void address_with_port(char text[ADDRESS_PORT_TEXT], const char *address, unsigned port);

#endif
