#include "publish.h"

#include "deadline.h"
#include "ruleset.h"

static const json_t *rule_of(const json_t *view, const json_t *state) {
  return json_object_get(bf__view_kind(view, json_string_value(json_object_get(state, "kind"))), "public");
}

bool bf__public_out(const json_t *view, const json_t *state) {
  const json_t *when = json_object_get(rule_of(view, state), "when"), *secret = json_object_get(state, "secret");
  /* a condition that is no condition lets nothing out, and so does a level that is not there */
  return json_is_integer(secret) && json_integer_value(secret) == 0 && json_is_string(json_object_get(when, "op")) &&
         bf__condition(view, "", when, json_object_get(state, "facts"));
}

json_t *bf__public_facts(const json_t *view, const json_t *state) {
  json_t *out = json_object(), *name;
  size_t i;
  json_array_foreach(json_object_get(rule_of(view, state), "facts"), i, name) {
    json_t *value = json_object_get(json_object_get(state, "facts"), json_string_value(name));
    if (value) (void)json_object_set(out, json_string_value(name), value);
  }
  return out;
}
