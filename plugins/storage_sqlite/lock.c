#include "sqlite_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* The process that holds the lock, as it wrote it, or 0. Only for the message: the lock itself is the kernel's. */
static long holder(int fd) {
  char text[32];
  ssize_t n = pread(fd, text, sizeof text - 1, 0);
  if (n <= 0) return 0;
  text[n] = '\0';
  return strtol(text, NULL, 10);
}

static int taken(const struct store *store, int fd, struct bf_error *err) {
  long pid = holder(fd);
  if (pid > 0)
    return bf_fail(err, BF_EBUSY, store->folder,
                   "another banfa (process %ld) is using this data folder: stop it, or give another folder with --data", pid);
  return bf_fail(err, BF_EBUSY, store->folder,
                 "another banfa is using this data folder: stop it, or give another folder with --data");
}

/* Empties the file, then writes TEXT. A full disk may refuse it: the lock holds without, and an empty file names nobody. */
static void sign(int fd, const char *text) {
  size_t length = strlen(text);
  if (ftruncate(fd, 0) == 0 && pwrite(fd, text, length, 0) == (ssize_t)length) return;
  int again = ftruncate(fd, 0);
  (void)again;
}

int lock_take(const struct store *store, int *ret_fd, struct bf_error *err) {
  /* close-on-exec: a child must not keep the folder locked after the server has gone */
  int fd = open(store->lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    return bf_fail(err, errno == ENOSPC || errno == EDQUOT ? BF_EFULL : BF_EIO, store->lock_path,
                   "the data folder can't be used: %s", strerror(errno));
  int r;
  do r = flock(fd, LOCK_EX | LOCK_NB);
  while (r < 0 && errno == EINTR);
  if (r < 0) {
    r = errno == EWOULDBLOCK ? taken(store, fd, err)
                             : bf_fail(err, BF_EIO, store->lock_path, "the data folder can't be locked: %s", strerror(errno));
    (void)close(fd);
    return r;
  }
  char text[32];
  (void)snprintf(text, sizeof text, "%ld\n", (long)getpid());
  sign(fd, text);
  *ret_fd = fd;
  return 0;
}

/* The file stays: removing it would let two programs lock two files of one name. */
void lock_drop(int fd) {
  if (fd < 0) return;
  sign(fd, "");
  (void)close(fd);
}
