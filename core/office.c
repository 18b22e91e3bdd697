#include "office.h"

#include <stdio.h>
#include <string.h>

#include "permit.h"
#include "ruleset.h"
#include "state.h"

static const char *text(const json_t *object, const char *name) {
  const char *value = json_string_value(json_object_get(object, name));
  return value ? value : "";
}

static bool same(const json_t *object, const char *name, const char *value) {
  return strcmp(text(object, name), value) == 0;
}

/* The container. ------------------------------------------------------------------------------------------------------------ */

/* What is stored is shared with the state before: the office is copied whole, for it is small and seldom changed. */
int bf__office_put(json_t *state, const char *list, const char *key, json_t *value) {
  json_t *office = json_object_get(state, "office") ? json_deep_copy(json_object_get(state, "office")) : json_object();
  json_t *of = json_object_get(office, list);
  int r = office ? 0 : BF_ENOMEM;
  if (r == 0 && !of && json_object_set_new(office, list, of = json_object()) < 0) r = BF_ENOMEM;
  if (r == 0 && !value)
    (void)json_object_del(of, key);
  else if (r == 0 && json_object_set(of, key, value) < 0)
    r = BF_ENOMEM;
  json_decref(value);
  if (r == 0 && json_object_set(state, "office", office) < 0) r = BF_ENOMEM;
  json_decref(office);
  return r;
}

const json_t *bf__office_get(const json_t *state, const char *list, const char *key) {
  return json_object_get(json_object_get(json_object_get(state, "office"), list), key);
}

int bf__office_next(const json_t *state, const char *list) {
  return (int)json_object_size(json_object_get(json_object_get(state, "office"), list)) + 1;
}

/* Holders. ------------------------------------------------------------------------------------------------------------------ */

/* Somebody who is there acts for USER on DATE. */
static bool has_deputy(struct bf__app *app, const json_t *user, const char *date) {
  size_t i;
  json_t *one;
  json_array_foreach(json_object_get(user, "absences"), i, one) {
    const char *deputy = text(one, "deputy");
    if (*deputy && strcmp(date, text(one, "from")) >= 0 && strcmp(date, text(one, "to")) <= 0 &&
        bf__directory_there(app->directory, deputy, date))
      return true;
  }
  return false;
}

static bool user_conflict(const json_t *state, const char *user) {
  const char *key;
  json_t *one;
  json_object_foreach(json_object_get(json_object_get(state, "office"), "conflicts"), key, one) {
    if (same(one, "user", user) && !json_object_get(one, "ended")) return true;
  }
  return false;
}

const json_t *bf__office_holder(struct bf__app *app, const json_t *state, const char *stage, const char *org, const char *date) {
  char key[200];
  if (!json_object_get(state, "office") || snprintf(key, sizeof key, "%s %s", stage, org) >= (int)sizeof key) return NULL;
  const json_t *holder = bf__office_get(state, "holders", key);
  json_t *user = holder ? bf__directory_user(app->directory, text(holder, "user")) : NULL;
  bool holds = user && !json_is_true(json_object_get(user, "disabled")) && same(user, "org", org) &&
               !user_conflict(state, text(holder, "user")) &&
               (bf__directory_there(app->directory, text(holder, "user"), date) || has_deputy(app, user, date));
  json_decref(user);
  return holds ? holder : NULL;
}

static void today_of(struct bf__app *app, char date[BF__DATE_TEXT]) {
  bf__date_format(bf__date_of_ms(bf__clock_now(&app->clock)), date);
}

json_t *bf__office_as(struct bf__app *app, const json_t *view, const json_t *by, json_t *actor, const json_t *state,
                      const char *stage) {
  char date[BF__DATE_TEXT];
  json_t *as = bf__acts_as(app, view, by, actor, state);
  if (!as || json_object_get(as, "on_behalf_of") || !json_object_get(state, "office")) return as;
  today_of(app, date);
  const json_t *holder = bf__office_holder(app, state, stage, text(as, "org"), date);
  if (!holder || same(holder, "user", text(actor, "user")) || !bf__deputises(app, actor, text(holder, "user"))) return as;
  json_decref(as);
  return bf__on_behalf(app, actor, text(holder, "user"));
}

json_t *bf__office_works(struct bf__app *app, const json_t *view, json_t *actor, const json_t *state, const char *stage) {
  const char *name;
  json_t *action, *as = NULL;
  json_object_foreach(json_object_get(bf__view_stage(view, stage), "actions"), name, action) {
    if (!as) as = bf__office_as(app, view, json_object_get(action, "by"), actor, state, stage);
  }
  return as;
}

/* Reasons. ------------------------------------------------------------------------------------------------------------------ */

BF_PRINTF(4, 5)
static void refuse(json_t *refusals, const char *code, const char *en, const char *zh, ...) {
  char out[700];
  va_list args;
  va_start(args, zh);
  (void)vsnprintf(out, sizeof out, zh, args);
  va_end(args);
  (void)json_array_append_new(refusals, bf__refusal(code, 0, NULL, out, en));
}

static const char *name_of(const json_t *to) {
  return *text(to, "name") ? text(to, "name") : *text(to, "user") ? text(to, "user") : text(to, "org");
}

static bool is_self(const json_t *as, const char *user) {
  return same(as, "user", user) || same(json_object_get(as, "on_behalf_of"), "user", user);
}

static void held(struct bf__app *app, const json_t *state, const char *stage, const json_t *as, const char *date, json_t *out) {
  const json_t *holder = bf__office_holder(app, state, stage, text(as, "org"), date);
  char en[300], name[100];
  if (!holder || is_self(as, text(holder, "user"))) return;
  (void)bf__short(text(holder, "name"), name, sizeof name);
  (void)snprintf(en, sizeof en, "%s holds this work: let them act, or have it handed over.", name);
  refuse(out, "office.held", en, "此项由%s经办:请由其办理,或先转办", name);
}

/* An opinion that the asker waits for: for one action, or for all of the asker's own body in the stage. */
static void awaited(const json_t *state, const char *stage, const char *action, const json_t *as, json_t *out) {
  const char *key;
  json_t *one;
  json_object_foreach(json_object_get(json_object_get(state, "office"), "opinions"), key, one) {
    char en[300], name[100];
    if (!json_is_true(json_object_get(one, "blocks")) || json_object_get(one, "answered") || json_object_get(one, "closed"))
      continue;
    if (!same(one, "stage", stage) || !same(one, "by_org", text(as, "org"))) continue;
    if (json_object_get(one, "action") && !same(one, "action", action)) continue;
    (void)bf__short(name_of(json_object_get(one, "to")), name, sizeof name);
    (void)snprintf(en, sizeof en, "Opinion %s of %s is awaited: wait for it, or withdraw the question.", key, name);
    refuse(out, "office.opinion", en, "正在等待%s的意见(第%s号):请等待,或由征询人撤回", name, key);
  }
}

bool bf__office_current(const json_t *state, const json_t *round) {
  const json_t *stage = json_object_get(json_object_get(state, "stages"), text(round, "stage"));
  if (json_object_get(round, "closed") || !bf__state_is_open(state, text(round, "stage"))) return false;
  return json_integer_value(json_object_get(stage, "round")) == json_integer_value(json_object_get(round, "round")) &&
         json_integer_value(json_object_get(json_object_get(stage, "did"), text(round, "action"))) ==
             json_integer_value(json_object_get(round, "did"));
}

void bf__office_count(const json_t *round, int *ret_signed, int *ret_objected, int *ret_waiting) {
  size_t i;
  json_t *signer;
  *ret_signed = *ret_objected = *ret_waiting = 0;
  json_array_foreach(json_object_get(round, "signers"), i, signer) {
    const char *said = text(signer, "said");
    ++*(!*said ? ret_waiting : strcmp(said, "signed") == 0 ? ret_signed : ret_objected);
  }
}

static void list_waiting(const json_t *round, char *out, size_t size) {
  size_t i, used = 0;
  json_t *signer;
  *out = 0;
  json_array_foreach(json_object_get(round, "signers"), i, signer) {
    char name[100];
    if (json_object_get(signer, "said")) continue;
    int n = snprintf(out + used, size - used, "%s%s", used ? "、" : "",
                     bf__short(name_of(json_object_get(signer, "to")), name, sizeof name));
    if (n < 0 || (size_t)n >= size - used) {
      out[used] = 0; /* never half a name */
      break;
    }
    used += (size_t)n;
  }
}

static bool gone(struct bf__app *app, const char *user, const char *org) {
  json_t *record = bf__directory_user(app->directory, user);
  bool left = !record || json_is_true(json_object_get(record, "disabled")) || !same(record, "org", org);
  json_decref(record);
  return left;
}

static void signing(struct bf__app *app, const json_t *state, const char *stage, const char *action, const json_t *as,
                    json_t *out) {
  const char *key;
  json_t *one;
  json_object_foreach(json_object_get(json_object_get(state, "office"), "rounds"), key, one) {
    int yes, no, open, need = (int)json_integer_value(json_object_get(one, "need"));
    char names[300], en[600];
    if (!same(one, "stage", stage) || !same(one, "action", action) || !bf__office_current(state, one)) continue;
    bf__office_count(one, &yes, &no, &open);
    list_waiting(one, names, sizeof names);
    if (yes + open < need) {
      (void)snprintf(en, sizeof en, "Signing %s failed: %d objected. Close it; then another can be opened.", key, no);
      refuse(out, "office.objected", en, "会签未通过(第%s号,%d人不同意):请由发起人结束会签后再定", key, no);
    } else if (yes < need) {
      (void)snprintf(en, sizeof en, "Signing %s: %d of %d needed have signed; waiting for %s.", key, yes, need, names);
      refuse(out, "office.signing", en, "会签未完成(第%s号):已签%d,须%d;待签:%s", key, yes, need, names);
    } else if (!is_self(as, text(one, "by")) && !gone(app, text(one, "by"), text(one, "by_org"))) {
      (void)snprintf(en, sizeof en, "Signing %s was opened by %s, who takes the action now.", key, text(one, "by_name"));
      refuse(out, "office.opener", en, "会签(第%s号)由%s发起:签齐后由其办理", key, text(one, "by_name"));
    }
  }
}

json_t *bf__office_reasons(struct bf__app *app, const json_t *view, const json_t *state, const char *stage, const char *action,
                           const json_t *as, const char *date) {
  json_t *out = json_array();
  (void)view;
  if (!out || !as || !json_object_get(state, "office")) return out;
  held(app, state, stage, as, date, out);
  awaited(state, stage, action, as, out);
  signing(app, state, stage, action, as, out);
  return out;
}

/* Recusal. ------------------------------------------------------------------------------------------------------------------ */

static bool org_has(const json_t *actor, const char *role) {
  size_t i;
  json_t *one;
  json_array_foreach(json_object_get(actor, "roles"), i, one) if (strcmp(json_string_value(one), role) == 0) return true;
  return false;
}

/* The names of the bodies where the case goes instead. */
static void where_to(struct bf__app *app, const json_t *view, const char *role, const json_t *state, const char *language,
                     char *out, size_t size) {
  json_t *posts = bf__posts(app->directory, view, role, state), *id;
  size_t i, used = 0;
  *out = 0;
  json_array_foreach(posts, i, id) {
    json_t *org = bf__directory_org(app->directory, json_string_value(id));
    int n = snprintf(out + used, size - used, "%s%s", used ? "、" : "", text(org, language));
    json_decref(org);
    if (n < 0 || (size_t)n >= size - used) break;
    used += (size_t)n;
  }
  json_decref(posts);
}

static json_t *recusal_of(struct bf__app *app, const json_t *view, const char *role, const json_t *actor, const json_t *state,
                          int article) {
  char zh[400], en[400], to_zh[200], to_en[200];
  bool own = org_has(actor, role) && bf__recused(app->directory, view, role, text(actor, "org"), state);
  bool person = !own && org_has(actor, role) && user_conflict(state, text(actor, "user")) &&
                strcmp(text(bf__view_role(view, role), "scope"), "unit") != 0;
  if (!own && !person) return NULL;
  where_to(app, view, role, state, "zh", to_zh, sizeof to_zh);
  where_to(app, view, role, state, "en", to_en, sizeof to_en);
  if (person) {
    (void)snprintf(zh, sizeof zh, "您已就本事项回避:由%s的其他人办理", to_zh);
    (void)snprintf(en, sizeof en, "You are recused from this case: somebody else of %s acts.", to_en);
  } else {
    (void)snprintf(zh, sizeof zh, "本事项与贵单位有利害关系,应当回避:由%s办理", *to_zh ? to_zh : "上级机关(尚未设定)");
    (void)snprintf(en, sizeof en, "Your body stands on the applicant's side and is recused: %s acts instead.",
                   *to_en ? to_en : "a superior body, which nobody has named yet,");
  }
  return bf__refusal("recused", article, NULL, zh, en);
}

json_t *bf__office_recusal(struct bf__app *app, const json_t *view, const json_t *by, const json_t *actor, const json_t *state,
                           int article) {
  size_t i;
  json_t *role, *out = NULL;
  if (!actor) return NULL;
  if (json_is_string(by)) return recusal_of(app, view, json_string_value(by), actor, state, article);
  json_array_foreach(by, i, role) if (!out) out = recusal_of(app, view, json_string_value(role), actor, state, article);
  return out;
}
