#include "options.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "form.h"

static const char *const type_names[] = {
    [BF_OPTION_INT] = "a whole number", [BF_OPTION_TEXT] = "a text", [BF_OPTION_BOOL] = "true or false"};

BF_PRINTF(5, 6)
static int fail(struct bf_error *err, int code, const char *plugin, const char *option, const char *format, ...) {
  char where[160], message[480];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(message, sizeof message, format, args);
  va_end(args);
  (void)snprintf(where, sizeof where, option ? "plugins.%s.%s" : "plugins.%s", plugin, option);
  return bf_fail(err, code, where, "%s", message);
}

static bool parse_int(const char *text, int64_t *ret) {
  char *end = NULL;
  errno = 0;
  long long value = text ? strtoll(text, &end, 10) : 0;
  if (!text || end == text || *end || errno) return false;
  *ret = value;
  return true;
}

/* The table's own default. A plugin whose table contradicts itself is not started: its author hears of it at once. */
static int take_default(const char *plugin, const struct bf_option *row, struct bf__option_value *ret, struct bf_error *err) {
  switch (row->type) {
  case BF_OPTION_INT:
    if (!parse_int(row->value, &ret->number) || ret->number < row->least || ret->number > row->most)
      return fail(err, BF_EINVAL, plugin, row->name,
                  "the plugin's own default '%s' is no whole number from %" PRId64 " to %" PRId64, row->value ? row->value : "",
                  row->least, row->most);
    return 0;
  case BF_OPTION_BOOL:
    if (!row->value || (strcmp(row->value, "true") != 0 && strcmp(row->value, "false") != 0))
      return fail(err, BF_EINVAL, plugin, row->name, "the plugin's own default is neither true nor false");
    ret->number = row->value[0] == 't';
    return 0;
  case BF_OPTION_TEXT:
    ret->text = strdup(row->value ? row->value : "");
    return ret->text ? 0 : fail(err, BF_ENOMEM, plugin, row->name, "no memory");
  }
  return fail(err, BF_EINVAL, plugin, row->name, "the plugin's table gives it the unknown type %d", (int)row->type);
}

static int take_text(const char *plugin, const struct bf_option *row, const json_t *value, struct bf__option_value *ret,
                     struct bf_error *err) {
  size_t length = json_string_length(value);
  if (length > BF__OPTION_TEXT_MAX || strlen(json_string_value(value)) != length)
    return fail(err, BF_EINVAL, plugin, row->name,
                "a text of at most %d bytes without a zero byte is allowed, %zu bytes were given", BF__OPTION_TEXT_MAX, length);
  char *copy = strdup(json_string_value(value));
  if (!copy) return fail(err, BF_ENOMEM, plugin, row->name, "no memory");
  free(ret->text);
  ret->text = copy;
  return 0;
}

static int take_value(const char *plugin, const struct bf_option *row, const json_t *value, struct bf__option_value *ret,
                      struct bf_error *err) {
  bool fits = row->type == BF_OPTION_INT    ? json_is_integer(value)
              : row->type == BF_OPTION_BOOL ? json_is_boolean(value)
                                            : json_is_string(value);
  if (!fits) {
    char *found = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    int r =
        fail(err, BF_EINVAL, plugin, row->name, "%s is expected here, not %.80s", type_names[row->type], found ? found : "this");
    free(found);
    return r;
  }
  if (row->type == BF_OPTION_TEXT) return take_text(plugin, row, value, ret, err);
  int64_t number = row->type == BF_OPTION_BOOL ? json_is_true(value) : json_integer_value(value);
  if (row->type == BF_OPTION_INT && (number < row->least || number > row->most))
    return fail(err, BF_EINVAL, plugin, row->name, "from %" PRId64 " to %" PRId64 " is allowed, not %" PRId64, row->least,
                row->most, number);
  ret->number = number;
  return 0;
}

static size_t row_of(const struct bf__options *options, const char *name) {
  size_t i = 0;
  while (i < options->count && strcmp(options->table[i].name, name) != 0) i++;
  return i;
}

static int unknown_key(const char *plugin, const struct bf__options *options, const char *key, struct bf_error *err) {
  const char *known[BF__OPTIONS_MAX];
  char list[320] = "";
  size_t used = 0;
  for (size_t i = 0; i < options->count; i++) {
    known[i] = options->table[i].name;
    int n = snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", known[i]);
    if (n > 0 && (size_t)n < sizeof list - used) used += (size_t)n;
  }
  if (options->count == 0) return fail(err, BF_EINVAL, plugin, key, "unknown key: this plugin has no options");
  const char *near = bf__nearest(key, known, options->count);
  if (near) return fail(err, BF_EINVAL, plugin, key, "unknown key; did you mean '%s'?", near);
  return fail(err, BF_EINVAL, plugin, key, "unknown key; the keys are %s", list);
}

/* How many rows TABLE has, or a negative code when it is not a table anybody could fill in. */
static int check_table(const char *plugin, const struct bf_option *table, struct bf_error *err) {
  int count = 0;
  for (; table && table[count].name; count++) {
    if (count == BF__OPTIONS_MAX)
      return fail(err, BF_ELIMIT, plugin, NULL, "the plugin's table has more than %d options", BF__OPTIONS_MAX);
    if (!table[count].name[0] || !table[count].help)
      return fail(err, BF_EINVAL, plugin, table[count].name, "the plugin's table gives option %d no name or no help", count + 1);
    for (int i = 0; i < count; i++)
      if (strcmp(table[i].name, table[count].name) == 0)
        return fail(err, BF_EINVAL, plugin, table[i].name, "the plugin's table has this option twice");
  }
  return count;
}

static int read_all(const char *plugin, struct bf__options *options, const json_t *given, struct bf_error *err) {
  const char *key;
  json_t *value;
  int r = 0;
  for (size_t i = 0; i < options->count && r >= 0; i++) r = take_default(plugin, &options->table[i], &options->values[i], err);
  if (r < 0) return r;
  json_object_foreach((json_t *)given, key, value) { /* jansson's iteration has no const form; nothing is changed */
    size_t i = row_of(options, key);
    r = i == options->count ? unknown_key(plugin, options, key, err)
                            : take_value(plugin, &options->table[i], value, &options->values[i], err);
    if (r < 0) return r;
  }
  return 0;
}

int bf__options_read(const char *plugin, const struct bf_option *table, const json_t *given, struct bf__options *ret,
                     struct bf_error *err) {
  struct bf__options options = {.table = table};
  if (given && !json_is_object(given))
    return fail(err, BF_EINVAL, plugin, NULL, "an object of options is expected here: {\"option\": value}");
  int count = check_table(plugin, table, err);
  if (count < 0) return count;
  options.count = (size_t)count;
  options.values = calloc(options.count + 1, sizeof *options.values);
  if (!options.values) return fail(err, BF_ENOMEM, plugin, NULL, "no memory");
  int r = read_all(plugin, &options, given, err);
  if (r < 0)
    bf__options_done(&options);
  else
    *ret = options;
  return r;
}

void bf__options_done(struct bf__options *options) {
  if (!options) return;
  for (size_t i = 0; options->values && i < options->count; i++) free(options->values[i].text);
  free(options->values);
  *options = (struct bf__options){0};
}

const struct bf__option_value *bf__options_find(const struct bf__options *options, enum bf_option_type type, const char *name) {
  size_t i = name ? row_of(options, name) : options->count;
  return i < options->count && options->table[i].type == type ? &options->values[i] : NULL;
}
