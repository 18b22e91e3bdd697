/* The office of a case as people see it: lists in place of the numbered entries, who is asked now, what the reader may do. */
#include <string.h>

#include "office.h"
#include "permit.h"
#include "ruleset.h"
#include "state.h"

struct look {
  struct bf__app *app;
  const json_t *view, *state;
  json_t *actor;
  const char *date;
};

static const char *text(const json_t *object, const char *name) {
  const char *value = json_string_value(json_object_get(object, name));
  return value ? value : "";
}

static const json_t *list_of(const json_t *state, const char *list) {
  return json_object_get(json_object_get(state, "office"), list);
}

/* Entries of LIST in order of their numbers, each through SHOW. */
static json_t *listed(const struct look *look, const char *list, json_t *(*show)(const struct look *, json_t *entry)) {
  const json_t *of = list_of(look->state, list);
  json_t *out = json_array();
  for (size_t i = 1; out && i <= json_object_size(of); i++) {
    char key[24];
    (void)snprintf(key, sizeof key, "%zu", i);
    json_t *entry = json_object_get(of, key);
    if (entry) (void)json_array_append_new(out, show(look, entry));
  }
  return out;
}

static json_t *as_is(const struct look *look, json_t *entry) {
  (void)look;
  return json_incref(entry);
}

static json_t *opinion(const struct look *look, json_t *entry) {
  json_t *out = json_copy(entry);
  bool open = !json_object_get(entry, "answered") && !json_object_get(entry, "closed");
  const char *due = text(entry, "due");
  (void)json_object_set_new(out, "open", json_boolean(open));
  (void)json_object_set_new(out, "mine", json_boolean(open && bf__addressed(look->app, entry, look->actor)));
  if (*due) (void)json_object_set_new(out, "overdue", json_boolean(open && strcmp(due, look->date) < 0));
  return out;
}

static const char *standing(const struct look *look, const json_t *round, int yes, int open) {
  int need = (int)json_integer_value(json_object_get(round, "need"));
  if (json_object_get(round, "closed")) return "closed";
  if (!bf__office_current(look->state, round)) return "done";
  return yes >= need ? "reached" : yes + open < need ? "failed" : "open";
}

static bool to_sign(const struct look *look, const json_t *round) {
  size_t i;
  json_t *signer;
  json_array_foreach(json_object_get(round, "signers"), i, signer) {
    if (!json_object_get(signer, "said") && bf__addressed(look->app, signer, look->actor)) return true;
  }
  return false;
}

static json_t *signing(const struct look *look, json_t *entry) {
  json_t *out = json_copy(entry);
  int yes, no, open;
  bf__office_count(entry, &yes, &no, &open);
  const char *stands = standing(look, entry, yes, open);
  (void)json_object_set_new(out, "state", json_string(stands));
  (void)json_object_set_new(out, "signed", json_integer(yes));
  (void)json_object_set_new(out, "objected", json_integer(no));
  (void)json_object_set_new(out, "waiting", json_integer(open));
  (void)json_object_set_new(out, "mine", json_boolean(bf__office_current(look->state, entry) && to_sign(look, entry)));
  return out;
}

static json_t *holders(const struct look *look) {
  const char *key;
  json_t *one, *out = json_array();
  json_object_foreach((json_t *)(uintptr_t)list_of(look->state, "holders"), key, one) {
    const json_t *now = bf__office_holder(look->app, look->state, text(one, "stage"), text(one, "org"), look->date);
    json_t *shown = json_copy(one);
    (void)json_object_set_new(shown, "active", json_boolean(now == one));
    (void)json_object_set_new(shown, "mine", json_boolean(strcmp(text(one, "user"), text(look->actor, "user")) == 0));
    (void)json_array_append_new(out, shown);
  }
  return out;
}

/* Which bodies each open stage waits for, and whether anybody is there. */
static json_t *post(const struct look *look, const char *stage, const char *role) {
  json_t *ids = bf__posts(look->app->directory, look->view, role, look->state), *orgs = json_array(), *id;
  size_t i;
  bool staffed = false;
  json_array_foreach(ids, i, id) {
    json_t *org = bf__directory_org(look->app->directory, json_string_value(id));
    staffed = staffed || bf__directory_staffed(look->app->directory, json_string_value(id), look->date);
    (void)json_array_append_new(
        orgs, json_pack("{sO sO* sO*}", "org", id, "zh", json_object_get(org, "zh"), "en", json_object_get(org, "en")));
    json_decref(org);
  }
  json_decref(ids);
  return json_pack("{ss ss so sb}", "stage", stage, "role", role, "orgs", orgs, "vacant", !staffed);
}

static void add_role(const struct look *look, const char *stage, const json_t *role, json_t *seen, json_t *out) {
  const char *name = json_string_value(role);
  if (!name || strcmp(name, "system") == 0 || json_object_get(seen, name)) return;
  (void)json_object_set_new(seen, name, json_true());
  (void)json_array_append_new(out, post(look, stage, name));
}

static json_t *posts(const struct look *look) {
  const char *stage, *name;
  json_t *record, *action, *role, *out = json_array();
  size_t i;
  json_object_foreach(json_object_get(look->state, "stages"), stage, record) {
    if (!bf__state_is_open(look->state, stage)) continue;
    json_t *seen = json_object();
    json_object_foreach(json_object_get(bf__view_stage(look->view, stage), "actions"), name, action) {
      json_t *by = json_object_get(action, "by");
      if (json_is_string(by)) add_role(look, stage, by, seen, out);
      json_array_foreach(by, i, role) add_role(look, stage, role, seen, out);
    }
    json_decref(seen);
  }
  return out;
}

/* What the reader may do in the way of an office; reasons against the rest are told when it is tried. */
static json_t *ways(const struct look *look) {
  static const char *const of_stage[] = {"hand_over", "ask", "countersign", "send_back", "recuse", "copy"};
  const char *stage;
  json_t *record, *out = json_array();
  if (!look->actor || json_object_get(look->state, "ended")) return out;
  json_object_foreach(json_object_get(look->state, "stages"), stage, record) {
    if (!bf__state_is_open(look->state, stage)) continue;
    json_t *as = bf__office_works(look->app, look->view, look->actor, look->state, stage);
    for (size_t i = 0; as && i < sizeof of_stage / sizeof *of_stage; i++)
      (void)json_array_append_new(out, json_pack("{ss ss}", "way", of_stage[i], "stage", stage));
    if (!as || bf__actor_belongs(look->app, look->view, look->actor, look->state))
      (void)json_array_append_new(out, json_pack("{ss ss}", "way", "urge", "stage", stage));
    json_decref(as);
  }
  return out;
}

json_t *bf__office_json(struct bf__app *app, const json_t *view, const json_t *state, json_t *actor, const char *date) {
  const struct look look = {.app = app, .view = view, .state = state, .actor = actor, .date = date};
  return json_pack("{so so so so so so so so}", "holders", holders(&look), "opinions", listed(&look, "opinions", opinion),
                   "signings", listed(&look, "rounds", signing), "copies", listed(&look, "copies", as_is), "urges",
                   listed(&look, "urges", as_is), "conflicts", listed(&look, "conflicts", as_is), "posts", posts(&look), "ways",
                   ways(&look));
}

bool bf__office_waits(struct bf__app *app, const json_t *state, const json_t *actor, const char *date) {
  const struct look look = {.app = app, .state = state, .actor = (json_t *)(uintptr_t)actor, .date = date};
  const char *key, *stage;
  json_t *one;
  if (!actor || !json_object_get(state, "office")) return false;
  json_object_foreach((json_t *)(uintptr_t)list_of(state, "opinions"), key, one) {
    if (!json_object_get(one, "answered") && !json_object_get(one, "closed") && bf__addressed(app, one, actor)) return true;
  }
  json_object_foreach((json_t *)(uintptr_t)list_of(state, "rounds"), key, one) {
    if (bf__office_current(state, one) && to_sign(&look, one)) return true;
  }
  json_object_foreach(json_object_get(state, "stages"), stage, one) {
    const json_t *holder =
        bf__state_is_open(state, stage) ? bf__office_holder(app, state, stage, text(actor, "org"), date) : NULL;
    const char *user = text(holder, "user");
    if (holder && (strcmp(user, text(actor, "user")) == 0 || bf__deputises(app, actor, user))) return true;
  }
  return false;
}
