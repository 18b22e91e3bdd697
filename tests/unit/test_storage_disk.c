/* The SQLite storage and the disk: locks, crashes, damaged files, unusable folders, full disks, backups. */
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "storage_fixture.h"

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
  (void)snprintf(below, sizeof below, "%s/banfa.db/data",
                 world->folder); /* under a file: no one, root neither, can write there */
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
  if (r >= 0)
    r = world->s->commit(world->db, &world->err); /* where only the commit writes */
  else if (world->s->commit(world->db, &world->err) >= 0)
    r = BF_EFULL; /* the statement alone failed: the rest is whole */
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
  const struct CMUnitTest tests[] = {CASE(test_second_writer),        CASE(test_private_files), CASE(test_crash),
                                     CASE(test_not_a_database),       CASE(test_corrupt_page),  CASE(test_unusable_folder),
                                     CASE(test_page_limit),           CASE(test_full_disk),     CASE(test_backup),
                                     CASE(test_backup_on_a_full_disk)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
