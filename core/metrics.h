/* What a monitoring system reads (Prometheus text format 0.0.4). */
#ifndef BF_CORE_METRICS_H
#define BF_CORE_METRICS_H

#include "operation.h"

/* A read handler. What counts rows is kept for twenty times as long as the count took: on a large database a scrape costs little.
 */
int bf__metrics(struct bf__reading *reading, struct bf_error *err);

#endif
