/* SPDX-License-Identifier: Apache-2.0 */
/* What the server has done and how it is, in numbers: as OpenMetrics text, for Prometheus. */
#ifndef SERVER_API_METRICS_H
#define SERVER_API_METRICS_H

#include <stdio.h>

struct err;
struct method;
struct metrics;
struct watch;

enum metrics_protocol { METRICS_HTTP, METRICS_GRPC };

#define METRICS_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"

int metrics_open(struct metrics **metrics, struct err *err);
void metrics_close(struct metrics *metrics); /* NULL is fine, here and below */

/* A request that began at a time (monotonic_s()) has been answered with a code of its protocol.
 * method NULL: there is none. What goes on for long, a stream, is not timed. */
void metrics_count(struct metrics *metrics, enum metrics_protocol protocol,
                   const struct method *method, unsigned code, double begun_s);

/* Output errors are the stream's. */
void metrics_write(struct metrics *metrics, struct watch *watch, FILE *out);

#endif
