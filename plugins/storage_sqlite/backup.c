#include "sqlite_store.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The copy grows under a name of its own beside PATH: what bears the name PATH is whole. */
static char *temporary_name(const char *path) {
  char *name = NULL;
  return asprintf(&name, "%s.part-%ld", path, (long)getpid()) < 0 ? NULL : name;
}

static int system_fail(const char *path, const char *what, struct bf_error *err) {
  int code = errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? BF_EFULL : BF_EIO;
  return bf_fail(err, code, path, "%s: %s", what, strerror(errno));
}

static int make_target(const char *path, struct bf_error *err) {
  int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return system_fail(path, "the backup can't be made", err);
  (void)close(fd);
  return 0;
}

/* All pages in one step, under one read transaction: in WAL mode that holds up no writer, and no write can make it start over. */
static int copy_pages(struct bf_db *db, sqlite3 *target) {
  int rc = sqlite3_exec(target, "PRAGMA synchronous=OFF; PRAGMA journal_mode=OFF", NULL, NULL, NULL);
  if (rc != SQLITE_OK) return rc;
  sqlite3_backup *backup = sqlite3_backup_init(target, "main", db->sqlite, "main");
  if (!backup) return sqlite3_errcode(target);
  rc = sqlite3_backup_step(backup, -1);
  int finished = sqlite3_backup_finish(backup);
  if (rc != SQLITE_DONE) return rc == SQLITE_OK ? SQLITE_BUSY : rc;
  if (finished != SQLITE_OK) return finished;
  /* without the mark of a log the copy opens from a read-only medium too */
  return sqlite3_exec(target, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL);
}

static int copy(struct bf_db *db, const char *path, struct bf_error *err) {
  sqlite3 *target = NULL;
  int rc = sqlite3_open_v2(path, &target, SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE, NULL);
  if (rc == SQLITE_OK) rc = copy_pages(db, target);
  int r = rc == SQLITE_OK ? 0 : store_fail_handle(db->store, target, true, rc, path, err);
  (void)sqlite3_close(target); /* what it could lose, the sync below would report */
  return r;
}

static int sync_path(const char *path, int flags, struct bf_error *err) {
  int fd = open(path, flags | O_CLOEXEC);
  if (fd < 0) return system_fail(path, "the backup can't be made safe", err);
  int r = fsync(fd) < 0 ? system_fail(path, "the backup can't be made safe", err) : 0;
  (void)close(fd);
  return r;
}

static int sync_folder(const char *path, struct bf_error *err) {
  char *name = strdup(path);
  if (!name) return bf_fail(err, BF_ENOMEM, path, "no memory");
  int r = sync_path(dirname(name), O_RDONLY | O_DIRECTORY, err);
  free(name);
  return r;
}

static void discard(const char *temporary) {
  static const char *const suffixes[] = {"", "-journal", "-wal", "-shm"};
  char name[4096];
  for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
    if (snprintf(name, sizeof name, "%s%s", temporary, suffixes[i]) < (int)sizeof name) (void)unlink(name);
}

static int publish(const char *temporary, const char *path, struct bf_error *err) {
  int r = sync_path(temporary, O_RDONLY, err);
  /* link and not rename: it never takes the place of a file that appeared meanwhile */
  if (r >= 0 && link(temporary, path) < 0) {
    if (errno == EEXIST)
      r = bf_fail(err, BF_EINVAL, path, "there is a file of this name already: a backup never replaces one");
    else if (rename(temporary, path) < 0)
      r = system_fail(path, "the backup can't be given its name", err);
  }
  if (r >= 0) (void)unlink(temporary);
  return r < 0 ? r : sync_folder(path, err);
}

int db_backup(struct bf_db *db, const char *path, struct bf_error *err) {
  if (db->in_transaction) return bf_fail(err, BF_ESTATE, path, "a backup is made outside a transaction");
  if (access(path, F_OK) == 0)
    return bf_fail(err, BF_EINVAL, path, "there is a file of this name already: a backup never replaces one");
  char *temporary = temporary_name(path);
  if (!temporary) return bf_fail(err, BF_ENOMEM, path, "no memory");
  int r = make_target(temporary, err);
  if (r >= 0) {
    r = copy(db, temporary, err);
    if (r >= 0) r = publish(temporary, path, err);
    if (r < 0) discard(temporary);
  }
  free(temporary);
  return r;
}
