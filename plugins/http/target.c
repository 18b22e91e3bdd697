/* Path and query into call parameters: percent-decoded, UTF-8, no control characters, no name twice. */
#include <string.h>
#include <strings.h>

#include "http.h"

#define QUERY_MOST 64   /* parameters in a query */
#define NAME_MOST 64    /* bytes of a parameter's name */
#define VALUE_MOST 4096 /* bytes of a decoded value */

static int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/* False for a broken escape, a control character or what does not fit. */
static bool decode(const struct bf__text *text, bool plus, char *out, size_t size, size_t *ret_length) {
  size_t length = 0;
  for (size_t i = 0; i < text->length; i++) {
    unsigned char c = (unsigned char)text->at[i];
    if (c == '%') {
      int high = i + 2 < text->length ? hex(text->at[i + 1]) : -1, low = high < 0 ? -1 : hex(text->at[i + 2]);
      if (low < 0) return false;
      c = (unsigned char)(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus) {
      c = ' ';
    }
    if (c < 0x20 || c == 0x7f || length == size) return false;
    out[length++] = (char)c;
  }
  *ret_length = length;
  return true;
}

static bool starts(const struct bf__text *text, const char *word) {
  size_t length = strlen(word);
  return text->length >= length && strncasecmp(text->at, word, length) == 0;
}

enum bf__fault bf__target_split(const struct bf__text *target, struct bf__text *ret_path, struct bf__text *ret_query) {
  struct bf__text rest = *target;
  const char *mark;
  size_t scheme = starts(&rest, "http://") ? 7 : starts(&rest, "https://") ? 8 : 0;
  if (scheme > 0) { /* absolute form, from proxies: the authority is not looked at */
    size_t at = scheme;
    while (at < rest.length && rest.at[at] != '/' && rest.at[at] != '?') at++;
    if (at == scheme) return BF__FAULT_TARGET;
    rest = (struct bf__text){rest.at + at, rest.length - at};
  }
  if (memchr(rest.at, '#', rest.length)) return BF__FAULT_TARGET;
  mark = memchr(rest.at, '?', rest.length);
  *ret_path = (struct bf__text){rest.at, mark ? (size_t)(mark - rest.at) : rest.length};
  *ret_query = mark ? (struct bf__text){mark + 1, rest.length - ret_path->length - 1} : (struct bf__text){"", 0};
  if (scheme > 0 && ret_path->length == 0) *ret_path = (struct bf__text){"/", 1};
  return ret_path->length > 0 && ret_path->at[0] == '/' ? BF__FAULT_NONE : BF__FAULT_TARGET;
}

/* Jansson checks UTF-8: no string, no value. */
static bool set(json_t *params, const char *name, size_t length, const char *value, size_t value_length) {
  json_t *string = json_stringn(value, value_length);
  return string && json_object_setn_new(params, name, length, string) == 0;
}

static enum bf__fault add_query(json_t *params, const struct bf__text *name, const struct bf__text *value) {
  char key[NAME_MOST], text[VALUE_MOST];
  size_t key_length, length;
  if (!decode(name, true, key, sizeof key, &key_length) || key_length == 0) return BF__FAULT_QUERY;
  if (!decode(value, true, text, sizeof text, &length)) return BF__FAULT_QUERY;
  /* A query may not stand in for the path, the body or itself. */
  if (key_length == 4 && memcmp(key, "body", 4) == 0) return BF__FAULT_QUERY;
  if (json_object_getn(params, key, key_length)) return BF__FAULT_QUERY;
  return set(params, key, key_length, text, length) ? BF__FAULT_NONE : BF__FAULT_QUERY;
}

static enum bf__fault add_queries(json_t *params, const struct bf__text *query) {
  const char *at = query->at, *end = at + query->length;
  for (int count = 0; at < end; count++) {
    const char *stop = memchr(at, '&', (size_t)(end - at)), *equals;
    struct bf__text name, value = {"", 0};
    enum bf__fault fault;
    if (!stop) stop = end;
    if (count == QUERY_MOST) return BF__FAULT_QUERY;
    equals = memchr(at, '=', (size_t)(stop - at));
    name = (struct bf__text){at, (size_t)((equals ? equals : stop) - at)};
    if (equals) value = (struct bf__text){equals + 1, (size_t)(stop - equals - 1)};
    at = stop + 1;
    if (name.length == 0 && !equals) continue; /* "?" alone, "&&" */
    fault = add_query(params, &name, &value);
    if (fault != BF__FAULT_NONE) return fault;
  }
  return BF__FAULT_NONE;
}

enum bf__fault bf__target_params(const struct bf__match *match, const struct bf__text *query, json_t **ret_params) {
  json_t *params = json_object();
  enum bf__fault fault = BF__FAULT_NONE;
  if (!params) return BF__FAULT_INTERNAL;
  for (size_t i = 0; i < match->count && fault == BF__FAULT_NONE; i++) {
    const struct bf__segment *name = match->parameters[i].name;
    char text[VALUE_MOST];
    size_t length;
    if (!decode(&match->parameters[i].value, false, text, sizeof text, &length) ||
        !set(params, name->at, name->length, text, length))
      fault = BF__FAULT_TARGET;
  }
  if (fault == BF__FAULT_NONE) fault = add_queries(params, query);
  if (fault == BF__FAULT_NONE)
    *ret_params = params;
  else
    json_decref(params);
  return fault;
}
