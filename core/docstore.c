#include "docstore.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chain.h"

#define CHUNK 65536

static int fail_errno(struct bf_error *err, const char *where, const char *what) {
  int number = errno;
  /* EFBIG: the process may not make files that large; for whoever uploads it is the same as a full disk */
  bool full = number == ENOSPC || number == EDQUOT || number == EFBIG;
  return bf_fail(err, number == ENOENT ? BF_ENOTFOUND : full ? BF_EFULL : BF_EIO, where, "%s: %s", what, strerror(number));
}

static int join(char *path, size_t size, const char *format, const char *a, const char *b, struct bf_error *err) {
  int length = snprintf(path, size, format, a, b);
  return length > 0 && (size_t)length < size ? 0 : bf_fail(err, BF_ELIMIT, a, "the path of the data folder is too long");
}

static int make_folder(const char *path, struct bf_error *err) {
  return mkdir(path, 0700) == 0 || errno == EEXIST ? 0 : fail_errno(err, path, "the folder cannot be made");
}

/* What is written in a folder survives a power cut only once the folder itself has been synced. */
static int sync_folder(const char *path, struct bf_error *err) {
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return fail_errno(err, path, "the folder cannot be opened");
  int r = fsync(fd) == 0 ? 0 : fail_errno(err, path, "the folder cannot be synced");
  (void)close(fd);
  return r;
}

/* The store at rest. ----------------------------------------------------------------------------------------------------- */

static int empty_folder(const char *path, struct bf_error *err) {
  DIR *folder = opendir(path);
  if (!folder) return fail_errno(err, path, "the folder cannot be read");
  int r = 0;
  for (struct dirent *entry; r >= 0 && (entry = readdir(folder));) {
    if (entry->d_name[0] == '.') continue;
    if (unlinkat(dirfd(folder), entry->d_name, 0) != 0) r = fail_errno(err, path, "what an upload left there cannot be removed");
  }
  (void)closedir(folder);
  return r;
}

int bf__docstore_open(const char *data, struct bf_error *err) {
  char path[PATH_MAX];
  int r = join(path, sizeof path, "%s%s", data, "/documents", err);
  if (r >= 0) r = make_folder(path, err);
  if (r >= 0) r = sync_folder(data, err);
  if (r >= 0) r = join(path, sizeof path, "%s%s", data, "/documents/incoming", err);
  if (r >= 0) r = make_folder(path, err);
  if (r >= 0) r = empty_folder(path, err);
  return r;
}

int bf__docstore_path(const char *data, const char *sha256, char *ret_path, size_t size) {
  if (strlen(sha256) != BF__DOC_HASH - 1 || strspn(sha256, "0123456789abcdef") != BF__DOC_HASH - 1) return BF_EINVAL;
  int length = snprintf(ret_path, size, "%s/documents/%.2s/%s", data, sha256, sha256);
  return length > 0 && (size_t)length < size ? 0 : BF_ELIMIT;
}

int bf__docstore_read(const char *data, const char *sha256, int *ret_fd, int64_t *ret_bytes, struct bf_error *err) {
  char path[PATH_MAX];
  struct stat info;
  int r = bf__docstore_path(data, sha256, path, sizeof path);
  if (r < 0) return bf_fail(err, r, "document", "its hash is not one, or the data folder's path is too long");
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return fail_errno(err, path, "the document cannot be opened");
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    (void)close(fd);
    return bf_fail(err, BF_EIO, path, "this is not a file");
  }
  *ret_fd = fd;
  *ret_bytes = info.st_size;
  return 0;
}

static int hash_file(int fd, struct bf__digest *digest, struct bf_error *err) {
  static _Thread_local char chunk[CHUNK];
  ssize_t got;
  while ((got = read(fd, chunk, sizeof chunk)) != 0) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_errno(err, "document", "it cannot be read");
    if (bf__digest_add(digest, chunk, (size_t)got) < 0) return bf_fail(err, BF_EIO, "document", "SHA-256 failed");
  }
  return 0;
}

static int end_digest(struct bf__digest *digest, char ret_hex[BF__DOC_HASH], struct bf_error *err) {
  unsigned char hash[BF__HASH_BYTES];
  if (bf__digest_end(digest, hash) < 0) return bf_fail(err, BF_EIO, "document", "SHA-256 failed");
  bf__hex(hash, sizeof hash, ret_hex);
  return 0;
}

int bf__docstore_check(const char *data, const char *sha256, int64_t bytes, struct bf_error *err) {
  struct bf__digest *digest = NULL;
  char hex[BF__DOC_HASH] = "";
  int64_t found = 0;
  int fd = -1;
  int r = bf__docstore_read(data, sha256, &fd, &found, err);
  if (r < 0) return r;
  r = found == bytes ? bf__digest_new("SHA256", &digest, err) : BF_EINVAL;
  if (r >= 0) r = hash_file(fd, digest, err);
  if (r >= 0) r = end_digest(digest, hex, err);
  if (r >= 0 && strcmp(hex, sha256) != 0) r = BF_EINVAL;
  bf__digest_free(digest);
  (void)close(fd);
  return r == BF_EINVAL ? bf_fail(err, r, sha256, "the file's bytes are not those that were stored") : r;
}

/* A file coming in. -------------------------------------------------------------------------------------------------------- */

struct bf__docput {
  uv_work_t work;
  uv_loop_t *loop;
  int64_t limit;
  bool busy, finishing, aborted; /* the loop thread's */
  /* a worker's while busy, else the loop thread's */
  char *data, *temp;
  int fd; /* -1 before the first byte and after a failure */
  struct bf__digest *digest;
  int64_t bytes;
  int fault;
  struct bf_error err;
  char sha256[BF__DOC_HASH];
  /* the write under way */
  const char *piece;
  size_t length;
  void (*done)(void *arg, int status);
  void *done_arg;
  void (*finished)(void *arg, int status, const char *sha256, int64_t bytes, const struct bf_error *err);
  void (*gone)(void *arg);
  void *end_arg;
};

static void put_free(struct bf__docput *put) {
  if (!put) return;
  bf__digest_free(put->digest);
  free(put->data);
  free(put->temp);
  free(put);
}

int bf__docput_new(uv_loop_t *loop, const char *data, int64_t limit, struct bf__docput **ret, struct bf_error *err) {
  unsigned char random[16];
  char name[sizeof random * 2 + 1];
  struct bf__docput *put = calloc(1, sizeof *put);
  if (!put) return bf_fail(err, BF_ENOMEM, "document", "no memory");
  if (sodium_init() >= 0) randombytes_buf(random, sizeof random);
  bf__hex(random, sizeof random, name);
  put->loop = loop;
  put->limit = limit;
  put->fd = -1;
  put->work.data = put;
  put->data = strdup(data);
  if (asprintf(&put->temp, "%s/documents/incoming/%s", data, name) < 0) put->temp = NULL;
  if (!put->data || !put->temp || bf__digest_new("SHA256", &put->digest, err) < 0) {
    put_free(put);
    return bf_fail(err, BF_ENOMEM, "document", "no memory");
  }
  *ret = put;
  return 0;
}

/* On a worker thread. */

static void discard(struct bf__docput *put) {
  if (put->fd < 0) return;
  (void)close(put->fd);
  (void)unlink(put->temp);
  put->fd = -1;
}

static void give_up(struct bf__docput *put, int code) {
  discard(put);
  put->fault = code == BF_ENOTFOUND ? BF_EIO : code; /* a missing folder is our fault, not the caller's */
}

static int open_temp(struct bf__docput *put) {
  if (put->fd >= 0) return 0;
  put->fd = open(put->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  return put->fd >= 0 ? 0 : fail_errno(&put->err, put->temp, "the file cannot be made");
}

static int write_all(struct bf__docput *put) {
  const char *at = put->piece;
  for (size_t left = put->length; left > 0;) {
    ssize_t wrote = write(put->fd, at, left);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return fail_errno(&put->err, put->temp, "it cannot be written");
    at += wrote;
    left -= (size_t)wrote;
  }
  return 0;
}

static void take_piece(struct bf__docput *put) {
  if (put->fault < 0) return;
  int r = 0;
  if ((int64_t)put->length > put->limit - put->bytes)
    r = bf_fail(&put->err, BF_ELIMIT, "document", "it is larger than %lld bytes", (long long)put->limit);
  if (r >= 0) r = open_temp(put);
  if (r >= 0) r = write_all(put);
  if (r >= 0 && bf__digest_add(put->digest, put->piece, put->length) < 0)
    r = bf_fail(&put->err, BF_EIO, "document", "SHA-256 failed");
  if (r < 0)
    give_up(put, r);
  else
    put->bytes += (int64_t)put->length;
}

/* Rename, then sync both folders: the name must be as durable as the bytes before anybody is told. */
static int into_place(struct bf__docput *put) {
  char path[PATH_MAX], folder[PATH_MAX], documents[PATH_MAX];
  int r = bf__docstore_path(put->data, put->sha256, path, sizeof path);
  if (r < 0) return bf_fail(&put->err, r, put->data, "the path of the data folder is too long");
  r = join(documents, sizeof documents, "%s%s", put->data, "/documents", &put->err);
  if (r >= 0) r = join(folder, sizeof folder, "%s/%.2s", documents, put->sha256, &put->err);
  if (r >= 0) r = make_folder(folder, &put->err);
  if (r >= 0 && rename(put->temp, path) != 0) r = fail_errno(&put->err, path, "the file cannot be put in its place");
  if (r >= 0) r = sync_folder(folder, &put->err);
  if (r >= 0) r = sync_folder(documents, &put->err);
  return r;
}

static void complete(struct bf__docput *put) {
  if (put->fault < 0) return;
  int r = open_temp(put); /* a file of no bytes was never opened */
  if (r >= 0 && fsync(put->fd) != 0) r = fail_errno(&put->err, put->temp, "it cannot be synced");
  if (r >= 0) r = end_digest(put->digest, put->sha256, &put->err);
  if (r >= 0) r = into_place(put);
  if (r < 0) {
    give_up(put, r);
    return;
  }
  (void)close(put->fd); /* synced: nothing more can be lost here */
  put->fd = -1;
}

static void piece_work(uv_work_t *work) {
  take_piece(work->data);
}
static void finish_work(uv_work_t *work) {
  complete(work->data);
}
static void discard_work(uv_work_t *work) {
  discard(work->data);
}

/* Back on the loop thread. */

static void after_finish(uv_work_t *work, int status) {
  struct bf__docput *put = work->data;
  if (status < 0) give_up(put, bf_fail(&put->err, BF_ESTATE, "document", "the program is stopping"));
  put->finished(put->end_arg, put->fault, put->fault < 0 ? NULL : put->sha256, put->bytes, &put->err);
  put_free(put);
}

static void after_discard(uv_work_t *work, int status) {
  struct bf__docput *put = work->data;
  if (status < 0) discard(put);
  if (put->gone) put->gone(put->end_arg);
  put_free(put);
}

/* Queues the next step; libuv refuses only a step that is no function. */
static void step(struct bf__docput *put, uv_work_cb work, uv_after_work_cb after) {
  put->busy = true;
  if (uv_queue_work(put->loop, &put->work, work, after) < 0) abort();
}

static void end(struct bf__docput *put) {
  if (put->busy) return; /* the write under way comes here when it is done */
  if (put->aborted)
    step(put, discard_work, after_discard);
  else if (put->finishing)
    step(put, finish_work, after_finish);
}

static void after_piece(uv_work_t *work, int status) {
  struct bf__docput *put = work->data;
  void (*done)(void *arg, int status) = put->done;
  void *arg = put->done_arg;
  if (status < 0) give_up(put, bf_fail(&put->err, BF_ESTATE, "document", "the program is stopping"));
  int fault = put->fault;
  put->busy = false;
  put->done = NULL;
  end(put);
  done(arg, fault); /* may write, finish or abort; PUT may not be touched after it */
}

int bf__docput_write(struct bf__docput *put, const char *bytes, size_t length, void (*done)(void *arg, int status), void *arg) {
  if (put->busy || put->finishing || put->aborted) return BF_ESTATE;
  put->piece = bytes;
  put->length = length;
  put->done = done;
  put->done_arg = arg;
  step(put, piece_work, after_piece);
  return 0;
}

void bf__docput_finish(struct bf__docput *put,
                       void (*finished)(void *arg, int status, const char *sha256, int64_t bytes, const struct bf_error *err),
                       void *arg) {
  put->finishing = true;
  put->finished = finished;
  put->end_arg = arg;
  end(put);
}

void bf__docput_abort(struct bf__docput *put, void (*gone)(void *arg), void *arg) {
  put->aborted = true;
  put->gone = gone;
  put->end_arg = arg;
  end(put);
}
