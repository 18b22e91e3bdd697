#include "vacancy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "notice.h"
#include "permit.h"
#include "ruleset.h"
#include "state.h"
#include "turn.h"

#define SCAN 1000       /* cases read at a time */
#define WAITING_MAX 200 /* cases named for one post */
#define NOTE "vacant."

static const char *text(const json_t *object, const char *name) {
  const char *value = json_string_value(json_object_get(object, name));
  return value ? value : "";
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "vacancy", "no memory");
}

static json_t *orgs_with_users(struct bf__directory *directory) {
  json_t *users = bf__directory_users(directory), *user, *out = json_object();
  size_t i;
  json_array_foreach(users, i, user)(void) json_object_set_new(out, text(user, "org"), json_true());
  json_decref(users);
  return out;
}

json_t *bf__vacancies(struct bf__directory *directory, const char *date, bool never) {
  json_t *orgs = bf__directory_orgs(directory), *known = orgs_with_users(directory), *out = json_array(), *org;
  size_t i;
  json_array_foreach(orgs, i, org) {
    if (json_array_size(json_object_get(org, "roles")) && (never || json_object_get(known, text(org, "id"))) &&
        !bf__directory_staffed(directory, text(org, "id"), date))
      (void)json_array_append(out, org);
  }
  json_decref(known);
  json_decref(orgs);
  return out;
}

/* Whom to tell. -------------------------------------------------------------------------------------------------------------- */

static void add_once(json_t *to, const char *recipient) {
  size_t i;
  json_t *one;
  json_array_foreach(to, i, one) if (strcmp(json_string_value(one), recipient) == 0) return;
  (void)json_array_append_new(to, json_string(recipient));
}

/* The nearest body above that holds ROLE and has somebody. */
static void add_above(struct bf__turn *turn, const json_t *view, const char *place, const char *role, const char *date,
                      json_t *to) {
  const json_t *places = json_object_get(view, "jurisdictions");
  bool found = false;
  for (int depth = 0; depth < 8 && !found; depth++) {
    place = text(json_object_get(places, place), "parent");
    if (!*place) return;
    json_t *holders = bf__directory_holders(turn->app->directory, role, place), *org;
    size_t i;
    json_array_foreach(holders, i, org) {
      if (!bf__directory_staffed(turn->app->directory, json_string_value(org), date)) continue;
      add_once(to, json_string_value(org));
      found = true;
    }
    json_decref(holders);
  }
}

static void add_administrators(struct bf__turn *turn, const char *place, json_t *to) {
  json_t *users = bf__directory_users(turn->app->directory), *user;
  size_t i;
  json_array_foreach(users, i, user) {
    char recipient[120];
    if (!json_is_true(json_object_get(user, "admin"))) continue;
    json_t *actor = bf__directory_actor_of(turn->app->directory, text(user, "id")); /* NULL when he has left */
    if (actor && bf__administers(turn->app, actor, place)) {
      (void)snprintf(recipient, sizeof recipient, BF__TO_PERSON "%s", text(user, "id"));
      add_once(to, recipient);
    }
    json_decref(actor);
  }
  json_decref(users);
}

static json_t *recipients(struct bf__turn *turn, const json_t *org, const char *date) {
  const json_t *view = bf__rules_set(turn->rules)->base;
  json_t *to = json_array(), *role;
  size_t i;
  const char *parent = text(org, "parent");
  if (*parent && bf__directory_staffed(turn->app->directory, parent, date)) add_once(to, parent);
  json_array_foreach(json_object_get(org, "roles"), i, role)
      add_above(turn, view, text(org, "jurisdiction"), json_string_value(role), date, to);
  add_administrators(turn, text(org, "jurisdiction"), to);
  return to;
}

static int alarm_for(struct bf__turn *turn, const json_t *org, const char *date, struct bf_error *err) {
  char key[300];
  json_t *to = recipients(turn, org, date), *one;
  size_t i;
  json_t *body = json_pack("{ss s{s{sO* sO*}} sO sO* ss}", "as", "vacant", "values", "org", "zh", json_object_get(org, "zh"),
                           "en", json_object_get(org, "en"), "org", json_object_get(org, "id"), "place",
                           json_object_get(org, "jurisdiction"), "code", "vacant");
  int r = to && body ? 0 : no_memory(err);
  json_array_foreach(to, i, one) {
    (void)snprintf(key, sizeof key, "%lld.vacant.%s", (long long)bf__turn_seq(turn), json_string_value(one));
    if (r >= 0) r = bf__notice_put(turn, key, json_string_value(one), NULL, body, err);
  }
  json_decref(body);
  if (r >= 0)
    r = bf__turn_event(turn, NULL,
                       json_pack("{ss sO sO sO}", "do", "vacant", "org", json_object_get(org, "id"), "roles",
                                 json_object_get(org, "roles"), "told", to),
                       err);
  json_decref(to);
  return r;
}

/* What was told, and still stands. ------------------------------------------------------------------------------------------- */

static bool has(const json_t *orgs, const char *id) {
  size_t i;
  json_t *org;
  json_array_foreach(orgs, i, org) if (strcmp(text(org, "id"), id) == 0) return true;
  return false;
}

static int forget(struct bf__turn *turn, const char *date, struct bf_error *err) {
  json_t *rows = NULL, *row;
  size_t i;
  int r = bf__store_rows(turn->store, "SELECT key, value FROM meta WHERE key LIKE 'vacant.%' AND value <> ''", "key:t value:t",
                         &rows, err, "");
  json_array_foreach(rows, i, row) {
    const char *key = text(row, "key");
    if (r >= 0 && bf__directory_staffed(turn->app->directory, key + sizeof NOTE - 1, date))
      r = bf__store_meta_put(turn->store, key, "", err);
  }
  json_decref(rows);
  return r;
}

static int tell_once(struct bf__turn *turn, const json_t *org, const char *date, struct bf_error *err) {
  char key[120], *known = NULL;
  (void)snprintf(key, sizeof key, NOTE "%s", text(org, "id"));
  int r = bf__store_meta_get(turn->store, key, &known, err);
  bool told = known && *known;
  free(known);
  if (r < 0 || told) return r;
  r = bf__store_meta_put(turn->store, key, date, err);
  return r < 0 ? r : alarm_for(turn, org, date, err);
}

int bf__vacancy_check(struct bf__turn *turn, struct bf_error *err) {
  char date[BF__DATE_TEXT];
  size_t i;
  json_t *org;
  bf__date_format(turn->today, date);
  json_t *vacant = bf__vacancies(turn->app->directory, date, false);
  int r = vacant ? forget(turn, date, err) : no_memory(err);
  json_array_foreach(vacant, i, org) if (r >= 0) r = tell_once(turn, org, date, err);
  json_decref(vacant);
  return r < 0 ? r : 0;
}

static int arrived_at(struct bf__turn *turn, const json_t *posts, const char *date, struct bf_error *err) {
  size_t i;
  json_t *id;
  int r = 0;
  json_array_foreach(posts, i, id) {
    if (r < 0 || bf__directory_staffed(turn->app->directory, json_string_value(id), date)) continue;
    json_t *org = bf__directory_org(turn->app->directory, json_string_value(id));
    if (org) r = tell_once(turn, org, date, err);
    json_decref(org);
  }
  return r;
}

int bf__vacancy_arrived(struct bf__turn *turn, const json_t *view, const json_t *state, struct bf_error *err) {
  char date[BF__DATE_TEXT];
  const char *stage, *name;
  json_t *record, *action, *role, *seen = json_object();
  size_t i;
  int r = seen ? 0 : no_memory(err);
  bf__date_format(turn->today, date);
  json_object_foreach(json_object_get(state, "stages"), stage, record) {
    if (!bf__state_is_open(state, stage)) continue;
    json_object_foreach(json_object_get(bf__view_stage(view, stage), "actions"), name, action) {
      json_t *by = json_object_get(action, "by"), *list = json_is_string(by) ? json_pack("[O]", by) : json_incref(by);
      json_array_foreach(list, i, role) {
        if (r < 0 || json_object_get(seen, json_string_value(role))) continue;
        (void)json_object_set_new(seen, json_string_value(role), json_true());
        json_t *posts = bf__posts(turn->app->directory, view, json_string_value(role), state);
        r = arrived_at(turn, posts, date, err);
        json_decref(posts);
      }
      json_decref(list);
    }
  }
  json_decref(seen);
  return r < 0 ? r : 0;
}

int bf__vacancy_remind(struct bf__turn *turn, const char *user, int32_t day, struct bf_error *err) {
  char date[BF__DATE_TEXT];
  int64_t at = bf__date_start_ms(day);
  if (at <= turn->now_ms) return 0;
  bf__date_format(day, date);
  bf__turn_next(turn, at);
  return bf__store_rung_put(turn->store, "", "absence", user, date, at, date, err);
}

static int check(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) {
  command->status = 200;
  command->body = json_object();
  return bf__vacancy_check(turn, err);
}

void bf__vacancy_ask(struct bf__app *app) {
  struct bf__command *command = bf__command_new(bf__operation_find("office.check"), json_object(), NULL);
  if (command) bf__engine_submit(app->engine, command); /* without memory: the next start, or the next day, looks again */
}

/* office.vacant ------------------------------------------------------------------------------------------------------------- */

/* The organisations of VACANT that STATE waits for go to WAITING: { org: [case ids] }. */
static void note_case(struct bf__reading *reading, const json_t *vacant, const json_t *state, json_t *waiting) {
  const json_t *view = bf__reign_view(reading->reign, state);
  const char *stage, *name;
  json_t *record, *action, *role, *id, *seen = json_object();
  size_t i, k;
  json_object_foreach(json_object_get(state, "stages"), stage, record) {
    if (!bf__state_is_open(state, stage)) continue;
    json_object_foreach(json_object_get(bf__view_stage(view, stage), "actions"), name, action) {
      json_t *by = json_object_get(action, "by"), *list = json_is_string(by) ? json_pack("[O]", by) : json_incref(by);
      json_array_foreach(list, i, role) {
        if (json_object_get(seen, json_string_value(role))) continue;
        (void)json_object_set_new(seen, json_string_value(role), json_true());
        json_t *posts = bf__posts(reading->app->directory, view, json_string_value(role), state);
        json_array_foreach(posts, k, id) if (has(vacant, json_string_value(id)))(void)
            json_object_set_new(waiting, json_string_value(id), json_true());
        json_decref(posts);
      }
      json_decref(list);
    }
  }
  json_decref(seen);
}

/* An administrator need not see a case to hear that it waits; one that he is not cleared for does not exist, in counts too. */
static bool cleared(const struct bf__reading *reading, const json_t *state) {
  return reading->operator_ ||
         json_integer_value(json_object_get(state, "secret")) <= json_integer_value(json_object_get(reading->actor, "clearance"));
}

static int scan(struct bf__reading *reading, const json_t *vacant, json_t *lists, struct bf_error *err) {
  int64_t cursor = INT64_MAX;
  for (bool more = true; more;) {
    json_t *rows = NULL, *row;
    size_t i;
    int r = bf__store_rows(reading->store,
                           "SELECT number, state FROM cases WHERE open = 1 AND number < $1 ORDER BY number DESC LIMIT $2",
                           "number:i state:j", &rows, err, "ii", cursor, (int64_t)SCAN);
    if (r < 0) return r;
    more = json_array_size(rows) == SCAN;
    json_array_foreach(rows, i, row) {
      json_t *state = json_object_get(row, "state"), *waiting = json_object(), *mark;
      const char *org;
      cursor = json_integer_value(json_object_get(row, "number"));
      if (cleared(reading, state)) note_case(reading, vacant, state, waiting);
      json_object_foreach(waiting, org, mark)(void) json_array_append(json_object_get(lists, org), json_object_get(state, "id"));
      json_decref(waiting);
    }
    json_decref(rows);
  }
  return 0;
}

static json_t *shown(struct bf__reading *reading, const json_t *org, json_t *cases) {
  char key[120], *since = NULL;
  struct bf_error ignored = {0};
  size_t count = json_array_size(cases);
  (void)snprintf(key, sizeof key, NOTE "%s", text(org, "id"));
  if (bf__store_meta_get(reading->store, key, &since, &ignored) < 0) since = NULL;
  while (json_array_size(cases) > WAITING_MAX) (void)json_array_remove(cases, json_array_size(cases) - 1);
  json_t *out = json_pack("{sO sO* sO* sO* sO* ss* sI sO}", "org", json_object_get(org, "id"), "zh", json_object_get(org, "zh"),
                          "en", json_object_get(org, "en"), "jurisdiction", json_object_get(org, "jurisdiction"), "roles",
                          json_object_get(org, "roles"), "since", since && *since ? since : NULL, "waiting", (json_int_t)count,
                          "cases", cases);
  free(since);
  return out;
}

/* An administrator sees the posts of the own jurisdiction and those below. */
static int vacant_list(struct bf__reading *reading, struct bf_error *err) {
  char date[BF__DATE_TEXT];
  json_t *lists = json_object(), *items = json_array(), *org;
  size_t i;
  bf__date_format(reading->today, date);
  json_t *vacant = bf__vacancies(reading->app->directory, date, true), *known = orgs_with_users(reading->app->directory);
  json_array_foreach(vacant, i, org)(void) json_object_set_new(lists, text(org, "id"), json_array());
  int r = json_array_size(vacant) ? scan(reading, vacant, lists, err) : 0;
  json_array_foreach(vacant, i, org) {
    json_t *cases = json_object_get(lists, text(org, "id"));
    if (!json_array_size(cases) && !json_object_get(known, text(org, "id"))) continue; /* a body on paper: nothing waits there */
    if (r < 0 || (!reading->operator_ && !bf__administers(reading->app, reading->actor, text(org, "jurisdiction")))) continue;
    (void)json_array_append_new(items, shown(reading, org, cases));
  }
  json_decref(vacant);
  json_decref(known);
  json_decref(lists);
  reading->status = 200;
  reading->body = json_pack("{so}", "items", items);
  return r;
}

const struct bf__operation bf__operations_vacancy[] = {
    {.name = "office.check", .kind = BF__WRITE, .access = BF__INTERNAL, .write = check},
    {.name = "office.vacant", .kind = BF__READ, .access = BF__ADMIN, .read = vacant_list},
    {.name = "user.absence", .kind = BF__WRITE, .access = BF__INTERNAL, .write = bf__absence_write},
    {.name = NULL},
};
