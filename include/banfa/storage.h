/* banfa: the storage service, "storage" version 1.
 *
 * A small relational interface that SQLite and PostgreSQL both serve. SQL is portable: `$1`, `$2` … parameters (each number
 * once or more, in any order), types BIGINT, TEXT and BYTEA, `INSERT … ON CONFLICT (…) DO UPDATE/NOTHING`, no dialect.
 * A connection and its statements belong to one thread at a time. */
#ifndef BANFA_STORAGE_H
#define BANFA_STORAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "banfa/error.h"

struct bf_db;   /* a connection */
struct bf_stmt; /* a prepared statement of one connection */

enum bf_db_flags {
  BF_DB_WRITE = 1,  /* the one writer: locks the data folder against a second program; BF_EBUSY when taken */
  BF_DB_CREATE = 2, /* make the database when there is none */
};

enum { BF_ROW = 1, BF_DONE = 0 }; /* what `step` returns when it does not fail */

struct bf_storage {
  uint32_t size;       /* sizeof(struct bf_storage) */
  const char *dialect; /* "sqlite", "postgresql": for logs only */

  /* Opens a connection to the configured database. A writer's commit returns only when the data would survive a power cut. */
  int (*open)(const struct bf_storage *self, unsigned flags, struct bf_db **ret_db, struct bf_error *err);
  void (*close)(struct bf_db *db); /* NULL is accepted; finalizes what was prepared */

  /* Runs SQL without parameters or rows; several statements may be separated by `;`. */
  int (*exec)(struct bf_db *db, const char *sql, struct bf_error *err);
  /* Prepares one statement. Owned by the caller, freed by `finalize` or with the connection. */
  int (*prepare)(struct bf_db *db, const char *sql, struct bf_stmt **ret_stmt, struct bf_error *err);
  void (*finalize)(struct bf_stmt *stmt); /* NULL is accepted */

  /* Binds parameter NUMBER ($NUMBER, from 1). Text and bytes are borrowed until the next `reset`. NULL text binds SQL NULL.
   * Failures are kept and come out of `step`. */
  void (*bind_int)(struct bf_stmt *stmt, int number, int64_t value);
  void (*bind_text)(struct bf_stmt *stmt, int number, const char *text, size_t length);
  void (*bind_bytes)(struct bf_stmt *stmt, int number, const void *bytes, size_t length);
  void (*bind_null)(struct bf_stmt *stmt, int number);

  /* BF_ROW, BF_DONE or a negative code (BF_EFULL when the disk is full, BF_EBUSY when another holds it). */
  int (*step)(struct bf_stmt *stmt, struct bf_error *err);
  /* Makes the statement ready for new parameters; old ones are forgotten. */
  void (*reset)(struct bf_stmt *stmt);

  /* Columns of the current row, from 0. Text and bytes are borrowed until the next `step` or `reset`; NULL for SQL NULL. */
  int64_t (*column_int)(struct bf_stmt *stmt, int column);
  const char *(*column_text)(struct bf_stmt *stmt, int column, size_t *ret_length);
  const void *(*column_bytes)(struct bf_stmt *stmt, int column, size_t *ret_length);
  bool (*column_null)(struct bf_stmt *stmt, int column);

  /* Transactions. `commit` that fails has rolled back. `rollback` without a transaction does nothing. */
  int (*begin)(struct bf_db *db, struct bf_error *err);
  int (*commit)(struct bf_db *db, struct bf_error *err);
  void (*rollback)(struct bf_db *db);

  /* Writes a consistent copy of the database, made while others write, to a new file PATH. */
  int (*backup)(struct bf_db *db, const char *path, struct bf_error *err);
};

#endif
