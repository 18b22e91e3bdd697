/* The declaration of a form, checked once when rules are loaded, so that no request meets a broken one. */
#include <stdio.h>
#include <string.h>

#include "form_internal.h"
#include "operation.h"

#define DEPTH_MOST 8
#define CHOICES_MOST 200
#define NAME_MOST 63

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

static int valid_form(const json_t *form, int depth, struct bf_error *err);

static int valid_type(const json_t *field, const char *name, struct bf_error *err) {
  const char *type = text(field, "type");
  char word[80];
  if (!type) return bf_fail(err, BF_EINVAL, name, "the field has no type");
  if (bf__form_type_of(field) != BF__TYPE_NONE) return 0;
  const char *near = bf__nearest(type, bf__form_types, BF__TYPE_NONE);
  return bf_fail(err, BF_EINVAL, name, "there is no type '%s'%s%s%s", bf__short(type, word, sizeof word),
                 near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static int valid_choices(const json_t *field, const char *name, struct bf_error *err) {
  const json_t *choices = json_object_get(field, "choices");
  size_t i, k;
  json_t *choice;
  char word[80];
  if (json_array_size(choices) == 0) return bf_fail(err, BF_EINVAL, name, "a choice without choices");
  if (json_array_size(choices) > CHOICES_MOST) return bf_fail(err, BF_EINVAL, name, "more than %d choices", CHOICES_MOST);
  json_array_foreach(choices, i, choice) {
    const char *value = text(choice, "value");
    if (!value || !*value) return bf_fail(err, BF_EINVAL, name, "choice %zu has no value", i + 1);
    for (k = 0; k < i; k++)
      if (strcmp(text(json_array_get(choices, k), "value"), value) == 0)
        return bf_fail(err, BF_EINVAL, name, "the choice '%s' stands twice", bf__short(value, word, sizeof word));
  }
  return 0;
}

static int valid_pattern(const json_t *field, const char *name, struct bf_error *err) {
  const json_t *pattern = json_object_get(field, "pattern");
  const char *word = json_string_value(pattern);
  char cut[80];
  if (!pattern) return 0;
  if (bf__form_type_of(field) != BF__TYPE_TEXT) return bf_fail(err, BF_EINVAL, name, "only text has a pattern");
  if (word && bf__form_has_pattern(word)) return 0;
  const char *near = word ? bf__nearest(word, bf__form_patterns, sizeof bf__form_patterns / sizeof *bf__form_patterns) : NULL;
  return bf_fail(err, BF_EINVAL, name, "there is no pattern '%s'%s%s%s: code6, phone, email and id are known",
                 word ? bf__short(word, cut, sizeof cut) : "?", near ? ", did you mean '" : "", near ? near : "",
                 near ? "'?" : "");
}

/* Bounds that would be passed over in silence, or that no value can meet, are faults of the declaration. */
static int valid_bounds(const json_t *field, const char *name, struct bf_error *err) {
  static const char *const words[] = {"min", "max"};
  enum bf__form_type type = bf__form_type_of(field);
  json_int_t least, most;
  for (int i = 0; i < 2; i++) {
    const json_t *bound = json_object_get(field, words[i]);
    if (!bound) continue;
    if (!json_is_integer(bound)) return bf_fail(err, BF_EINVAL, name, "'%s' must be a whole number", words[i]);
    if (type == BF__TYPE_BOOL || type == BF__TYPE_DATE || type == BF__TYPE_CHOICE || type == BF__TYPE_RECORD)
      return bf_fail(err, BF_EINVAL, name, "'%s' says nothing on a field of type %s", words[i], bf__form_types[type]);
    if (type != BF__TYPE_INT && json_integer_value(bound) < 0) return bf_fail(err, BF_EINVAL, name, "'%s' is negative", words[i]);
    if (type == BF__TYPE_PERCENT && json_integer_value(bound) > 100)
      return bf_fail(err, BF_EINVAL, name, "'%s' is more than 100 percent", words[i]);
  }
  bf__form_bounds(field, type == BF__TYPE_REF || type >= BF__TYPE_USER ? BF__TYPE_TEXT : type, &least, &most);
  if (least > most)
    return bf_fail(err, BF_EINVAL, name, "no value is at least %lld and at most %lld", (long long)least, (long long)most);
  return 0;
}

static int valid_field(const json_t *field, const char *name, int depth, struct bf_error *err) {
  if (depth > DEPTH_MOST) return bf_fail(err, BF_ELIMIT, name, "forms are nested deeper than %d", DEPTH_MOST);
  int r = valid_type(field, name, err);
  if (r >= 0) r = valid_bounds(field, name, err);
  if (r >= 0) r = valid_pattern(field, name, err);
  if (r < 0) return r;
  switch (bf__form_type_of(field)) {
  case BF__TYPE_CHOICE:
    return valid_choices(field, name, err);
  case BF__TYPE_LIST:
    if (!json_is_object(json_object_get(field, "of"))) return bf_fail(err, BF_EINVAL, name, "a list must say what it is 'of'");
    return valid_field(json_object_get(field, "of"), name, depth + 1, err);
  case BF__TYPE_RECORD:
    if (!json_is_array(json_object_get(field, "fields"))) return bf_fail(err, BF_EINVAL, name, "a record has no 'fields'");
    return valid_form(json_object_get(field, "fields"), depth + 1, err);
  default:
    return 0;
  }
}

static int valid_name(const json_t *form, size_t index, struct bf_error *err) {
  const char *name = text(json_array_get(form, index), "name");
  if (!name || !*name) return bf_fail(err, BF_EINVAL, "form", "field %zu has no name", index + 1);
  if (strlen(name) > NAME_MOST || strpbrk(name, ".[]"))
    return bf_fail(err, BF_EINVAL, name, "a name has at most %d bytes and none of . [ ]", NAME_MOST);
  for (size_t i = 0; i < index; i++)
    if (strcmp(text(json_array_get(form, i), "name"), name) == 0) return bf_fail(err, BF_EINVAL, name, "the field stands twice");
  return 0;
}

static int valid_form(const json_t *form, int depth, struct bf_error *err) {
  size_t i;
  json_t *field;
  int r = 0;
  if (!json_is_array(form)) return bf_fail(err, BF_EINVAL, "form", "a list of fields is due");
  json_array_foreach(form, i, field) {
    if (r >= 0) r = valid_name(form, i, err);
    if (r >= 0) r = valid_field(field, text(field, "name"), depth, err);
  }
  return r;
}

int bf__form_valid(const json_t *form, struct bf_error *err) {
  return valid_form(form, 0, err);
}
