#include "sqlite_store.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define PARAMETERS_MAX 999 /* what every SQLite takes */

enum state { READY, ROW, DONE, FAILED };

struct bf_stmt {
  struct bf_db *db;
  sqlite3_stmt *sqlite;
  struct bf_stmt *next, **link; /* the connection's list */
  enum state state;
  int bind_fault; /* SQLite's code of the first failed bind, told by `step` */
  int count;      /* the highest parameter number */
  int index[];    /* [number - 1] → SQLite's index, 0 for a number the text does not use */
};

/* "$12" → 12; 0 for every other kind of parameter. */
static int number_of(const char *name) {
  if (!name || name[0] != '$' || !isdigit((unsigned char)name[1]) || name[1] == '0') return 0;
  char *end = NULL;
  long number = strtol(name + 1, &end, 10);
  return *end || number > PARAMETERS_MAX ? 0 : (int)number;
}

static int highest_number(sqlite3_stmt *sqlite, const char *where, struct bf_error *err) {
  int highest = 0;
  for (int i = 1; i <= sqlite3_bind_parameter_count(sqlite); i++) {
    const char *name = sqlite3_bind_parameter_name(sqlite, i);
    int number = number_of(name);
    if (number == 0)
      return bf_fail(err, BF_EINVAL, where, "the parameter '%.20s' is not one of $1 to $%d", name ? name : "?", PARAMETERS_MAX);
    if (number > highest) highest = number;
  }
  return highest;
}

static bool is_blank(const char *sql) {
  while (isspace((unsigned char)*sql) || *sql == ';') sql++;
  return *sql == '\0';
}

static int compile(struct bf_db *db, const char *sql, sqlite3_stmt **ret, struct bf_error *err) {
  const char *rest = "";
  int rc = sqlite3_prepare_v3(db->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, ret, &rest);
  if (rc != SQLITE_OK) return store_fail(db, rc, NULL, err);
  if (!*ret || !is_blank(rest))
    return bf_fail(err, BF_EINVAL, db->store->path, "exactly one statement can be prepared, not: %.200s", sql);
  return highest_number(*ret, db->store->path, err);
}

int stmt_prepare(struct bf_db *db, const char *sql, struct bf_stmt **ret_stmt, struct bf_error *err) {
  sqlite3_stmt *sqlite = NULL;
  struct bf_stmt *stmt = NULL;
  int count = compile(db, sql, &sqlite, err);
  if (count >= 0) {
    stmt = calloc(1, sizeof *stmt + (size_t)count * sizeof stmt->index[0]);
    if (!stmt) count = bf_fail(err, BF_ENOMEM, db->store->path, "no memory");
  }
  if (count < 0) {
    (void)sqlite3_finalize(sqlite);
    return count;
  }
  *stmt = (struct bf_stmt){.db = db, .sqlite = sqlite, .count = count, .next = db->first, .link = &db->first};
  for (int number = 1; number <= count; number++) {
    char name[16];
    (void)snprintf(name, sizeof name, "$%d", number);
    stmt->index[number - 1] = sqlite3_bind_parameter_index(sqlite, name);
  }
  if (db->first) db->first->link = &stmt->next;
  db->first = stmt;
  *ret_stmt = stmt;
  return 0;
}

void stmt_finalize(struct bf_stmt *stmt) {
  if (!stmt) return;
  (void)sqlite3_finalize(stmt->sqlite); /* repeats the last step's failure, which was told */
  *stmt->link = stmt->next;
  if (stmt->next) stmt->next->link = stmt->link;
  free(stmt);
}

static int index_of(const struct bf_stmt *stmt, int number) {
  return number >= 1 && number <= stmt->count ? stmt->index[number - 1] : 0;
}

static void note(struct bf_stmt *stmt, int rc) {
  if (rc != SQLITE_OK && stmt->bind_fault == SQLITE_OK) stmt->bind_fault = rc;
}

void stmt_bind_int(struct bf_stmt *stmt, int number, int64_t value) {
  note(stmt, sqlite3_bind_int64(stmt->sqlite, index_of(stmt, number), value));
}

void stmt_bind_text(struct bf_stmt *stmt, int number, const char *text, size_t length) {
  note(stmt, sqlite3_bind_text64(stmt->sqlite, index_of(stmt, number), text, length, SQLITE_STATIC, SQLITE_UTF8));
}

void stmt_bind_bytes(struct bf_stmt *stmt, int number, const void *bytes, size_t length) {
  note(stmt, sqlite3_bind_blob64(stmt->sqlite, index_of(stmt, number), bytes, length, SQLITE_STATIC));
}

void stmt_bind_null(struct bf_stmt *stmt, int number) {
  note(stmt, sqlite3_bind_null(stmt->sqlite, index_of(stmt, number)));
}

static int bind_failed(struct bf_stmt *stmt, struct bf_error *err) {
  const char *sql = sqlite3_sql(stmt->sqlite);
  stmt->state = FAILED;
  if (stmt->bind_fault == SQLITE_RANGE)
    return bf_fail(err, BF_EINVAL, stmt->db->store->path, "a parameter was bound that the text does not have: %.200s", sql);
  if (stmt->bind_fault == SQLITE_MISUSE)
    return bf_fail(err, BF_EINVAL, stmt->db->store->path, "a parameter was bound without a reset: %.200s", sql);
  return store_fail_handle(stmt->db->store, NULL, stmt->db->writer, stmt->bind_fault, NULL, err);
}

int stmt_step(struct bf_stmt *stmt, struct bf_error *err) {
  /* SQLite would run a finished statement again, with parameters whose memory the caller may have freed */
  if (stmt->state == DONE) return BF_DONE;
  if (stmt->state == FAILED) return bf_fail(err, BF_ESTATE, stmt->db->store->path, "the statement has failed: reset it first");
  int r = store_check_transaction(stmt->db, err);
  if (r < 0) return r;
  if (stmt->bind_fault != SQLITE_OK) return bind_failed(stmt, err);
  int rc = sqlite3_step(stmt->sqlite);
  stmt->state = rc == SQLITE_ROW ? ROW : rc == SQLITE_DONE ? DONE : FAILED;
  if (stmt->state == FAILED) return store_fail(stmt->db, rc, NULL, err);
  return stmt->state == ROW ? BF_ROW : BF_DONE;
}

void stmt_reset(struct bf_stmt *stmt) {
  if (!stmt) return;
  (void)sqlite3_reset(stmt->sqlite); /* repeats the last step's failure, which was told */
  if (stmt->count > 0) (void)sqlite3_clear_bindings(stmt->sqlite);
  stmt->bind_fault = SQLITE_OK;
  stmt->state = READY;
}

int64_t stmt_column_int(struct bf_stmt *stmt, int column) {
  return sqlite3_column_int64(stmt->sqlite, column);
}

const char *stmt_column_text(struct bf_stmt *stmt, int column, size_t *ret_length) {
  const char *text = (const char *)sqlite3_column_text(stmt->sqlite, column);
  if (ret_length) *ret_length = text ? (size_t)sqlite3_column_bytes(stmt->sqlite, column) : 0;
  return text;
}

/* SQLite gives NULL for an empty value too; here NULL is SQL's alone. */
const void *stmt_column_bytes(struct bf_stmt *stmt, int column, size_t *ret_length) {
  const void *bytes = sqlite3_column_blob(stmt->sqlite, column);
  if (ret_length) *ret_length = bytes ? (size_t)sqlite3_column_bytes(stmt->sqlite, column) : 0;
  return bytes ? bytes : stmt_column_null(stmt, column) ? NULL : "";
}

bool stmt_column_null(struct bf_stmt *stmt, int column) {
  return sqlite3_column_type(stmt->sqlite, column) == SQLITE_NULL;
}
