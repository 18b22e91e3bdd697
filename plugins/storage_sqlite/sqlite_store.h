/* Inside storage_sqlite: what its files share. No SQLite type leaves the plugin. */
#ifndef BF_SQLITE_STORE_H
#define BF_SQLITE_STORE_H

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "banfa/plugin.h"
#include "banfa/storage.h"

struct checkpointer;

struct store {
  struct bf_storage calls; /* first: the service is this struct */
  const struct bf_host *host;
  char *folder, *path, *lock_path; /* <data_dir>, <data_dir>/banfa.db, <data_dir>/lock */
  int busy_ms, writer_cache_kib, reader_cache_kib, checkpoint_pages;
  int64_t mmap_bytes, wal_bytes;
  _Atomic int connections; /* open now */
};

struct bf_db {
  struct store *store;
  sqlite3 *sqlite;
  struct bf_stmt *first; /* every prepared statement, to be freed with the connection */
  int lock_fd;           /* the writer's hold on the data folder, else -1 */
  bool writer;
  bool in_transaction;               /* between begin and commit or rollback, as the caller sees it */
  struct bf_error undone;            /* why SQLite undid the transaction by itself; code 0 when it did not */
  struct checkpointer *checkpointer; /* the writer's */
};

/* errors.c: one place where SQLite's codes become ours, each with what to do. */
int store_fail(struct bf_db *db, int rc, const char *where, struct bf_error *err);
int store_fail_handle(const struct store *store, sqlite3 *sqlite, bool writer, int rc, const char *where, struct bf_error *err);
/* 0, or why no statement may run: SQLite undid the transaction, what follows would be committed one by one. */
int store_check_transaction(struct bf_db *db, struct bf_error *err);
/* Call after a failure: notes whether it took the transaction with it. */
void store_note_undone(struct bf_db *db, const struct bf_error *err);

/* connection.c */
int db_open(const struct bf_storage *self, unsigned flags, struct bf_db **ret_db, struct bf_error *err);
void db_close(struct bf_db *db);
int db_exec(struct bf_db *db, const char *sql, struct bf_error *err);
int db_begin(struct bf_db *db, struct bf_error *err);
int db_commit(struct bf_db *db, struct bf_error *err);
void db_rollback(struct bf_db *db);

/* lock.c: the writer's hold on the data folder. */
int lock_take(const struct store *store, int *ret_fd, struct bf_error *err);
void lock_drop(int fd); /* -1 is accepted */

/* backup.c */
int db_backup(struct bf_db *db, const char *path, struct bf_error *err);

/* checkpoint.c: moves the log into the database beside the writer's commits. */
int checkpointer_new(struct bf_db *writer, struct checkpointer **ret, struct bf_error *err);
void checkpointer_free(struct checkpointer *checkpointer); /* before the writer's connection is closed; NULL is accepted */

/* statement.c */
int stmt_prepare(struct bf_db *db, const char *sql, struct bf_stmt **ret_stmt, struct bf_error *err);
void stmt_finalize(struct bf_stmt *stmt);
void stmt_bind_int(struct bf_stmt *stmt, int number, int64_t value);
void stmt_bind_text(struct bf_stmt *stmt, int number, const char *text, size_t length);
void stmt_bind_bytes(struct bf_stmt *stmt, int number, const void *bytes, size_t length);
void stmt_bind_null(struct bf_stmt *stmt, int number);
int stmt_step(struct bf_stmt *stmt, struct bf_error *err);
void stmt_reset(struct bf_stmt *stmt);
int64_t stmt_column_int(struct bf_stmt *stmt, int column);
const char *stmt_column_text(struct bf_stmt *stmt, int column, size_t *ret_length);
const void *stmt_column_bytes(struct bf_stmt *stmt, int column, size_t *ret_length);
bool stmt_column_null(struct bf_stmt *stmt, int column);

#endif
