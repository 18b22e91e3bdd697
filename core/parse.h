/* JSON text that this program wrote itself, read back quickly. */
#ifndef BF_CORE_PARSE_H
#define BF_CORE_PARSE_H

#include <jansson.h>
#include <stddef.h>

/* What json_loadb(TEXT, LENGTH, JSON_DECODE_ANY, NULL) gives, sooner where TEXT is as bf__compact and bf__canonical write it. */
json_t *bf__parse(const char *text, size_t length);

#endif
