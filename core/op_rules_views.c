/* Rules as people and programs see them: those there were, one of them whole, and what a user's own jurisdiction follows. */
#include <stdlib.h>
#include <string.h>

#include "operation.h"
#include "packed.h"
#include "proposals.h"

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

static int list(struct bf__reading *reading, struct bf_error *err) {
  json_t *items = NULL, *changes = NULL, *stays = NULL;
  struct bf__ruleset *now = bf__app_rules(reading->app);
  int r =
      bf__store_rows(reading->store, "SELECT hash, at_ms FROM rulesets ORDER BY at_ms DESC", "hash:t at_ms:i", &items, err, "");
  if (r >= 0)
    r = bf__store_rows(
        reading->store,
        "SELECT body FROM events WHERE case_id IS NULL AND body LIKE '%\"do\":\"rules\"%' ORDER BY seq DESC LIMIT 100", "event:j",
        &changes, err, "");
  if (r >= 0)
    r = bf__store_rows(reading->store, "SELECT ruleset, COUNT(*) FROM case_stays GROUP BY ruleset ORDER BY ruleset",
                       "ruleset:t cases:i", &stays, err, "");
  reading->status = 200;
  reading->body = json_pack("{ss so* so* so* sI}", "in_force", now->hash, "items", items, "changes", changes, "stays", stays,
                            "last_swap_microseconds", (json_int_t)reading->app->last_swap_us);
  bf__ruleset_unref(now);
  return r;
}

static int show(struct bf__reading *reading, struct bf_error *err) {
  const char *hash = text(reading->params, "hash");
  struct bf__ruleset *now = bf__app_rules(reading->app);
  json_t *rows = NULL;
  int r = bf__store_rows(reading->store,
                         "SELECT hash, at_ms, bundle FROM rulesets WHERE hash = $1 UNION ALL SELECT hash, at_ms, bundle FROM "
                         "rules_candidates WHERE hash = $1",
                         "hash:t at_ms:i bundle:j", &rows, err, "t", hash ? hash : now->hash);
  bf__ruleset_unref(now);
  if (r < 0) return r;
  json_t *row = json_array_get(rows, 0);
  if (row) {
    reading->status = 200;
    reading->body = json_incref(row);
  } else {
    (void)bf__refuse_read(reading, 404, "rules.unknown", "hash", "没有这套规则", "There is no such ruleset.");
  }
  json_decref(rows);
  return 0;
}

/* A copy without functions, which are told as { "$fn": place }, and without lists of nothing else. NULL where nothing is left, or
 * no memory. */
static json_t *without_functions(json_t *value) {
  json_t *inner, *own, *out;
  const char *name;
  size_t i;
  if (text(value, "$fn")) return NULL;
  if (!json_is_object(value) && !json_is_array(value)) return json_incref(value);
  out = json_is_array(value) ? json_array() : json_object();
  json_object_foreach(value, name, inner) if ((own = without_functions(inner)))(void) json_object_set_new(out, name, own);
  json_array_foreach(value, i, inner) if ((own = without_functions(inner)))(void) json_array_append_new(out, own);
  if (json_array_size(value) && !json_array_size(out)) {
    json_decref(out);
    return NULL;
  }
  return out;
}

static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "rules", "no memory");
}

/* VIEW without what only the program needs, as text. */
static char *described(const json_t *view) {
  static const char *const parts[] = {"kinds", "stages", "facts", "registers", "reports", "papers", "roles", "jurisdictions"};
  json_t *part, *body = json_object();
  bool whole = body;
  for (size_t i = 0; whole && i < sizeof parts / sizeof *parts; i++) {
    if ((part = json_object_get(view, parts[i]))) whole = json_object_set_new(body, parts[i], without_functions(part)) == 0;
  }
  char *out = whole ? json_dumps(body, JSON_COMPACT) : NULL;
  json_decref(body);
  return out;
}

/* The rules that a user's own jurisdiction follows, as data. Each page asks for them: they are packed once, and sent once to a
 * reader who keeps them. */
static int describe(struct bf__reading *reading, struct bf_error *err) {
  struct bf__ruleset *set = bf__rules_set(reading->rules);
  const json_t *view = bf__ruleset_view(set, text(reading->actor, "jurisdiction"));
  const struct bf__packed *packed = bf__ruleset_packed(set, view);
  char *plain = packed ? NULL : described(view);
  if (plain) packed = bf__ruleset_keep(set, bf__packed_new(view, plain));
  bool known = packed && bf__etag_known(reading->if_none_match, packed->etag);
  if (packed) memcpy(reading->etag, packed->etag, sizeof packed->etag);
  if (packed && reading->gzip && !known && (reading->text = malloc(packed->length))) {
    memcpy(reading->text, packed->gzip, reading->length = packed->length);
    reading->encoding = "gzip";
  } else if (!known) {
    reading->text = plain ? plain : described(view);
    plain = NULL;
  }
  free(plain);
  reading->status = known ? 304 : 200;
  reading->type = "application/json";
  return known || reading->text ? 0 : no_memory(err);
}

/* The words of the prelude itself: the same for every ruleset. */
static int reference(struct bf__reading *reading, struct bf_error *err) {
  reading->status = 200;
  return bf__rules_reference(&reading->body, err);
}

const struct bf__operation bf__operations_rules_views[] = {
    {.name = "rules.list", .kind = BF__READ, .access = BF__USER, .read = list},
    {.name = "rules.candidates", .kind = BF__READ, .access = BF__ADMIN, .read = bf__proposals_list},
    {.name = "rules.show", .kind = BF__READ, .access = BF__ADMIN, .read = show},
    {.name = "rules.reference", .kind = BF__READ, .access = BF__ADMIN, .read = reference},
    {.name = "rules.describe", .kind = BF__READ, .access = BF__USER, .read = describe},
    {.name = NULL},
};
