#include "register.h"

#include <string.h>

#include "form.h"
#include "permit.h"
#include "ruleset.h"
#include "turn.h"

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "register", "no memory");
}

const json_t *bf__register_declared(const json_t *view, const char *name) {
  return name ? json_object_get(json_object_get(view, "registers"), name) : NULL;
}

int bf__register_get(struct bf__store *store, const char *name, const char *id, json_t **ret, struct bf_error *err) {
  json_t *rows = NULL;
  int r = bf__store_rows(store, "SELECT id, jurisdiction, version, body FROM registers WHERE name = $1 AND id = $2",
                         "id:t jurisdiction:t version:i value:j", &rows, err, "tt", name, id);
  if (r < 0) return r;
  json_t *row = json_incref(json_array_get(rows, 0));
  json_decref(rows);
  if (!row) return bf_fail(err, BF_ENOTFOUND, name, "there is no entry '%s'", id);
  *ret = row;
  return 0;
}

int bf__register_put(struct bf__turn *turn, const char *name, const char *id, const char *jurisdiction, int64_t version,
                     const json_t *value, struct bf_error *err) {
  int r = version == 1
              ? bf__store_run(turn->store,
                              "INSERT INTO registers (name, id, jurisdiction, version, body) VALUES ($1, $2, $3, $4, $5)", NULL,
                              err, "tttij", name, id, jurisdiction, version, value)
              : bf__store_run(turn->store, "UPDATE registers SET version = $3, body = $4 WHERE name = $1 AND id = $2", NULL, err,
                              "ttij", name, id, version, value);
  return r < 0 ? r : 0;
}

int bf__register_write(struct bf__turn *turn, const json_t *actor, const char *what, const char *name, const char *id,
                       const char *jurisdiction, int64_t version, json_t *value, struct bf_error *err) {
  json_t *event = json_pack("{ss ss ss ss ss sI sO sO*}", "do", "register", "what", what, "register", name, "entry", id,
                            "jurisdiction", jurisdiction, "version", (json_int_t)version, "value", value, "actor", actor);
  int r = event ? bf__turn_event(turn, NULL, event, err) : no_memory(err);
  return r < 0 ? r : bf__register_put(turn, name, id, jurisdiction, version, value, err);
}

int bf__register_new_id(struct bf__turn *turn, const char *name, char ret[BF__ENTRY_ID], struct bf_error *err) {
  char sequence[200];
  struct bf_stmt *stmt;
  int r;
  (void)snprintf(sequence, sizeof sequence, "register.%s", name);
  do { /* people may have taken such a number by hand */
    int64_t number = 0;
    r = bf__store_next(turn->store, sequence, &number, err);
    if (r < 0) return r;
    (void)snprintf(ret, BF__ENTRY_ID, "%04lld", (long long)number);
    r = bf__store_run(turn->store, "SELECT id FROM registers WHERE name = $1 AND id = $2", &stmt, err, "tt", name, ret);
    if (r == BF_ROW) bf__store_calls(turn->store)->reset(stmt);
  } while (r == BF_ROW);
  return r < 0 ? r : 0;
}

bool bf__register_id_fits(const char *id) {
  size_t length = id ? strlen(id) : 0;
  if (length == 0 || length >= BF__ENTRY_ID || strcmp(id, ".") == 0 || strcmp(id, "..") == 0) return false;
  for (const char *c = id; *c; c++)
    if ((unsigned char)*c <= ' ' || *c == 0x7f || strchr("/\\?#%\"'&+,;=<>", *c)) return false;
  return true;
}

json_t *bf__register_merged(const json_t *old, const json_t *part) {
  json_t *out = json_deep_copy(old), *own = json_deep_copy(part), *value;
  const char *name;
  void *next;
  if (!out || !own || json_object_update(out, own) < 0) {
    json_decref(out);
    out = NULL;
  }
  json_decref(own);
  json_object_foreach_safe(out, next, name, value) if (json_is_null(value))(void) json_object_del(out, name);
  return out;
}

/* Who ------------------------------------------------------------------------------------------------------------------------ */

static bool lies_below(const json_t *view, const char *place, const char *above) {
  for (int depth = 0; place && depth < 8; depth++) {
    if (strcmp(place, above) == 0) return true;
    place = text(json_object_get(json_object_get(view, "jurisdictions"), place), "parent");
  }
  return false;
}

bool bf__place_related(const json_t *view, const char *a, const char *b) {
  return a && b && (lies_below(view, a, b) || lies_below(view, b, a));
}

bool bf__register_writes(struct bf__app *app, const json_t *view, const json_t *declared, const json_t *actor,
                         const char *jurisdiction) {
  const char *place = text(actor, "jurisdiction"), *org = text(actor, "org");
  if (!actor) return true;
  if (!place || !bf__place_related(view, place, jurisdiction)) return false;
  if (json_is_true(json_object_get(actor, "admin"))) return true;
  /* a role that acts for its own unit writes what belongs to its own jurisdiction: entries have no unit */
  return bf__permitted(app->directory, view, json_object_get(declared, "by"), actor, jurisdiction,
                       org && strcmp(place, jurisdiction) == 0 ? org : "");
}

bool bf__register_reads(struct bf__app *app, const json_t *view, const json_t *declared, const json_t *actor) {
  const json_t *read = json_object_get(declared, "read");
  const char *place = text(actor, "jurisdiction"), *org = text(actor, "org");
  if (!read || !actor || json_is_true(json_object_get(actor, "admin"))) return true;
  return bf__permitted(app->directory, view, read, actor, place ? place : "", org ? org : "") ||
         bf__permitted(app->directory, view, json_object_get(declared, "by"), actor, place ? place : "", org ? org : "");
}

/* What scripts ask for ---------------------------------------------------------------------------------------------------------
 */

/* VALUE must fit the register's form; it is normalised in place. */
static int check(const char *name, const json_t *declared, json_t *value, struct bf_error *err) {
  json_t *refusals = json_array();
  int r = refusals && value ? bf__form_check(json_object_get(declared, "fields"), value, 0, refusals) : BF_ENOMEM;
  const json_t *first = json_array_get(refusals, 0);
  if (r < 0)
    r = no_memory(err);
  else if (first)
    r = bf_fail(err, BF_ESCRIPT, name, "the entry does not fit the register: %s: %s", text(first, "field"), text(first, "en"));
  json_decref(refusals);
  return r;
}

static int add(struct bf__turn *turn, const json_t *declared, const char *name, const char *place, json_t *effect,
               struct bf_error *err) {
  const char *id = text(effect, "entry");
  char fresh[BF__ENTRY_ID];
  struct bf_error probe = {0};
  json_t *there = NULL, *value = json_deep_copy(json_object_get(effect, "value"));
  int r = check(name, declared, value, err);
  if (r >= 0 && id) {
    r = bf__register_get(turn->store, name, id, &there, &probe);
    if (!bf__register_id_fits(id))
      r = bf_fail(err, BF_ESCRIPT, name, "'%s' is no id for an entry: up to 80 letters, digits, - . _", id);
    else if (r >= 0)
      r = bf_fail(err, BF_ESCRIPT, name, "entry '%s' is there already: change it", id);
    else if (r == BF_ENOTFOUND)
      r = 0;
    else
      r = bf_fail(err, r, probe.where, "%s", probe.message);
  } else if (r >= 0) {
    r = bf__register_new_id(turn, name, fresh, err);
    id = fresh;
    if (r >= 0 && json_object_set_new(effect, "entry", json_string(id)) < 0) r = no_memory(err);
  }
  if (r >= 0) r = bf__register_put(turn, name, id, place, 1, value, err);
  json_decref(there);
  json_decref(value);
  return r;
}

static int change(struct bf__turn *turn, const json_t *declared, const char *name, const json_t *effect, struct bf_error *err) {
  const char *id = text(effect, "entry");
  json_t *row = NULL, *value = NULL;
  if (!id || !json_is_object(json_object_get(effect, "value")))
    return bf_fail(err, BF_ESCRIPT, name, "change(\"register\", \"entry\", { … }) is due");
  int r = bf__register_get(turn->store, name, id, &row, err);
  if (r == BF_ENOTFOUND) return bf_fail(err, BF_ESCRIPT, name, "there is no entry '%s' to change", id);
  if (r < 0) return r;
  value = bf__register_merged(json_object_get(row, "value"), json_object_get(effect, "value"));
  r = check(name, declared, value, err);
  if (r >= 0)
    r = bf__register_put(turn, name, id, text(row, "jurisdiction"), json_integer_value(json_object_get(row, "version")) + 1,
                         value, err);
  json_decref(row);
  json_decref(value);
  return r;
}

int bf__register_effect(struct bf__turn *turn, const json_t *state, json_t *effect, struct bf_error *err) {
  const char *what = text(effect, "do"), *name = text(effect, "register"), *place = text(state, "jurisdiction");
  bool adds = what && strcmp(what, "add") == 0;
  if (!adds && !(what && strcmp(what, "change") == 0)) return 0;
  const json_t *view = bf__ruleset_view(bf__rules_set(turn->rules), place), *declared = bf__register_declared(view, name);
  if (!declared) return bf_fail(err, BF_ESCRIPT, what, "there is no register '%s'", name ? name : "");
  return adds ? add(turn, declared, name, place, effect, err) : change(turn, declared, name, effect, err);
}
