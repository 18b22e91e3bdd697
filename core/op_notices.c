/* Notices: the outbox's bookkeeping, and the inbox that a person reads in the program. */
#include <stdlib.h>
#include <string.h>

#include "notice.h"
#include "notice_done.h"
#include "ruleset.h"
#include "turn.h"

#define ATTEMPTS 12 /* after that a notice is set aside for the operator */
#define PAGE 100

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

/* Waiting notices whose moment has come. */
static int due(struct bf__reading *reading, struct bf_error *err) {
  json_t *items = NULL;
  int r = bf__store_rows(
      reading->store,
      "SELECT id, key, channel, recipient, case_id, at_ms, attempts, body FROM outbox WHERE state = 'waiting' AND next_ms <= $1"
      " ORDER BY next_ms, id LIMIT $2",
      "id:i key:t channel:t recipient:t case:t at_ms:i attempts:i body:j", &items, err, "ii", reading->now_ms,
      (int64_t)json_integer_value(json_object_get(reading->params, "limit")));
  reading->status = 200;
  if (r >= 0) reading->body = json_pack("{so}", "items", items);
  return r;
}

/* Pauses of 10 s, 20 s, 40 s … up to six hours, a little apart from each other so that not all come at once. */
static int64_t pause_ms(int64_t attempts, int64_t id) {
  int64_t pause = 10000;
  for (int64_t i = 0; i < attempts && pause < 6 * 3600 * 1000; i++) pause *= 2;
  return pause + id * 7919 % (pause / 4);
}

static int mark(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) {
  json_t *result;
  size_t i;
  int r = 0;
  json_array_foreach(json_object_get(command->params, "results"), i, result) {
    int64_t id = json_integer_value(json_object_get(result, "id")), attempts;
    const char *fault = text(result, "fault");
    if (r < 0) return r;
    if (!fault) {
      r = bf__store_run(turn->store, "UPDATE outbox SET state = 'sent', attempts = attempts + 1, fault = NULL WHERE id = $1",
                        NULL, err, "i", id);
      continue;
    }
    struct bf_stmt *stmt;
    r = bf__store_run(turn->store, "SELECT attempts FROM outbox WHERE id = $1", &stmt, err, "i", id);
    if (r != BF_ROW) continue;
    attempts = bf__store_calls(turn->store)->column_int(stmt, 0) + 1;
    bf__store_calls(turn->store)->reset(stmt);
    r = bf__store_run(turn->store, "UPDATE outbox SET state = $2, attempts = $3, next_ms = $4, fault = $5 WHERE id = $1", NULL,
                      err, "itiit", id, attempts >= ATTEMPTS ? "aside" : "waiting", attempts,
                      turn->now_ms + pause_ms(attempts, id), fault);
  }
  command->status = 200;
  command->body = json_object();
  return r < 0 ? r : 0;
}

/* inbox.put: the same key twice is one notice. */
static int put(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) {
  int64_t id;
  int r = bf__store_next(turn->store, "inbox", &id, err);
  if (r >= 0)
    r = bf__store_run(turn->store,
                      "INSERT INTO inbox (id, key, recipient, case_id, at_ms, body) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT "
                      "(key) DO NOTHING",
                      NULL, err, "itttij", id, text(command->params, "key"), text(command->params, "recipient"),
                      text(command->params, "case"), (int64_t)json_integer_value(json_object_get(command->params, "at_ms")),
                      json_object_get(command->params, "body"));
  command->status = 200;
  command->body = json_object();
  return r < 0 ? r : 0;
}

/* A notice of a case that the reader may not see does not exist, not even its title. */
static bool may_read(struct bf__reading *reading, const json_t *row) {
  const json_t *state = json_object_get(row, "state");
  return !json_is_object(state) ||
         json_integer_value(json_object_get(state, "secret")) <= json_integer_value(json_object_get(reading->actor, "clearance"));
}

/* Where notices for this very person go. */
static void own_address(const json_t *actor, char *out, size_t size) {
  const char *user = text(actor, "user");
  (void)snprintf(out, size, BF__TO_PERSON "%s", user ? user : "");
}

static int list(struct bf__reading *reading, struct bf_error *err) {
  const char *org = text(reading->actor, "org"), *cursor = text(reading->params, "cursor"),
             *unread = text(reading->params, "unread");
  json_t *rows = NULL, *row, *items = json_array();
  size_t i;
  int64_t last = cursor ? strtoll(cursor, NULL, 10) : INT64_MAX;
  char person[120];
  own_address(reading->actor, person, sizeof person);
  int r =
      items ? bf__store_rows(
                  reading->store,
                  "SELECT i.id, i.case_id, i.at_ms, i.read_ms, i.body, c.state FROM inbox i LEFT JOIN cases c ON c.id = i.case_id"
                  " WHERE (i.recipient = $1 OR i.recipient = $5) AND i.id < $2 AND ($3 = 0 OR i.read_ms IS NULL)"
                  " ORDER BY i.id DESC LIMIT $4",
                  "id:i case:t at:i read:i body:j state:j", &rows, err, "tiiit", org ? org : "", last,
                  (int64_t)(unread && strcmp(unread, "true") == 0), (int64_t)PAGE, person)
            : bf_fail(err, BF_ENOMEM, "inbox", "no memory");
  json_array_foreach(rows, i, row) {
    char at[32];
    last = json_integer_value(json_object_get(row, "id"));
    if (!may_read(reading, row)) continue;
    json_t *one = json_copy(json_object_get(row, "body"));
    bf__moment_format(json_integer_value(json_object_get(row, "at")), at);
    (void)json_object_set(one, "id", json_object_get(row, "id"));
    (void)json_object_set_new(one, "at", json_string(at));
    (void)json_object_set_new(one, "read", json_boolean(!json_is_null(json_object_get(row, "read"))));
    if (bf__notice_done(reading, json_object_get(row, "state"), json_object_get(row, "body"), one) < 0)
      r = bf_fail(err, BF_ENOMEM, "inbox", "no memory");
    if (json_array_append_new(items, one) < 0) r = bf_fail(err, BF_ENOMEM, "inbox", "no memory");
  }
  char next[32];
  (void)snprintf(next, sizeof next, "%lld", (long long)last);
  reading->status = 200;
  reading->body = json_pack("{so ss*}", "items", items, "next_cursor", json_array_size(rows) == PAGE ? next : NULL);
  json_decref(rows);
  return r;
}

static int read_one(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) {
  const char *org = text(command->actor, "org"), *id = text(command->params, "notice");
  int64_t number = id ? strtoll(id, NULL, 10) : 0;
  struct bf_stmt *stmt;
  char person[120];
  own_address(command->actor, person, sizeof person);
  int r = bf__store_run(turn->store, "SELECT id FROM inbox WHERE id = $1 AND (recipient = $2 OR recipient = $3)", &stmt, err,
                        "itt", number, org ? org : "", person);
  if (r < 0) return r;
  if (r != BF_ROW) return bf__refuse(command, 404, "notice.unknown", "notice", "没有这条消息", "There is no such notice.");
  bf__store_calls(turn->store)->reset(stmt);
  r = bf__store_run(turn->store, "UPDATE inbox SET read_ms = $2 WHERE id = $1 AND read_ms IS NULL", NULL, err, "ii", number,
                    turn->now_ms);
  command->status = 200;
  command->body = json_pack("{sI sb}", "id", (json_int_t)number, "read", 1);
  return r < 0 ? r : 0;
}

/* What was set aside, or waits for its next try, is tried at once with all its tries before it. */
static int retry(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) {
  const char *id = text(command->params, "id");
  int64_t number = id ? strtoll(id, NULL, 10) : 0;
  struct bf_stmt *stmt;
  int r = bf__store_run(turn->store, "SELECT id FROM outbox WHERE id = $1 AND state <> 'sent'", &stmt, err, "i", number);
  if (r < 0) return r;
  if (r != BF_ROW)
    return bf__refuse(command, 404, "notice.unknown", "id", "没有这条待发的通知,或已经发出",
                      "There is no such notice, or it has been sent.");
  bf__store_calls(turn->store)->reset(stmt);
  r = bf__store_run(turn->store, "UPDATE outbox SET state = 'waiting', attempts = 0, next_ms = $2 WHERE id = $1", NULL, err, "ii",
                    number, turn->now_ms);
  command->status = 200;
  command->body = json_pack("{sI ss}", "id", (json_int_t)number, "state", "waiting");
  return r < 0 ? r : 0;
}

/* What an operator sees: by channel and state, and what was set aside and why. */
static int outbox(struct bf__reading *reading, struct bf_error *err) {
  json_t *counts = NULL, *aside = NULL;
  int r = bf__store_rows(reading->store,
                         "SELECT channel, state, COUNT(*) FROM outbox GROUP BY channel, state ORDER BY channel, state",
                         "channel:t state:t count:i", &counts, err, "");
  if (r >= 0)
    r = bf__store_rows(
        reading->store,
        "SELECT id, channel, recipient, attempts, fault, state, body FROM outbox WHERE state = 'aside' OR attempts > 0 AND "
        "state = 'waiting' ORDER BY id LIMIT 200",
        "id:i channel:t recipient:t attempts:i fault:t state:t body:j", &aside, err, "");
  reading->status = 200;
  reading->body = json_pack("{so* so*}", "counts", counts, "troubled", aside);
  return r;
}

const struct bf__operation bf__operations_notices[] = {
    {.name = "inbox.list", .kind = BF__READ, .access = BF__USER, .read = list},
    {.name = "inbox.read", .kind = BF__WRITE, .access = BF__USER, .write = read_one},
    {.name = "inbox.put", .kind = BF__WRITE, .access = BF__OPERATOR, .write = put},
    {.name = "outbox.due", .kind = BF__READ, .access = BF__INTERNAL, .read = due},
    {.name = "outbox.mark", .kind = BF__WRITE, .access = BF__INTERNAL, .write = mark},
    {.name = "outbox.retry", .kind = BF__WRITE, .access = BF__ADMIN, .write = retry},
    {.name = "outbox.list", .kind = BF__READ, .access = BF__ADMIN, .read = outbox},
    {.name = NULL},
};
