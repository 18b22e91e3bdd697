#include "proofs.h"

#include <stdlib.h>
#include <string.h>

#include "prove.h"
#include "store.h"
#include "turn.h"

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "proof", "no memory");
}

/* Under way --------------------------------------------------------------------------------------------------------------------
 */

struct bf__proofs {
  pthread_mutex_t lock;
  json_t *now; /* { candidate: progress } */
};

struct bf__proofs *bf__proofs_new(void) {
  struct bf__proofs *proofs = calloc(1, sizeof *proofs);
  if (!proofs) return NULL;
  if (!(proofs->now = json_object())) {
    free(proofs);
    return NULL;
  }
  (void)pthread_mutex_init(&proofs->lock, NULL);
  return proofs;
}

void bf__proofs_free(struct bf__proofs *proofs) {
  if (!proofs) return;
  (void)pthread_mutex_destroy(&proofs->lock);
  json_decref(proofs->now);
  free(proofs);
}

void bf__proofs_progress(struct bf__proofs *proofs, const char *hash, const json_t *now) {
  (void)pthread_mutex_lock(&proofs->lock);
  if (now)
    (void)json_object_set_new(proofs->now, hash, json_deep_copy(now));
  else
    (void)json_object_del(proofs->now, hash);
  (void)pthread_mutex_unlock(&proofs->lock);
}

json_t *bf__proofs_now(struct bf__proofs *proofs, const char *hash) {
  (void)pthread_mutex_lock(&proofs->lock);
  json_t *now = json_deep_copy(json_object_get(proofs->now, hash));
  (void)pthread_mutex_unlock(&proofs->lock);
  return now;
}

/* Kept -------------------------------------------------------------------------------------------------------------------------
 */

int bf__proofs_known(struct bf__app *app, const struct bf__ruleset *set, json_t **ret, bool *ret_all, struct bf_error *err) {
  struct bf__store *store = NULL;
  json_t *views = NULL, *view, *known = json_object();
  size_t i;
  int r = known ? bf__prove_views(set, &views, err) : no_memory(err);
  if (r >= 0) r = bf__store_open(app->storage, false, &store, err);
  json_array_foreach(views, i, view) {
    json_t *rows = NULL;
    if (r >= 0)
      r = bf__store_rows(store, "SELECT body FROM rules_proofs WHERE view_hash = $1 AND ok = 1", "body:j", &rows, err, "t",
                         text(view, "hash"));
    json_t *body = json_object_get(json_array_get(rows, 0), "body");
    if (r >= 0 && body && json_object_set(known, text(view, "hash"), body) < 0) r = no_memory(err);
    json_decref(rows);
  }
  bf__store_close(store);
  *ret_all = r >= 0 && json_object_size(known) == json_array_size(views);
  json_decref(views);
  if (r < 0) {
    json_decref(known);
    return r;
  }
  *ret = known;
  return 0;
}

static int put_view(struct bf__turn *turn, const json_t *view, struct bf_error *err) {
  if (json_object_get(view, "reused")) return 0;
  int r = bf__store_run(turn->store, "DELETE FROM rules_proofs WHERE view_hash = $1", NULL, err, "t", text(view, "hash"));
  if (r >= 0)
    r = bf__store_run(turn->store, "INSERT INTO rules_proofs (view_hash, at_ms, ok, body) VALUES ($1, $2, $3, $4)", NULL, err,
                      "tiij", text(view, "hash"), turn->now_ms, (int64_t)json_is_true(json_object_get(view, "ok")), view);
  return r < 0 ? r : 0;
}

/* What a candidate's row keeps: the outcome, without what each view was covered by. */
static json_t *outcome_of(struct bf__turn *turn, const json_t *proof) {
  char at[32];
  size_t i;
  json_t *view, *views = json_array();
  bf__moment_format(turn->now_ms, at);
  json_array_foreach(json_object_get(proof, "views"), i, view)(void)
      json_array_append_new(views, json_pack("{sO sO sO* sO*}", "jurisdiction", json_object_get(view, "jurisdiction"), "hash",
                                             json_object_get(view, "hash"), "ok", json_object_get(view, "ok"), "reused",
                                             json_object_get(view, "reused")));
  return json_pack("{ss sO sO sO so sO}", "at", at, "ok", json_object_get(proof, "ok"), "seconds",
                   json_object_get(proof, "seconds"), "bounds", json_object_get(proof, "bounds"), "views", views, "crossed",
                   json_object_get(proof, "crossed"));
}

static int tell_candidate(struct bf__turn *turn, const char *hash, json_t *outcome, struct bf_error *err) {
  json_t *rows = NULL;
  int r = bf__store_rows(turn->store, "SELECT body FROM rules_candidates WHERE hash = $1", "body:j", &rows, err, "t", hash);
  json_t *body = json_object_get(json_array_get(rows, 0), "body");
  if (r >= 0 && body && json_object_set(body, "proof", outcome) < 0) r = no_memory(err);
  if (r >= 0 && body)
    r = bf__store_run(turn->store, "UPDATE rules_candidates SET body = $2 WHERE hash = $1", NULL, err, "tj", hash, body);
  json_decref(rows);
  return r < 0 ? r : 0;
}

static json_t *names_of(const json_t *crossed) {
  json_t *out = json_array(), *one;
  size_t i;
  json_array_foreach(crossed, i, one)(void) json_array_append(out, json_object_get(one, "name"));
  return out;
}

int bf__proofs_put(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) {
  const json_t *proof = json_object_get(command->params, "proof");
  const char *hash = text(command->params, "hash");
  size_t i;
  json_t *view, *outcome = outcome_of(turn, proof);
  int r = outcome && hash ? 0 : no_memory(err);
  json_array_foreach(json_object_get(proof, "views"), i, view) if (r >= 0) r = put_view(turn, view, err);
  if (r >= 0) r = tell_candidate(turn, hash, outcome, err);
  if (r >= 0)
    r = bf__turn_event(turn, NULL,
                       json_pack("{ss ss sO* sO so}", "do", "proof", "candidate", hash, "actor", command->actor, "ok",
                                 json_object_get(proof, "ok"), "crossed", names_of(json_object_get(proof, "crossed"))),
                       err);
  json_decref(outcome);
  if (r < 0) return r;
  command->status = 200;
  command->body = json_pack("{ss}", "candidate", hash);
  return 0;
}

int bf__proofs_proposal(struct bf__reading *reading, struct bf_error *err) {
  const char *id = bf__param(reading->params, "candidate");
  json_t *rows = NULL, *row, *body;
  char last[BF__HASH_HEX + 1];
  size_t length = id ? strlen(id) : 0;
  if (length < 12 || length >= BF__HASH_HEX || strspn(id, "0123456789abcdef") != length)
    return bf__refuse_read(reading, 404, "candidate.unknown", "candidate", "没有这个候选规则", "There is no such candidate.");
  (void)snprintf(last, sizeof last, "%sg", id);
  int r = bf__store_rows(reading->store,
                         "SELECT hash, state, body FROM rules_candidates WHERE hash >= $1 AND hash < $2 ORDER BY hash LIMIT 1",
                         "id:t state:t body:j", &rows, err, "tt", id, last);
  if (r < 0) return r;
  if (!(row = json_array_get(rows, 0))) {
    json_decref(rows);
    return bf__refuse_read(reading, 404, "candidate.unknown", "candidate", "没有这个候选规则", "There is no such candidate.");
  }
  body = json_incref(json_object_get(row, "body"));
  (void)json_object_del(row, "body");
  json_t *now = bf__proofs_now(reading->app->proofs, text(row, "id"));
  if (json_object_update(row, body) < 0 || (now && json_object_set_new(row, "proving", now) < 0)) r = no_memory(err);
  reading->status = 200;
  reading->body = json_incref(row);
  json_decref(body);
  json_decref(rows);
  return r;
}
