#include "store.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const char schema[] =
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);"
    "CREATE TABLE sequences (name TEXT PRIMARY KEY, value BIGINT NOT NULL);"
    "CREATE TABLE cases (id TEXT PRIMARY KEY, number BIGINT NOT NULL, kind TEXT NOT NULL, jurisdiction TEXT NOT NULL, unit TEXT "
    "NOT NULL,"
    " title TEXT NOT NULL, secret BIGINT NOT NULL, open BIGINT NOT NULL, version BIGINT NOT NULL, ruleset TEXT NOT NULL,"
    " created_ms BIGINT NOT NULL, changed_ms BIGINT NOT NULL, state TEXT NOT NULL);"
    "CREATE UNIQUE INDEX cases_number ON cases (number);"
    "CREATE INDEX cases_unit ON cases (unit, number);"
    "CREATE INDEX cases_place ON cases (jurisdiction, kind, number);"
    "CREATE TABLE case_stages (case_id TEXT NOT NULL, stage TEXT NOT NULL, PRIMARY KEY (stage, case_id));"
    "CREATE INDEX case_stages_case ON case_stages (case_id);"
    "CREATE TABLE events (seq BIGINT PRIMARY KEY, case_id TEXT, at_ms BIGINT NOT NULL, body TEXT NOT NULL, hash BYTEA NOT NULL);"
    "CREATE INDEX events_case ON events (case_id, seq);"
    "CREATE TABLE deadlines (case_id TEXT NOT NULL, stage TEXT NOT NULL, name TEXT NOT NULL, rung TEXT NOT NULL, at_ms BIGINT "
    "NOT NULL,"
    " due TEXT NOT NULL, PRIMARY KEY (case_id, stage, name, rung));"
    "CREATE INDEX deadlines_at ON deadlines (at_ms);"
    "CREATE INDEX deadlines_due ON deadlines (rung, due);"
    "CREATE TABLE outbox (id BIGINT PRIMARY KEY, key TEXT NOT NULL UNIQUE, channel TEXT NOT NULL, recipient TEXT NOT NULL, "
    "case_id TEXT,"
    " at_ms BIGINT NOT NULL, next_ms BIGINT NOT NULL, attempts BIGINT NOT NULL, state TEXT NOT NULL, body TEXT NOT NULL, fault "
    "TEXT);"
    "CREATE INDEX outbox_next ON outbox (state, next_ms);"
    "CREATE TABLE inbox (id BIGINT PRIMARY KEY, key TEXT NOT NULL UNIQUE, recipient TEXT NOT NULL, case_id TEXT, at_ms BIGINT "
    "NOT NULL,"
    " read_ms BIGINT, body TEXT NOT NULL);"
    "CREATE INDEX inbox_recipient ON inbox (recipient, id);"
    "CREATE TABLE documents (case_id TEXT NOT NULL, id BIGINT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT "
    "NULL,"
    " sha256 TEXT NOT NULL, bytes BIGINT NOT NULL, at_ms BIGINT NOT NULL, PRIMARY KEY (case_id, id));"
    "CREATE INDEX documents_sha ON documents (sha256);"
    "CREATE TABLE registers (name TEXT NOT NULL, id TEXT NOT NULL, jurisdiction TEXT NOT NULL, version BIGINT NOT NULL, body "
    "TEXT NOT NULL,"
    " PRIMARY KEY (name, id));"
    "CREATE TABLE orgs (id TEXT PRIMARY KEY, body TEXT NOT NULL);"
    "CREATE TABLE users (id TEXT PRIMARY KEY, body TEXT NOT NULL);"
    "CREATE TABLE sessions (hash TEXT PRIMARY KEY, user_id TEXT NOT NULL, expires_ms BIGINT NOT NULL);"
    "CREATE TABLE feeds (user_id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE);"
    "CREATE TABLE rulesets (hash TEXT PRIMARY KEY, at_ms BIGINT NOT NULL, bundle TEXT NOT NULL);"
    "CREATE TABLE idempotency (actor TEXT NOT NULL, key TEXT NOT NULL, request TEXT NOT NULL, status BIGINT NOT NULL, version "
    "BIGINT NOT NULL,"
    " location TEXT, answer TEXT NOT NULL, at_ms BIGINT NOT NULL, PRIMARY KEY (actor, key));"
    "CREATE INDEX idempotency_at ON idempotency (at_ms);";

#define STATEMENTS 128 /* more distinct SQL texts than this in one program is a mistake */

struct bf__store {
  const struct bf_storage *calls;
  struct bf_db *db;
  struct {
    const char *sql;
    struct bf_stmt *stmt;
  } statements[STATEMENTS];
  int count;
};

/* From each version to the next. A step that has been released is never changed: a new one is put at the end, and
 * BF__SCHEMA_VERSION counts them. A new database takes all of them too. */
static const char *const upgrades[] = {
    /* 2: cases that stay on an older ruleset */
    "CREATE TABLE case_stays (case_id TEXT PRIMARY KEY, ruleset TEXT NOT NULL);"
    "CREATE INDEX case_stays_ruleset ON case_stays (ruleset);",
    /* 3: many deadlines of one moment are fired in order without sorting them all for each batch */
    "DROP INDEX deadlines_at; CREATE INDEX deadlines_at ON deadlines (at_ms, case_id);",
    /* 4: candidates on their way into force */
    "CREATE TABLE rules_candidates (hash TEXT PRIMARY KEY, at_ms BIGINT NOT NULL, state TEXT NOT NULL, due_ms BIGINT NOT NULL,"
    " body TEXT NOT NULL, bundle TEXT NOT NULL);"
    "CREATE INDEX rules_candidates_due ON rules_candidates (state, due_ms);",
    /* 5: proofs of red lines, each under the hash of all that it rests on */
    "CREATE TABLE rules_proofs (view_hash TEXT PRIMARY KEY, at_ms BIGINT NOT NULL, ok BIGINT NOT NULL, body TEXT NOT NULL);",
    /* 6: each channel has its own queue */
    "DROP INDEX outbox_next; CREATE INDEX outbox_next ON outbox (channel, state, next_ms);"
    "CREATE INDEX outbox_state ON outbox (state, next_ms);",
    /* 7: duties that ended, so that a calendar that shows them takes them back */
    "CREATE TABLE deadlines_ended (case_id TEXT NOT NULL, stage TEXT NOT NULL, name TEXT NOT NULL, due TEXT NOT NULL,"
    " at_ms BIGINT NOT NULL, PRIMARY KEY (case_id, stage, name));"
    "CREATE INDEX deadlines_ended_at ON deadlines_ended (at_ms);",
};
_Static_assert(sizeof upgrades / sizeof *upgrades == BF__SCHEMA_VERSION - 1, "one step for each version after the first");

/* Everything from version FOUND (0: an empty database) to today's, in one transaction. */
static int make_tables(struct bf__store *store, int found, struct bf_error *err) {
  char sql[128];
  int r = store->calls->begin(store->db, err);
  if (r < 0) return r;
  if (found == 0) r = store->calls->exec(store->db, schema, err);
  for (int version = found ? found : 1; r >= 0 && version < BF__SCHEMA_VERSION; version++)
    r = store->calls->exec(store->db, upgrades[version - 1], err);
  (void)snprintf(sql, sizeof sql,
                 found ? "UPDATE meta SET value = '%d' WHERE key = 'schema'"
                       : "INSERT INTO meta (key, value) VALUES ('schema', '%d')",
                 BF__SCHEMA_VERSION);
  if (r >= 0) r = store->calls->exec(store->db, sql, err);
  if (r < 0) {
    store->calls->rollback(store->db);
    return r;
  }
  return store->calls->commit(store->db, err);
}

static int check_version(struct bf__store *store, bool write, struct bf_error *err) {
  struct bf_error probe = {0};
  char *version = NULL;
  int r = bf__store_meta_get(store, "schema", &version, &probe);
  if (r < 0 && probe.code == BF_EINVAL && write) return make_tables(store, 0, err); /* no table yet: a new database */
  if (r < 0) return bf_fail(err, r, probe.where, "%s", probe.message);              /* damaged: never written over */
  int found = version ? (int)strtol(version, NULL, 10) : 0;
  free(version);
  if (found > BF__SCHEMA_VERSION)
    return bf_fail(
        err, BF_EVERSION, "storage",
        "the database was made by a newer banfa (its version is %d, this program knows %d): use that program, or a backup", found,
        BF__SCHEMA_VERSION);
  if (found < 1) return bf_fail(err, BF_EIO, "storage", "the database has no version mark: it is not banfa's, or it is damaged");
  if (found == BF__SCHEMA_VERSION) return 0;
  return write ? make_tables(store, found, err)
               : bf_fail(err, BF_EVERSION, "storage",
                         "the database is of an older banfa: start the server once, it brings it up to date");
}

int bf__store_open(const struct bf_storage *storage, bool write, struct bf__store **ret, struct bf_error *err) {
  struct bf__store *store = calloc(1, sizeof *store);
  if (!store) return bf_fail(err, BF_ENOMEM, "storage", "no memory");
  store->calls = storage;
  int r = storage->open(storage, write ? BF_DB_WRITE | BF_DB_CREATE : 0, &store->db, err);
  if (r >= 0) r = check_version(store, write, err);
  if (r < 0) {
    bf__store_close(store);
    return r;
  }
  *ret = store;
  return 0;
}

void bf__store_close(struct bf__store *store) {
  if (!store) return;
  for (int i = 0; i < store->count; i++) store->calls->finalize(store->statements[i].stmt);
  store->calls->close(store->db);
  free(store);
}

int bf__store_begin(struct bf__store *store, struct bf_error *err) {
  return store->calls->begin(store->db, err);
}
int bf__store_commit(struct bf__store *store, struct bf_error *err) {
  /* a finished statement may still hold its read position: a commit wants them all reset */
  for (int i = 0; i < store->count; i++) store->calls->reset(store->statements[i].stmt);
  return store->calls->commit(store->db, err);
}
void bf__store_rollback(struct bf__store *store) {
  for (int i = 0; i < store->count; i++) store->calls->reset(store->statements[i].stmt);
  store->calls->rollback(store->db);
}
int bf__store_backup(struct bf__store *store, const char *path, struct bf_error *err) {
  return store->calls->backup(store->db, path, err);
}
const struct bf_storage *bf__store_calls(const struct bf__store *store) {
  return store->calls;
}

struct bf_stmt *bf__store_sql(struct bf__store *store, const char *sql, struct bf_error *err) {
  for (int i = 0; i < store->count; i++) {
    if (store->statements[i].sql == sql) {
      store->calls->reset(store->statements[i].stmt);
      return store->statements[i].stmt;
    }
  }
  if (store->count == STATEMENTS) {
    (void)bf_fail(err, BF_ELIMIT, "storage", "more than %d different statements", STATEMENTS);
    return NULL;
  }
  struct bf_stmt *stmt = NULL;
  if (store->calls->prepare(store->db, sql, &stmt, err) < 0) return NULL;
  store->statements[store->count].sql = sql;
  store->statements[store->count++].stmt = stmt;
  return stmt;
}

/* Values bound as JSON text must outlive the step: they are kept here until the caller is done with the row. */
struct kept {
  char *texts[8];
  int count;
};

static void kept_done(struct kept *kept) {
  for (int i = 0; i < kept->count; i++) free(kept->texts[i]);
}

static int bind_all(const struct bf_storage *calls, struct bf_stmt *stmt, const char *format, va_list args, struct kept *kept) {
  for (int number = 1; *format; format++, number++) {
    if (*format == 'i') {
      calls->bind_int(stmt, number, va_arg(args, int64_t));
    } else if (*format == 't') {
      const char *text = va_arg(args, const char *);
      if (text)
        calls->bind_text(stmt, number, text, strlen(text));
      else
        calls->bind_null(stmt, number);
    } else if (*format == 'b') {
      const void *bytes = va_arg(args, const void *);
      calls->bind_bytes(stmt, number, bytes, va_arg(args, size_t));
    } else if (*format == 'j') {
      char *text = json_dumps(va_arg(args, const json_t *), JSON_COMPACT);
      if (!text || kept->count == 8) {
        free(text);
        return BF_ENOMEM;
      }
      kept->texts[kept->count++] = text;
      calls->bind_text(stmt, number, text, strlen(text));
    }
  }
  return 0;
}

int bf__store_run(struct bf__store *store, const char *sql, struct bf_stmt **ret_stmt, struct bf_error *err, const char *format,
                  ...) {
  struct bf_stmt *stmt = bf__store_sql(store, sql, err);
  if (!stmt) return BF_EIO;
  struct kept kept = {{0}, 0};
  va_list args;
  va_start(args, format);
  int r = bind_all(store->calls, stmt, format, args, &kept);
  va_end(args);
  if (r < 0)
    r = bf_fail(err, r, "storage", "no memory");
  else
    r = store->calls->step(stmt, err);
  if (ret_stmt) *ret_stmt = stmt;
  if (r != BF_ROW) store->calls->reset(stmt);
  kept_done(&kept);
  return r;
}

static json_t *column(const struct bf_storage *calls, struct bf_stmt *stmt, int number, char type) {
  if (calls->column_null(stmt, number)) return json_null();
  if (type == 'i') return json_integer(calls->column_int(stmt, number));
  size_t length = 0;
  const char *text = calls->column_text(stmt, number, &length);
  if (!text) return NULL;
  return type == 'j' ? json_loadb(text, length, JSON_DECODE_ANY, NULL) : json_stringn(text, length);
}

/* One row as an object after COLUMNS, "name:type name:type …". */
static json_t *row_object(const struct bf_storage *calls, struct bf_stmt *stmt, const char *columns) {
  json_t *row = json_object();
  for (int number = 0; row && *columns; number++) {
    size_t name = strcspn(columns, ":");
    json_t *value = column(calls, stmt, number, columns[name + 1]);
    if (json_object_setn_new(row, columns, name, value) < 0) {
      json_decref(row);
      return NULL;
    }
    columns += name + 2;
    while (*columns == ' ') columns++;
  }
  return row;
}

int bf__store_rows(struct bf__store *store, const char *sql, const char *columns, json_t **ret, struct bf_error *err,
                   const char *format, ...) {
  struct bf_stmt *stmt = bf__store_sql(store, sql, err);
  if (!stmt) return BF_EIO;
  struct kept kept = {{0}, 0};
  json_t *rows = json_array();
  va_list args;
  va_start(args, format);
  int r = rows ? bind_all(store->calls, stmt, format, args, &kept) : BF_ENOMEM;
  va_end(args);
  if (r == 0) {
    while ((r = store->calls->step(stmt, err)) == BF_ROW) {
      if (json_array_append_new(rows, row_object(store->calls, stmt, columns)) < 0) {
        r = bf_fail(err, BF_ENOMEM, "storage", "no memory, or a column that is not JSON");
        break;
      }
    }
  }
  store->calls->reset(stmt);
  kept_done(&kept);
  if (r < 0) {
    json_decref(rows);
    return r;
  }
  *ret = rows;
  return 0;
}

int bf__store_meta_get(struct bf__store *store, const char *key, char **ret, struct bf_error *err) {
  struct bf_stmt *stmt;
  int r = bf__store_run(store, "SELECT value FROM meta WHERE key = $1", &stmt, err, "t", key);
  if (r < 0) return r;
  *ret = NULL;
  if (r == BF_ROW) {
    size_t length;
    const char *text = store->calls->column_text(stmt, 0, &length);
    *ret = text ? strndup(text, length) : NULL;
    store->calls->reset(stmt);
    if (!*ret) return bf_fail(err, BF_ENOMEM, "storage", "no memory");
  }
  return 0;
}

int bf__store_meta_put(struct bf__store *store, const char *key, const char *value, struct bf_error *err) {
  return bf__store_run(store,
                       "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                       NULL, err, "tt", key, value);
}

int bf__store_next(struct bf__store *store, const char *sequence, int64_t *ret, struct bf_error *err) {
  int r = bf__store_run(
      store, "INSERT INTO sequences (name, value) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET value = sequences.value + 1",
      NULL, err, "t", sequence);
  if (r < 0) return r;
  struct bf_stmt *stmt;
  r = bf__store_run(store, "SELECT value FROM sequences WHERE name = $1", &stmt, err, "t", sequence);
  if (r < 0) return r;
  if (r != BF_ROW) return bf_fail(err, BF_EIO, "storage", "sequence %s vanished", sequence);
  *ret = store->calls->column_int(stmt, 0);
  store->calls->reset(stmt);
  return 0;
}

int bf__store_case_get(struct bf__store *store, const char *id, json_t **ret_state, struct bf_error *err) {
  struct bf_stmt *stmt;
  int r = bf__store_run(store, "SELECT state FROM cases WHERE id = $1", &stmt, err, "t", id);
  if (r < 0) return r;
  if (r != BF_ROW) return bf_fail(err, BF_ENOTFOUND, id, "there is no such case");
  json_t *state = column(store->calls, stmt, 0, 'j');
  store->calls->reset(stmt);
  if (!state) return bf_fail(err, BF_EIO, id, "the stored case is not readable: check the database");
  *ret_state = state;
  return 0;
}

static const char *member(const json_t *state, const char *name) {
  const char *text = json_string_value(json_object_get(state, name));
  return text ? text : "";
}
static int64_t member_int(const json_t *state, const char *name) {
  return json_integer_value(json_object_get(state, name));
}

int bf__store_case_put(struct bf__store *store, const json_t *state, bool is_new, const char *text, int64_t now_ms,
                       struct bf_error *err) {
  int64_t open = json_object_get(state, "ended") ? 0 : 1;
  if (!is_new)
    return bf__store_run(store,
                         "UPDATE cases SET title = $2, secret = $3, open = $4, version = $5, ruleset = $6, changed_ms = $7, "
                         "state = $8 WHERE id = $1",
                         NULL, err, "ttiiitit", member(state, "id"), member(state, "title"), member_int(state, "secret"), open,
                         member_int(state, "version"), member(state, "ruleset"), now_ms, text);
  return bf__store_run(store,
                       "INSERT INTO cases (id, number, kind, jurisdiction, unit, title, secret, open, version, ruleset, "
                       "created_ms, changed_ms, state)"
                       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12)",
                       NULL, err, "tittttiiitit", member(state, "id"), member_int(state, "number"), member(state, "kind"),
                       member(state, "jurisdiction"), member(state, "unit"), member(state, "title"), member_int(state, "secret"),
                       open, member_int(state, "version"), member(state, "ruleset"), now_ms, text);
}

int bf__store_case_stages(struct bf__store *store, const json_t *state, struct bf_error *err) {
  const char *id = member(state, "id"), *name;
  json_t *stage;
  int r = bf__store_run(store, "DELETE FROM case_stages WHERE case_id = $1", NULL, err, "t", id);
  json_object_foreach(json_object_get(state, "stages"), name, stage) {
    if (r < 0) break;
    if (strcmp(member(stage, "state"), "open") != 0) continue;
    r = bf__store_run(store, "INSERT INTO case_stages (case_id, stage) VALUES ($1, $2)", NULL, err, "tt", id, name);
  }
  return r < 0 ? r : 0;
}

int bf__store_event_put(struct bf__store *store, int64_t seq, const char *case_id, int64_t at_ms, const char *text, size_t length,
                        const unsigned char hash[BF__HASH_BYTES], struct bf_error *err) {
  struct bf_stmt *stmt =
      bf__store_sql(store, "INSERT INTO events (seq, case_id, at_ms, body, hash) VALUES ($1, $2, $3, $4, $5)", err);
  if (!stmt) return BF_EIO;
  const struct bf_storage *calls = store->calls;
  calls->bind_int(stmt, 1, seq);
  if (case_id)
    calls->bind_text(stmt, 2, case_id, strlen(case_id));
  else
    calls->bind_null(stmt, 2);
  calls->bind_int(stmt, 3, at_ms);
  calls->bind_text(stmt, 4, text, length);
  calls->bind_bytes(stmt, 5, hash, BF__HASH_BYTES);
  int r = calls->step(stmt, err);
  calls->reset(stmt);
  return r;
}

int bf__store_head(struct bf__store *store, int64_t *ret_seq, int64_t *ret_at_ms, unsigned char ret_hash[BF__HASH_BYTES],
                   struct bf_error *err) {
  struct bf_stmt *stmt;
  int r = bf__store_run(store, "SELECT seq, at_ms, hash FROM events ORDER BY seq DESC LIMIT 1", &stmt, err, "");
  if (r < 0) return r;
  *ret_seq = *ret_at_ms = 0;
  memset(ret_hash, 0, BF__HASH_BYTES);
  if (r == BF_DONE) return 0;
  size_t length = 0;
  const void *hash = store->calls->column_bytes(stmt, 2, &length);
  *ret_seq = store->calls->column_int(stmt, 0);
  *ret_at_ms = store->calls->column_int(stmt, 1);
  if (length == BF__HASH_BYTES) memcpy(ret_hash, hash, BF__HASH_BYTES);
  store->calls->reset(stmt);
  return length == BF__HASH_BYTES ? 0
                                  : bf_fail(err, BF_EIO, "events", "the last event's hash is damaged: run banfa audit verify");
}

int bf__store_rung_put(struct bf__store *store, const char *case_id, const char *stage, const char *name, const char *rung,
                       int64_t at_ms, const char *due, struct bf_error *err) {
  return bf__store_run(store,
                       "INSERT INTO deadlines (case_id, stage, name, rung, at_ms, due) VALUES ($1, $2, $3, $4, $5, $6)"
                       " ON CONFLICT (case_id, stage, name, rung) DO UPDATE SET at_ms = excluded.at_ms, due = excluded.due",
                       NULL, err, "ttttit", case_id, stage, name, rung, at_ms, due);
}

int bf__store_rung_drop(struct bf__store *store, const char *case_id, const char *stage, const char *name, const char *rung,
                        struct bf_error *err) {
  return bf__store_run(store, "DELETE FROM deadlines WHERE case_id = $1 AND stage = $2 AND name = $3 AND rung = $4", NULL, err,
                       "tttt", case_id, stage, name, rung);
}

int bf__store_deadline_ended(struct bf__store *store, const char *case_id, const char *stage, const char *name, const char *due,
                             int64_t at_ms, struct bf_error *err) {
  return bf__store_run(store,
                       "INSERT INTO deadlines_ended (case_id, stage, name, due, at_ms) VALUES ($1, $2, $3, $4, $5)"
                       " ON CONFLICT (case_id, stage, name) DO UPDATE SET due = excluded.due, at_ms = excluded.at_ms",
                       NULL, err, "tttti", case_id, stage, name, due, at_ms);
}

int bf__store_deadline_runs(struct bf__store *store, const char *case_id, const char *stage, const char *name,
                            struct bf_error *err) {
  return bf__store_run(store, "DELETE FROM deadlines_ended WHERE case_id = $1 AND stage = $2 AND name = $3", NULL, err, "ttt",
                       case_id, stage, name);
}

int bf__store_rung_next(struct bf__store *store, int64_t *ret_at, struct bf_error *err) {
  struct bf_stmt *stmt;
  int r = bf__store_run(store, "SELECT at_ms FROM deadlines ORDER BY at_ms LIMIT 1", &stmt, err, "");
  if (r < 0) return r;
  *ret_at = r == BF_ROW ? store->calls->column_int(stmt, 0) : INT64_MAX;
  if (r == BF_ROW) store->calls->reset(stmt);
  return 0;
}
