#include "redlines.h"

#include <stdio.h>

static const char *text_of(const json_t *object, const char *name) {
  const char *text = json_string_value(json_object_get(object, name));
  return text ? text : "";
}

static bool told(const json_t *crossed, const json_t *one) {
  size_t i;
  json_t *other;
  json_array_foreach(crossed, i, other) {
    if (json_equal(json_object_get(other, "name"), json_object_get(one, "name")) &&
        json_equal(json_object_get(other, "zh"), json_object_get(one, "zh")))
      return true;
  }
  return false;
}

int bf__redlines_of(struct bf__rules *rules, const char *jurisdiction, json_t **ret, struct bf_error *err) {
  const struct bf__ruleset *set = bf__rules_set(rules);
  return bf__rules_call(rules, "redline_rules",
                        json_pack("[s? O O]", jurisdiction, bf__ruleset_view(set, jurisdiction), set->base), ret, err);
}

static int ask(struct bf__rules *rules, const char *jurisdiction, json_t *crossed, struct bf_error *err) {
  json_t *said = NULL, *one;
  size_t i;
  int r = bf__redlines_of(rules, jurisdiction, &said, err);
  if (r < 0) return r;
  json_array_foreach(said, i, one) {
    if (jurisdiction && told(crossed, one)) continue;
    if (jurisdiction && json_object_set_new(one, "jurisdiction", json_string(jurisdiction)) < 0)
      r = bf_fail(err, BF_ENOMEM, "red lines", "no memory");
    if (json_array_append(crossed, one) < 0) r = bf_fail(err, BF_ENOMEM, "red lines", "no memory");
  }
  json_decref(said);
  return r;
}

int bf__redlines_static(struct bf__ruleset *set, json_t **ret, struct bf_error *err) {
  struct bf__rules *rules = NULL;
  json_t *crossed = json_array(), *view;
  const char *code;
  int r = crossed ? bf__rules_new(set, &rules, err) : bf_fail(err, BF_ENOMEM, "red lines", "no memory");
  if (r >= 0) r = ask(rules, NULL, crossed, err);
  json_object_foreach(set->views, code, view) if (r >= 0) r = ask(rules, code, crossed, err);
  bf__rules_free(rules);
  if (r < 0) {
    json_decref(crossed);
    return r;
  }
  *ret = crossed;
  return 0;
}

void bf__redlines_text(const json_t *crossed, char *text, size_t size) {
  const json_t *one = json_array_get(crossed, 0);
  const char *where = text_of(one, "jurisdiction");
  (void)snprintf(text, size, "%s%sred line '%s' (art. %lld): %s · %s", where, *where ? ": " : "", text_of(one, "name"),
                 (long long)json_integer_value(json_object_get(one, "article")), text_of(one, "zh"), text_of(one, "en"));
}
