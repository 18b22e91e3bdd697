#include "people.h"

#include <string.h>

#include "sessions.h"
#include "turn.h"

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "people", "no memory");
}

/* At start. -------------------------------------------------------------------------------------------------------------- */

static int load_bodies(struct bf__store *store, struct bf__directory *directory, const char *sql,
                       int (*put)(struct bf__directory *directory, const json_t *value), struct bf_error *err) {
  json_t *rows = NULL, *row;
  size_t i;
  int r = bf__store_rows(store, sql, "id:t body:j", &rows, err, "");
  json_array_foreach(rows, i, row) {
    if (r >= 0 && (r = put(directory, json_object_get(row, "body"))) < 0)
      r = bf_fail(err, BF_EIO, text(row, "id"), "the stored organisation or user is not readable: check the database");
  }
  json_decref(rows);
  return r;
}

static int load_sessions(struct bf__store *store, struct bf__directory *directory, struct bf_error *err) {
  json_t *rows = NULL, *row;
  size_t i;
  int r = bf__store_rows(store, "SELECT hash, user_id, expires_ms FROM sessions ORDER BY expires_ms DESC LIMIT $1",
                         "hash:t user:t expires:i", &rows, err, "i", (int64_t)BF__SESSIONS);
  json_array_foreach(rows, i, row) {
    if (r >= 0)
      r = bf__directory_put_session(directory, text(row, "hash"), text(row, "user"),
                                    json_integer_value(json_object_get(row, "expires")));
  }
  json_decref(rows);
  return r < 0 && r != BF_EIO ? bf_fail(err, r, "sessions", "a stored session is not readable: check the database") : r;
}

int bf__people_load(struct bf__store *store, struct bf__directory *directory, struct bf_error *err) {
  int r = load_bodies(store, directory, "SELECT id, body FROM orgs ORDER BY id", bf__directory_put_org, err);
  if (r >= 0) r = load_bodies(store, directory, "SELECT id, body FROM users ORDER BY id", bf__directory_put_user, err);
  if (r >= 0) r = load_sessions(store, directory, err);
  return r;
}

int64_t bf__people_session_now(struct bf__app *app) {
  return app->clock.is_virtual ? INT64_MIN : bf__clock_now(&app->clock);
}

/* Sessions. -------------------------------------------------------------------------------------------------------------- */

static void session_added(struct bf__app *app, json_t *data) {
  if (!app->clock.is_virtual) bf__directory_sweep(app->directory, bf__clock_now(&app->clock));
  (void)bf__directory_put_session(app->directory, text(data, "hash"), text(data, "user"),
                                  json_integer_value(json_object_get(data, "expires")));
}

int bf__people_session_add(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) {
  const json_t *in = command->params;
  int r = 0;
  if (!turn->app->clock.is_virtual)
    r = bf__store_run(turn->store, "DELETE FROM sessions WHERE expires_ms <= $1", NULL, err, "i", turn->now_ms);
  if (r >= 0)
    r = bf__store_run(turn->store, "INSERT INTO sessions (hash, user_id, expires_ms) VALUES ($1, $2, $3)", NULL, err, "tti",
                      text(in, "hash"), text(in, "user"), (int64_t)json_integer_value(json_object_get(in, "expires")));
  if (r >= 0 && bf__turn_after(turn, session_added, json_incref(command->params)) < 0) r = no_memory(err);
  command->status = 201;
  return r < 0 ? r : 0;
}

static void session_dropped(struct bf__app *app, json_t *data) {
  bf__directory_drop_session(app->directory, text(data, "hash"));
}

int bf__people_session_drop(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) {
  int r = bf__store_run(turn->store, "DELETE FROM sessions WHERE hash = $1", NULL, err, "t", text(command->params, "hash"));
  if (r >= 0 && bf__turn_after(turn, session_dropped, json_incref(command->params)) < 0) r = no_memory(err);
  command->status = 204;
  return r < 0 ? r : 0;
}

/* Organisations and users. The store, not the directory, is asked what there is: it knows the batch's earlier commands. ------ */

static const char org_sql[] = "SELECT id, body FROM orgs WHERE id = $1";
static const char user_sql[] = "SELECT id, body FROM users WHERE id = $1";

/* *RET is the stored body or NULL. */
static int stored(struct bf__turn *turn, const char *sql, const char *id, json_t **ret, struct bf_error *err) {
  json_t *rows = NULL;
  int r = bf__store_rows(turn->store, sql, "id:t body:j", &rows, err, "t", id);
  if (r >= 0) *ret = json_incref(json_object_get(json_array_get(rows, 0), "body"));
  json_decref(rows);
  return r;
}

int bf__people_stored_user(struct bf__turn *turn, const char *id, json_t **ret, struct bf_error *err) {
  return stored(turn, user_sql, id, ret, err);
}

static int org_exists(struct bf__turn *turn, const char *id, bool *ret, struct bf_error *err) {
  json_t *org = NULL;
  int r = stored(turn, org_sql, id, &org, err);
  if (r >= 0) *ret = org != NULL;
  json_decref(org);
  return r;
}

static void org_put(struct bf__app *app, json_t *data) {
  (void)bf__directory_put_org(app->directory, data);
}

/* Organisations are only ever added, under one that is there already: no circle can come about. */
int bf__people_org_put(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) {
  json_t *org = json_object_get(command->params, "org");
  const char *id = text(org, "id"), *parent = text(org, "parent");
  bool taken = false, parent_there = true;
  int r = org_exists(turn, id, &taken, err);
  if (r >= 0 && parent) r = org_exists(turn, parent, &parent_there, err);
  if (r < 0) return r;
  if (taken)
    return bf__refuse(command, 409, "org.taken", "id", "这个单位代号已经有了:请换一个",
                      "There is an organisation with this id already: choose another.");
  if (!parent_there)
    return bf__refuse(command, 422, "org.unknown", "parent", "没有这个上级单位:请先登记上级单位",
                      "There is no such parent: add the parent first.");
  r = bf__store_run(turn->store, "INSERT INTO orgs (id, body) VALUES ($1, $2)", NULL, err, "tj", id, org);
  if (r >= 0)
    r = bf__turn_event(turn, NULL, json_pack("{s:s, s:O*, s:O}", "do", "org.put", "actor", command->actor, "org", org), err);
  if (r >= 0 && bf__turn_after(turn, org_put, json_incref(org)) < 0) r = no_memory(err);
  command->status = 201;
  command->body = json_incref(org);
  return r < 0 ? r : 0;
}

static void user_put(struct bf__app *app, json_t *data) {
  const json_t *user = json_object_get(data, "user");
  (void)bf__directory_put_user(app->directory, user);
  if (json_is_true(json_object_get(data, "end")))
    bf__directory_drop_sessions_of(app->directory, text(user, "id"), text(data, "keep"));
}

static json_t *open_part(const json_t *user) {
  json_t *copy = json_copy((json_t *)user);
  if (copy) (void)json_object_del(copy, "password");
  return copy;
}

/* Row, event, sessions, and what the directory learns after the commit. */
int bf__people_write_user(struct bf__turn *turn, struct bf__command *command, json_t *user, struct bf_error *err) {
  const json_t *set = json_object_get(command->params, "set");
  const char *id = text(user, "id"), *keep = text(command->params, "keep");
  bool secret = json_object_get(set, "password") != NULL, end = secret || json_is_true(json_object_get(set, "disabled"));
  int r = bf__store_run(turn->store,
                        "INSERT INTO users (id, body) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET body = excluded.body", NULL,
                        err, "tj", id, user);
  if (r >= 0 && end)
    r = bf__store_run(turn->store, "DELETE FROM sessions WHERE user_id = $1 AND hash <> $2", NULL, err, "tt", id,
                      keep ? keep : "");
  if (r >= 0)
    r = bf__turn_event(turn, NULL,
                       json_pack("{s:s, s:O*, s:o, s:b}", "do", "user.put", "actor", command->actor, "user", open_part(user),
                                 "password", secret),
                       err);
  json_t *data = json_pack("{s:O, s:b, s:s*}", "user", user, "end", end, "keep", keep);
  if (r >= 0 && !data) r = no_memory(err);
  if (r < 0)
    json_decref(data);
  else if (bf__turn_after(turn, user_put, data) < 0)
    r = no_memory(err);
  return r < 0 ? r : 0;
}

/* Sets a refusal and returns false when the change may not be. */
static bool user_allowed(struct bf__command *command, const json_t *old, bool org_there) {
  const char *was = text(command->params, "was"), *is = text(old, "password");
  bool is_new = json_is_true(json_object_get(command->params, "new"));
  if (is_new && old)
    (void)bf__refuse(command, 409, "user.taken", "id", "这个用户名已经有了:请换一个",
                     "There is a user with this id already: choose another.");
  else if (!is_new && !old)
    (void)bf__refuse(command, 404, "user.unknown", "id", "没有这个用户", "There is no such user.");
  else if (!org_there)
    (void)bf__refuse(command, 422, "org.unknown", "org", "没有这个单位:请先登记单位",
                     "There is no such organisation: add it first.");
  else if (was && (!is || strcmp(was, is) != 0))
    (void)bf__refuse(command, 409, "password.changed", NULL, "密码刚刚已被修改:请用新密码重新登录",
                     "The password was changed a moment ago: log in with the new one.");
  else
    return true;
  return false;
}

int bf__people_user_put(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) {
  json_t *set = json_object_get(command->params, "set"), *old = NULL, *user = NULL;
  const char *org = text(set, "org");
  bool org_there = true;
  int r = stored(turn, user_sql, text(command->params, "id"), &old, err);
  if (r >= 0 && org) r = org_exists(turn, org, &org_there, err);
  if (r < 0 || !user_allowed(command, old, org_there)) goto done;
  user = old ? json_copy(old) : json_pack("{s:O}", "id", json_object_get(command->params, "id"));
  if (!user || json_object_update(user, set) < 0)
    r = no_memory(err);
  else
    r = bf__people_write_user(turn, command, user, err);
  command->status = old ? 200 : 201;
  command->body = open_part(user);
done:
  json_decref(user);
  json_decref(old);
  return r < 0 ? r : 0;
}
