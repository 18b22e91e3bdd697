/* Loaded before a server under test: ends it with SIGKILL at the Nth write or flush of the database or its log, counted from when
 * the file named in BANFA_KILL_FILE appears; that file holds N. So a crash can be put at every step of one command. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_int left = -1;

static int is_database(int fd) {
  char link[64], path[1024];
  (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return strstr(path, "banfa.db") != NULL && !strstr(path, "-shm");
}

static void step(int fd) {
  const char *file = getenv("BANFA_KILL_FILE");
  if (!file || !is_database(fd)) return;
  if (atomic_load(&left) < 0) {
    FILE *in = fopen(file, "r");
    int count = 0;
    if (!in) return;
    if (fscanf(in, "%d", &count) == 1) atomic_store(&left, count);
    (void)fclose(in);
  }
  if (atomic_fetch_sub(&left, 1) == 1) (void)kill(getpid(), SIGKILL);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
  static ssize_t (*next)(int, const void *, size_t, off_t);
  if (!next) *(void **)&next = dlsym(RTLD_NEXT, "pwrite");
  step(fd);
  return next(fd, bytes, length, at);
}
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
  static ssize_t (*next)(int, const void *, size_t, off64_t);
  if (!next) *(void **)&next = dlsym(RTLD_NEXT, "pwrite64");
  step(fd);
  return next(fd, bytes, length, at);
}
int fsync(int fd) {
  static int (*next)(int);
  if (!next) *(void **)&next = dlsym(RTLD_NEXT, "fsync");
  step(fd);
  return next(fd);
}
int fdatasync(int fd) {
  static int (*next)(int);
  if (!next) *(void **)&next = dlsym(RTLD_NEXT, "fdatasync");
  step(fd);
  return next(fd);
}
