/* The SQLite storage, through the host, as the core uses it: parameters, values, transactions, locks, backups, and every bad disk. */
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
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

static void ok(const struct world *world, int r, const char *call) {
  if (r < 0) fail_msg("%s: %d %s: %s", call, r, world->err.where, world->err.message);
}

static void assert_says(const struct world *world, const char *words) {
  if (!strstr(world->err.message, words)) fail_msg("'%s' is not in: %s", words, world->err.message);
}

static int64_t no_time(void *arg) { return arg ? 1 : 0; }

static void begin_world(struct world *world, const char *folder, const char *options) {
  struct bf__host_config config = {.loop = &world->loop, .plugin_dir = BF_BUILD_DIR "/plugins", .data_dir = folder, .now = no_time};
  json_t *json = json_loads(options, 0, NULL);
  OK(bf__host_new(&config, &world->host, &world->err));
  OK(bf__host_load(world->host, "storage_sqlite", json, &world->err));
  OK(bf__host_start(world->host, &world->err));
  world->s = bf__host_service(world->host, "storage", 1);
  assert_non_null(world->s);
  (void)snprintf(world->file, sizeof world->file, "%s/banfa.db", folder);
  json_decref(json);
}

static void end_world(struct world *world) {
  if (world->db) world->s->close(world->db);
  world->db = NULL;
  bf__host_free(world->host);
  world->host = NULL;
}

static int set_up(void **state) {
  struct world *world = calloc(1, sizeof *world);
  if (!world || uv_loop_init(&world->loop) < 0) return -1;
  (void)snprintf(world->folder, sizeof world->folder, "/tmp/banfa-storage-XXXXXX");
  if (!mkdtemp(world->folder)) return -1;
  begin_world(world, world->folder, "{\"wal_mib\": 4, \"checkpoint_pages\": 100, \"busy_ms\": 0}");
  *state = world;
  return 0;
}

static int drop(const char *path, const struct stat *st, int type, struct FTW *ftw) {
  (void)st, (void)type, (void)ftw;
  return remove(path);
}

static int tear_down(void **state) {
  struct world *world = *state;
  end_world(world);
  int r = uv_loop_close(&world->loop);
  (void)nftw(world->folder, drop, 8, FTW_DEPTH | FTW_PHYS);
  free(world);
  return r;
}

static void open_writer(struct world *world) {
  OK(world->s->open(world->s, BF_DB_WRITE | BF_DB_CREATE, &world->db, &world->err));
  OK(world->s->exec(world->db, "CREATE TABLE IF NOT EXISTS t (id BIGINT PRIMARY KEY, word TEXT, raw BYTEA)", &world->err));
}

static struct bf_db *open_reader(struct world *world) {
  struct bf_db *db = NULL;
  OK(world->s->open(world->s, 0, &db, &world->err));
  return db;
}

static struct bf_stmt *prepare(struct world *world, struct bf_db *db, const char *sql) {
  struct bf_stmt *stmt = NULL;
  OK(world->s->prepare(db, sql, &stmt, &world->err));
  return stmt;
}

static int64_t number(struct world *world, struct bf_db *db, const char *sql) {
  struct bf_stmt *stmt = prepare(world, db, sql);
  FAILS(BF_ROW, world->s->step(stmt, &world->err));
  int64_t value = world->s->column_int(stmt, 0);
  FAILS(BF_DONE, world->s->step(stmt, &world->err));
  world->s->finalize(stmt);
  return value;
}

static int insert(struct world *world, struct bf_db *db, int64_t first, int64_t count, size_t bytes) {
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

static void assert_text(struct world *world, struct bf_stmt *stmt, int column, const char *expected) {
  size_t length = 99;
  const char *text = world->s->column_text(stmt, column, &length);
  assert_non_null(text);
  assert_int_equal(length, strlen(expected));
  assert_memory_equal(text, expected, length);
}

/* Parameters and values --------------------------------------------------------------------------------------------------- */

static void test_parameters(void **state) {
  struct world *world = *state;
  open_writer(world);
  struct bf_stmt *stmt = prepare(world, world->db, "SELECT $3, $1, $10, $3, $2, $4+$5+$6+$7+$8+$9, '$11'");
  for (int round = 0; round < 2; round++) {
    world->s->bind_text(stmt, 1, "one and more", 3);
    world->s->bind_text(stmt, 2, "two", 3);
    world->s->bind_text(stmt, 3, "三", 3);
    for (int i = 4; i <= 9; i++) world->s->bind_int(stmt, i, i);
    world->s->bind_int(stmt, 10, -10);
    FAILS(BF_ROW, world->s->step(stmt, &world->err));
    assert_text(world, stmt, 0, "三");
    assert_text(world, stmt, 1, "one");
    assert_int_equal(world->s->column_int(stmt, 2), -10);
    assert_text(world, stmt, 3, "三");
    assert_text(world, stmt, 4, "two");
    assert_int_equal(world->s->column_int(stmt, 5), 39);
    assert_text(world, stmt, 6, "$11");
    FAILS(BF_DONE, world->s->step(stmt, &world->err));
    FAILS(BF_DONE, world->s->step(stmt, &world->err)); /* never runs again by itself */
    world->s->reset(stmt);
  }
  FAILS(BF_ROW, world->s->step(stmt, &world->err)); /* reset has forgotten the parameters */
  assert_true(world->s->column_null(stmt, 0));
}

static void test_wrong_parameters(void **state) {
  struct world *world = *state;
  struct bf_stmt *stmt = NULL;
  open_writer(world);
  FAILS(BF_EINVAL, world->s->prepare(world->db, "SELECT ?", &stmt, &world->err));
  FAILS(BF_EINVAL, world->s->prepare(world->db, "SELECT :name", &stmt, &world->err));
  FAILS(BF_EINVAL, world->s->prepare(world->db, "SELECT $0", &stmt, &world->err));
  FAILS(BF_EINVAL, world->s->prepare(world->db, "SELECT $1000", &stmt, &world->err));
  FAILS(BF_EINVAL, world->s->prepare(world->db, "SELECT 1; SELECT 2", &stmt, &world->err));
  FAILS(BF_EINVAL, world->s->prepare(world->db, "", &stmt, &world->err));
  FAILS(BF_EINVAL, world->s->prepare(world->db, "SELEKT 1", &stmt, &world->err));
  FAILS(BF_EINVAL, world->s->prepare(world->db, "SELECT \"text\"", &stmt, &world->err)); /* a name, not a text */
  assert_null(stmt);
  stmt = prepare(world, world->db, "SELECT $1 ; \n");
  world->s->bind_int(stmt, 2, 2); /* kept, and told by step */
  world->s->bind_int(stmt, 1, 1);
  FAILS(BF_EINVAL, world->s->step(stmt, &world->err));
  assert_says(world, "a parameter was bound that the text does not have");
  FAILS(BF_ESTATE, world->s->step(stmt, &world->err));
  world->s->reset(stmt);
  world->s->bind_int(stmt, 1, 1);
  FAILS(BF_ROW, world->s->step(stmt, &world->err));
  world->s->bind_int(stmt, 1, 1);
  FAILS(BF_EINVAL, world->s->step(stmt, &world->err));
  assert_says(world, "without a reset");
}

static void test_values(void **state) {
  struct world *world = *state;
  open_writer(world);
  struct bf_stmt *stmt = prepare(world, world->db, "INSERT INTO t (id, word, raw) VALUES ($1, $2, $3)");
  world->s->bind_int(stmt, 1, INT64_MIN);
  world->s->bind_text(stmt, 2, "", 0);
  world->s->bind_bytes(stmt, 3, "", 0);
  FAILS(BF_DONE, world->s->step(stmt, &world->err));
  world->s->reset(stmt);
  world->s->bind_int(stmt, 1, INT64_MAX);
  world->s->bind_text(stmt, 2, NULL, 0);
  world->s->bind_null(stmt, 3);
  FAILS(BF_DONE, world->s->step(stmt, &world->err));
  world->s->reset(stmt);
  world->s->bind_int(stmt, 1, 0);
  world->s->bind_text(stmt, 2, "a\0b", 3);
  world->s->bind_bytes(stmt, 3, "\0\xff\0", 3);
  FAILS(BF_DONE, world->s->step(stmt, &world->err));

  struct bf_stmt *rows = prepare(world, world->db, "SELECT id, word, raw FROM t ORDER BY id");
  size_t length = 99;
  FAILS(BF_ROW, world->s->step(rows, &world->err));
  assert_true(world->s->column_int(rows, 0) == INT64_MIN);
  assert_text(world, rows, 1, "");
  assert_non_null(world->s->column_bytes(rows, 2, &length));
  assert_int_equal(length, 0);
  assert_false(world->s->column_null(rows, 1) || world->s->column_null(rows, 2));
  FAILS(BF_ROW, world->s->step(rows, &world->err));
  assert_memory_equal(world->s->column_text(rows, 1, &length), "a\0b", 4);
  assert_int_equal(length, 3);
  assert_memory_equal(world->s->column_bytes(rows, 2, &length), "\0\xff\0", 3);
  assert_int_equal(length, 3);
  FAILS(BF_ROW, world->s->step(rows, &world->err));
  assert_true(world->s->column_int(rows, 0) == INT64_MAX);
  assert_true(world->s->column_null(rows, 1) && world->s->column_null(rows, 2));
  assert_null(world->s->column_text(rows, 1, &length));
  assert_int_equal(length, 0);
  assert_null(world->s->column_bytes(rows, 2, NULL));
  FAILS(BF_DONE, world->s->step(rows, &world->err));
}

/* Transactions ------------------------------------------------------------------------------------------------------------- */

static void test_transactions(void **state) {
  struct world *world = *state;
  open_writer(world);
  world->s->rollback(world->db);
  FAILS(BF_ESTATE, world->s->commit(world->db, &world->err));
  OK(world->s->begin(world->db, &world->err));
  FAILS(BF_ESTATE, world->s->begin(world->db, &world->err));
  OK(insert(world, world->db, 1, 3, 10));
  world->s->rollback(world->db);
  assert_int_equal(number(world, world->db, "SELECT count(*) FROM t"), 0);
  OK(world->s->begin(world->db, &world->err));
  OK(insert(world, world->db, 1, 3, 10));
  OK(world->s->exec(world->db, "SAVEPOINT one", &world->err));
  FAILS(BF_EINVAL, insert(world, world->db, 3, 1, 10)); /* the key is there already */
  OK(insert(world, world->db, 4, 1, 10));
  OK(world->s->exec(world->db, "ROLLBACK TO one; RELEASE one", &world->err));
  OK(world->s->commit(world->db, &world->err));
  assert_int_equal(number(world, world->db, "SELECT count(*) FROM t"), 3);
  OK(world->s->exec(world->db, "CREATE TABLE child (t BIGINT NOT NULL REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED)", &world->err));
  OK(world->s->begin(world->db, &world->err));
  OK(world->s->exec(world->db, "INSERT INTO child VALUES (99)", &world->err));
  FAILS(BF_EINVAL, world->s->commit(world->db, &world->err)); /* and has rolled back */
  OK(world->s->begin(world->db, &world->err));
  assert_int_equal(number(world, world->db, "SELECT count(*) FROM child"), 0);
  OK(world->s->commit(world->db, &world->err));
}

static void test_readers(void **state) {
  struct world *world = *state;
  struct bf_db *early = NULL;
  FAILS(BF_ENOTFOUND, world->s->open(world->s, 0, &early, &world->err));
  FAILS(BF_ENOTFOUND, world->s->open(world->s, BF_DB_WRITE, &early, &world->err));
  assert_null(early);
  open_writer(world);
  struct bf_db *reader = open_reader(world);
  OK(world->s->begin(world->db, &world->err));
  OK(insert(world, world->db, 1, 5, 10));
  assert_int_equal(number(world, reader, "SELECT count(*) FROM t"), 0); /* committed only, and not held up */
  OK(world->s->begin(reader, &world->err));
  assert_int_equal(number(world, reader, "SELECT count(*) FROM t"), 0);
  OK(world->s->commit(world->db, &world->err));
  assert_int_equal(number(world, reader, "SELECT count(*) FROM t"), 0); /* its snapshot */
  OK(world->s->commit(reader, &world->err));
  assert_int_equal(number(world, reader, "SELECT count(*) FROM t"), 5);
  FAILS(BF_EINVAL, world->s->exec(reader, "DELETE FROM t", &world->err));
  assert_says(world, "this connection only reads");
  world->s->close(reader);
}

struct reading {
  struct world *world;
  struct bf_db *db;
  _Atomic bool *done;
  int64_t rounds;
};

/* Two sums that only a torn read could tell apart. */
static void *keep_reading(void *arg) {
  struct reading *reading = arg;
  const struct bf_storage *s = reading->world->s;
  struct bf_error err;
  struct bf_stmt *stmt = NULL;
  if (s->prepare(reading->db, "SELECT count(*), coalesce(max(id), 0) FROM t", &stmt, &err) < 0) return "prepare";
  while (!atomic_load(reading->done) || reading->rounds == 0) {
    if (s->step(stmt, &err) != BF_ROW) return "step";
    if (s->column_int(stmt, 0) != s->column_int(stmt, 1)) return "torn";
    if (s->column_int(stmt, 0) % 20) return "half a transaction";
    s->reset(stmt);
    reading->rounds++;
  }
  s->finalize(stmt);
  return NULL;
}

static off_t file_size(const char *path) {
  struct stat st;
  return stat(path, &st) == 0 ? st.st_size : 0;
}

/* Readers on threads of their own while the writer commits many times what the log may hold. */
static void test_log_is_bounded(void **state) {
  struct world *world = *state;
  _Atomic bool done = false;
  pthread_t threads[2];
  struct reading readings[2];
  char wal[128];
  void *fault = NULL;
  off_t largest = 0;
  open_writer(world);
  for (int i = 0; i < 2; i++) {
    readings[i] = (struct reading){.world = world, .db = open_reader(world), .done = &done};
    assert_int_equal(pthread_create(&threads[i], NULL, keep_reading, &readings[i]), 0);
  }
  (void)snprintf(wal, sizeof wal, "%s-wal", world->file);
  for (int64_t i = 0; i < 200; i++) {
    OK(world->s->begin(world->db, &world->err));
    OK(insert(world, world->db, i * 20 + 1, 20, 8000));
    OK(world->s->commit(world->db, &world->err));
    if (file_size(wal) > largest) largest = file_size(wal);
  }
  atomic_store(&done, true);
  for (int i = 0; i < 2; i++) {
    assert_int_equal(pthread_join(threads[i], &fault), 0);
    if (fault) fail_msg("reader: %s", (const char *)fault);
    assert_true(readings[i].rounds > 0);
    world->s->close(readings[i].db);
  }
  assert_in_range(largest, 1 << 20, 16 << 20); /* 4 MiB is the bound, 32 MiB were written */
  assert_int_equal(number(world, world->db, "SELECT count(*) FROM t"), 4000);
}

/* A reader that stays in one snapshot makes the log grow; once it has gone, the log comes back to its bound. */
static void test_long_reader(void **state) {
  struct world *world = *state;
  char wal[128];
  open_writer(world);
  (void)snprintf(wal, sizeof wal, "%s-wal", world->file);
  struct bf_db *reader = open_reader(world);
  OK(world->s->begin(reader, &world->err));
  assert_int_equal(number(world, reader, "SELECT count(*) FROM t"), 0);
  for (int64_t i = 0; i < 80; i++) {
    OK(world->s->begin(world->db, &world->err));
    OK(insert(world, world->db, i * 20 + 1, 20, 8000));
    OK(world->s->commit(world->db, &world->err));
  }
  assert_true(file_size(wal) > 10 << 20);
  assert_int_equal(number(world, reader, "SELECT count(*) FROM t"), 0);
  OK(world->s->commit(reader, &world->err));
  for (int64_t i = 80; i < 160; i++) {
    OK(world->s->begin(world->db, &world->err));
    OK(insert(world, world->db, i * 20 + 1, 20, 8000));
    OK(world->s->commit(world->db, &world->err));
  }
  assert_true(file_size(wal) <= 6 << 20);
  world->s->close(reader);
}

/* Locks and what lies on the disk -------------------------------------------------------------------------------------------- */

static void test_second_writer(void **state) {
  struct world *world = *state, other = {0};
  struct bf_db *db = NULL;
  char words[64];
  open_writer(world);
  (void)uv_loop_init(&other.loop);
  begin_world(&other, world->folder, "{}");
  FAILS(BF_EBUSY, other.s->open(other.s, BF_DB_WRITE | BF_DB_CREATE, &db, &other.err));
  (void)snprintf(words, sizeof words, "another banfa (process %ld) is using this data folder", (long)getpid());
  assert_says(&other, words);
  OK(insert(world, world->db, 1, 1, 10)); /* the first one is none the worse */
  world->s->close(world->db);
  world->db = NULL;
  if (other.s->open(other.s, BF_DB_WRITE, &other.db, &other.err) < 0) fail_msg("%s", other.err.message);
  assert_int_equal(number(&other, other.db, "SELECT count(*) FROM t"), 1);
  end_world(&other);
  (void)uv_loop_close(&other.loop);
}

static void test_private_files(void **state) {
  static const char *const names[] = {"banfa.db", "banfa.db-wal", "banfa.db-shm", "lock"};
  struct world *world = *state;
  struct stat st;
  char path[128];
  open_writer(world);
  for (size_t i = 0; i < 4; i++) {
    (void)snprintf(path, sizeof path, "%s/%s", world->folder, names[i]);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
  }
}

/* A program that dies without closing: what it committed is there, what it did not is not, and its lock is gone. */
static void test_crash(void **state) {
  struct world *world = *state;
  int status = 0;
  pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    struct bf_db *db = NULL;
    int r = world->s->open(world->s, BF_DB_WRITE | BF_DB_CREATE, &db, &world->err);
    if (r >= 0) r = world->s->exec(db, "CREATE TABLE t (id BIGINT PRIMARY KEY, word TEXT, raw BYTEA)", &world->err);
    if (r >= 0) r = insert(world, db, 1, 7, 5000);
    if (r >= 0) r = world->s->begin(db, &world->err);
    if (r >= 0) r = insert(world, db, 100, 400, 5000);
    _exit(r < 0 ? 1 : 0);
  }
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
  struct bf_db *reader = open_reader(world); /* a reader alone takes the log in as well */
  assert_int_equal(number(world, reader, "SELECT count(*) FROM t"), 7);
  world->s->close(reader);
  open_writer(world);
  assert_int_equal(number(world, world->db, "SELECT count(*) FROM t"), 7);
}

static void overwrite(const char *path, off_t at, size_t length) {
  char *junk = malloc(length);
  assert_non_null(junk);
  memset(junk, 0x5a, length);
  int fd = open(path, O_WRONLY);
  assert_true(fd >= 0);
  assert_int_equal(pwrite(fd, junk, length, at), length);
  (void)close(fd);
  free(junk);
}

static void test_not_a_database(void **state) {
  struct world *world = *state;
  open_writer(world);
  world->s->close(world->db);
  world->db = NULL;
  overwrite(world->file, 0, 4096);
  FAILS(BF_EIO, world->s->open(world->s, BF_DB_WRITE | BF_DB_CREATE, &world->db, &world->err));
  assert_says(world, "restore the latest backup");
  FAILS(BF_EIO, world->s->open(world->s, 0, &world->db, &world->err));
  assert_says(world, "restore the latest backup");
  assert_null(world->db);
}

static void test_corrupt_page(void **state) {
  struct world *world = *state;
  open_writer(world);
  OK(insert(world, world->db, 1, 200, 1000));
  world->s->close(world->db);
  world->db = NULL;
  overwrite(world->file, 4096, (size_t)file_size(world->file) - 4096);
  OK(world->s->open(world->s, BF_DB_WRITE, &world->db, &world->err));
  FAILS(BF_EIO, insert(world, world->db, 500, 1, 10));
  assert_says(world, "restore the latest backup");
}

static void test_unusable_folder(void **state) {
  struct world *world = *state, other = {0};
  struct bf_db *db = NULL;
  char below[128];
  open_writer(world);
  (void)snprintf(below, sizeof below, "%s/banfa.db/data", world->folder); /* under a file: no one, root neither, can write there */
  (void)uv_loop_init(&other.loop);
  begin_world(&other, below, "{}");
  FAILS(BF_EIO, other.s->open(other.s, BF_DB_WRITE | BF_DB_CREATE, &db, &other.err));
  FAILS(BF_EIO, other.s->open(other.s, BF_DB_WRITE, &db, &other.err));
  FAILS(BF_EIO, other.s->open(other.s, 0, &db, &other.err));
  assert_null(db);
  end_world(&other);
  (void)uv_loop_close(&other.loop);
}

/* Full disks --------------------------------------------------------------------------------------------------------------- */

/* After the failure nothing of the transaction may slip in one by one, and after the rollback all is well again. */
static void assert_full(struct world *world, int64_t ids) {
  OK(world->s->begin(world->db, &world->err));
  OK(insert(world, world->db, ids, 1, 10));
  int r = insert(world, world->db, ids + 1, 2000, 4000);
  if (r >= 0) r = world->s->commit(world->db, &world->err); /* where only the commit writes */
  else if (world->s->commit(world->db, &world->err) >= 0) r = BF_EFULL; /* the statement alone failed: the rest is whole */
  assert_int_equal(r, BF_EFULL);
}

static void test_page_limit(void **state) {
  struct world *world = *state;
  open_writer(world);
  OK(world->s->exec(world->db, "PRAGMA max_page_count=100", &world->err));
  assert_full(world, 1);
  assert_says(world, "the disk is full");
  OK(world->s->exec(world->db, "PRAGMA max_page_count=1000000; DELETE FROM t", &world->err));
  OK(insert(world, world->db, 1, 500, 4000));
}

static void limit_files(rlim_t bytes) {
  struct rlimit limit;
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
  limit.rlim_cur = bytes;
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void test_full_disk(void **state) {
  struct world *world = *state;
  open_writer(world);
  OK(insert(world, world->db, 1, 10, 10));
  (void)signal(SIGXFSZ, SIG_IGN);
  limit_files(1 << 20);
  OK(world->s->begin(world->db, &world->err));
  OK(insert(world, world->db, 100, 1, 10));
  int r = insert(world, world->db, 101, 20000, 4000); /* more than the cache holds: it spills, and fails, before the commit */
  FAILS(BF_EFULL, r);
  assert_says(world, "the disk is full");
  FAILS(BF_EFULL, insert(world, world->db, 90000, 1, 10)); /* would be committed by itself */
  assert_says(world, "the transaction was undone");
  FAILS(BF_EFULL, world->s->exec(world->db, "INSERT INTO t (id) VALUES (90001)", &world->err));
  FAILS(BF_EFULL, world->s->commit(world->db, &world->err));
  OK(world->s->begin(world->db, &world->err));
  OK(insert(world, world->db, 100, 500, 4000));
  FAILS(BF_EFULL, world->s->commit(world->db, &world->err));
  limit_files(RLIM_INFINITY);
  assert_int_equal(number(world, world->db, "SELECT count(*) FROM t"), 10);
  OK(insert(world, world->db, 100, 500, 4000));
  world->s->close(world->db);
  world->db = NULL;
  open_writer(world);
  assert_int_equal(number(world, world->db, "SELECT count(*) FROM t"), 510);
}

/* Backup ------------------------------------------------------------------------------------------------------------------- */

static int count_entries(const char *path, const struct stat *st, int type, struct FTW *ftw) {
  (void)st, (void)ftw;
  if (type == FTW_F && strstr(path, ".part")) return 1;
  return 0;
}

static void test_backup(void **state) {
  struct world *world = *state, other = {0};
  char folder[96], copy[128];
  open_writer(world);
  OK(insert(world, world->db, 1, 300, 4000));
  struct bf_db *reader = open_reader(world);
  OK(world->s->begin(world->db, &world->err));
  OK(insert(world, world->db, 1000, 50, 4000));
  (void)snprintf(folder, sizeof folder, "%s/copy", world->folder);
  (void)snprintf(copy, sizeof copy, "%s/banfa.db", folder);
  FAILS(BF_EIO, world->s->backup(reader, copy, &world->err)); /* no such folder */
  assert_int_equal(mkdir(folder, 0700), 0);
  FAILS(BF_ESTATE, world->s->backup(world->db, copy, &world->err));
  OK(world->s->backup(reader, copy, &world->err)); /* while the writer is in a transaction */
  FAILS(BF_EINVAL, world->s->backup(reader, copy, &world->err));
  assert_says(world, "a backup never replaces one");
  OK(world->s->commit(world->db, &world->err));
  world->s->close(reader);

  (void)uv_loop_init(&other.loop);
  begin_world(&other, folder, "{}");
  if (other.s->open(other.s, 0, &other.db, &other.err) < 0) fail_msg("%s", other.err.message);
  assert_int_equal(number(&other, other.db, "SELECT count(*) FROM t"), 300);
  assert_int_equal(number(&other, other.db, "SELECT sum(length(raw)) FROM t"), 300 * 4000);
  end_world(&other);
  (void)uv_loop_close(&other.loop);
  assert_int_equal(nftw(world->folder, count_entries, 8, FTW_PHYS), 0);
}

static void test_backup_on_a_full_disk(void **state) {
  struct world *world = *state;
  char copy[128];
  open_writer(world);
  OK(insert(world, world->db, 1, 500, 4000));
  (void)snprintf(copy, sizeof copy, "%s/copy.db", world->folder);
  (void)signal(SIGXFSZ, SIG_IGN);
  limit_files(1 << 20);
  int r = world->s->backup(world->db, copy, &world->err);
  limit_files(RLIM_INFINITY);
  assert_int_equal(r, BF_EFULL);
  assert_int_equal(access(copy, F_OK), -1);
  assert_int_equal(nftw(world->folder, count_entries, 8, FTW_PHYS), 0);
}

int main(void) {
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      CASE(test_parameters), CASE(test_wrong_parameters), CASE(test_values), CASE(test_transactions), CASE(test_readers),
      CASE(test_log_is_bounded), CASE(test_long_reader),
      CASE(test_second_writer), CASE(test_private_files), CASE(test_crash), CASE(test_not_a_database),
      CASE(test_corrupt_page), CASE(test_unusable_folder), CASE(test_page_limit), CASE(test_full_disk), CASE(test_backup),
      CASE(test_backup_on_a_full_disk)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
