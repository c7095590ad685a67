/* SPDX-License-Identifier: Apache-2.0 */
/* See address.h. Nothing here asks a name server. */
#include "server/api/address.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

int address_read(struct sockaddr_storage *address, const char *text, unsigned port,
                 struct err *err)
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                             .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    char number[16];

    (void)snprintf(number, sizeof number, "%u", port);
    if (getaddrinfo(text, number, &hints, &found) != 0)
        return err_set(err, ERR_INPUT, "%s: not an address of IPv4 or IPv6", text);
    memcpy(address, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    return 0;
}

void address_write(char text[ADDRESS_TEXT], const struct sockaddr *address)
{
    socklen_t len;

    text[0] = '\0';
    if (address == NULL)
        return;
    len = address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                         : sizeof(struct sockaddr_in);
    (void)getnameinfo(address, len, text, ADDRESS_TEXT, NULL, 0, NI_NUMERICHOST);
}

void address_with_port(char text[ADDRESS_PORT_TEXT], const char *address, unsigned port)
{
    const bool six = strchr(address, ':') != NULL;

    (void)snprintf(text, ADDRESS_PORT_TEXT, "%s%s%s:%u", six ? "[" : "", address,
                   six ? "]" : "", port);
}
