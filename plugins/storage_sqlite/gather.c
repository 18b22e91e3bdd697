/* SQLite writes each page of its log in two calls, a head of 24 bytes and the page: hundreds of calls for one commit. This VFS
 * lies before the one of the system for the writer's connection: what is written to the log in a row is gathered and goes out in
 * one call, at the latest when the log is synced. With synchronous=FULL a commit syncs before anybody is told of it, so nobody
 * can miss what still waits here; whatever else is asked of the file writes it out first. All other files are the system's own.
 */
#include "sqlite_store.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define ROOM ((size_t)128 << 10)

struct gathered { /* a log that is open; the system's own file lies behind it in the same memory */
  sqlite3_file base;
  char *waiting; /* NULL: nothing is gathered */
  size_t length;
  sqlite3_int64 at; /* where in the file */
};

static sqlite3_file *behind(struct gathered *log) {
  return (sqlite3_file *)(log + 1);
}

static struct gathered *log_of(sqlite3_file *file) {
  return (struct gathered *)file;
}

/* What can't be written is dropped: the commit that it belongs to fails with this, and is undone. */
static int write_out(struct gathered *log) {
  size_t length = log->length;
  log->length = 0;
  return length ? behind(log)->pMethods->xWrite(behind(log), log->waiting, (int)length, log->at) : SQLITE_OK;
}

static int log_close(sqlite3_file *file) {
  struct gathered *log = log_of(file);
  int rc = write_out(log), closed = behind(log)->pMethods->xClose(behind(log));
  free(log->waiting);
  log->waiting = NULL;
  return rc == SQLITE_OK ? closed : rc;
}

static int log_read(sqlite3_file *file, void *to, int amount, sqlite3_int64 at) {
  int rc = write_out(log_of(file));
  return rc == SQLITE_OK ? behind(log_of(file))->pMethods->xRead(behind(log_of(file)), to, amount, at) : rc;
}

static int log_write(sqlite3_file *file, const void *from, int amount, sqlite3_int64 at) {
  struct gathered *log = log_of(file);
  size_t more = (size_t)amount;
  bool fits = log->waiting && log->length + more <= ROOM && (log->length == 0 || log->at + (sqlite3_int64)log->length == at);
  int rc = fits ? SQLITE_OK : write_out(log);
  if (rc != SQLITE_OK) return rc;
  if (!log->waiting || more > ROOM) return behind(log)->pMethods->xWrite(behind(log), from, amount, at);
  if (log->length == 0) log->at = at;
  memcpy(log->waiting + log->length, from, more);
  log->length += more;
  return SQLITE_OK;
}

static int log_truncate(sqlite3_file *file, sqlite3_int64 size) {
  int rc = write_out(log_of(file));
  return rc == SQLITE_OK ? behind(log_of(file))->pMethods->xTruncate(behind(log_of(file)), size) : rc;
}

static int log_sync(sqlite3_file *file, int flags) {
  int rc = write_out(log_of(file));
  return rc == SQLITE_OK ? behind(log_of(file))->pMethods->xSync(behind(log_of(file)), flags) : rc;
}

static int log_size(sqlite3_file *file, sqlite3_int64 *ret) {
  int rc = write_out(log_of(file));
  return rc == SQLITE_OK ? behind(log_of(file))->pMethods->xFileSize(behind(log_of(file)), ret) : rc;
}

static int log_lock(sqlite3_file *file, int level) {
  return behind(log_of(file))->pMethods->xLock(behind(log_of(file)), level);
}

static int log_unlock(sqlite3_file *file, int level) {
  return behind(log_of(file))->pMethods->xUnlock(behind(log_of(file)), level);
}

static int log_reserved(sqlite3_file *file, int *ret) {
  return behind(log_of(file))->pMethods->xCheckReservedLock(behind(log_of(file)), ret);
}

static int log_control(sqlite3_file *file, int what, void *arg) {
  int rc = write_out(log_of(file));
  return rc == SQLITE_OK ? behind(log_of(file))->pMethods->xFileControl(behind(log_of(file)), what, arg) : rc;
}

static int log_sector(sqlite3_file *file) {
  return behind(log_of(file))->pMethods->xSectorSize(behind(log_of(file)));
}

static int log_device(sqlite3_file *file) {
  return behind(log_of(file))->pMethods->xDeviceCharacteristics(behind(log_of(file)));
}

static const sqlite3_io_methods methods = {
    .iVersion = 1, /* shared memory and mapping are the database's, never the log's */
    .xClose = log_close,
    .xRead = log_read,
    .xWrite = log_write,
    .xTruncate = log_truncate,
    .xSync = log_sync,
    .xFileSize = log_size,
    .xLock = log_lock,
    .xUnlock = log_unlock,
    .xCheckReservedLock = log_reserved,
    .xFileControl = log_control,
    .xSectorSize = log_sector,
    .xDeviceCharacteristics = log_device,
};

static sqlite3_vfs *of_system(const sqlite3_vfs *self) {
  return self->pAppData;
}

static int gather_open(sqlite3_vfs *self, sqlite3_filename name, sqlite3_file *file, int flags, int *ret_flags) {
  sqlite3_vfs *system = of_system(self);
  struct gathered *log = log_of(file);
  if (!(flags & SQLITE_OPEN_WAL)) return system->xOpen(system, name, file, flags, ret_flags);
  memset(log, 0, sizeof *log);
  int rc = system->xOpen(system, name, behind(log), flags, ret_flags);
  if (rc != SQLITE_OK) return rc; /* no methods: SQLite won't close it */
  log->waiting = malloc(ROOM);    /* without it each write goes straight through */
  log->base.pMethods = &methods;
  return SQLITE_OK;
}

static int gather_delete(sqlite3_vfs *self, const char *name, int sync) {
  return of_system(self)->xDelete(of_system(self), name, sync);
}

static int gather_access(sqlite3_vfs *self, const char *name, int flags, int *ret) {
  return of_system(self)->xAccess(of_system(self), name, flags, ret);
}

static int gather_path(sqlite3_vfs *self, const char *name, int size, char *out) {
  return of_system(self)->xFullPathname(of_system(self), name, size, out);
}

static int gather_random(sqlite3_vfs *self, int size, char *out) {
  return of_system(self)->xRandomness(of_system(self), size, out);
}

static int gather_sleep(sqlite3_vfs *self, int microseconds) {
  return of_system(self)->xSleep(of_system(self), microseconds);
}

static int gather_time(sqlite3_vfs *self, double *ret) {
  return of_system(self)->xCurrentTime(of_system(self), ret);
}

static int gather_error(sqlite3_vfs *self, int size, char *out) {
  return of_system(self)->xGetLastError(of_system(self), size, out);
}

/* One for all stores of the process, known to SQLite as long as one of them is there. */
static sqlite3_vfs vfs = {
    .iVersion = 1,
    .zName = "banfa-gather",
    .xOpen = gather_open,
    .xDelete = gather_delete,
    .xAccess = gather_access,
    .xFullPathname = gather_path,
    .xRandomness = gather_random,
    .xSleep = gather_sleep,
    .xCurrentTime = gather_time,
    .xGetLastError = gather_error,
};
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int users; /* under the lock */

const char *gather_use(void) {
  sqlite3_vfs *system = sqlite3_vfs_find(NULL);
  const char *name = NULL;
  (void)pthread_mutex_lock(&lock);
  if (users == 0 && system) {
    vfs.szOsFile = (int)sizeof(struct gathered) + system->szOsFile;
    vfs.mxPathname = system->mxPathname;
    vfs.pAppData = system;
  }
  if (system && (users > 0 || sqlite3_vfs_register(&vfs, 0) == SQLITE_OK)) {
    users++;
    name = vfs.zName;
  }
  (void)pthread_mutex_unlock(&lock);
  return name;
}

void gather_done(const char *name) {
  if (!name) return;
  (void)pthread_mutex_lock(&lock);
  if (--users == 0) (void)sqlite3_vfs_unregister(&vfs);
  (void)pthread_mutex_unlock(&lock);
}
