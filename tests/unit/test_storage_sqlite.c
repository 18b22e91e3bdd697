/* The SQLite storage as the core uses it: parameters, values, transactions, readers beside a writer. */
#include <pthread.h>
#include <stdatomic.h>

#include "storage_fixture.h"

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
  OK(world->s->exec(world->db, "CREATE TABLE child (t BIGINT NOT NULL REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED)",
                    &world->err));
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

int main(void) {
  const struct CMUnitTest tests[] = {CASE(test_parameters),   CASE(test_wrong_parameters), CASE(test_values),
                                     CASE(test_transactions), CASE(test_readers),          CASE(test_log_is_bounded),
                                     CASE(test_long_reader)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
