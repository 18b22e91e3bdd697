/* Options of a plugin: its table, checked, and the values read from `plugins.<name>`. */
#ifndef BF_CORE_OPTIONS_H
#define BF_CORE_OPTIONS_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "banfa/error.h"
#include "banfa/plugin.h"

#define BF__OPTIONS_MAX 64       /* options of one plugin */
#define BF__OPTION_TEXT_MAX 4096 /* bytes in a text option */

struct bf__option_value {
  int64_t number; /* BF_OPTION_INT, and 0 or 1 of BF_OPTION_BOOL */
  char *text;     /* BF_OPTION_TEXT, owned */
};

struct bf__options {
  const struct bf_option *table; /* borrowed from the plugin */
  size_t count;
  struct bf__option_value *values; /* one for each row of the table */
};

/* Checks TABLE (NULL: no options) and reads OPTIONS (a JSON object, NULL: all defaults). Errors name the key
 * `plugins.<PLUGIN>.<option>`, what was found and what is allowed; an unknown key names the nearest known one. RET is untouched
 * on failure. */
int bf__options_read(const char *plugin, const struct bf_option *table, const json_t *options, struct bf__options *ret,
                     struct bf_error *err) BF_WARN_UNUSED;
void bf__options_done(struct bf__options *options);

/* The value of option NAME, or NULL when the table has none of that name and TYPE. */
const struct bf__option_value *bf__options_find(const struct bf__options *options, enum bf_option_type type, const char *name);

#endif
