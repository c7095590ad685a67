/* SPDX-License-Identifier: Apache-2.0 */
/* The description of the API over HTTP for programs, OpenAPI 3, made of methods.def. */
#ifndef SERVER_API_OPENAPI_H
#define SERVER_API_OPENAPI_H

#include <stdio.h>

#define OPENAPI_PATH "/v1/openapi.json"

/* Output errors are the stream's. */
void openapi_write(FILE *out);

#endif
