/* A tale made as short as it can be. */
#include <stdlib.h>
#include <string.h>

#include "prove.h"
#include "prove_search.h"

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "prove", "no memory");
}

/* Shortening -------------------------------------------------------------------------------------------------------------------
 */

/* Does TALE cross line NAME? *RET_COUNT: with how many of its steps. A script that fails, or a step that is refused, crosses
 * nothing. */
static bool crosses(struct bf__lab *lab, const json_t *tale, const json_t *entries, const char *name, size_t *ret_count) {
  struct bf__world world = {.entries = entries ? json_deep_copy(entries) : json_object()};
  struct bf__outcome outcome = {0};
  struct bf_error err = {0};
  const char *on = text(json_array_get(tale, 0), "date");
  json_t *one;
  size_t i;
  bool found = false;
  if (on) (void)bf__date_parse(on, strlen(on), &world.today);
  int r = bf__tale_live(lab, tale, &world, &outcome, ret_count, &err);
  json_array_foreach(outcome.crossed, i, one) found |= r >= 0 && strcmp(text(one, "name"), name) == 0;
  bf__outcome_done(&outcome);
  bf__world_done(&world);
  return found;
}

static json_t *without(const json_t *tale, size_t from, size_t count) {
  json_t *out = json_array(), *step;
  size_t i;
  json_array_foreach(tale, i, step) if (i < from || i >= from + count)(void) json_array_append(out, step);
  return out;
}

/* Keeps SHORTER (stolen) in place of *TALE when it still crosses. */
static bool keep(struct bf__lab *lab, json_t **tale, json_t *shorter, const json_t *entries, const char *name) {
  size_t count = 0;
  bool ok = json_array_size(shorter) > 0 && crosses(lab, shorter, entries, name, &count);
  if (ok) {
    while (json_array_size(shorter) > count) (void)json_array_remove(shorter, json_array_size(shorter) - 1);
    json_decref(*tale);
    *tale = shorter;
  } else {
    json_decref(shorter);
  }
  return ok;
}

static bool drop_steps(struct bf__lab *lab, json_t **tale, const json_t *entries, const char *name) {
  bool any = false;
  for (size_t size = json_array_size(*tale) / 2; size > 0; size /= 2)
    for (size_t at = json_array_size(*tale); at-- > 0;)
      if (at + size <= json_array_size(*tale) && keep(lab, tale, without(*tale, at, size), entries, name)) any = true;
  return any;
}

/* Every step from AT on, brought forward to the day of the one before. */
static json_t *sooner(const json_t *tale, size_t at) {
  json_t *out = json_deep_copy(tale), *step;
  int32_t before, here;
  size_t i;
  const char *was = text(json_array_get(tale, at - 1), "date"), *is = text(json_array_get(tale, at), "date");
  if (!was || !is || bf__date_parse(was, strlen(was), &before) < 0 || bf__date_parse(is, strlen(is), &here) < 0 ||
      here == before) {
    json_decref(out);
    return NULL;
  }
  json_array_foreach(out, i, step) {
    int32_t date;
    char moved[BF__DATE_TEXT];
    const char *own = text(step, "date");
    if (i < at || bf__date_parse(own, strlen(own), &date) < 0) continue;
    bf__date_format(date - (here - before), moved);
    (void)json_object_set_new(step, "date", json_string(moved));
  }
  return out;
}

static bool drop_days(struct bf__lab *lab, json_t **tale, const json_t *entries, const char *name) {
  bool any = false;
  for (size_t at = 1; at < json_array_size(*tale); at++) {
    json_t *moved = sooner(*tale, at);
    if (moved && keep(lab, tale, moved, entries, name)) any = true;
  }
  return any;
}

/* Fields that nothing hangs on. */
static bool drop_fields(struct bf__lab *lab, json_t **tale, const json_t *entries, const char *name) {
  bool any = false;
  for (size_t at = 0; at < json_array_size(*tale); at++) {
    static const char *const within[] = {"input", "facts"};
    for (int k = 0; k < 2; k++) {
      json_t *fields = json_deep_copy(json_object_get(json_array_get(*tale, at), within[k])), *value;
      const char *field;
      json_object_foreach(fields, field, value) {
        json_t *copy = json_deep_copy(*tale);
        (void)json_object_del(json_object_get(json_array_get(copy, at), within[k]), field);
        if (keep(lab, tale, copy, entries, name)) any = true;
        if (at >= json_array_size(*tale)) break;
      }
      json_decref(fields);
    }
  }
  return any;
}

int bf__tale_shorten(struct bf__lab *lab, const json_t *tale, const json_t *entries, const char *name, json_t **ret,
                     struct bf_error *err) {
  json_t *own = json_deep_copy(tale);
  size_t count;
  if (!own) return no_memory(err);
  if (crosses(lab, own, entries, name, &count))
    for (int turn = 0; turn < 4; turn++) {
      bool any = drop_steps(lab, &own, entries, name);
      any |= drop_days(lab, &own, entries, name);
      any |= drop_fields(lab, &own, entries, name);
      if (!any) break;
    }
  *ret = own;
  return 0;
}
