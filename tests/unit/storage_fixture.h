/* Shared by the storage tests: the plugin loaded through the host, a data folder of its own for each test, and short words for
 * the calls. */
#ifndef BF_TESTS_STORAGE_FIXTURE_H
#define BF_TESTS_STORAGE_FIXTURE_H

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>
#include <cmocka.h>

#include "banfa/storage.h"
#include "host.h"

struct world {
  char folder[64], file[96];
  uv_loop_t loop;
  struct bf__host *host;
  const struct bf_storage *s;
  struct bf_db *db; /* the writer, when a test opened it by `open_writer` */
  struct bf_error err;
};

#define OK(call) ok(world, (call), #call)
#define FAILS(code, call) assert_int_equal((call), (code))

static inline void ok(const struct world *world, int r, const char *call) {
  if (r < 0) fail_msg("%s: %d %s: %s", call, r, world->err.where, world->err.message);
}

static inline void assert_says(const struct world *world, const char *words) {
  if (!strstr(world->err.message, words)) fail_msg("'%s' is not in: %s", words, world->err.message);
}

static inline int64_t no_time(void *arg) {
  return arg ? 1 : 0;
}

static inline void begin_world(struct world *world, const char *folder, const char *options) {
  struct bf__host_config config = {
      .loop = &world->loop, .plugin_dir = BF_BUILD_DIR "/plugins", .data_dir = folder, .now = no_time};
  json_t *json = json_loads(options, 0, NULL);
  OK(bf__host_new(&config, &world->host, &world->err));
  OK(bf__host_load(world->host, "storage_sqlite", json, &world->err));
  OK(bf__host_start(world->host, &world->err));
  world->s = bf__host_service(world->host, "storage", 1);
  assert_non_null(world->s);
  (void)snprintf(world->file, sizeof world->file, "%s/banfa.db", folder);
  json_decref(json);
}

static inline void end_world(struct world *world) {
  if (world->db) world->s->close(world->db);
  world->db = NULL;
  bf__host_free(world->host);
  world->host = NULL;
}

static inline int set_up(void **state) {
  struct world *world = calloc(1, sizeof *world);
  if (!world || uv_loop_init(&world->loop) < 0) return -1;
  (void)snprintf(world->folder, sizeof world->folder, "/tmp/banfa-storage-XXXXXX");
  if (!mkdtemp(world->folder)) return -1;
  begin_world(world, world->folder, "{\"wal_mib\": 4, \"checkpoint_pages\": 100, \"busy_ms\": 0}");
  *state = world;
  return 0;
}

static inline int drop(const char *path, const struct stat *st, int type, struct FTW *ftw) {
  (void)st, (void)type, (void)ftw;
  return remove(path);
}

static inline int tear_down(void **state) {
  struct world *world = *state;
  end_world(world);
  int r = uv_loop_close(&world->loop);
  (void)nftw(world->folder, drop, 8, FTW_DEPTH | FTW_PHYS);
  free(world);
  return r;
}

static inline void open_writer(struct world *world) {
  OK(world->s->open(world->s, BF_DB_WRITE | BF_DB_CREATE, &world->db, &world->err));
  OK(world->s->exec(world->db, "CREATE TABLE IF NOT EXISTS t (id BIGINT PRIMARY KEY, word TEXT, raw BYTEA)", &world->err));
}

static inline struct bf_db *open_reader(struct world *world) {
  struct bf_db *db = NULL;
  OK(world->s->open(world->s, 0, &db, &world->err));
  return db;
}

static inline struct bf_stmt *prepare(struct world *world, struct bf_db *db, const char *sql) {
  struct bf_stmt *stmt = NULL;
  OK(world->s->prepare(db, sql, &stmt, &world->err));
  return stmt;
}

static inline int64_t number(struct world *world, struct bf_db *db, const char *sql) {
  struct bf_stmt *stmt = prepare(world, db, sql);
  FAILS(BF_ROW, world->s->step(stmt, &world->err));
  int64_t value = world->s->column_int(stmt, 0);
  FAILS(BF_DONE, world->s->step(stmt, &world->err));
  world->s->finalize(stmt);
  return value;
}

static inline int insert(struct world *world, struct bf_db *db, int64_t first, int64_t count, size_t bytes) {
  char *raw = calloc(1, bytes + 1);
  struct bf_stmt *stmt = prepare(world, db, "INSERT INTO t (id, raw) VALUES ($1, $2)");
  int r = raw ? 0 : BF_ENOMEM;
  for (int64_t id = first; r >= 0 && id < first + count; id++) {
    world->s->reset(stmt);
    world->s->bind_int(stmt, 1, id);
    world->s->bind_bytes(stmt, 2, raw, bytes);
    r = world->s->step(stmt, &world->err);
  }
  world->s->finalize(stmt);
  free(raw);
  return r;
}

static inline off_t file_size(const char *path) {
  struct stat st;
  return stat(path, &st) == 0 ? st.st_size : 0;
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

#endif
