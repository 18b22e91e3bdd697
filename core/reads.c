#include "reads.h"

#include <string.h>

#include "ruleset.h"
#include "state.h"

#define CASES_MAX 2000

static int one_case(struct bf__store *store, const json_t *id, json_t *cases, struct bf_error *err) {
  json_t *other = NULL;
  if (!json_is_string(id) || json_object_get(cases, json_string_value(id)) || json_object_size(cases) >= CASES_MAX) return 0;
  int r = bf__store_case_get(store, json_string_value(id), &other, err);
  if (r == BF_ENOTFOUND) return 0;
  if (r < 0) return r;
  return json_object_set_new(cases, json_string_value(id), other) < 0 ? bf_fail(err, BF_ENOMEM, "reads", "no memory") : 0;
}

static int of_action(struct bf__store *store, const json_t *action, const json_t *facts, json_t *cases, struct bf_error *err) {
  size_t i, k;
  json_t *name, *id;
  int r = 0;
  json_array_foreach(json_object_get(action, "reads"), i, name) {
    const json_t *value = json_is_string(name) ? json_object_get(facts, json_string_value(name)) : NULL;
    if (r >= 0 && json_is_string(value)) r = one_case(store, value, cases, err);
    json_array_foreach(value, k, id) if (r >= 0) r = one_case(store, id, cases, err);
  }
  return r;
}

static int unit_cases(struct bf__store *store, const json_t *reads, const json_t *state, json_t *cases, struct bf_error *err) {
  json_t *ids = NULL, *id;
  size_t i;
  int r = bf__reads_unit(store, reads, state, &ids, err);
  json_array_foreach(ids, i, id) if (r >= 0) r = one_case(store, id, cases, err);
  json_decref(ids);
  return r;
}

int bf__reads_collect(struct bf__store *store, const json_t *view, const json_t *state, json_t *cases, struct bf_error *err) {
  const char *stage, *action_name;
  json_t *record, *action;
  int r = 0;
  json_object_foreach(json_object_get(state, "stages"), stage, record) {
    if (!bf__state_is_open(state, stage)) continue;
    json_object_foreach(json_object_get(bf__view_stage(view, stage), "actions"), action_name, action) {
      if (r >= 0) r = of_action(store, action, json_object_get(state, "facts"), cases, err);
      if (r >= 0) r = unit_cases(store, json_object_get(action, "reads"), state, cases, err);
    }
  }
  return r;
}

/* Entries -----------------------------------------------------------------------------------------------------------------------
 */

#define ENTRIES_MAX 2000

static json_t *place(json_t *entries, const char *name) {
  json_t *of = json_object_get(entries, name);
  if (of || json_object_set_new(entries, name, json_object()) < 0) return of;
  return json_object_get(entries, name);
}

static int add_rows(json_t *of, json_t *rows, struct bf_error *err) {
  size_t i;
  json_t *row;
  int r = of ? 0 : BF_ENOMEM;
  json_array_foreach(rows, i, row) if (r >= 0 && json_object_set(of, json_string_value(json_object_get(row, "id")),
                                                                 json_object_get(row, "body")) < 0) r = BF_ENOMEM;
  json_decref(rows);
  return r < 0 ? bf_fail(err, r, "reads", "no memory") : 0;
}

static int whole_register(struct bf__store *store, const char *name, json_t *entries, struct bf_error *err) {
  json_t *rows = NULL;
  int r = bf__store_rows(store, "SELECT id, body FROM registers WHERE name = $1 ORDER BY id LIMIT $2", "id:t body:j", &rows, err,
                         "ti", name, (int64_t)ENTRIES_MAX);
  return r < 0 ? r : add_rows(place(entries, name), rows, err);
}

static int one_entry(struct bf__store *store, const char *name, const json_t *id, json_t *entries, struct bf_error *err) {
  json_t *rows = NULL;
  if (!json_is_string(id)) return 0;
  int r = bf__store_rows(store, "SELECT id, body FROM registers WHERE name = $1 AND id = $2", "id:t body:j", &rows, err, "tt",
                         name, json_string_value(id));
  return r < 0 ? r : add_rows(place(entries, name), rows, err);
}

/* The register that a field's value names entries of, or NULL. */
static const char *register_of(const json_t *field) {
  const json_t *of = json_object_get(field, "of");
  const char *type = json_string_value(json_object_get(field, "type"));
  if (type && strcmp(type, "list") == 0) return register_of(of);
  return type && strcmp(type, "register") == 0 ? json_string_value(json_object_get(field, "register")) : NULL;
}

static const json_t *field_named(const json_t *form, const char *name) {
  size_t i;
  json_t *field;
  json_array_foreach(form, i, field) {
    const char *own = json_string_value(json_object_get(field, "name"));
    if (own && strcmp(own, name) == 0) return field;
  }
  return NULL;
}

int bf__reads_entries(struct bf__store *store, const json_t *view, const json_t *action, const json_t *state, const json_t *input,
                      json_t *entries, struct bf_error *err) {
  size_t i, k;
  json_t *name, *one;
  int r = 0;
  const json_t *facts = bf__view_facts(view, json_string_value(json_object_get(state, "kind")));
  json_array_foreach(json_object_get(action, "reads"), i, name) {
    const char *what = json_string_value(name);
    if (!what || r < 0) continue;
    if (strncmp(what, "register:", 9) == 0) {
      r = whole_register(store, what + 9, entries, err);
      continue;
    }
    bool from_input = strncmp(what, "input.", 6) == 0;
    const char *own = from_input ? what + 6 : what;
    const char *of = register_of(from_input ? field_named(json_object_get(action, "form"), own) : json_object_get(facts, own));
    const json_t *value = json_object_get(from_input ? input : json_object_get(state, "facts"), own);
    if (!of) continue;
    if (!place(entries, of)) return bf_fail(err, BF_ENOMEM, "reads", "no memory");
    if (json_is_string(value)) r = one_entry(store, of, value, entries, err);
    json_array_foreach(value, k, one) if (r >= 0) r = one_entry(store, of, one, entries, err);
  }
  return r;
}

int bf__reads_unit(struct bf__store *store, const json_t *reads, const json_t *state, json_t **ret_ids, struct bf_error *err) {
  size_t i, k;
  json_t *name, *row, *ids = json_array();
  int r = ids ? 0 : bf_fail(err, BF_ENOMEM, "reads", "no memory");
  json_array_foreach(reads, i, name) {
    const char *what = json_string_value(name);
    json_t *rows = NULL;
    if (r < 0 || !what || strncmp(what, "unit:", 5) != 0) continue;
    r = bf__store_rows(
        store, "SELECT id FROM cases WHERE unit = $1 AND kind = $2 AND id <> $3 AND secret <= $4 ORDER BY number DESC LIMIT 500",
        "id:t", &rows, err, "ttti", json_string_value(json_object_get(state, "unit")), what + 5,
        json_string_value(json_object_get(state, "id")), (int64_t)json_integer_value(json_object_get(state, "secret")));
    json_array_foreach(rows, k, row) if (r >= 0 && json_array_append(ids, json_object_get(row, "id")) < 0) r =
        bf_fail(err, BF_ENOMEM, "reads", "no memory");
    json_decref(rows);
  }
  if (r < 0)
    json_decref(ids);
  else
    *ret_ids = ids;
  return r;
}
