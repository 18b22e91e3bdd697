#include "idempotency.h"

#include <stdlib.h>
#include <string.h>

#include "chain.h"

static const char *actor_id(const struct bf__command *command) {
  const char *user = json_string_value(json_object_get(command->actor, "user"));
  return user ? user : "";
}

/* SM3 over the operation and its parameters, in hex. */
static int request_hash(const struct bf__command *command, char ret[BF__HASH_HEX], struct bf_error *err) {
  unsigned char hash[BF__HASH_BYTES];
  char *text = NULL;
  size_t length = 0;
  json_t *request = json_pack("[sO]", command->operation->name, command->params);
  int r = request ? bf__canonical(request, &text, &length, err) : BF_ENOMEM;
  if (r >= 0) r = bf__sm3(text, length, hash);
  if (r >= 0) bf__hex(hash, sizeof hash, ret);
  free(text);
  json_decref(request);
  return r;
}

int bf__idempotency_seen(struct bf__turn *turn, struct bf__command *command, bool *answered, struct bf_error *err) {
  char hash[BF__HASH_HEX];
  struct bf_stmt *stmt;
  const struct bf_storage *calls = bf__store_calls(turn->store);
  int r = request_hash(command, hash, err);
  if (r < 0) {
    *answered = true;
    return bf__refuse(command, 400, "body.number", NULL, "请求里有不允许的数(金额以分为单位,为整数)",
                      "A number in the request is not allowed: amounts are whole fen.");
  }
  r = bf__store_run(turn->store,
                    "SELECT request, status, version, location, answer FROM idempotency WHERE actor = $1 AND key = $2", &stmt,
                    err, "tt", actor_id(command), command->idempotency_key);
  if (r != BF_ROW) return r;
  *answered = true;
  size_t length;
  const char *request = calls->column_text(stmt, 0, &length);
  if (!request || strcmp(request, hash) != 0) {
    calls->reset(stmt);
    return bf__refuse(command, 409, "idempotency.reused", NULL, "这个 Idempotency-Key 已用于另一请求:请换一个新的",
                      "This Idempotency-Key was used for another request: send a fresh one.");
  }
  command->status = (int)calls->column_int(stmt, 1);
  command->version = calls->column_int(stmt, 2);
  const char *location = calls->column_text(stmt, 3, &length), *answer;
  if (location) command->location = strndup(location, length);
  if ((answer = calls->column_text(stmt, 4, &length))) command->text = strndup(answer, length);
  calls->reset(stmt);
  return command->text ? 0 : bf_fail(err, BF_ENOMEM, "idempotency", "no memory");
}

int bf__idempotency_keep(struct bf__turn *turn, const struct bf__command *command, struct bf_error *err) {
  char hash[BF__HASH_HEX], *text = NULL;
  int r = request_hash(command, hash, err);
  if (r < 0) return r;
  const char *answer = command->text
                           ? command->text
                           : (text = json_dumps(command->body ? command->body : json_null(), JSON_COMPACT | JSON_ENCODE_ANY));
  if (!answer) return bf_fail(err, BF_ENOMEM, "idempotency", "no memory");
  r = bf__store_run(turn->store,
                    "INSERT INTO idempotency (actor, key, request, status, version, location, answer, at_ms) VALUES ($1, $2, $3, "
                    "$4, $5, $6, $7, $8)",
                    NULL, err, "tttiitti", actor_id(command), command->idempotency_key, hash, (int64_t)command->status,
                    command->version, command->location, answer, turn->now_ms);
  free(text);
  return r;
}
