/* The program's log: one line a message on stderr. Any thread. */
#ifndef BF_CORE_LOG_H
#define BF_CORE_LOG_H

#include <stdarg.h>

#include "banfa/plugin.h"

#define BF__LOG_LINE 4096 /* longest line in bytes, its newline included: what a pipe takes in one piece */

/* EVENT is a short constant such as "engine.commit"; the text adds detail. What is longer than a line ends in "…".
 * A line that stderr can't take at once is dropped and counted, so that a stalled reader of the log never stalls the server;
 * the count is told as "log.dropped" as soon as there is room. */
void bf__log(enum bf_log_level level, const char *event, const char *format, ...) BF_PRINTF(3, 4);
void bf__logv(enum bf_log_level level, const char *event, const char *format, va_list args) BF_PRINTF(3, 0);

/* "debug", "info" (at first), "warn", "error": what is below it is not written. BF_EINVAL for another word. */
int bf__log_level_set(const char *name);
/* "json", "text", or "auto" (at first): text for people when stderr is a terminal, JSON when not. BF_EINVAL for another word. */
int bf__log_format_set(const char *name);

#endif
