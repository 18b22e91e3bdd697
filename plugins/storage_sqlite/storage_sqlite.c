/* storage_sqlite: the "storage" service on SQLite, embedded. See README.md. */
#include "sqlite_store.h"

#include <stdlib.h>

static const struct bf_option options[] = {
    {"busy_ms", BF_OPTION_INT, "5000", 0, 60000,
     "How long to wait for another program that holds the database, in milliseconds."},
    {"writer_cache_mib", BF_OPTION_INT, "32", 1, 4096, "Memory for pages of the one writer, in MiB."},
    {"reader_cache_mib", BF_OPTION_INT, "4", 1, 4096, "Memory for pages of each reader, in MiB; every commit empties it."},
    {"mmap_mib", BF_OPTION_INT, "128", 0, 65536,
     "How much of the file is read as mapped memory, in MiB; 0 reads by system calls."},
    {"checkpoint_pages", BF_OPTION_INT, "4000", 100, 1000000,
     "Pages of 4 KiB in the log after which they are moved into the database."},
    {"wal_mib", BF_OPTION_INT, "64", 4, 4096, "Bound of the log, in MiB; only a long reader or a full disk lets it pass."},
    {0},
};

static void free_store(struct store *store) {
  if (!store) return;
  free(store->folder);
  free(store->path);
  free(store->lock_path);
  free(store);
}

static void read_options(struct store *store) {
  const struct bf_host *host = store->host;
  store->busy_ms = (int)host->option_int(host->context, "busy_ms");
  store->writer_cache_kib = (int)host->option_int(host->context, "writer_cache_mib") * 1024;
  store->reader_cache_kib = (int)host->option_int(host->context, "reader_cache_mib") * 1024;
  store->mmap_bytes = host->option_int(host->context, "mmap_mib") << 20;
  store->checkpoint_pages = (int)host->option_int(host->context, "checkpoint_pages");
  store->wal_bytes = host->option_int(host->context, "wal_mib") << 20;
}

static char *path_in(const char *folder, const char *name) {
  char *path = NULL;
  return asprintf(&path, "%s%s%s", folder, name[0] ? "/" : "", name) < 0 ? NULL : path;
}

static struct store *new_store(const struct bf_host *host) {
  struct store *store = calloc(1, sizeof *store);
  if (!store) return NULL;
  const char *folder = host->data_dir(host->context);
  store->host = host;
  store->folder = path_in(folder, "");
  store->path = path_in(folder, "banfa.db");
  store->lock_path = path_in(folder, "lock");
  store->calls = (struct bf_storage){.size = sizeof store->calls,
                                     .dialect = "sqlite",
                                     .open = db_open,
                                     .close = db_close,
                                     .exec = db_exec,
                                     .prepare = stmt_prepare,
                                     .finalize = stmt_finalize,
                                     .bind_int = stmt_bind_int,
                                     .bind_text = stmt_bind_text,
                                     .bind_bytes = stmt_bind_bytes,
                                     .bind_null = stmt_bind_null,
                                     .step = stmt_step,
                                     .reset = stmt_reset,
                                     .column_int = stmt_column_int,
                                     .column_text = stmt_column_text,
                                     .column_bytes = stmt_column_bytes,
                                     .column_null = stmt_column_null,
                                     .begin = db_begin,
                                     .commit = db_commit,
                                     .rollback = db_rollback,
                                     .backup = db_backup};
  if (store->folder && store->path && store->lock_path) return store;
  free_store(store);
  return NULL;
}

static int start(const struct bf_host *host, void **ret_self, struct bf_error *err) {
  if (!sqlite3_threadsafe()) return bf_fail(err, BF_EVERSION, "storage_sqlite", "this SQLite was built without threads");
  if (sqlite3_libversion_number() < 3040000)
    return bf_fail(err, BF_EVERSION, "storage_sqlite", "SQLite 3.40 or later is needed, this is %s", sqlite3_libversion());
  struct store *store = new_store(host);
  if (!store) return bf_fail(err, BF_ENOMEM, "storage_sqlite", "no memory");
  read_options(store);
  int r = host->provide(host->context, "storage", 1, &store->calls, err);
  if (r < 0)
    free_store(store);
  else
    *ret_self = store;
  return r;
}

/* A connection left open may still be in use on its thread: told and left alone. */
static void stop(void *self) {
  struct store *store = self;
  int open = atomic_load(&store->connections);
  if (open > 0)
    store->host->log(store->host->context, BF_LOG_ERROR, "storage.stop", "%d connections were left open", open);
  else
    free_store(store);
}

static const char *const provides[] = {"storage/1", NULL};

extern const struct bf_plugin banfa_plugin;
BF_PLUGIN_EXPORT const struct bf_plugin banfa_plugin = {
    .abi = 1u,
    .size = sizeof(struct bf_plugin),
    .name = "storage_sqlite",
    .version = "1.0.0",
    .options = options,
    .provides = provides,
    .start = start,
    .stop = stop,
};
