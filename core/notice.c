#include "notice.h"

#include <stdlib.h>
#include <string.h>

#include "permit.h"
#include "preferences.h"
#include "ruleset.h"
#include "turn.h"

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

static int put_row(struct bf__turn *turn, const char *key, const char *channel, const char *recipient, const char *case_id,
                   int64_t at_ms, int64_t next_ms, const json_t *body, struct bf_error *err) {
  int64_t id;
  int r = bf__store_next(turn->store, "outbox", &id, err);
  if (r < 0) return r;
  return bf__store_run(turn->store,
                       "INSERT INTO outbox (id, key, channel, recipient, case_id, at_ms, next_ms, attempts, state, body)"
                       " VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 'waiting', $8) ON CONFLICT (key) DO NOTHING",
                       NULL, err, "ittttiij", id, key, channel, recipient, case_id, at_ms, next_ms, body);
}

/* The same to one person, by each channel that they chose, when they may be told. */
static int put_person(struct bf__turn *turn, const char *key, const char *user, const char *case_id, const json_t *body,
                      struct bf_error *err) {
  json_t *known = bf__directory_user(turn->app->directory, user), *one;
  const json_t *preferences = json_object_get(known, "notices");
  bool urgent = json_is_true(json_object_get(body, "urgent"));
  char own[500], recipient[120];
  size_t i;
  int r = 0;
  (void)snprintf(recipient, sizeof recipient, BF__TO_PERSON "%s", user);
  json_array_foreach(json_object_get(preferences, "channels"), i, one) {
    (void)snprintf(own, sizeof own, "%s.%s.%s.%zu", key, user, text(one, "channel"), i);
    if (r >= 0)
      r = put_row(turn, own, text(one, "channel"), recipient, case_id, turn->now_ms,
                  bf__preferences_when(turn->reign->now->calendar, preferences, turn->now_ms, urgent,
                                       bf__preferences_digest(preferences)),
                  body, err);
  }
  json_decref(known);
  return r < 0 ? r : 0;
}

/* What a date brings about comes at the hour of offices: a day that passed at midnight is told in the morning, of a working day.
 */
static int64_t told_ms(struct bf__turn *turn, const json_t *body) {
  if (!json_object_get(body, "deadline")) return turn->now_ms;
  bool urgent = json_is_true(json_object_get(body, "urgent"));
  return bf__preferences_when(turn->reign->now->calendar, NULL, turn->now_ms, urgent, false);
}

/* Who stands in for KNOWN today, borrowed from it; NULL: nobody. */
static const char *stand_in(const struct bf__turn *turn, const json_t *known) {
  char today[BF__DATE_TEXT];
  size_t i;
  json_t *one;
  bf__date_format(turn->today, today);
  json_array_foreach(json_object_get(known, "absences"), i, one) {
    const char *from = text(one, "from"), *to = text(one, "to");
    if (from && to && strcmp(from, today) <= 0 && strcmp(today, to) <= 0) return text(one, "deputy");
  }
  return NULL;
}

/* As `put_person`; while USER is away also to the deputy, who finds it in an own inbox where the body's is not theirs to read. */
static int put_staff(struct bf__turn *turn, const char *key, const char *user, const char *case_id, const json_t *body,
                     struct bf_error *err) {
  json_t *known = bf__directory_user(turn->app->directory, user);
  const char *deputy = stand_in(turn, known), *org = text(known, "org");
  int r = put_person(turn, key, user, case_id, body, err);
  if (r >= 0 && deputy) {
    json_t *other = bf__directory_user(turn->app->directory, deputy);
    const char *theirs = text(other, "org");
    char own[500], recipient[120];
    int64_t when = told_ms(turn, body);
    (void)snprintf(own, sizeof own, "%s.%s.deputy", key, deputy);
    (void)snprintf(recipient, sizeof recipient, BF__TO_PERSON "%s", deputy);
    if (org && theirs && strcmp(org, theirs) != 0) r = put_row(turn, own, "inbox", recipient, case_id, when, when, body, err);
    if (r >= 0) r = put_person(turn, key, deputy, case_id, body, err);
    json_decref(other);
  }
  json_decref(known);
  return r < 0 ? r : 0;
}

/* Into the inbox of a body or a person, and to those who want to be told elsewhere too. */
static int put(struct bf__turn *turn, const char *key, const char *to, const char *case_id, const json_t *body,
               struct bf_error *err) {
  size_t person = strlen(BF__TO_PERSON), i;
  json_t *user;
  int64_t when = told_ms(turn, body);
  int r = put_row(turn, key, "inbox", to, case_id, when, when, body, err);
  if (strncmp(to, BF__TO_PERSON, person) == 0) return r < 0 ? r : put_staff(turn, key, to + person, case_id, body, err);
  json_t *staff = bf__directory_staff(turn->app->directory, to);
  json_array_foreach(staff, i, user) if (r >= 0) r = put_staff(turn, key, json_string_value(user), case_id, body, err);
  json_decref(staff);
  return r < 0 ? r : 0;
}

/* The bodies above those that hold ROLE; where nothing is above one, it is told itself: somebody must be. */
static json_t *superiors_of(struct bf__turn *turn, const json_t *view, const char *role, const json_t *state) {
  json_t *holders = bf__posts(turn->app->directory, view, role, state), *out = json_array(), *org;
  size_t i;
  json_array_foreach(holders, i, org) {
    json_t *known = bf__directory_org(turn->app->directory, json_string_value(org)), *parent = json_object_get(known, "parent");
    if (out && json_array_append(out, json_is_string(parent) ? parent : org) < 0) {
      json_decref(out);
      out = NULL;
    }
    json_decref(known);
  }
  json_decref(holders);
  return out;
}

/* A person or a body named by the office: { user } or { org }; or those above the holders of a role: { superior }. */
static json_t *recipients_of(struct bf__turn *turn, const json_t *view, const json_t *to, const json_t *state) {
  char recipient[80];
  const char *user = text(to, "user"), *org = text(to, "org"), *superior = text(to, "superior");
  if (superior) return superiors_of(turn, view, superior, state);
  if (!user) return org ? json_pack("[s]", org) : NULL;
  (void)snprintf(recipient, sizeof recipient, BF__TO_PERSON "%s", user);
  return json_pack("[s]", recipient);
}

int bf__notice_put(struct bf__turn *turn, const char *key, const char *recipient, const char *case_id, const json_t *body,
                   struct bf_error *err) {
  bf__turn_notices(turn);
  return put(turn, key, recipient, case_id, body, err);
}

static bool names_role(const json_t *list, const json_t *role) {
  size_t i;
  json_t *one;
  if (json_is_string(list)) return json_equal(list, role);
  json_array_foreach(list, i, one) if (json_equal(one, role)) return true;
  return false;
}

/* What the row keeps: facts, no sentences but those of a script. It is worded when it is delivered. */
static json_t *body_of(const json_t *state, const json_t *event, const json_t *effect) {
  static const char *const own[] = {"urgent", "zh",   "en",     "article", "source", "stage", "action",
                                    "when",   "duty", "values", "keep",    "as",     "doers"};
  json_t *deadline = json_object_get(event, "deadline"), *due = json_object_get(event, "due");
  json_t *body = json_pack("{sO* sO* sO* sO* sO* sO*}", "case", json_object_get(state, "id"), "title",
                           json_object_get(state, "title"), "unit", json_object_get(state, "unit"), "place",
                           json_object_get(state, "jurisdiction"), "deadline", deadline, "due", due);
  for (size_t i = 0; body && i < sizeof own / sizeof *own; i++) {
    json_t *value = json_object_get(effect, own[i]);
    if (value && !json_is_null(value) && json_object_set(body, own[i], value) < 0) {
      json_decref(body);
      return NULL;
    }
  }
  return body;
}

int bf__notice_write(struct bf__turn *turn, const json_t *state, const json_t *event, const json_t *effect, int64_t seq,
                     int *number, struct bf_error *err) {
  const char *what = text(effect, "do"), *id = text(state, "id");
  if (!what || strcmp(what, "notify") != 0) return 0;
  const struct bf__ruleset *set = bf__reign_named(turn->reign, text(event, "ruleset"));
  const json_t *view = bf__ruleset_view(set ? set : turn->reign->now, text(state, "jurisdiction"));
  json_t *told = json_object(), *to = json_object_get(effect, "to"), *role, *org;
  json_t *body = body_of(state, event, effect);
  const json_t *as = json_object_get(effect, "as");
  size_t i, k;
  int r = told && body ? 0 : bf_fail(err, BF_ENOMEM, "notice", "no memory");
  json_array_foreach(to, i, role) {
    json_t *own = json_is_object(role) && text(role, "superior")
                      ? bf__posts(turn->app->directory, view, text(role, "superior"), state)
                      : NULL;
    json_t *holders = json_is_string(role) ? bf__posts(turn->app->directory, view, json_string_value(role), state)
                                           : recipients_of(turn, view, role, state);
    json_array_foreach(holders, k, org) {
      char key[300];
      /* where nothing is above a body, it hears as before: it has no body below itself */
      json_t *name =
          json_is_array(as) ? names_role(own, org) ? json_string("overdue") : json_incref(json_array_get(as, i)) : NULL;
      if (name && json_object_set_new(body, "as", name) < 0) r = bf_fail(err, BF_ENOMEM, "notice", "no memory");
      if (r < 0 || json_object_get(told, json_string_value(org))) continue; /* one notice a body, whatever its roles */
      (void)snprintf(key, sizeof key, "%lld.%d.%s", (long long)seq, *number, json_string_value(org));
      r = put(turn, key, json_string_value(org), id, body, err);
      if (r >= 0 && json_object_set_new(told, json_string_value(org), json_true()) < 0)
        r = bf_fail(err, BF_ENOMEM, "notice", "no memory");
      bf__turn_notices(turn);
    }
    json_decref(holders);
    json_decref(own);
  }
  ++*number;
  json_decref(told);
  json_decref(body);
  return r < 0 ? r : 0;
}

int bf__notice_tell(struct bf__turn *turn, const json_t *orgs, int64_t seq, const char *as, json_t *values,
                    struct bf_error *err) {
  json_t *body = json_pack("{ss so}", "as", as, "values", values), *org;
  size_t i;
  int r = body ? 0 : bf_fail(err, BF_ENOMEM, "notice", "no memory");
  json_array_foreach(orgs, i, org) {
    char key[300];
    (void)snprintf(key, sizeof key, "%lld.rules.%s", (long long)seq, json_string_value(org));
    if (r >= 0) r = put(turn, key, json_string_value(org), NULL, body, err);
  }
  json_decref(body);
  bf__turn_notices(turn);
  return r < 0 ? r : 0;
}

/* "warn0" → before, "due" → the day has passed, "after0" → still not done, "up0" → others hear that it is not done. */
static const char *phase(const char *rung) {
  return *rung == 'w' ? "warn" : *rung == 'd' ? "due" : *rung == 'a' ? "after" : "up";
}

static int tell_as(json_t *to, json_t *as, json_t *who, const char *name) {
  return json_array_append_new(to, who) < 0 || json_array_append_new(as, json_string(name)) < 0 ? -1 : 0;
}

static int add_all(json_t *to, json_t *as, const json_t *tell, const char *name) {
  size_t i;
  json_t *role;
  if (!json_is_array(tell)) return tell_as(to, as, json_incref((json_t *)(uintptr_t)tell), name);
  json_array_foreach(tell, i, role) if (tell_as(to, as, json_incref(role), name) < 0) return -1;
  return 0;
}

/* Of those whom a deadline tells, those who are to act: by the action that discharges it; all where that is said of none. */
static json_t *duty_of(const json_t *view, const char *stage, const json_t *spec) {
  json_t *tell = json_object_get(spec, "tell"), *all = json_is_array(tell) ? json_incref(tell) : json_pack("[O]", tell),
         *out = json_array(), *role;
  const char *action = text(spec, "action"), *dot = action ? strchr(action, '.') : NULL;
  char owner[100];
  size_t i;
  (void)snprintf(owner, sizeof owner, "%.*s", dot ? (int)(dot - action) : 99, dot ? action : stage);
  const json_t *by = action ? json_object_get(bf__view_action(view, owner, dot ? dot + 1 : action), "by") : NULL;
  json_array_foreach(all, i, role) if (names_role(by, role))(void) json_array_append(out, role);
  if (json_array_size(out)) {
    json_decref(all);
    return out;
  }
  json_decref(out);
  return all;
}

/* Those who are told on an escalation: roles, and for "superior" what is above each who is to act. */
static int add_above(json_t *to, json_t *as, const json_t *duty, const json_t *tell) {
  json_t *role;
  size_t i;
  if (json_is_array(tell)) {
    json_array_foreach(tell, i, role) if (add_above(to, as, duty, role) < 0) return -1;
    return 0;
  }
  if (!json_is_string(tell) || strcmp(json_string_value(tell), "superior") != 0) return add_all(to, as, tell, "to_supervisor");
  json_array_foreach(duty, i, role) if (tell_as(to, as, json_pack("{sO}", "superior", role), "to_superior") < 0) return -1;
  return 0;
}

/* How the rung that came last is told to whoever has the duty. */
static const char *name_of(const char *rung, const json_t *spec) {
  const char *nature = text(spec, "nature");
  if (*rung == 'w') return "before";
  if (nature && strcmp(nature, "opens") == 0) return "opens";
  return *rung == 'd' ? "due" : "overdue";
}

/* Who is to act first, then who is only to know. */
static int add_own(json_t *to, json_t *as, const json_t *tell, const json_t *duty, const char *name) {
  size_t i;
  json_t *role;
  const char *other = *name == 'b' ? "before_other" : strcmp(name, "opens") == 0 ? "opens" : "late_other";
  if (add_all(to, as, duty, name) < 0) return -1;
  json_array_foreach(tell, i, role) if (!names_role(duty, role) && tell_as(to, as, json_incref(role), other) < 0) return -1;
  return 0;
}

/* Who hears of RUNGS that came together: whoever has the duty, unless only an escalation came, and everybody whom one names. AS
 * tells beside each by which words. */
static json_t *audience(const json_t *spec, const json_t *duty, const json_t *rungs, json_t *as) {
  json_t *to = json_array(), *tell = json_object_get(spec, "tell"), *rung;
  const char *own = NULL;
  size_t i;
  json_array_foreach(rungs, i, rung) if (*json_string_value(rung) != 'u') own = json_string_value(rung);
  if (own && add_own(to, as, tell, duty, name_of(own, spec)) < 0) goto failed;
  json_array_foreach(rungs, i, rung) {
    const char *name = json_string_value(rung);
    if (*name != 'u') continue;
    const json_t *up = json_array_get(json_object_get(spec, "escalate"), (size_t)strtoul(name + 2, NULL, 10));
    if (add_above(to, as, duty, json_object_get(up, "tell")) < 0) goto failed;
  }
  return to;
failed:
  json_decref(to);
  return NULL;
}

json_t *bf__due_notice(const json_t *view, const char *stage, const char *name, const json_t *spec, const json_t *rungs) {
  const char *last = json_string_value(json_array_get(rungs, json_array_size(rungs) - 1)), *when = phase(last ? last : "due");
  if (!json_object_get(spec, "tell")) return json_array();
  json_t *duty = duty_of(view, stage, spec), *as = json_array(), *rung;
  json_t *to = as && duty ? audience(spec, duty, rungs, as) : NULL;
  bool passed = false;
  size_t i;
  json_array_foreach(rungs, i, rung) passed |= strcmp(json_string_value(rung), "due") == 0;
  /* what follows when the day has passed may end the duty itself: that it came to this is told all the same */
  bool keep = passed && json_object_get(spec, "on_due");
  if (!to) {
    json_decref(duty);
    json_decref(as);
    return NULL;
  }
  return json_pack("[{ss so so so sO* sO* sO* ss ss ss* ss sO* so*}]", "do", "notify", "to", to, "as", as, "doers", duty,
                   "article", json_object_get(spec, "article"), "source", json_object_get(spec, "source"), "duty",
                   json_object_get(spec, "title"), "stage", stage, "deadline", name, "action", text(spec, "action"), "when", when,
                   "urgent", json_object_get(spec, "urgent"), "keep", keep ? json_true() : NULL);
}
