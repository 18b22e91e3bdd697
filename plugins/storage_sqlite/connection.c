#include "sqlite_store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The file is made here and not by SQLite, so that nobody else on the machine can read it; SQLite gives its log the same rights.
 * A file that is there is never opened: closing it would drop the locks that SQLite holds on it in this process. */
static int make_file(const struct store *store, struct bf_error *err) {
  if (mkdir(store->folder, 0700) < 0 && errno != EEXIST)
    return bf_fail(err, errno == ENOSPC ? BF_EFULL : BF_EIO, store->folder, "the data folder can't be made: %s", strerror(errno));
  int fd = open(store->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd >= 0)
    (void)close(fd);
  else if (errno != EEXIST)
    return bf_fail(err, errno == ENOSPC ? BF_EFULL : BF_EIO, store->path, "the database can't be made: %s", strerror(errno));
  return 0;
}

static int check_file(const struct store *store, struct bf_error *err) {
  if (access(store->path, F_OK) == 0) return 0;
  if (errno == ENOENT) return bf_fail(err, BF_ENOTFOUND, store->path, "there is no database yet");
  return bf_fail(err, BF_EIO, store->path, "the database can't be read: %s", strerror(errno));
}

static int apply(struct bf_db *db, const char *pragmas, struct bf_error *err) {
  int rc = sqlite3_exec(db->sqlite, pragmas, NULL, NULL, NULL);
  return rc == SQLITE_OK ? 0 : store_fail(db, rc, NULL, err);
}

/* In this order: WAL is a property of the file, and reading it is also the first look at whether the file is a database at all.
 */
static int use_wal(struct bf_db *db, struct bf_error *err) {
  sqlite3_stmt *stmt = NULL;
  int rc = sqlite3_prepare_v2(db->sqlite, "PRAGMA journal_mode=WAL", -1, &stmt, NULL);
  if (rc == SQLITE_OK) rc = sqlite3_step(stmt);
  const char *mode = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
  int r = 0;
  if (rc != SQLITE_ROW)
    r = store_fail(db, rc, NULL, err);
  else if (!mode || strcmp(mode, "wal") != 0)
    r = bf_fail(err, BF_EIO, db->store->path,
                "this file system can't hold a write-ahead log (a network share?): use a local disk");
  (void)sqlite3_finalize(stmt);
  return r;
}

static int configure(struct bf_db *db, struct bf_error *err) {
  const struct store *store = db->store;
  char pragmas[512];
  (void)sqlite3_extended_result_codes(db->sqlite, 1);
  (void)sqlite3_busy_timeout(db->sqlite, store->busy_ms);
  /* "text" is a name and never a string, as in PostgreSQL; and no statement may write to SQLite's own tables */
  (void)sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
  (void)sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
  (void)sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  (void)sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  int r = db->writer ? use_wal(db, err) : 0;
  if (r < 0) return r;
  (void)snprintf(pragmas, sizeof pragmas,
                 "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-%d;"
                 "PRAGMA mmap_size=%" PRId64 "; PRAGMA journal_size_limit=%" PRId64 "; PRAGMA wal_autocheckpoint=0;"
                 "SELECT count(*) FROM sqlite_schema",
                 db->writer ? store->writer_cache_kib : store->reader_cache_kib, store->mmap_bytes, store->wal_bytes);
  return apply(db, pragmas, err);
}

static int open_sqlite(struct bf_db *db, unsigned flags, struct bf_error *err) {
  const struct store *store = db->store;
  int r = flags & BF_DB_CREATE ? make_file(store, err) : check_file(store, err);
  if (r >= 0 && db->writer) r = lock_take(store, &db->lock_fd, err);
  if (r < 0) return r;
  int rc = sqlite3_open_v2(
      store->path, &db->sqlite,
      SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (db->writer ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY), NULL);
  if (rc != SQLITE_OK) return store_fail(db, rc, NULL, err);
  r = configure(db, err);
  if (r >= 0 && db->writer) r = checkpointer_new(db, &db->checkpointer, err);
  return r;
}

int db_open(const struct bf_storage *self, unsigned flags, struct bf_db **ret_db, struct bf_error *err) {
  struct store *store = (struct store *)self; /* calls come first in it */
  struct bf_db *db = calloc(1, sizeof *db);
  if (!db) return bf_fail(err, BF_ENOMEM, store->path, "no memory");
  db->store = store;
  db->lock_fd = -1;
  db->writer = (flags & BF_DB_WRITE) != 0;
  atomic_fetch_add(&store->connections, 1);
  int r = open_sqlite(db, flags, err);
  if (r < 0)
    db_close(db);
  else
    *ret_db = db;
  return r;
}

void db_close(struct bf_db *db) {
  if (!db) return;
  struct store *store = db->store;
  db_rollback(db);
  checkpointer_free(db->checkpointer);
  while (db->first) stmt_finalize(db->first);
  /* the last connection to close moves the log into the database and removes it */
  if (sqlite3_close(db->sqlite) != SQLITE_OK)
    store->host->log(store->host->context, BF_LOG_ERROR, "storage.close", "%s", sqlite3_errmsg(db->sqlite));
  lock_drop(db->lock_fd);
  free(db);
  atomic_fetch_sub(&store->connections, 1);
}

/* A copy of SQL in which a BIGINT as the primary key is called INTEGER: to SQLite that is the row's own number, where BIGINT
 * would be one more column with an index of its own. */
static char *with_row_numbers(const char *sql) {
  static const char portable[] = "BIGINT PRIMARY KEY", own[] = "INTEGER PRIMARY KEY";
  size_t more = 0;
  for (const char *at = sql; (at = strstr(at, portable)); at += sizeof portable - 1) more += sizeof own - sizeof portable;
  char *copy = malloc(strlen(sql) + more + 1), *to = copy;
  if (!copy) return NULL;
  for (const char *at; (at = strstr(sql, portable)); sql = at + sizeof portable - 1)
    to = stpcpy(mempcpy(to, sql, (size_t)(at - sql)), own);
  (void)stpcpy(to, sql);
  return copy;
}

int db_exec(struct bf_db *db, const char *sql, struct bf_error *err) {
  int r = store_check_transaction(db, err);
  if (r < 0) return r;
  char *text = with_row_numbers(sql);
  if (!text) return bf_fail(err, BF_ENOMEM, db->store->path, "no memory");
  int rc = sqlite3_exec(db->sqlite, text, NULL, NULL, NULL);
  free(text);
  return rc == SQLITE_OK ? 0 : store_fail(db, rc, NULL, err);
}

/* The writer takes the write lock at once: a transaction that starts as a reader may be refused half-way. */
int db_begin(struct bf_db *db, struct bf_error *err) {
  if (db->in_transaction) return bf_fail(err, BF_ESTATE, db->store->path, "a transaction is open already");
  int r = apply(db, db->writer ? "BEGIN IMMEDIATE" : "BEGIN", err);
  db->in_transaction = r >= 0;
  return r;
}

int db_commit(struct bf_db *db, struct bf_error *err) {
  if (!db->in_transaction) return bf_fail(err, BF_ESTATE, db->store->path, "no transaction is open");
  int r = store_check_transaction(db, err);
  if (r >= 0) r = apply(db, "COMMIT", err);
  if (r < 0) db_rollback(db);
  db->in_transaction = false;
  return r;
}

void db_rollback(struct bf_db *db) {
  if (db->sqlite && !sqlite3_get_autocommit(db->sqlite)) {
    struct bf_error err;
    if (apply(db, "ROLLBACK", &err) < 0)
      db->store->host->log(db->store->host->context, BF_LOG_ERROR, "storage.rollback", "%s", err.message);
  }
  db->in_transaction = false;
  db->undone.code = 0;
}
