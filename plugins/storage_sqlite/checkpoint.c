/* SQLite would move its log into the database inside whichever commit passes a threshold: that commit, and every request in its
 * batch, waits for two more syncs and thousands of page writes. Here a thread with its own connection does it beside the commits.
 * It can't start the log afresh while commits go on, so past the log's bound the writer itself does the rest, once that is small.
 */
#include "sqlite_store.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#define PAGE_BYTES 4096    /* SQLite's default, which this plugin never changes */
#define FAR 3              /* bounds: how far the log may grow while the thread is behind, before a commit waits for the rest */
#define RESTART_WAIT_MS 50 /* how long a commit may wait for readers to leave the log, once for each bound's worth of growth */

struct checkpointer {
  struct bf_db *writer;
  sqlite3 *sqlite; /* the thread's own connection */
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t wake;
  pthread_mutex_t pass;           /* held while pages are moved: two at once would refuse each other */
  bool running, wanted, stopping; /* the last two under the lock */
  _Atomic int moved;              /* pages of the log that are in the database already */
  int step, bound, retry_at;      /* pages; the last is the writer's own */
};

static void tell(const struct checkpointer *checkpointer, int rc, sqlite3 *sqlite) {
  const struct bf_host *host = checkpointer->writer->store->host;
  if ((rc & 0xff) == SQLITE_BUSY) return; /* another program's checkpoint: it does the same work */
  host->log(host->context, BF_LOG_ERROR, "storage.checkpoint",
            "the log can't be moved into the database, it keeps growing: %s (SQLite %d)", sqlite3_errmsg(sqlite), rc);
}

static void move_pages(struct checkpointer *checkpointer) {
  int moved = 0;
  (void)pthread_mutex_lock(&checkpointer->pass);
  int rc = sqlite3_wal_checkpoint_v2(checkpointer->sqlite, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, &moved);
  (void)pthread_mutex_unlock(&checkpointer->pass);
  if (rc != SQLITE_OK)
    tell(checkpointer, rc, checkpointer->sqlite);
  else if (moved >= 0)
    atomic_store(&checkpointer->moved, moved);
}

static void *run(void *arg) {
  struct checkpointer *checkpointer = arg;
  (void)pthread_mutex_lock(&checkpointer->lock);
  for (;;) {
    while (!checkpointer->wanted && !checkpointer->stopping) (void)pthread_cond_wait(&checkpointer->wake, &checkpointer->lock);
    if (checkpointer->stopping) break;
    checkpointer->wanted = false;
    (void)pthread_mutex_unlock(&checkpointer->lock);
    move_pages(checkpointer);
    (void)pthread_mutex_lock(&checkpointer->lock);
  }
  (void)pthread_mutex_unlock(&checkpointer->lock);
  return NULL;
}

static void want(struct checkpointer *checkpointer) {
  (void)pthread_mutex_lock(&checkpointer->lock);
  checkpointer->wanted = true;
  (void)pthread_cond_signal(&checkpointer->wake);
  (void)pthread_mutex_unlock(&checkpointer->lock);
}

/* A reader that stays in one snapshot (a backup) keeps the log from starting afresh: told, and tried again after as much growth.
 */
static void restart(struct checkpointer *checkpointer, sqlite3 *sqlite, int pages) {
  const struct store *store = checkpointer->writer->store;
  if (pthread_mutex_trylock(&checkpointer->pass) != 0) return; /* the thread is at it: at the next commit less is left to do */
  (void)sqlite3_busy_timeout(sqlite, RESTART_WAIT_MS);
  int rc = sqlite3_wal_checkpoint_v2(sqlite, NULL, SQLITE_CHECKPOINT_RESTART, NULL, NULL);
  (void)sqlite3_busy_timeout(sqlite, store->busy_ms);
  (void)pthread_mutex_unlock(&checkpointer->pass);
  checkpointer->retry_at = rc == SQLITE_OK ? 0 : pages + checkpointer->bound;
  if (rc == SQLITE_OK) return;
  tell(checkpointer, rc, sqlite);
  store->host->log(store->host->context, BF_LOG_WARN, "storage.wal",
                   "the log has %d MiB, its bound is passed: a reader does not let go of it",
                   (int)((int64_t)pages * PAGE_BYTES >> 20));
}

/* After each commit, on the writer's thread. The commit is done and durable: nothing here may turn it into a failure. */
static int committed(void *arg, sqlite3 *sqlite, const char *database, int pages) {
  struct checkpointer *checkpointer = arg;
  (void)database;
  int moved = atomic_load(&checkpointer->moved);
  if (pages < moved) atomic_store(&checkpointer->moved, moved = 0); /* the log started afresh */
  if (pages < checkpointer->bound) checkpointer->retry_at = 0;
  bool little = pages - moved < checkpointer->step, much = pages >= checkpointer->bound * FAR;
  if (pages >= checkpointer->bound && pages >= checkpointer->retry_at && (little || much))
    restart(checkpointer, sqlite, pages);
  else if (pages - moved >= checkpointer->step)
    want(checkpointer);
  return SQLITE_OK;
}

/* Signals stay with the loop thread. */
static int start_thread(struct checkpointer *checkpointer) {
  sigset_t all, kept;
  (void)sigfillset(&all);
  (void)pthread_sigmask(SIG_SETMASK, &all, &kept);
  int r = pthread_create(&checkpointer->thread, NULL, run, checkpointer);
  (void)pthread_sigmask(SIG_SETMASK, &kept, NULL);
  checkpointer->running = r == 0;
  return r;
}

static int open_own(struct checkpointer *checkpointer, struct bf_error *err) {
  const struct store *store = checkpointer->writer->store;
  int rc = sqlite3_open_v2(store->path, &checkpointer->sqlite,
                           SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE, NULL);
  if (rc == SQLITE_OK)
    rc = sqlite3_exec(checkpointer->sqlite, "PRAGMA synchronous=FULL; PRAGMA cache_size=-256; SELECT count(*) FROM sqlite_schema",
                      NULL, NULL, NULL);
  if (rc != SQLITE_OK) return store_fail_handle(store, checkpointer->sqlite, true, rc, NULL, err);
  return 0;
}

int checkpointer_new(struct bf_db *writer, struct checkpointer **ret, struct bf_error *err) {
  struct checkpointer *checkpointer = calloc(1, sizeof *checkpointer);
  if (!checkpointer) return bf_fail(err, BF_ENOMEM, writer->store->path, "no memory");
  checkpointer->writer = writer;
  checkpointer->bound = (int)(writer->store->wal_bytes / PAGE_BYTES);
  checkpointer->step =
      writer->store->checkpoint_pages < checkpointer->bound / 2 ? writer->store->checkpoint_pages : checkpointer->bound / 2;
  (void)pthread_mutex_init(&checkpointer->lock, NULL);
  (void)pthread_mutex_init(&checkpointer->pass, NULL);
  (void)pthread_cond_init(&checkpointer->wake, NULL);
  int r = open_own(checkpointer, err);
  if (r >= 0 && start_thread(checkpointer) != 0) r = bf_fail(err, BF_ENOMEM, writer->store->path, "no thread for checkpoints");
  if (r < 0) {
    checkpointer_free(checkpointer);
    return r;
  }
  (void)sqlite3_wal_hook(writer->sqlite, committed, checkpointer);
  *ret = checkpointer;
  return 0;
}

void checkpointer_free(struct checkpointer *checkpointer) {
  if (!checkpointer) return;
  if (checkpointer->writer->sqlite) (void)sqlite3_wal_hook(checkpointer->writer->sqlite, NULL, NULL);
  if (checkpointer->running) {
    (void)pthread_mutex_lock(&checkpointer->lock);
    checkpointer->stopping = true;
    (void)pthread_cond_signal(&checkpointer->wake);
    (void)pthread_mutex_unlock(&checkpointer->lock);
    (void)pthread_join(checkpointer->thread, NULL);
  }
  (void)sqlite3_close(checkpointer->sqlite);
  (void)pthread_cond_destroy(&checkpointer->wake);
  (void)pthread_mutex_destroy(&checkpointer->pass);
  (void)pthread_mutex_destroy(&checkpointer->lock);
  free(checkpointer);
}
