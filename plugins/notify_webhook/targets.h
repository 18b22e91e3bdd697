/* The file of targets: { "wecom": { "group-1": { "url": "https://…", "secret": "…" } }, "webhook": {…}, "sms": { "gateway": {…} }
 * }. */
#ifndef BF_NOTIFY_WEBHOOK_TARGETS_H
#define BF_NOTIFY_WEBHOOK_TARGETS_H

#include <jansson.h>

#include "banfa/error.h"

/* TEXT read and checked; FILE for messages. *RET is the caller's. */
int bf__targets_read(const char *text, const char *file, json_t **ret, struct bf_error *err) BF_WARN_UNUSED;

#endif
