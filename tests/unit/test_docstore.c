/* Documents on disk: streamed in, named by their bytes, and nothing left behind when it goes wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "docstore.h"

#define LIMIT (1 << 20)
#define SHA_OF_ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define SHA_OF_NOTHING "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

struct world {
  uv_loop_t loop;
  char data[64];
  struct bf__docput *put;
  /* what the callbacks told */
  int writes, last_write, ends, status, gone;
  char sha256[BF__DOC_HASH];
  int64_t bytes;
};

static int set_up(void **state) {
  struct world *world = calloc(1, sizeof *world);
  struct bf_error err;
  assert_non_null(world);
  (void)snprintf(world->data, sizeof world->data, "/tmp/banfa-docstore-XXXXXX");
  assert_non_null(mkdtemp(world->data));
  assert_int_equal(uv_loop_init(&world->loop), 0);
  assert_int_equal(bf__docstore_open(world->data, &err), 0);
  *state = world;
  return 0;
}

static int tear_down(void **state) {
  struct world *world = *state;
  char command[128];
  assert_int_equal(uv_loop_close(&world->loop), 0); /* nothing is under way any more */
  (void)snprintf(command, sizeof command, "rm -r %s", world->data);
  assert_int_equal(system(command), 0);
  free(world);
  return 0;
}

static int entries(const struct world *world, const char *folder) {
  char path[128];
  int count = 0;
  (void)snprintf(path, sizeof path, "%s/documents/%s", world->data, folder);
  DIR *dir = opendir(path);
  if (!dir) return 0;
  for (struct dirent *entry; (entry = readdir(dir));) count += entry->d_name[0] != '.';
  (void)closedir(dir);
  return count;
}

static void wrote(void *arg, int status) {
  struct world *world = arg;
  world->writes++;
  world->last_write = status;
}

static void finished(void *arg, int status, const char *sha256, int64_t bytes, const struct bf_error *err) {
  struct world *world = arg;
  world->ends++;
  world->status = status;
  world->bytes = bytes;
  if (status < 0) assert_true(err->message[0] != '\0');
  (void)snprintf(world->sha256, sizeof world->sha256, "%s", sha256 ? sha256 : "");
}

static void gone(void *arg) {
  ((struct world *)arg)->gone++;
}

static void run(struct world *world) {
  assert_int_equal(uv_run(&world->loop, UV_RUN_DEFAULT), 0);
}

static void begin(struct world *world, int64_t limit) {
  struct bf_error err;
  assert_int_equal(bf__docput_new(&world->loop, world->data, limit, &world->put, &err), 0);
}

static void push(struct world *world, const char *bytes, size_t length) {
  assert_int_equal(bf__docput_write(world->put, bytes, length, wrote, world), 0);
  run(world);
}

static void test_store(void **state) {
  struct world *world = *state;
  struct bf_error err;
  char text[8] = "";
  int fd = -1;
  int64_t bytes = 0;
  for (int round = 0; round < 2; round++) { /* the same bytes twice are one file */
    begin(world, LIMIT);
    push(world, "ab", 2);
    push(world, "c", 1);
    bf__docput_finish(world->put, finished, world);
    run(world);
    assert_int_equal(world->status, 0);
    assert_string_equal(world->sha256, SHA_OF_ABC);
    assert_int_equal(world->bytes, 3);
  }
  assert_int_equal(world->writes, 4);
  assert_int_equal(world->ends, 2);
  assert_int_equal(entries(world, "incoming"), 0);
  assert_int_equal(entries(world, "ba"), 1);
  assert_int_equal(bf__docstore_read(world->data, SHA_OF_ABC, &fd, &bytes, &err), 0);
  assert_int_equal(bytes, 3);
  assert_int_equal(read(fd, text, sizeof text), 3);
  assert_string_equal(text, "abc");
  (void)close(fd);
  assert_int_equal(bf__docstore_check(world->data, SHA_OF_ABC, 3, &err), 0);
}

static void test_check(void **state) {
  struct world *world = *state;
  struct bf_error err;
  char path[256], small[16];
  int fd = -1;
  int64_t bytes = 0;
  test_store(state);
  assert_int_equal(bf__docstore_path(world->data, SHA_OF_ABC, path, sizeof path), 0);
  assert_int_equal(bf__docstore_path(world->data, SHA_OF_ABC, small, sizeof small), BF_ELIMIT);
  assert_int_equal(bf__docstore_path(world->data, "../../etc/passwd", path, sizeof path), BF_EINVAL);
  assert_int_equal(bf__docstore_path(world->data, SHA_OF_ABC, path, sizeof path), 0);
  assert_int_equal(bf__docstore_check(world->data, SHA_OF_ABC, 4, &err), BF_EINVAL); /* another size */
  fd = open(path, O_WRONLY);
  assert_int_equal(write(fd, "x", 1), 1);
  (void)close(fd);
  assert_int_equal(bf__docstore_check(world->data, SHA_OF_ABC, 3, &err), BF_EINVAL); /* one byte changed */
  assert_int_equal(unlink(path), 0);
  assert_int_equal(bf__docstore_check(world->data, SHA_OF_ABC, 3, &err), BF_ENOTFOUND);
  assert_int_equal(bf__docstore_read(world->data, SHA_OF_ABC, &fd, &bytes, &err), BF_ENOTFOUND);
  assert_int_equal(symlink("/dev/zero", path), 0);
  assert_int_equal(bf__docstore_read(world->data, SHA_OF_ABC, &fd, &bytes, &err), BF_EIO); /* a link is not followed */
}

static void test_zero_bytes(void **state) {
  struct world *world = *state;
  begin(world, LIMIT);
  bf__docput_finish(world->put, finished, world);
  run(world);
  assert_int_equal(world->status, 0);
  assert_int_equal(world->bytes, 0);
  assert_string_equal(world->sha256, SHA_OF_NOTHING);
  assert_int_equal(entries(world, "e3"), 1);
  assert_int_equal(entries(world, "incoming"), 0);
}

static void test_limit(void **state) {
  struct world *world = *state;
  begin(world, 3);
  push(world, "abc", 3); /* the limit itself is allowed */
  assert_int_equal(world->last_write, 0);
  assert_int_equal(entries(world, "incoming"), 1);
  push(world, "d", 1);
  assert_int_equal(world->last_write, BF_ELIMIT);
  assert_int_equal(entries(world, "incoming"), 0);
  push(world, "e", 1); /* the rest of what comes in is dropped */
  assert_int_equal(world->last_write, BF_ELIMIT);
  assert_int_equal(entries(world, "incoming"), 0);
  bf__docput_finish(world->put, finished, world);
  run(world);
  assert_int_equal(world->status, BF_ELIMIT);
  assert_int_equal(entries(world, "ba"), 0);
}

static void test_abort(void **state) {
  struct world *world = *state;
  begin(world, LIMIT);
  push(world, "abc", 3);
  assert_int_equal(entries(world, "incoming"), 1);
  bf__docput_abort(world->put, gone, world);
  run(world);
  assert_int_equal(world->gone, 1);
  assert_int_equal(entries(world, "incoming"), 0);

  begin(world, LIMIT); /* in the middle of a write */
  assert_int_equal(bf__docput_write(world->put, "abc", 3, wrote, world), 0);
  assert_int_equal(bf__docput_write(world->put, "def", 3, wrote, world), BF_ESTATE);
  bf__docput_abort(world->put, gone, world);
  run(world);
  assert_int_equal(world->writes, 2); /* the borrowed bytes were given back */
  assert_int_equal(world->gone, 2);
  assert_int_equal(entries(world, "incoming"), 0);

  begin(world, LIMIT); /* before the first byte */
  bf__docput_abort(world->put, NULL, NULL);
  run(world);
  assert_int_equal(world->ends, 0);
}

static void test_finish_during_write(void **state) {
  struct world *world = *state;
  begin(world, LIMIT);
  assert_int_equal(bf__docput_write(world->put, "abc", 3, wrote, world), 0);
  bf__docput_finish(world->put, finished, world);
  run(world);
  assert_int_equal(world->writes, 1);
  assert_int_equal(world->status, 0);
  assert_string_equal(world->sha256, SHA_OF_ABC);
}

static void abort_when_written(void *arg, int status) {
  struct world *world = arg;
  wrote(arg, status);
  bf__docput_abort(world->put, gone, world);
}

static void test_abort_from_callback(void **state) {
  struct world *world = *state;
  begin(world, LIMIT);
  assert_int_equal(bf__docput_write(world->put, "abc", 3, abort_when_written, world), 0);
  run(world);
  assert_int_equal(world->gone, 1);
  assert_int_equal(entries(world, "incoming"), 0);
}

static void test_no_room(void **state) { /* a file that may not grow is what a full disk looks like from here */
  struct world *world = *state;
  static char block[8192];
  struct rlimit old, small;
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
  small = (struct rlimit){.rlim_cur = 10000, .rlim_max = old.rlim_max};
  (void)signal(SIGXFSZ, SIG_IGN);
  begin(world, LIMIT);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
  push(world, block, sizeof block);
  int first = world->last_write;
  push(world, block, sizeof block); /* written in part, then refused */
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
  assert_int_equal(first, 0);
  assert_int_equal(world->last_write, BF_EFULL);
  assert_int_equal(entries(world, "incoming"), 0);
  bf__docput_finish(world->put, finished, world);
  run(world);
  assert_int_equal(world->status, BF_EFULL);
}

static void test_folder_gone(void **state) {
  struct world *world = *state;
  char path[128];
  (void)snprintf(path, sizeof path, "%s/documents/incoming", world->data);
  begin(world, LIMIT);
  assert_int_equal(rmdir(path), 0);
  push(world, "abc", 3);
  assert_int_equal(world->last_write, BF_EIO);
  bf__docput_abort(world->put, NULL, NULL);
  run(world);
}

static void test_sweep(void **state) {
  struct world *world = *state;
  struct bf_error err;
  char path[128];
  test_store(state);
  (void)snprintf(path, sizeof path, "%s/documents/incoming/left", world->data);
  int fd = open(path, O_WRONLY | O_CREAT, 0600);
  assert_true(fd >= 0);
  (void)close(fd);
  assert_int_equal(bf__docstore_open(world->data, &err), 0);
  assert_int_equal(entries(world, "incoming"), 0);
  assert_int_equal(entries(world, "ba"), 1);
  assert_true(bf__docstore_open("/nowhere/at/all", &err) < 0);
}

static void test_large(void **state) { /* many pieces, and the hash of all of them */
  struct world *world = *state;
  static char piece[100000];
  struct bf_error err;
  begin(world, 64 << 20);
  for (int i = 0; i < 100; i++) {
    memset(piece, i, sizeof piece);
    push(world, piece, sizeof piece);
  }
  bf__docput_finish(world->put, finished, world);
  run(world);
  assert_int_equal(world->status, 0);
  assert_int_equal(world->bytes, 100 * (int64_t)sizeof piece);
  assert_int_equal(bf__docstore_check(world->data, world->sha256, world->bytes, &err), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_store),
      TEST(test_check),
      TEST(test_zero_bytes),
      TEST(test_limit),
      TEST(test_abort),
      TEST(test_finish_during_write),
      TEST(test_abort_from_callback),
      TEST(test_no_room),
      TEST(test_folder_gone),
      TEST(test_sweep),
      TEST(test_large),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
