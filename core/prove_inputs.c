#include "prove_inputs.h"

#include <string.h>

#define VALUES_MOST 160 /* of one place */
#define INPUTS_MOST 600 /* of one form */
#define DEPTH 4         /* of lists and records within a form */
#define ITEMS 12        /* of a list that must have some */

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}
static bool is(const json_t *field, const char *type) {
  const char *own = text(field, "type");
  return own && strcmp(own, type) == 0;
}

/* Values of the world -----------------------------------------------------------------------------------------------------------
 */

static void add_new(json_t *values, json_t *value) {
  size_t i;
  json_t *one;
  json_array_foreach(values, i, one) if (json_equal(one, value)) {
    json_decref(value);
    return;
  }
  if (json_array_size(values) < VALUES_MOST)
    (void)json_array_append_new(values, value);
  else
    json_decref(value);
}

static json_t *ids_of(const struct bf__inputs *in, const json_t *field) {
  json_t *out = json_array(), *entry;
  const char *kind = text(field, "kind"), *id;
  if (is(field, "ref")) {
    for (int i = 0; i < in->world->count; i++)
      if (!kind || strcmp(text(in->world->cases[i], "kind"), kind) == 0)
        (void)json_array_append(out, json_object_get(in->world->cases[i], "id"));
  } else if (is(field, "register") && text(field, "register")) {
    json_object_foreach(json_object_get(in->world->entries, text(field, "register")), id, entry)(void)
        json_array_append_new(out, json_string(id));
  }
  return out;
}

static json_t *today_of(const struct bf__inputs *in, int32_t away) {
  char date[BF__DATE_TEXT];
  bf__date_format(in->world->today + away, date);
  return json_string(date);
}

static json_t *plain_of(const struct bf__inputs *in, const json_t *field, int depth);

static json_t *list_of(const struct bf__inputs *in, const json_t *field, size_t count, int depth) {
  const json_t *of = json_object_get(field, "of");
  json_t *out = json_array(), *ids = ids_of(in, of);
  for (size_t i = 0; i < count && i < ITEMS; i++) {
    if (json_array_size(ids)) {
      if (i < json_array_size(ids)) (void)json_array_append(out, json_array_get(ids, i));
    } else {
      (void)json_array_append_new(out, plain_of(in, of, depth + 1));
    }
  }
  json_decref(ids);
  return out;
}

static json_t *record_of(const struct bf__inputs *in, const json_t *form, int depth) {
  json_t *out = json_object(), *field;
  size_t i;
  json_array_foreach(form, i, field) {
    if (json_is_true(json_object_get(field, "optional"))) continue;
    (void)json_object_set_new(out, text(field, "name"), plain_of(in, field, depth));
  }
  return out;
}

static json_t *example_list(const struct bf__inputs *in, const json_t *field, const json_t *example, int depth) {
  json_t *ids = ids_of(in, json_object_get(field, "of"));
  bool own = json_array_size(ids) > 0;
  json_decref(ids);
  return own ? list_of(in, field, json_array_size(example), depth) : json_deep_copy(example);
}

/* The value that stands for a field when nothing else is said. */
static json_t *plain_of(const struct bf__inputs *in, const json_t *field, int depth) {
  const json_t *example = json_object_get(field, "example"), *least = json_object_get(field, "min");
  if (depth > DEPTH) return json_null();
  json_t *ids = ids_of(in, field), *first = json_incref(json_array_get(ids, 0));
  json_decref(ids);
  if (first) return first;
  if (example && is(field, "list")) return example_list(in, field, example, depth);
  if (example) return json_deep_copy(example);
  if (is(field, "date")) return today_of(in, 0);
  if (is(field, "bool")) return json_false();
  if (is(field, "percent")) return json_integer(100);
  if (is(field, "money") || is(field, "int"))
    return json_integer(json_is_number(least) ? (json_int_t)json_number_value(least) : 1);
  if (is(field, "choice")) return json_incref(json_object_get(json_array_get(json_object_get(field, "choices"), 0), "value"));
  if (is(field, "record")) return record_of(in, json_object_get(field, "fields"), depth + 1);
  if (is(field, "list")) return list_of(in, field, json_is_number(least) ? (size_t)json_number_value(least) : 1, depth);
  return json_string("x");
}

json_t *bf__inputs_least(const struct bf__inputs *in, const json_t *form) {
  return record_of(in, form, 0);
}

/* Values worth trying
 * ------------------------------------------------------------------------------------------------------------
 */

static void add_number(json_t *values, const json_t *field, json_int_t value) {
  const json_t *least = json_object_get(field, "min"), *most = json_object_get(field, "max");
  if (value < 0 || (json_is_number(least) && (double)value < json_number_value(least))) return;
  if (json_is_number(most) && (double)value > json_number_value(most)) return;
  if (is(field, "percent") && value > 100) return;
  add_new(values, json_integer(value));
}

static void around(json_t *values, const json_t *field, json_int_t value) {
  add_number(values, field, value);
  add_number(values, field, value - 1);
  add_number(values, field, value + 1);
}

/* Numbers and dates that stand among the facts. */
static void facts_within(const struct bf__inputs *in, const json_t *value, const json_t *field, bool parts, json_t *values) {
  const char *key;
  json_t *inner;
  size_t i;
  int32_t date;
  if (json_is_integer(value) && !is(field, "date") && !is(field, "text")) {
    json_int_t number = json_integer_value(value);
    bool amount = number >= BF__AMOUNT_FROM;
    if (!parts && amount == is(field, "money")) add_number(values, field, number);
    for (size_t k = 0; parts && amount && is(field, "money") && k < in->marks->count_count; k++) {
      json_int_t share = in->marks->counts[k]; /* what could be a percentage: parts of the amount */
      if (share < 2 || share > 99) continue;
      add_number(values, field, number * share / 100);
      add_number(values, field, number - number * share / 100);
    }
  }
  if (json_is_string(value) && is(field, "date") &&
      bf__date_parse(json_string_value(value), json_string_length(value), &date) == 0)
    for (int32_t away = -1; away <= 1; away++) add_new(values, today_of(in, date + away - in->world->today));
  if (json_is_string(value) && is(field, "text") && json_string_length(value) <= 12 &&
      bf__date_parse(json_string_value(value), json_string_length(value), &date) < 0)
    add_new(values, json_incref((json_t *)(uintptr_t)value));
  json_object_foreach((json_t *)(uintptr_t)value, key, inner) facts_within(in, inner, field, parts, values);
  json_array_foreach(value, i, inner) facts_within(in, inner, field, parts, values);
}

static void add_numbers(const struct bf__inputs *in, const json_t *field, json_t *values) {
  const struct bf__marks *marks = in->marks;
  const json_t *least = json_object_get(field, "min"), *most = json_object_get(field, "max");
  bool money = is(field, "money");
  if (json_is_number(least)) add_number(values, field, (json_int_t)json_number_value(least));
  add_number(values, field, 0);
  add_number(values, field, 1);
  if (json_is_number(most)) add_number(values, field, (json_int_t)json_number_value(most));
  facts_within(in, json_object_get(in->state, "facts"), field, false, values);
  const json_int_t *list = money ? marks->amounts : marks->counts;
  for (size_t i = 0; i < (money ? marks->amount_count : marks->count_count); i++) around(values, field, list[i]);
  facts_within(in, json_object_get(in->state, "facts"), field, true, values);
  if (!money && !is(field, "percent")) {
    int year, month, day;
    bf__date_split(in->world->today, &year, &month, &day);
    for (int away = -1; away <= 2; away++) add_number(values, field, year + away);
  }
}

static void add_dates(const struct bf__inputs *in, const json_t *field, json_t *values) {
  for (int32_t away = -1; away <= 1; away++) add_new(values, today_of(in, away));
  facts_within(in, json_object_get(in->state, "facts"), field, false, values);
  for (size_t i = 0; i < in->marks->day_count && i < 8; i++) {
    add_new(values, today_of(in, (int32_t)in->marks->days[i]));
    add_new(values, today_of(in, -(int32_t)in->marks->days[i]));
  }
}

static void values_of(const struct bf__inputs *in, const json_t *field, const json_t *now, int depth, json_t *values);

static void vary_record(const struct bf__inputs *in, const json_t *form, const json_t *now, int depth, json_t *values) {
  size_t i, k;
  json_t *field, *value;
  json_array_foreach(form, i, field) {
    json_t *own = json_array();
    const char *name = text(field, "name");
    values_of(in, field, json_object_get(now, name), depth + 1, own);
    json_array_foreach(own, k, value) {
      json_t *copy = json_copy((json_t *)(uintptr_t)now);
      (void)json_object_set(copy, name, value);
      add_new(values, copy);
    }
    json_decref(own);
  }
}

static void vary_list(const struct bf__inputs *in, const json_t *field, const json_t *now, int depth, json_t *values) {
  const json_t *of = json_object_get(field, "of"), *least = json_object_get(field, "min");
  bool words = in->sort != BF__INPUTS_NUMBERS;
  size_t fewest = json_is_number(least) ? (size_t)json_number_value(least) : 0, i;
  json_t *own = json_array(), *value, *ids = ids_of(in, of);
  for (size_t count = fewest; words && (count <= fewest + 2 || (json_array_size(ids) && count <= json_array_size(ids))); count++)
    add_new(values, list_of(in, field, count, depth));
  if (words) json_array_foreach(ids, i, value) { /* each by itself, and each among the others */
      json_t *copy = json_is_array(now) ? json_copy((json_t *)(uintptr_t)now) : json_array();
      if (json_array_size(copy)) (void)json_array_set(copy, 0, value);
      add_new(values, copy);
      add_new(values, json_pack("[O]", value));
    }
  values_of(in, of, json_array_get(now, 0), depth + 1, own);
  json_array_foreach(own, i, value) {
    json_t *copy = json_is_array(now) ? json_copy((json_t *)(uintptr_t)now) : json_array();
    if (json_array_size(copy))
      (void)json_array_set(copy, 0, value);
    else
      (void)json_array_append(copy, value);
    add_new(values, copy);
  }
  json_decref(own);
  json_decref(ids);
}

/* Values worth trying for FIELD beside NOW (which may be NULL: not filled in). */
static void values_of(const struct bf__inputs *in, const json_t *field, const json_t *now, int depth, json_t *values) {
  size_t i;
  json_t *one;
  bool words = in->sort != BF__INPUTS_NUMBERS, numbers = in->sort != BF__INPUTS_WORDS;
  if (depth > DEPTH) return;
  if (!now && words) add_new(values, plain_of(in, field, depth));
  bool amount = is(field, "money") || is(field, "int") || is(field, "percent");
  if ((amount || is(field, "date") || is(field, "text")) && !numbers) return;
  if (is(field, "bool") && words) {
    add_new(values, json_true());
    add_new(values, json_false());
  } else if (is(field, "choice") && words) {
    json_array_foreach(json_object_get(field, "choices"), i, one) add_new(values, json_incref(json_object_get(one, "value")));
  } else if (amount) {
    add_numbers(in, field, values);
  } else if (is(field, "date")) {
    add_dates(in, field, values);
  } else if (is(field, "text")) {
    facts_within(in, json_object_get(in->state, "facts"), field, false, values);
  } else if ((is(field, "ref") || is(field, "register")) && words) {
    json_t *ids = ids_of(in, field);
    json_array_foreach(ids, i, one) add_new(values, json_incref(one));
    add_new(values, json_string("none-0")); /* one that is not there */
    json_decref(ids);
  } else if (is(field, "record")) {
    json_t *base = now ? json_incref((json_t *)(uintptr_t)now) : plain_of(in, field, depth);
    vary_record(in, json_object_get(field, "fields"), base, depth, values);
    json_decref(base);
  } else if (is(field, "list")) {
    json_t *base = now ? json_incref((json_t *)(uintptr_t)now) : plain_of(in, field, depth);
    vary_list(in, field, base, depth, values);
    json_decref(base);
  }
}

/* INPUT with every number FROM in it replaced by TO. */
static json_t *moved(const json_t *value, json_int_t from, json_int_t to, int *count) {
  const char *key;
  json_t *inner, *out;
  size_t i;
  if (json_is_integer(value) && json_integer_value(value) == from) {
    ++*count;
    return json_integer(to);
  }
  if (json_is_object(value)) {
    out = json_object();
    json_object_foreach((json_t *)(uintptr_t)value, key, inner)(void)
        json_object_set_new(out, key, moved(inner, from, to, count));
    return out;
  }
  if (!json_is_array(value)) return json_incref((json_t *)(uintptr_t)value);
  out = json_array();
  json_array_foreach(value, i, inner)(void) json_array_append_new(out, moved(inner, from, to, count));
  return out;
}

static bool named(const char *field, const char *path) {
  size_t length = strlen(field);
  return strncmp(field, path, length) == 0 && (!path[length] || path[length] == '.' || path[length] == '[');
}

json_t *bf__inputs_vary(const struct bf__inputs *in, const json_t *form, const json_t *input, const char *only) {
  json_t *out = json_array(), *field, *value;
  size_t i, k;
  json_array_foreach(form, i, field) {
    const char *name = text(field, "name");
    const json_t *now = json_object_get(input, name);
    if (only && !named(name, only)) continue;
    json_t *values = json_array();
    values_of(in, field, now, 0, values);
    json_array_foreach(values, k, value) {
      int count = 0;
      if ((now && json_equal(now, value)) || json_array_size(out) >= INPUTS_MOST) continue;
      if (json_is_integer(now) && json_integer_value(now) >= BF__AMOUNT_FROM && json_is_integer(value)) {
        json_t *together = moved(input, json_integer_value(now), json_integer_value(value), &count);
        if (count > 1) (void)json_array_append(out, together);
        json_decref(together);
      }
      json_t *copy = json_copy((json_t *)(uintptr_t)input);
      (void)json_object_set(copy, name, value);
      (void)json_array_append_new(out, copy);
    }
    json_decref(values);
  }
  return out;
}
