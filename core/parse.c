/* One pass over plain text: names and texts without a backslash, whole numbers, no blanks. At the first thing of another kind it
 * gives up and lets jansson say what the text means, so that both always agree. */
#include "parse.h"

#include <stdbool.h>
#include <string.h>

#define DEPTH 100
#define DIGITS 18 /* of a number that fits for certain */

struct reading {
  const char *at, *end;
};

struct piece { /* of the text, between quotes */
  const char *at;
  size_t length;
  bool plain; /* ASCII only: nothing to check */
};

static bool next_is(struct reading *in, char c) {
  if (in->at == in->end || *in->at != c) return false;
  in->at++;
  return true;
}

static bool take_piece(struct reading *in, struct piece *out) {
  unsigned char all = 0;
  if (!next_is(in, '"')) return false;
  out->at = in->at;
  for (; in->at < in->end && *in->at != '"'; in->at++) {
    unsigned char c = (unsigned char)*in->at;
    if (c < 0x20 || c == '\\') return false;
    all |= c;
  }
  out->length = (size_t)(in->at - out->at);
  out->plain = all < 0x80;
  return next_is(in, '"');
}

static json_t *take_text(struct reading *in) {
  struct piece text;
  if (!take_piece(in, &text)) return NULL;
  return text.plain ? json_stringn_nocheck(text.at, text.length) : json_stringn(text.at, text.length);
}

static bool is_digit(const struct reading *in) {
  return in->at < in->end && *in->at >= '0' && *in->at <= '9';
}

static json_t *take_number(struct reading *in) {
  json_int_t value = 0;
  bool minus = next_is(in, '-');
  const char *start = in->at;
  for (; is_digit(in); in->at++) {
    if (in->at - start == DIGITS) return NULL;
    value = value * 10 + (*in->at - '0');
  }
  if (in->at == start || (*start == '0' && in->at - start > 1)) return NULL;
  if (in->at < in->end && (*in->at == '.' || *in->at == 'e' || *in->at == 'E')) return NULL;
  return json_integer(minus ? -value : value);
}

static json_t *take_word(struct reading *in, const char *word, json_t *value) {
  size_t length = strlen(word);
  if ((size_t)(in->end - in->at) < length || memcmp(in->at, word, length) != 0) return NULL;
  in->at += length;
  return value;
}

static json_t *take_value(struct reading *in, int depth);

static bool take_member(struct reading *in, json_t *object, int depth) {
  struct piece name;
  if (!take_piece(in, &name) || !next_is(in, ':')) return false;
  json_t *value = take_value(in, depth);
  if (!value) return false;
  return (name.plain ? json_object_setn_new_nocheck(object, name.at, name.length, value)
                     : json_object_setn_new(object, name.at, name.length, value)) == 0;
}

static bool fill_object(struct reading *in, json_t *object, int depth) {
  if (next_is(in, '}')) return true;
  do {
    if (!take_member(in, object, depth)) return false;
  } while (next_is(in, ','));
  return next_is(in, '}');
}

static bool fill_array(struct reading *in, json_t *array, int depth) {
  if (next_is(in, ']')) return true;
  do {
    if (json_array_append_new(array, take_value(in, depth)) < 0) return false;
  } while (next_is(in, ','));
  return next_is(in, ']');
}

static json_t *take_value(struct reading *in, int depth) {
  if (in->at == in->end || depth == 0) return NULL;
  bool object = *in->at == '{';
  switch (*in->at) {
  case '"':
    return take_text(in);
  case 't':
    return take_word(in, "true", json_true());
  case 'f':
    return take_word(in, "false", json_false());
  case 'n':
    return take_word(in, "null", json_null());
  case '{':
  case '[':
    break;
  default:
    return take_number(in);
  }
  in->at++;
  json_t *value = object ? json_object() : json_array();
  if (value && (object ? fill_object(in, value, depth - 1) : fill_array(in, value, depth - 1))) return value;
  json_decref(value);
  return NULL;
}

json_t *bf__parse(const char *text, size_t length) {
  struct reading in = {text, text + length};
  json_t *value = take_value(&in, DEPTH);
  if (value && in.at == in.end) return value;
  json_decref(value);
  return json_loadb(text, length, JSON_DECODE_ANY, NULL);
}
