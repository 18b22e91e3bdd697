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

/* Posts of a case. ----------------------------------------------------------------------------------------------------------- */

static bool names(const json_t *by, const char *role) {
  size_t i;
  json_t *one;
  if (json_is_string(by)) return strcmp(json_string_value(by), role) == 0;
  json_array_foreach(by, i, one) if (json_is_string(one) && strcmp(json_string_value(one), role) == 0) return true;
  return false;
}

static bool is_unit_role(const json_t *view, const char *role) {
  return strcmp(text(bf__view_role(view, role), "scope"), "unit") == 0;
}

/* A declared conflict of interest of WHO ("user" or "org") on the case. */
static bool in_conflict(const json_t *state, const char *who, const char *id) {
  const char *key;
  json_t *one;
  json_object_foreach(json_object_get(json_object_get(state, "office"), "conflicts"), key, one) {
    if (!json_object_get(one, "ended") && strcmp(text(one, who), id) == 0) return true;
  }
  return false;
}

/* Everybody of ORG has declared a conflict on the case: it cannot act, as if it had itself. */
static bool all_in_conflict(struct bf__directory *directory, const json_t *state, const char *org) {
  if (!json_object_get(json_object_get(state, "office"), "conflicts")) return false;
  json_t *staff = bf__directory_staff(directory, org), *user;
  bool all = json_array_size(staff) > 0;
  size_t i;
  json_array_foreach(staff, i, user) all = all && in_conflict(state, "user", json_string_value(user));
  json_decref(staff);
  return all;
}

bool bf__recused(struct bf__directory *directory, const json_t *view, const char *role, const char *org, const json_t *state) {
  const char *unit = text(state, "unit");
  const json_t *impartial = json_object_get(bf__view_role(view, role), "impartial");
  if (is_unit_role(view, role)) return false;
  if (in_conflict(state, "org", org) || all_in_conflict(directory, state, org)) return true;
  if (!json_is_true(impartial) && !json_is_string(impartial)) return false;
  if (names(json_object_get(json_object_get(bf__view_kind(view, text(state, "kind")), "create"), "by"), role)) return false;
  return strcmp(org, unit) == 0 || bf__directory_below(directory, org, unit);
}

/* HOLDERS (stolen) without those that are recused; the same array when none is. */
static json_t *impartial_of(struct bf__directory *directory, const json_t *view, const char *role, json_t *holders,
                            const json_t *state) {
  json_t *left = NULL, *org;
  size_t i;
  bool all = true;
  json_array_foreach(holders, i, org) all = all && !bf__recused(directory, view, role, json_string_value(org), state);
  if (all) return holders;
  left = json_array();
  json_array_foreach(holders, i, org) {
    if (!bf__recused(directory, view, role, json_string_value(org), state)) (void)json_array_append(left, org);
  }
  json_decref(holders);
  return left;
}

static json_t *posts_of(struct bf__directory *directory, const json_t *view, const char *role, const json_t *state) {
  const char *place = text(state, "jurisdiction");
  for (int depth = 0; *place && depth < 8; depth++) {
    json_t *holders = impartial_of(directory, view, role, bf__directory_holders(directory, role, place), state);
    if (json_array_size(holders)) return holders;
    json_decref(holders);
    place = text(json_object_get(json_object_get(view, "jurisdictions"), place), "parent");
  }
  return json_array();
}

json_t *bf__posts(struct bf__directory *directory, const json_t *view, const char *role, const json_t *state) {
  if (is_unit_role(view, role)) return json_pack("[O]", json_object_get(state, "unit"));
  json_t *posts = posts_of(directory, view, role, state);
  const char *instead = text(bf__view_role(view, role), "impartial");
  if (json_array_size(posts) || !*instead) return posts;
  json_decref(posts);
  return posts_of(directory, view, instead, state);
}

static bool holds_post(struct bf__directory *directory, const json_t *view, const char *role, const json_t *actor,
                       const json_t *state) {
  const char *org = text(actor, "org"), *unit = text(state, "unit");
  if (is_unit_role(view, role))
    return holds_role(actor, role) && (strcmp(org, unit) == 0 || bf__directory_below(directory, unit, org));
  if (in_conflict(state, "user", text(actor, "user"))) return false;
  json_t *posts = bf__posts(directory, view, role, state);
  bool found = names(posts, org);
  json_decref(posts);
  return found;
}

/* The role of BY that ACTOR acts in on STATE's case, borrowed; NULL when none. */
static const char *role_for(struct bf__directory *directory, const json_t *view, const json_t *by, const json_t *actor,
                            const json_t *state) {
  size_t i;
  json_t *role;
  if (!actor) return NULL;
  if (json_is_string(by)) return holds_post(directory, view, json_string_value(by), actor, state) ? json_string_value(by) : NULL;
  json_array_foreach(by, i, role) {
    if (holds_post(directory, view, json_string_value(role), actor, state)) return json_string_value(role);
  }
  return NULL;
}

/* Deputies. ------------------------------------------------------------------------------------------------------------------ */

static bool within(const json_t *span, const char *date) {
  return strcmp(date, text(span, "from")) >= 0 && strcmp(date, text(span, "to")) <= 0;
}

static void today_of(struct bf__app *app, char date[BF__DATE_TEXT]) {
  bf__date_format(bf__date_of_ms(bf__clock_now(&app->clock)), date);
}

bool bf__deputises(struct bf__app *app, const json_t *actor, const char *user) {
  char date[BF__DATE_TEXT];
  size_t i;
  json_t *one;
  if (!json_object_get(actor, "deputy_of")) return false;
  today_of(app, date);
  json_array_foreach(json_object_get(actor, "deputy_of"), i, one) {
    if (strcmp(text(one, "user"), user) == 0 && within(one, date)) return true;
  }
  return false;
}

json_t *bf__on_behalf(struct bf__app *app, const json_t *actor, const char *user) {
  json_t *as = bf__directory_principal(app->directory, user);
  json_int_t own = json_integer_value(json_object_get(actor, "clearance"));
  if (!as) return NULL;
  int failed = json_object_set_new(as, "on_behalf_of",
                                   json_pack("{sO sO sO}", "user", json_object_get(as, "user"), "name",
                                             json_object_get(as, "name"), "org", json_object_get(as, "org"))) < 0;
  failed |= json_object_set(as, "user", json_object_get(actor, "user")) < 0;
  failed |= json_object_set(as, "name", json_object_get(actor, "name")) < 0;
  failed |= json_object_set(as, "own_org", json_object_get(actor, "org")) < 0;
  failed |= json_object_set_new(as, "admin", json_false()) < 0; /* who administers is not deputised */
  if (own < json_integer_value(json_object_get(as, "clearance")))
    failed |= json_object_set_new(as, "clearance", json_integer(own)) < 0;
  (void)json_object_del(as, "deputy_of");
  if (!failed) return as;
  json_decref(as);
  return NULL;
}

/* A deputy's own side counts too: nobody decides on his own unit's case in another's name. */
static bool deputy_recused(struct bf__directory *directory, const json_t *view, const char *role, const json_t *actor,
                           const json_t *state) {
  return bf__recused(directory, view, role, text(actor, "org"), state) ||
         (!is_unit_role(view, role) && in_conflict(state, "user", text(actor, "user")));
}

json_t *bf__acts_as(struct bf__app *app, const json_t *view, const json_t *by, json_t *actor, const json_t *state) {
  char date[BF__DATE_TEXT];
  size_t i;
  json_t *one;
  if (role_for(app->directory, view, by, actor, state)) return json_incref(actor);
  if (!actor || !json_object_get(actor, "deputy_of")) return NULL;
  today_of(app, date);
  json_array_foreach(json_object_get(actor, "deputy_of"), i, one) {
    json_t *as = within(one, date) ? bf__on_behalf(app, actor, text(one, "user")) : NULL;
    const char *role = role_for(app->directory, view, by, as, state);
    if (role && !deputy_recused(app->directory, view, role, actor, state)) return as;
    json_decref(as);
  }
  return NULL;
}

/* What is seen. -------------------------------------------------------------------------------------------------------------- */

static bool cleared(const json_t *actor, const json_t *state) {
  return actor && json_integer_value(json_object_get(state, "secret")) <= json_integer_value(json_object_get(actor, "clearance"));
}

static bool by_post(struct bf__app *app, const json_t *view, const json_t *actor, const json_t *state) {
  size_t i;
  json_t *role;
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

bool bf__actor_belongs(struct bf__app *app, const json_t *view, const json_t *actor, const json_t *state) {
  char date[BF__DATE_TEXT];
  size_t i;
  json_t *one;
  if (!cleared(actor, state)) return false;
  if (by_post(app, view, actor, state)) return true;
  if (!json_object_get(actor, "deputy_of")) return false;
  today_of(app, date);
  json_array_foreach(json_object_get(actor, "deputy_of"), i, one) {
    json_t *as = within(one, date) ? bf__on_behalf(app, actor, text(one, "user")) : NULL;
    bool found = as && cleared(as, state) && by_post(app, view, as, state);
    json_decref(as);
    if (found) return true;
  }
  return false;
}

/* ACTOR is whom ENTRY { to: { user? or org } } names, or a deputy of that person. */
bool bf__addressed(struct bf__app *app, const json_t *entry, const json_t *actor) {
  const json_t *to = json_object_get(entry, "to");
  const char *user = text(to, "user");
  if (*user) return strcmp(user, text(actor, "user")) == 0 || bf__deputises(app, actor, user);
  return *text(to, "org") && strcmp(text(to, "org"), text(actor, "org")) == 0;
}

/* Who was sent a copy reads on; who is asked or to sign reads until it is answered. */
static bool granted(struct bf__app *app, const json_t *actor, const json_t *state) {
  const json_t *office = json_object_get(state, "office");
  const char *key;
  json_t *one, *signer;
  size_t i;
  if (!office) return false;
  json_object_foreach(json_object_get(office, "copies"), key, one) if (bf__addressed(app, one, actor)) return true;
  json_object_foreach(json_object_get(office, "opinions"), key, one) {
    if (!json_object_get(one, "answered") && !json_object_get(one, "closed") && bf__addressed(app, one, actor)) return true;
  }
  json_object_foreach(json_object_get(office, "rounds"), key, one) {
    if (json_object_get(one, "closed")) continue;
    json_array_foreach(json_object_get(one, "signers"), i, signer) if (bf__addressed(app, signer, actor)) return true;
  }
  return false;
}

bool bf__actor_sees(struct bf__app *app, const json_t *view, const json_t *actor, const json_t *state) {
  return cleared(actor, state) && (bf__actor_belongs(app, view, actor, state) || granted(app, actor, state));
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
