#include "secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECRET_BYTES 65536

static int read_all(int fd, const char *file, char **ret, struct bf_error *err) {
  char *text = malloc(SECRET_BYTES + 1);
  size_t length = 0;
  if (!text) return bf_fail(err, BF_ENOMEM, file, "no memory");
  while (length < SECRET_BYTES) {
    ssize_t n = read(fd, text + length, SECRET_BYTES - length);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      free(text);
      return bf_fail(err, BF_EIO, file, "cannot be read: %s", strerror(errno));
    }
    if (n == 0) break;
    length += (size_t)n;
  }
  text[length] = 0;
  *ret = text;
  return 0;
}

int bf__secret(const char *file, const char *variable, char **ret, struct bf_error *err) {
  struct stat info;
  const char *found = variable && *variable ? getenv(variable) : NULL;
  *ret = NULL;
  if (!file || !*file) {
    if (found && !(*ret = strdup(found))) return bf_fail(err, BF_ENOMEM, variable, "no memory");
    return 0;
  }
  int fd = open(file, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return bf_fail(err, BF_EIO, file, "cannot be opened: %s", strerror(errno));
  int r = 0;
  if (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode))
    r = bf_fail(err, BF_EINVAL, file, "a plain file is due");
  else if (info.st_mode & (S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH))
    r = bf_fail(err, BF_EINVAL, file, "others may read this secret: chmod 600 %s", file);
  else
    r = read_all(fd, file, ret, err);
  (void)close(fd);
  return r;
}
