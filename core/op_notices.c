/* Notices: the outbox's bookkeeping, and the inbox that a person reads in the program. */
#include <stdlib.h>
#include <string.h>

#include "banfa/channel.h"
#include "host.h"
#include "notice.h"
#include "notice_done.h"
#include "permit.h"
#include "preferences.h"
#include "ruleset.h"
#include "turn.h"
#include "wording.h"

#define ATTEMPTS 12 /* after that a notice is set aside for the operator */
#define PAGE 100
#define DAY_MS (int64_t)86400000
#define SENT_DAYS 90 /* sent notices are kept that long; what they said stays in the audit trail and the inbox */
#define KEYS_DAYS 30 /* and answers for a request that comes twice */

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

/* What a person is told of: whether they may still see it, where it goes, in which words. -------------------------------------
 */

/* The address that the preference behind KEY ("….user.channel.2") names now, or NULL. */
static const char *address_of(const json_t *preferences, const char *key, const char *channel) {
  const char *last = strrchr(key, '.');
  const json_t *one = last ? json_array_get(json_object_get(preferences, "channels"), (size_t)strtoul(last + 1, NULL, 10)) : NULL;
  const char *of = text(one, "channel");
  return of && strcmp(of, channel) == 0 ? text(one, "address") : NULL;
}

/* A case that somebody may not see has no notice for them, whatever was so when it was written; and what is done needs none. */
static int may_be_told(struct bf__reading *reading, const char *case_id, const json_t *actor, const json_t *body, bool *ret_told,
                       bool *ret_done, struct bf_error *err) {
  json_t *state = NULL, *how = json_object();
  *ret_told = actor != NULL;
  *ret_done = false;
  int r = case_id && actor ? bf__store_case_get(reading->store, case_id, &state, err) : 0;
  if (case_id && actor) *ret_told = r >= 0 && bf__actor_sees(reading->app, bf__reign_view(reading->reign, state), actor, state);
  if (state && !json_is_true(json_object_get(body, "keep"))) {
    if (!how || bf__notice_done(reading, state, body, how) < 0) r = bf_fail(err, BF_ENOMEM, "outbox", "no memory");
    *ret_done = json_object_size(how) > 0;
  }
  json_decref(how);
  json_decref(state);
  return r == BF_ENOTFOUND ? 0 : r;
}

/* The body with what it says in both languages: a copy, since rows may share one. */
static int put_body(json_t *item, const json_t *said) {
  json_t *body = json_copy(json_object_get(item, "body"));
  static const char *const languages[] = {"zh", "en"};
  for (size_t i = 0; i < 2; i++) {
    const json_t *own = json_object_get(said, languages[i]);
    if (json_object_get(own, "subject")) (void)json_object_set(body, languages[i], json_object_get(own, "subject"));
  }
  if (json_object_get(said, "press")) (void)json_object_set(body, "press", json_object_get(said, "press"));
  (void)json_object_set_new(body, "lines",
                            json_pack("{sO* sO*}", "zh", json_object_get(json_object_get(said, "zh"), "lines"), "en",
                                      json_object_get(json_object_get(said, "en"), "lines")));
  return json_object_set_new(item, "body", body);
}

/* { subject, plain, brief, link? } in LANG; for a digest also what its one notice comes down to. */
static int put_text(struct bf__reading *reading, json_t *item, const json_t *said, const char *lang, bool digest) {
  const char *link = text(said, "link");
  json_t *words =
      json_pack("{sO* so* so* ss*}", "subject", json_object_get(json_object_get(said, lang), "subject"), "plain",
                bf__wording_text(said, lang, link, false), "brief", bf__wording_text(said, lang, link, true), "link", link);
  if (json_object_set_new(item, "text", words) < 0) return -1;
  if (!digest) return 0;
  const char *case_id = text(item, "case");
  struct bf__wording_for whom = {.case_id = case_id, .who = text(json_object_get(item, "to"), "name"), .at_ms = reading->now_ms};
  json_t *given = bf__wording_values(reading, json_object_get(item, "body"), &whom);
  if (!given) return -1;
  (void)json_object_set_new(given, "subject",
                            json_pack("{sO* sO*}", "zh", json_object_get(json_object_get(said, "zh"), "subject"), "en",
                                      json_object_get(json_object_get(said, "en"), "subject")));
  json_t *one = bf__wording_say(reading->rules, "digest_item", given);
  bool plain = !one || json_object_get(one, "plain");
  json_t *line = plain ? json_incref(json_object_get(words, "plain")) : bf__wording_text(one, lang, NULL, false);
  json_decref(one);
  json_decref(given);
  return json_object_set_new(item, "digest", line);
}

static int put_words(struct bf__reading *reading, json_t *item, const char *who, const char *lang, bool digest) {
  /* what is kept in the program speaks from its own day; what goes out, from the day when it does */
  struct bf__wording_for whom = {.case_id = text(item, "case"),
                                 .who = who,
                                 .at_ms = lang ? reading->now_ms : json_integer_value(json_object_get(item, "at_ms"))};
  json_t *said = bf__wording_of(reading, json_object_get(item, "body"), &whom);
  int r = said ? put_body(item, said) : -1;
  if (r == 0 && lang) r = put_text(reading, item, said, lang, digest);
  json_decref(said);
  return r;
}

/* Adds to ITEM who it is for and what it says; { drop } when it is for nobody any more, { recall } when it need not be said. */
static int address(struct bf__reading *reading, json_t *item, struct bf_error *err) {
  const char *recipient = text(item, "recipient"), *case_id = text(item, "case"), *channel = text(item, "channel");
  size_t person = strlen(BF__TO_PERSON);
  if (strcmp(channel, "inbox") == 0)
    return put_words(reading, item, NULL, NULL, false) < 0 ? bf_fail(err, BF_ENOMEM, "outbox", "no memory") : 0;
  const char *user = strncmp(recipient, BF__TO_PERSON, person) == 0 ? recipient + person : "";
  json_t *known = bf__directory_user(reading->app->directory, user),
         *actor = bf__directory_actor_of(reading->app->directory, user);
  const json_t *preferences = json_object_get(known, "notices"), *body = json_object_get(item, "body");
  const char *to = address_of(preferences, text(item, "key"), channel), *lang = text(preferences, "lang");
  bool told = false, done = false, urgent = json_is_true(json_object_get(body, "urgent"));
  int64_t later;
  int r = may_be_told(reading, case_id, actor, body, &told, &done, err);
  if (r >= 0 && (!told || !to || json_is_true(json_object_get(known, "disabled"))))
    r = json_object_set_new(item, "drop", json_true());
  else if (r >= 0 && done)
    r = json_object_set_new(item, "recall", json_true());
  else if (r >= 0 && (later = bf__preferences_when(reading->reign->now->calendar, preferences, reading->now_ms, urgent, false)) >
                         reading->now_ms) /* it should have gone out earlier: nobody is woken for that */
    r = json_object_set_new(item, "later_ms", json_integer(later));
  else if (r >= 0) {
    json_t *who =
        json_pack("{ss ss* ss ss}", "user", user, "name", text(known, "name"), "address", to, "lang", lang ? lang : "zh");
    r = json_object_set_new(item, "to", who);
    if (r == 0)
      r = put_words(reading, item, text(known, "name"), lang ? lang : "zh", bf__preferences_digest(preferences) && !urgent);
    if (r == 0 && case_id) r = json_object_set_new(item, "thread", json_sprintf("case-%s", case_id));
  }
  json_decref(actor);
  json_decref(known);
  return r == -1 ? bf_fail(err, BF_ENOMEM, "outbox", "no memory") : r;
}

/* Two for the same person on the same channel, who wants one a morning: the second's words go under the first's. */
static bool join(json_t *items, json_t *item) {
  size_t i;
  json_t *one;
  if (!json_object_get(item, "digest")) return false;
  json_array_foreach(items, i, one) {
    if (!json_object_get(one, "digest") || !json_equal(json_object_get(item, "to"), json_object_get(one, "to"))) continue;
    (void)json_object_set_new(one, "digest", json_sprintf("%s\n\n%s", text(one, "digest"), text(item, "digest")));
    (void)json_object_del(one, "thread");
    return json_array_extend(json_object_get(one, "ids"), json_object_get(item, "ids")) == 0;
  }
  return false;
}

/* Those that were joined get a head of their own. */
static int put_heads(struct bf__reading *reading, json_t *items) {
  size_t i;
  json_t *one;
  json_array_foreach(items, i, one) {
    size_t count = json_array_size(json_object_get(one, "ids"));
    if (count < 2) continue;
    json_t *given = json_pack("{sI}", "count", (json_int_t)count);
    json_t *said = given ? bf__wording_say(reading->rules, "digest", given) : NULL;
    const char *lang = text(json_object_get(one, "to"), "lang");
    json_t *head = bf__wording_text(said, lang, NULL, false), *rest = bf__wording_text(said, lang, NULL, true);
    const json_t *own = json_object_get(said, lang);
    const char *lead = json_string_value(rest), *under = lead && *lead ? "\n\n" : "";
    json_t *words = json_pack("{sO* so* so*}", "subject", json_object_get(own, "subject"), "plain",
                              json_sprintf("%s\n\n%s", head ? json_string_value(head) : "", text(one, "digest")), "brief",
                              json_sprintf("%s%s%s", lead ? lead : "", under, text(one, "digest")));
    json_decref(rest);
    json_decref(head);
    json_decref(said);
    json_decref(given);
    if (json_object_set_new(one, "text", words) < 0) return -1;
  }
  return 0;
}

/* A channel's waiting notices whose moment has come. */
static int due(struct bf__reading *reading, struct bf_error *err) {
  json_t *rows = NULL, *items = json_array(), *row;
  size_t i;
  int r =
      items
          ? bf__store_rows(reading->store,
                           "SELECT id, key, channel, recipient, case_id, at_ms, attempts, body FROM outbox WHERE channel = $1 AND"
                           " state = 'waiting' AND next_ms <= $2 ORDER BY next_ms, id LIMIT $3",
                           "id:i key:t channel:t recipient:t case:t at_ms:i attempts:i body:j", &rows, err, "tii",
                           text(reading->params, "channel"), reading->now_ms,
                           (int64_t)json_integer_value(json_object_get(reading->params, "limit")))
          : bf_fail(err, BF_ENOMEM, "outbox", "no memory");
  json_array_foreach(rows, i, row) {
    if (r < 0) break;
    r = json_object_set_new(row, "ids", json_pack("[O]", json_object_get(row, "id")));
    if (r >= 0) r = address(reading, row, err);
    if (r >= 0 && !join(items, row)) r = json_array_append(items, row) < 0 ? BF_ENOMEM : 0;
  }
  if (r >= 0 && put_heads(reading, items) < 0) r = bf_fail(err, BF_ENOMEM, "outbox", "no memory");
  json_decref(rows);
  reading->status = 200;
  reading->body = json_pack("{so}", "items", items);
  return r;
}

/* Pauses of 10 s, 20 s, 40 s … up to six hours, a little apart from each other so that not all come at once. */
static int64_t pause_ms(int64_t attempts, int64_t id) {
  int64_t pause = 10000;
  for (int64_t i = 1; i < attempts && pause < 6 * 3600 * 1000; i++) pause *= 2;
  return pause + id * 7919 % (pause / 4);
}

static int mark_one(struct bf__turn *turn, int64_t id, const json_t *result, struct bf_error *err) {
  const char *fault = text(result, "fault");
  const json_t *later = json_object_get(result, "later_ms");
  struct bf_stmt *stmt;
  if (json_is_true(json_object_get(result, "recalled")))
    return bf__store_run(turn->store, "UPDATE outbox SET state = 'recalled', fault = NULL WHERE id = $1", NULL, err, "i", id);
  if (later)
    return bf__store_run(turn->store, "UPDATE outbox SET next_ms = $2 WHERE id = $1", NULL, err, "ii", id,
                         (int64_t)json_integer_value(later));
  if (!fault)
    return bf__store_run(turn->store, "UPDATE outbox SET state = 'sent', attempts = attempts + 1, fault = NULL WHERE id = $1",
                         NULL, err, "i", id);
  int r = bf__store_run(turn->store, "SELECT attempts FROM outbox WHERE id = $1", &stmt, err, "i", id);
  if (r != BF_ROW) return r;
  int64_t attempts = bf__store_calls(turn->store)->column_int(stmt, 0) + 1,
          wish = json_integer_value(json_object_get(result, "retry_after_ms")), pause = pause_ms(attempts, id);
  bf__store_calls(turn->store)->reset(stmt);
  bool aside = attempts >= ATTEMPTS || json_is_true(json_object_get(result, "give_up"));
  return bf__store_run(turn->store, "UPDATE outbox SET state = $2, attempts = $3, next_ms = $4, fault = $5 WHERE id = $1", NULL,
                       err, "itiit", id, aside ? "aside" : "waiting", attempts, turn->now_ms + (wish > pause ? wish : pause),
                       fault);
}

static int mark(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) {
  json_t *result, *id;
  size_t i, k;
  int r = 0;
  json_array_foreach(json_object_get(command->params, "results"), i, result) {
    json_array_foreach(json_object_get(result, "ids"), k, id) {
      if (r >= 0) r = mark_one(turn, json_integer_value(id), result, err);
    }
  }
  command->status = 200;
  command->body = json_object();
  return r < 0 ? r : 0;
}

/* What was set aside goes out again: a channel's, or all. */
static int again(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) {
  const json_t *body = json_object_get(command->params, "body");
  const json_t *in = json_is_object(body) ? body : command->params;
  const char *channel = text(in, "channel");
  int64_t count = 0;
  struct bf_stmt *stmt;
  int r = bf__store_run(turn->store, "SELECT COUNT(*) FROM outbox WHERE state = 'aside' AND ($1 = '' OR channel = $1)", &stmt,
                        err, "t", channel ? channel : "");
  if (r == BF_ROW) count = bf__store_calls(turn->store)->column_int(stmt, 0);
  if (r >= 0) bf__store_calls(turn->store)->reset(stmt);
  if (r >= 0)
    r = bf__store_run(
        turn->store,
        "UPDATE outbox SET state = 'waiting', attempts = 0, next_ms = $2 WHERE state = 'aside' AND ($1 = '' OR channel = $1)",
        NULL, err, "ti", channel ? channel : "", turn->now_ms);
  bf__turn_notices(turn);
  command->status = 200;
  command->body = json_pack("{sI}", "again", (json_int_t)count);
  return r < 0 ? r : 0;
}

/* What was sent long ago, and answers kept for requests that might have come twice: a bounded number each time. */
static int sweep(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) {
  int r = bf__store_run(turn->store,
                        "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE state IN ('sent', 'recalled') AND next_ms < "
                        "$1 ORDER BY next_ms"
                        " LIMIT 2000)",
                        NULL, err, "i", turn->now_ms - SENT_DAYS * DAY_MS);
  if (r >= 0)
    r = bf__store_run(turn->store, "DELETE FROM idempotency WHERE at_ms < $1", NULL, err, "i", turn->now_ms - KEYS_DAYS * DAY_MS);
  command->status = 200;
  command->body = json_object();
  return r < 0 ? r : 0;
}

/* A test through a channel, to an address, told how it ended. ------------------------------------------------------------------
 */

struct trial {
  struct bf_call call;
  json_t *notice;
};

static void on_tried(void *arg, const struct bf_delivered *how) {
  struct trial *trial = arg;
  json_t *body = json_pack("{sb ss* sb}", "delivered", how->status == 0, "fault", how->status < 0 ? how->fault : NULL, "give_up",
                           how->status < 0 && how->give_up);
  bf__answer_json(&trial->call, 200, body ? body : json_pack("{sb}", "delivered", 0));
  json_decref(trial->notice);
  free(trial);
}

static void test_channel(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor) {
  const json_t *body = json_object_get(params, "body"), *in = json_is_object(body) ? body : params;
  const char *name = text(in, "channel"), *to = text(in, "address");
  char service[80], key[60];
  (void)snprintf(service, sizeof service, "channel.%s", name ? name : "");
  const struct bf_channel *channel = name && strcmp(name, "inbox") != 0 ? bf__host_service(app->host, service, 1) : NULL;
  struct trial *trial = channel && to ? calloc(1, sizeof *trial) : NULL;
  if (!trial) {
    bf__answer_json(call, 422,
                    bf__problem1(422, "channel.unknown", "channel", "请给出已启用的渠道 channel 和地址 address",
                                 "channel (one that is loaded) and address are due."));
    return;
  }
  (void)snprintf(key, sizeof key, "test.%lld", (long long)bf__clock_now(&app->clock));
  static const char zh[] = "这是一条测试通知,收到即表示该渠道可用", en[] = "This is a test: the channel works";
  *trial = (struct trial){.call = {.answer = call->answer, .arg = call->arg}};
  trial->notice = json_pack("{ss sI si s{ss ss} s{ss* ss ss ss} s{ss ss}}", "key", key, "at_ms",
                            (json_int_t)bf__clock_now(&app->clock), "attempts", 0, "body", "zh", zh, "en", en, "to", "user",
                            text(actor, "user"), "name", "test", "address", to, "lang", "zh", "text", "subject", zh, "plain", zh);
  channel->deliver(channel, trial->notice, on_tried, trial);
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
  int r = bf__store_run(turn->store, "SELECT id FROM outbox WHERE id = $1 AND state NOT IN ('sent', 'recalled')", &stmt, err, "i",
                        number);
  if (r < 0) return r;
  if (r != BF_ROW)
    return bf__refuse(command, 404, "notice.unknown", "id", "没有这条待发的通知,或已经发出",
                      "There is no such notice, or it has been sent.");
  bf__store_calls(turn->store)->reset(stmt);
  r = bf__store_run(turn->store, "UPDATE outbox SET state = 'waiting', attempts = 0, next_ms = $2 WHERE id = $1", NULL, err, "ii",
                    number, turn->now_ms);
  command->status = 200;
  bf__turn_notices(turn);
  command->body = json_pack("{sI ss}", "id", (json_int_t)number, "state", "waiting");
  return r < 0 ? r : 0;
}

/* What an operator sees: by channel and state, and what was set aside and why. */
static int outbox(struct bf__reading *reading, struct bf_error *err) {
  json_t *counts = NULL, *aside = NULL, *waiting = NULL;
  int r =
      bf__store_rows(reading->store,
                     "SELECT channel, state, COUNT(*), SUM(CASE WHEN state = 'waiting' AND next_ms <= $1 THEN 1 ELSE 0 END) FROM"
                     " outbox GROUP BY channel, state ORDER BY channel, state",
                     "channel:t state:t count:i due:i", &counts, err, "i", reading->now_ms);
  if (r >= 0)
    r = bf__store_rows(
        reading->store,
        "SELECT id, channel, recipient, attempts, fault, state, body FROM outbox WHERE state = 'aside' OR attempts > 0 AND "
        "state = 'waiting' ORDER BY id LIMIT 200",
        "id:i channel:t recipient:t attempts:i fault:t state:t body:j", &aside, err, "");
  if (r >= 0)
    r = bf__store_rows(
        reading->store,
        "SELECT id, channel, recipient, next_ms, body FROM outbox WHERE state = 'waiting' AND attempts = 0 ORDER BY "
        "next_ms, id LIMIT 100",
        "id:i channel:t recipient:t next_ms:i body:j", &waiting, err, "");
  reading->status = 200;
  reading->body = json_pack("{so* so* so*}", "counts", counts, "troubled", aside, "waiting", waiting);
  return r;
}

const struct bf__operation bf__operations_notices[] = {
    {.name = "inbox.list", .kind = BF__READ, .access = BF__USER, .read = list},
    {.name = "inbox.read", .kind = BF__WRITE, .access = BF__USER, .write = read_one},
    {.name = "inbox.put", .kind = BF__WRITE, .access = BF__OPERATOR, .write = put},
    {.name = "outbox.due", .kind = BF__READ, .access = BF__INTERNAL, .read = due},
    {.name = "outbox.again", .kind = BF__WRITE, .access = BF__ADMIN, .write = again},
    {.name = "outbox.sweep", .kind = BF__WRITE, .access = BF__INTERNAL, .write = sweep},
    {.name = "channel.test", .kind = BF__LOOP, .access = BF__ADMIN, .loop = test_channel},
    {.name = "outbox.mark", .kind = BF__WRITE, .access = BF__INTERNAL, .write = mark},
    {.name = "outbox.retry", .kind = BF__WRITE, .access = BF__ADMIN, .write = retry},
    {.name = "outbox.list", .kind = BF__READ, .access = BF__ADMIN, .read = outbox},
    {.name = NULL},
};
