#include "sqlite_store.h"

#include <errno.h>

static bool no_space(int rc, int system) {
  return (rc & 0xff) == SQLITE_FULL || ((rc & 0xff) == SQLITE_IOERR && (system == ENOSPC || system == EDQUOT || system == EFBIG));
}

static int code_of(int rc, bool writer, int system) {
  if (no_space(rc, system)) return BF_EFULL;
  switch (rc & 0xff) {
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
  case SQLITE_PROTOCOL:
    return BF_EBUSY;
  case SQLITE_NOMEM:
    return BF_ENOMEM;
  case SQLITE_TOOBIG:
    return BF_ELIMIT;
  case SQLITE_INTERRUPT:
    return BF_ESTATE;
  case SQLITE_READONLY:
    return writer ? BF_EIO : BF_EINVAL;
  case SQLITE_ERROR:
  case SQLITE_CONSTRAINT:
  case SQLITE_MISMATCH:
  case SQLITE_MISUSE:
  case SQLITE_RANGE:
    return BF_EINVAL;
  default:
    return BF_EIO;
  }
}

/* What the operator can do, in a sentence that follows SQLite's own words. */
static const char *advice(int rc, int code, bool writer) {
  switch (code) {
  case BF_EFULL:
    return ": the disk is full; free some space, what was accepted before is safe";
  case BF_EBUSY:
    return ": another program holds the database; end it and try again";
  default:
    break;
  }
  switch (rc & 0xff) {
  case SQLITE_NOTADB:
  case SQLITE_CORRUPT:
    return ": the database is damaged; stop the server, keep a copy of the data folder, and restore the latest backup";
  case SQLITE_READONLY:
    return writer ? ": the data folder can't be written; check its owner and the file system" : ": this connection only reads";
  case SQLITE_CANTOPEN:
  case SQLITE_PERM:
  case SQLITE_AUTH:
    return ": check that the folder exists and belongs to the server's user";
  case SQLITE_IOERR:
    return ": the disk failed; look at the system's log before you go on";
  default:
    return "";
  }
}

/* The system's own error behind RC. A commit that can't write the log keeps it with the log's file only: a quota (EDQUOT) or a
 * limit on file sizes (EFBIG) would look like a broken disk. */
static int system_error(sqlite3 *sqlite, int rc) {
  sqlite3_file *log = NULL;
  int system = sqlite ? sqlite3_system_errno(sqlite) : 0;
  if (!sqlite || rc != SQLITE_IOERR_WRITE || no_space(rc, system)) return system;
  if (sqlite3_file_control(sqlite, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK && log && log->pMethods)
    (void)log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &system);
  return system;
}

int store_fail_handle(const struct store *store, sqlite3 *sqlite, bool writer, int rc, const char *where, struct bf_error *err) {
  int code = code_of(rc, writer, system_error(sqlite, rc));
  const char *words = sqlite && sqlite3_errcode(sqlite) != SQLITE_OK ? sqlite3_errmsg(sqlite) : sqlite3_errstr(rc);
  return bf_fail(err, code, where ? where : store->path, "%.200s (SQLite %d)%s", words, rc, advice(rc, code, writer));
}

int store_fail(struct bf_db *db, int rc, const char *where, struct bf_error *err) {
  struct bf_error kept;
  int r = store_fail_handle(db->store, db->sqlite, db->writer, rc, where, &kept);
  store_note_undone(db, &kept);
  if (err) *err = kept;
  return r;
}

void store_note_undone(struct bf_db *db, const struct bf_error *err) {
  if (db->in_transaction && db->undone.code == 0 && sqlite3_get_autocommit(db->sqlite)) db->undone = *err;
}

int store_check_transaction(struct bf_db *db, struct bf_error *err) {
  if (db->undone.code == 0) return 0;
  return bf_fail(err, db->undone.code, db->undone.where, "the transaction was undone: %.400s", db->undone.message);
}
