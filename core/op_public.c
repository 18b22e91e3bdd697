/* What anyone may see without a login: cases that the rules' `public.when` lets out, and of them only what `public.facts` lists.
 * A classified case does not exist here, whatever its facts say. */
#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "deadline.h"
#include "operation.h"
#include "publish.h"
#include "ruleset.h"
#include "state.h"

#define PAGE 20
#define PAGE_MAX 100
#define CSV_ROWS 1000
#define CHUNK 200
#define SCAN_MAX 20000 /* rows one request may look through: anybody can ask */

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "public", "no memory");
}

static const json_t *view_of(const struct bf__reading *reading, const json_t *state) {
  return bf__reign_view(reading->reign, state);
}

static bool is_out(const struct bf__reading *reading, const json_t *state) {
  return bf__public_out(view_of(reading, state), state);
}

/* Open stages with their titles and the day each was opened. */
static json_t *stages_of(const json_t *view, const json_t *state) {
  json_t *out = json_array(), *record;
  const char *name;
  json_object_foreach(json_object_get(state, "stages"), name, record) {
    if (!bf__state_is_open(state, name)) continue;
    (void)json_array_append_new(out, json_pack("{ss sO* sO*}", "stage", name, "title",
                                               json_object_get(bf__view_stage(view, name), "title"), "opened",
                                               json_object_get(record, "opened")));
  }
  return out;
}

static json_t *shown(const struct bf__reading *reading, const json_t *state) {
  const json_t *view = view_of(reading, state);
  return json_pack("{sO sO sO sO so so sO*}", "id", json_object_get(state, "id"), "kind", json_object_get(state, "kind"), "title",
                   json_object_get(state, "title"), "jurisdiction", json_object_get(state, "jurisdiction"), "stages",
                   stages_of(view, state), "facts", bf__public_facts(view, state), "ended", json_object_get(state, "ended"));
}

/* As a table --------------------------------------------------------------------------------------------------------------------
 */

/* The columns: every fact that some kind (or KIND) lets out, once. An array of fields, new reference. */
static json_t *columns_of(const json_t *view, const char *kind) {
  json_t *out = json_array(), *seen = json_object(), *declared, *name;
  const char *own;
  size_t i;
  json_object_foreach(json_object_get(view, "kinds"), own, declared) {
    if (kind && *kind && strcmp(kind, own) != 0) continue;
    json_array_foreach(json_object_get(json_object_get(declared, "public"), "facts"), i, name) {
      json_t *field = json_object_get(bf__view_facts(view, own), json_string_value(name));
      if (!field || json_object_get(seen, json_string_value(name))) continue;
      (void)json_object_set_new(seen, json_string_value(name), json_true());
      (void)json_array_append(out, field);
    }
  }
  json_decref(seen);
  return out;
}

static void header_row(struct bf__csv *csv, const json_t *columns) {
  static const char *const own[] = {"编号", "事项种类", "名称", "行政区划", "进行中的环节"};
  size_t i;
  json_t *field;
  for (i = 0; i < sizeof own / sizeof *own; i++) bf__csv_cell(csv, own[i]);
  json_array_foreach(columns, i, field) bf__csv_label(csv, field);
  bf__csv_end_row(csv);
}

static void item_row(struct bf__csv *csv, const json_t *view, const json_t *columns, const json_t *item) {
  const json_t *place = json_object_get(json_object_get(view, "jurisdictions"), text(item, "jurisdiction"));
  const json_t *kind = json_object_get(bf__view_kind(view, text(item, "kind")), "title");
  json_t *stages = json_array(), *stage, *field;
  size_t i;
  json_array_foreach(json_object_get(item, "stages"), i, stage)(void)
      json_array_append(stages, json_object_get(json_object_get(stage, "title"), "zh"));
  bf__csv_value(csv, json_object_get(item, "id"));
  bf__csv_value(csv, json_object_get(kind, "zh"));
  bf__csv_value(csv, json_object_get(item, "title"));
  bf__csv_value(csv, json_object_get(place, "zh"));
  bf__csv_value(csv, stages);
  json_array_foreach(columns, i, field)
      bf__csv_field(csv, field, json_object_get(json_object_get(item, "facts"), text(field, "name")));
  bf__csv_end_row(csv);
  json_decref(stages);
}

/* A table that was cut says so, and where to go on: CURSOR is 0 when it was not. */
static int answer_csv(struct bf__reading *reading, const json_t *items, int64_t cursor, struct bf_error *err) {
  const json_t *view = bf__ruleset_view(bf__rules_set(reading->rules), NULL);
  json_t *columns = columns_of(view, text(reading->params, "kind")), *item;
  struct bf__csv csv = {0};
  size_t i;
  header_row(&csv, columns);
  json_array_foreach(items, i, item) item_row(&csv, view, columns, item);
  if (cursor > 0) {
    char more[120];
    (void)snprintf(more, sizeof more, "未列完,续见 cursor=%lld · not all: go on with cursor=%lld", (long long)cursor,
                   (long long)cursor);
    bf__csv_cell(&csv, more);
    bf__csv_end_row(&csv);
  }
  json_decref(columns);
  reading->status = 200;
  reading->type = "text/csv; charset=utf-8";
  reading->text = bf__csv_take(&csv);
  return reading->text ? 0 : no_memory(err);
}

/* The list ----------------------------------------------------------------------------------------------------------------------
 */

static int64_t whole(const json_t *params, const char *name, int64_t fallback, int64_t least, int64_t most) {
  const char *given = text(params, name);
  int64_t number = given && *given ? strtoll(given, NULL, 10) : fallback;
  return number < least ? least : number > most ? most : number;
}

/* %q% with its own wildcards escaped; cut between characters. */
static void like(const char *q, char *out, size_t size) {
  char word[200];
  size_t n = 0;
  out[n++] = '%';
  for (const char *c = bf__short(q, word, sizeof word); *c && n + 4 < size; c++) {
    if (*c == '%' || *c == '_' || *c == '\\') out[n++] = '\\';
    out[n++] = *c;
  }
  out[n++] = '%';
  out[n] = 0;
}

/* Fills ITEMS up to LIMIT, newest first; *CURSOR is the number to go on from, 0 at the end. */
static int gather(struct bf__reading *reading, json_t *items, int64_t limit, int64_t *cursor, struct bf_error *err) {
  static const char sql[] = "SELECT number, state FROM cases WHERE number < $1 AND secret = 0 AND ($2 = '' OR kind = $2) AND ($3 "
                            "= '' OR jurisdiction = $3)"
                            " AND ($4 = '%%' OR title LIKE $4 ESCAPE '\\') ORDER BY number DESC LIMIT $5";
  const char *kind = text(reading->params, "kind"), *place = text(reading->params, "jurisdiction");
  char q[512];
  json_t *rows, *row;
  size_t i;
  like(text(reading->params, "q"), q, sizeof q);
  for (int64_t seen = 0; seen < SCAN_MAX; seen += CHUNK) {
    int r = bf__store_rows(reading->store, sql, "number:i state:j", &rows, err, "ittti", *cursor, kind ? kind : "",
                           place ? place : "", q, (int64_t)CHUNK);
    if (r < 0) return r;
    bool more = json_array_size(rows) == CHUNK;
    json_array_foreach(rows, i, row) {
      const json_t *state = json_object_get(row, "state");
      if ((int64_t)json_array_size(items) == limit) {
        json_decref(rows);
        return 0;
      }
      *cursor = json_integer_value(json_object_get(row, "number"));
      if (is_out(reading, state) && json_array_append_new(items, shown(reading, state)) < 0) r = no_memory(err);
    }
    json_decref(rows);
    if (r < 0) return r;
    if (!more) {
      *cursor = 0;
      return 0;
    }
  }
  return 0;
}

/* What the facts that a kind opens are called, in their order. */
static json_t *fields_of(const json_t *view, const char *kind) {
  json_t *fields = json_array(), *name;
  size_t i;
  json_array_foreach(json_object_get(json_object_get(bf__view_kind(view, kind), "public"), "facts"), i, name) {
    json_t *field = json_object_get(bf__view_facts(view, kind), json_string_value(name));
    (void)json_array_append_new(fields, json_pack("{sO* sO* sO* sO* sO*}", "name", name, "zh", json_object_get(field, "zh"), "en",
                                                  json_object_get(field, "en"), "type", json_object_get(field, "type"), "choices",
                                                  json_object_get(field, "choices")));
  }
  return fields;
}

/* The words for a list: kinds with what they open, and places. */
static json_t *words_of(const json_t *view) {
  json_t *kinds = json_object(), *kind;
  const char *name;
  json_object_foreach(json_object_get(view, "kinds"), name, kind) if (json_object_get(kind, "public"))(void) json_object_set_new(
      kinds, name, json_pack("{sO* so}", "title", json_object_get(kind, "title"), "fields", fields_of(view, name)));
  return json_pack("{so sO*}", "kinds", kinds, "jurisdictions", json_object_get(view, "jurisdictions"));
}

static int cases(struct bf__reading *reading, struct bf_error *err) {
  const char *format = text(reading->params, "format");
  bool csv = format && strcmp(format, "csv") == 0;
  int64_t limit = csv ? CSV_ROWS : whole(reading->params, "limit", PAGE, 1, PAGE_MAX),
          cursor = whole(reading->params, "cursor", INT64_MAX, 0, INT64_MAX);
  json_t *items = json_array();
  char next[32];
  int r = items ? gather(reading, items, limit, &cursor, err) : no_memory(err);
  if (r >= 0 && csv) r = answer_csv(reading, items, cursor, err);
  if (r < 0 || csv) {
    json_decref(items);
    return r;
  }
  (void)snprintf(next, sizeof next, "%lld", (long long)cursor);
  reading->status = 200;
  reading->body = json_pack("{so ss* so*}", "items", items, "next_cursor", cursor > 0 ? next : NULL, "words",
                            words_of(bf__ruleset_view(bf__rules_set(reading->rules), NULL)));
  return reading->body ? 0 : no_memory(err);
}

static int one(struct bf__reading *reading, struct bf_error *err) {
  const char *id = text(reading->params, "id");
  json_t *state = NULL;
  int r = id ? bf__store_case_get(reading->store, id, &state, err) : BF_ENOTFOUND;
  if (r < 0 && r != BF_ENOTFOUND) return r;
  if (!state || !is_out(reading, state)) {
    json_decref(state);
    return bf__refuse_read(reading, 404, "case.unknown", "id", "没有这个事项,或尚未公开",
                           "There is no such case, or it has not been released.");
  }
  reading->status = 200;
  reading->body = shown(reading, state);
  json_t *fields = fields_of(view_of(reading, state), text(state, "kind"));
  if (!reading->body || json_object_set_new(reading->body, "fields", fields) < 0)
    r = no_memory(err);
  else
    r = 0;
  json_decref(state);
  return r;
}

const struct bf__operation bf__operations_public[] = {
    {.name = "public.cases", .kind = BF__READ, .access = BF__ANYONE, .read = cases},
    {.name = "public.case", .kind = BF__READ, .access = BF__ANYONE, .read = one},
    {.name = NULL},
};
