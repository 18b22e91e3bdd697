/* The live stream: what has happened since a place in the chain, for one reader, as Server-Sent Events (WHATWG HTML, 9.2). A
 * transport asks again and again; nothing is kept for a reader here, so a stream that was cut goes on from its last id. */
#include <stdlib.h>
#include <string.h>

#include "notice.h"
#include "permit.h"
#include "turn.h"

#define LOOKED_AT 500 /* events of the chain in one answer */
#define BEHIND 20000  /* further back than that a reader loads anew */
#define NOTICES 50

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "stream", "no memory");
}

/* Where a reader is: the last event looked at, and the last notice. */
struct place {
  int64_t event, notice;
};

/* "17.4", as the id of an event says. */
static bool parse_place(const char *from, struct place *ret) {
  char *end;
  if (!from || *from < '0' || *from > '9') return false;
  ret->event = strtoll(from, &end, 10);
  if (*end != '.' || end[1] < '0' || end[1] > '9') return false;
  ret->notice = strtoll(end + 1, &end, 10);
  return *end == 0;
}

static int last_of(struct bf__reading *reading, const char *sql, int64_t *ret, struct bf_error *err) {
  struct bf_stmt *stmt;
  int r = bf__store_run(reading->store, sql, &stmt, err, "");
  if (r < 0) return r;
  *ret = r == BF_ROW ? bf__store_calls(reading->store)->column_int(stmt, 0) : 0;
  bf__store_calls(reading->store)->reset(stmt);
  return 0;
}

/* One event as the wire wants it: no line end stands within compact JSON. */
static int put(FILE *out, const char *name, const struct place *place, json_t *data) {
  char *line = data ? json_dumps(data, JSON_COMPACT) : NULL;
  json_decref(data);
  if (!line) return BF_ENOMEM;
  (void)fprintf(out, "id: %lld.%lld\nevent: %s\ndata: %s\n\n", (long long)place->event, (long long)place->notice, name, line);
  free(line);
  return 0;
}

/* A case that the reader may not see has no event: nothing tells that it is there. */
static int put_case(struct bf__reading *reading, const json_t *row, const struct place *place, FILE *out) {
  const json_t *state = json_object_get(row, "state"), *event = json_object_get(row, "body");
  char at[32];
  if (!json_is_object(state) || !bf__may_see(reading, state)) return 0;
  bf__moment_format(json_integer_value(json_object_get(row, "at")), at);
  return put(out, "case", place,
             json_pack("{sO sO* sO* sO* ss* ss* ss* ss* ss* ss}", "case", json_object_get(state, "id"), "title",
                       json_object_get(state, "title"), "version", json_object_get(event, "version"), "kind",
                       json_object_get(state, "kind"), "do", text(event, "do"), "stage", text(event, "stage"), "action",
                       text(event, "action"), "deadline", text(event, "deadline"), "by",
                       text(json_object_get(event, "actor"), "name"), "at", at));
}

static int put_cases(struct bf__reading *reading, struct place *place, FILE *out, struct bf_error *err) {
  json_t *rows = NULL, *row;
  size_t i;
  int r =
      bf__store_rows(reading->store,
                     "SELECT e.seq, e.at_ms, e.body, c.state FROM events e LEFT JOIN cases c ON c.id = e.case_id WHERE e.seq > $1"
                     " ORDER BY e.seq LIMIT $2",
                     "seq:i at:i body:j state:j", &rows, err, "ii", place->event, (int64_t)LOOKED_AT);
  json_array_foreach(rows, i, row) {
    place->event = json_integer_value(json_object_get(row, "seq"));
    if (r >= 0 && put_case(reading, row, place, out) < 0) r = no_memory(err);
  }
  json_decref(rows);
  return r;
}

static bool may_read(const struct bf__reading *reading, const json_t *row) {
  const json_t *state = json_object_get(row, "state");
  return !json_is_object(state) || bf__may_see(reading, state);
}

static int put_notices(struct bf__reading *reading, struct place *place, FILE *out, struct bf_error *err) {
  const char *org = text(reading->actor, "org"), *user = text(reading->actor, "user");
  char person[120];
  json_t *rows = NULL, *row;
  size_t i;
  (void)snprintf(person, sizeof person, BF__TO_PERSON "%s", user ? user : "");
  int r = bf__store_rows(reading->store,
                         "SELECT i.id, i.body, c.state FROM inbox i LEFT JOIN cases c ON c.id = i.case_id WHERE (i.recipient = "
                         "$1 OR i.recipient = $4) AND"
                         " i.id > $2 ORDER BY i.id LIMIT $3",
                         "id:i body:j state:j", &rows, err, "tiit", org ? org : "", place->notice, (int64_t)NOTICES, person);
  json_array_foreach(rows, i, row) {
    place->notice = json_integer_value(json_object_get(row, "id"));
    if (r < 0 || !may_read(reading, row)) continue;
    json_t *body = json_copy(json_object_get(row, "body"));
    if (!body || json_object_set(body, "id", json_object_get(row, "id")) < 0 || put(out, "notice", place, json_incref(body)) < 0)
      r = no_memory(err);
    json_decref(body);
  }
  json_decref(rows);
  return r;
}

/* A new reader starts at the end; one that is too far behind is told to load what it shows anew. */
static int find_place(struct bf__reading *reading, struct place *ret, FILE *out, struct bf_error *err) {
  struct place last;
  int r = last_of(reading, "SELECT COALESCE(MAX(seq), 0) FROM events", &last.event, err);
  if (r >= 0) r = last_of(reading, "SELECT COALESCE(MAX(id), 0) FROM inbox", &last.notice, err);
  if (r < 0) return r;
  bool known = parse_place(bf__param(reading->params, "after"), ret);
  if (known && ret->event <= last.event && last.event - ret->event <= BEHIND) return 0;
  *ret = last;
  return known && put(out, "reload", ret, json_object()) < 0 ? no_memory(err) : 0;
}

static int read_stream(struct bf__reading *reading, struct bf_error *err) {
  struct place place;
  size_t length;
  FILE *out = open_memstream(&reading->text, &length);
  if (!out) return no_memory(err);
  int r = find_place(reading, &place, out, err);
  if (r >= 0) r = put_cases(reading, &place, out, err);
  if (r >= 0) r = put_notices(reading, &place, out, err);
  /* an id alone moves the reader on without an event: it need not look at the same ones again */
  (void)fprintf(out, "id: %lld.%lld\n\n", (long long)place.event, (long long)place.notice);
  bool bad = ferror(out) != 0;
  if (fclose(out) != 0 || bad) r = r < 0 ? r : no_memory(err);
  if (r < 0) {
    free(reading->text);
    reading->text = NULL;
    return r;
  }
  reading->status = 200;
  reading->type = "text/event-stream; charset=utf-8";
  return 0;
}

const struct bf__operation bf__operations_stream[] = {
    {.name = "stream.read", .kind = BF__READ, .access = BF__USER, .read = read_stream},
    {.name = NULL},
};
