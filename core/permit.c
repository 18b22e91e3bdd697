#include "permit.h"

#include <stdio.h>
#include <string.h>

#include "ruleset.h"

static const char *text(const json_t *object, const char *name) {
  const char *value = json_string_value(json_object_get(object, name));
  return value ? value : "";
}

static bool holds_role(const json_t *actor, const char *role) {
  size_t i;
  json_t *one;
  json_array_foreach(json_object_get(actor, "roles"), i, one) if (strcmp(json_string_value(one), role) == 0) return true;
  return false;
}

/* JURISDICTION is ABOVE, or lies below it. */
static bool place_below(const json_t *view, const char *jurisdiction, const char *above) {
  for (int depth = 0; *jurisdiction && depth < 8; depth++) {
    if (strcmp(jurisdiction, above) == 0) return true;
    jurisdiction = text(json_object_get(json_object_get(view, "jurisdictions"), jurisdiction), "parent");
  }
  return false;
}

/* The jurisdiction whose bodies hold ROLE for a case: its own, or the nearest above that has one. */
static json_t *acting(struct bf__directory *directory, const json_t *view, const char *role, const char *jurisdiction,
                      const char **ret_place) {
  for (int depth = 0; *jurisdiction && depth < 8; depth++) {
    json_t *holders = bf__directory_holders(directory, role, jurisdiction);
    if (json_array_size(holders)) {
      *ret_place = jurisdiction;
      return holders;
    }
    json_decref(holders);
    jurisdiction = text(json_object_get(json_object_get(view, "jurisdictions"), jurisdiction), "parent");
  }
  *ret_place = "";
  return json_array();
}

static bool permitted_as(struct bf__directory *directory, const json_t *view, const char *role, const json_t *actor,
                         const char *jurisdiction, const char *unit) {
  const char *org = text(actor, "org"), *place;
  if (!holds_role(actor, role)) return false;
  if (strcmp(text(bf__view_role(view, role), "scope"), "unit") == 0)
    return strcmp(org, unit) == 0 || bf__directory_below(directory, unit, org);
  json_t *holders = acting(directory, view, role, jurisdiction, &place);
  bool found = strcmp(text(actor, "jurisdiction"), place) == 0;
  json_decref(holders);
  return found;
}

bool bf__permitted(struct bf__directory *directory, const json_t *view, const json_t *by, const json_t *actor,
                   const char *jurisdiction, const char *unit) {
  if (!actor) return false;
  if (json_is_string(by)) return permitted_as(directory, view, json_string_value(by), actor, jurisdiction, unit);
  size_t i;
  json_t *role;
  json_array_foreach(by, i,
                     role) if (permitted_as(directory, view, json_string_value(role), actor, jurisdiction, unit)) return true;
  return false;
}

bool bf__actor_sees(struct bf__app *app, const json_t *view, const json_t *actor, const json_t *state) {
  size_t i;
  json_t *role;
  if (!actor || json_integer_value(json_object_get(state, "secret")) > json_integer_value(json_object_get(actor, "clearance")))
    return false;
  const char *org = text(actor, "org"), *unit = text(state, "unit");
  if (strcmp(org, unit) == 0 || bf__directory_below(app->directory, unit, org)) return true;
  /* a body with a role for whole jurisdictions sees its own and those below */
  json_array_foreach(json_object_get(actor, "roles"), i, role) {
    const json_t *declared = bf__view_role(view, json_string_value(role));
    if (declared && strcmp(text(declared, "scope"), "unit") != 0 &&
        place_below(view, text(state, "jurisdiction"), text(actor, "jurisdiction")))
      return true;
  }
  return false;
}

bool bf__may_see(const struct bf__reading *reading, const json_t *state) {
  if (reading->operator_) return true;
  return bf__actor_sees(reading->app, bf__ruleset_view(bf__rules_set(reading->rules), text(state, "jurisdiction")),
                        reading->actor, state);
}

void bf__role_titles(const json_t *view, const json_t *by, const char *language, char *out, size_t size) {
  size_t i, used = 0;
  json_t *role, *list = json_is_string(by) ? json_pack("[O]", by) : json_incref((json_t *)(uintptr_t)by);
  *out = 0;
  json_array_foreach(list, i, role) {
    const char *name = json_string_value(role), *title = text(bf__view_role(view, name), language);
    int n =
        snprintf(out + used, size - used, "%s%s", i ? (strcmp(language, "zh") == 0 ? "、" : ", ") : "", *title ? title : name);
    if (n < 0 || (size_t)n >= size - used) break;
    used += (size_t)n;
  }
  json_decref(list);
}

json_t *bf__role_holders(struct bf__directory *directory, const json_t *view, const char *role, const char *jurisdiction,
                         const char *unit) {
  const char *place;
  if (strcmp(text(bf__view_role(view, role), "scope"), "unit") == 0) return json_pack("[s]", unit);
  return acting(directory, view, role, jurisdiction, &place);
}

bool bf__administers(struct bf__app *app, const json_t *actor, const char *jurisdiction) {
  if (!actor) return true;
  struct bf__ruleset *set = bf__app_rules(app);
  bool below = place_below(set->base, jurisdiction ? jurisdiction : "", text(actor, "jurisdiction"));
  bf__ruleset_unref(set);
  return below;
}

const char *bf__rules_reach(struct bf__app *app, const json_t *actor) {
  if (!actor) return NULL;
  struct bf__ruleset *set = bf__app_rules(app);
  const json_t *own = json_object_get(json_object_get(set->base, "jurisdictions"), text(actor, "jurisdiction"));
  bool root = own && !json_object_get(own, "parent");
  bf__ruleset_unref(set);
  return root ? NULL : text(actor, "jurisdiction");
}
