#include "admin.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "banfa/api.h"

int bf__admin_path(const char *data, int *ret_folder, char ret_path[64], struct bf_error *err) {
  int folder = open(data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return bf_fail(err, errno == ENOENT ? BF_ENOTFOUND : BF_EIO, data, "cannot be opened: %s", strerror(errno));
  (void)snprintf(ret_path, 64, "/proc/self/fd/%d/banfa.sock", folder);
  *ret_folder = folder;
  return 0;
}

int bf__admin_connect(const char *data, int *ret_fd, struct bf_error *err) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  char path[64];
  int folder, r = bf__admin_path(data, &folder, path, err);
  if (r < 0) return r;
  memcpy(address.sun_path, path, sizeof path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
    bool absent = errno == ENOENT || errno == ECONNREFUSED; /* refused: a server died and left its socket */
    r = bf_fail(err, absent ? BF_ENOTFOUND : BF_EIO, data, "%s/banfa.sock: %s", data, strerror(errno));
    if (fd >= 0) (void)close(fd);
  } else {
    *ret_fd = fd;
  }
  (void)close(folder);
  return r;
}

static int send_all(int fd, const char *text, size_t length, struct bf_error *err) {
  while (length > 0) {
    ssize_t sent = send(fd, text, length, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return bf_fail(err, BF_EIO, "server", "the connection broke: %s", strerror(errno));
    text += sent;
    length -= (size_t)sent;
  }
  return 0;
}

/* Reads up to the end of one line. The server sends nothing beyond it unasked. */
static int receive_line(int fd, char **ret_text, size_t *ret_length, struct bf_error *err) {
  size_t length = 0, capacity = 0;
  char *text = NULL;
  int r = 0;
  while (r >= 0 && (length == 0 || text[length - 1] != '\n')) {
    if (length == capacity) {
      size_t wanted = capacity ? capacity * 2 : 65536;
      char *grown = wanted <= 2 * BF__ADMIN_LINE ? realloc(text, wanted) : NULL;
      if (!grown) {
        r = bf_fail(err, BF_ELIMIT, "server", "the answer is too large");
        break;
      }
      text = grown;
      capacity = wanted;
    }
    ssize_t got = recv(fd, text + length, capacity - length, 0);
    if (got > 0)
      length += (size_t)got;
    else if (got == 0)
      r = bf_fail(err, BF_EIO, "server", "it closed the connection before it answered; its log says why");
    else if (errno != EINTR)
      r = bf_fail(err, BF_EIO, "server", "the connection broke: %s", strerror(errno));
  }
  if (r < 0) {
    free(text);
    return r;
  }
  *ret_text = text;
  *ret_length = length;
  return 0;
}

int bf__admin_request(int fd, const char *operation, const json_t *params, json_t **ret_answer, struct bf_error *err) {
  json_t *request = json_pack("{s:s, s:O*}", "operation", operation, "params", (json_t *)params);
  char *line = request ? json_dumps(request, JSON_COMPACT) : NULL, *text = NULL;
  size_t length = line ? strlen(line) : 0;
  json_decref(request);
  int r = 0;
  if (!line)
    r = bf_fail(err, BF_ENOMEM, "request", "no memory, or text that is not UTF-8");
  else if (length > BF__ADMIN_LINE)
    r = bf_fail(err, BF_ELIMIT, "request", "is larger than 64 MiB");
  if (r >= 0) {
    line[length] = '\n'; /* in place of the NUL */
    r = send_all(fd, line, length + 1, err);
  }
  if (r >= 0) r = receive_line(fd, &text, &length, err);
  if (r >= 0) {
    json_t *answer = json_loadb(text, length, 0, NULL);
    if (json_is_integer(json_object_get(answer, "status")))
      *ret_answer = json_incref(answer);
    else
      r = bf_fail(err, BF_EIO, "server",
                  "its answer is not of the form that this program knows: is the server of another version?");
    json_decref(answer);
  }
  free(line);
  free(text);
  return r;
}

/* Answers as JSON. ------------------------------------------------------------------------------------------------------- */

/* A file's content as a JSON string; NULL when it is too large or not text. */
static json_t *file_text(int file, int64_t bytes) {
  size_t length = 0, limit = bytes >= 0 && (uint64_t)bytes < BF__ADMIN_LINE ? (size_t)bytes : 0;
  char *text = limit || bytes == 0 ? malloc(limit + 1) : NULL;
  while (text && length < limit) {
    ssize_t got = pread(file, text + length, limit - length, (off_t)length);
    if (got <= 0) break;
    length += (size_t)got;
  }
  json_t *value = text && length == limit ? json_stringn(text, length) : NULL;
  free(text);
  return value;
}

static json_t *body_of(const struct bf_answer *answer) {
  json_t *body = NULL;
  if (answer->file >= 0) return file_text(answer->file, answer->file_bytes);
  if (answer->length == 0) return json_null();
  if (answer->type && strstr(answer->type, "json")) body = json_loadb(answer->body, answer->length, JSON_DECODE_ANY, NULL);
  return body ? body : json_stringn(answer->body, answer->length);
}

json_t *bf__admin_answer(const struct bf_answer *answer) {
  json_t *body = body_of(answer);
  int status = answer->status;
  if (!body) {
    status = 500;
    body = json_pack("{s:i, s:s}", "status", status, "detail",
                     "the answer is not text, or is larger than 64 MiB: ask for it over HTTP");
  }
  json_t *value = json_pack("{s:i, s:o}", "status", status, "body", body);
  if (value && answer->version >= 0) (void)json_object_set_new(value, "version", json_integer(answer->version));
  if (value && answer->location) (void)json_object_set_new(value, "location", json_string(answer->location));
  if (answer->file >= 0) (void)close(answer->file);
  return value;
}
