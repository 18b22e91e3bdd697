#include "admin.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app.h"
#include "log.h"
#include "operation.h"

#define CONNECTIONS 64
#define FIRST_BYTES 65536

/* A connection answers one request at a time: it stops reading while one is decided and while its answer is written. */
struct connection {
  uv_pipe_t pipe;
  uv_write_t write;
  struct bf__admin *admin; /* NULL once closed */
  char *buffer;
  size_t start, length, capacity; /* what is not yet read as a line lies from START to LENGTH */
  char *reply;
  bool calling; /* the core owes us an answer */
  bool ended;   /* the peer sends no more */
  bool closed;
};

struct bf__admin {
  struct bf__app *app;
  uv_pipe_t listener;
  int folder; /* open as long as the socket's name must be good */
  bool listener_closed;
  struct connection *connections[CONNECTIONS];
  int count;
};

static void proceed(struct connection *connection);

static void connection_free(struct connection *connection) {
  free(connection->buffer);
  free(connection->reply);
  free(connection);
}

static void on_connection_closed(uv_handle_t *handle) {
  struct connection *connection = handle->data;
  struct bf__admin *admin = connection->admin;
  for (int i = 0; i < CONNECTIONS; i++)
    if (admin->connections[i] == connection) admin->connections[i] = NULL;
  admin->count--;
  connection->admin = NULL;
  connection->closed = true;
  if (!connection->calling) connection_free(connection); /* else when the answer comes */
}

static void connection_close(struct connection *connection) {
  uv_handle_t *handle = (uv_handle_t *)&connection->pipe;
  if (!uv_is_closing(handle)) uv_close(handle, on_connection_closed);
}

/* Answers. --------------------------------------------------------------------------------------------------------------- */

static void on_written(uv_write_t *write, int status) {
  struct connection *connection = write->data;
  free(connection->reply);
  connection->reply = NULL;
  if (status < 0)
    connection_close(connection);
  else
    proceed(connection);
}

static void reply(struct connection *connection, json_t *answer) {
  char *text = answer ? json_dumps(answer, JSON_COMPACT) : NULL;
  size_t length = text ? strlen(text) : 0;
  json_decref(answer);
  if (!text) {
    connection_close(connection);
    return;
  }
  text[length] = '\n'; /* in place of the NUL */
  connection->reply = text;
  connection->write.data = connection;
  uv_buf_t buffer = uv_buf_init(text, (unsigned)length + 1);
  if (uv_write(&connection->write, (uv_stream_t *)&connection->pipe, &buffer, 1, on_written) < 0) connection_close(connection);
}

static void on_answer(void *arg, const struct bf_answer *answer) {
  struct connection *connection = arg;
  json_t *value = bf__admin_answer(answer);
  connection->calling = false;
  if (connection->closed || uv_is_closing((uv_handle_t *)&connection->pipe)) {
    json_decref(value);
    if (connection->closed) connection_free(connection);
    return;
  }
  reply(connection, value);
}

static void refuse(struct connection *connection, const char *zh, const char *en) {
  reply(connection, json_pack("{s:i, s:o}", "status", 400, "body", bf__problem1(400, "request", NULL, zh, en)));
}

/* Requests. -------------------------------------------------------------------------------------------------------------- */

static void decide(struct connection *connection, const char *line, size_t length) {
  const char *operation = NULL, *key = NULL;
  json_t *params = NULL, *request = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);
  json_int_t version = -1;
  if (json_unpack(request, "{s:s, s?:o, s?:s, s?:I !}", "operation", &operation, "params", &params, "idempotency_key", &key,
                  "if_version", &version) < 0 ||
      (params && !json_is_object(params))) {
    refuse(connection, "一行应为一个 JSON 对象：operation、params、idempotency_key、if_version",
           "a line must be one JSON object with operation and, where wanted, params, idempotency_key, if_version");
  } else {
    struct bf_call call = {.size = sizeof call,
                           .operation = operation,
                           .params = params ? json_incref(params) : json_object(),
                           .operator_ = true,
                           .idempotency_key = key,
                           .if_version = version,
                           .answer = on_answer,
                           .arg = connection};
    connection->calling = true;
    bf__api_call(connection->admin->app, &call);
  }
  json_decref(request);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret) {
  struct connection *connection = handle->data;
  (void)suggested;
  *ret = uv_buf_init(NULL, 0); /* UV_ENOBUFS then */
  if (connection->length == connection->capacity) {
    size_t wanted = connection->capacity ? connection->capacity * 2 : FIRST_BYTES;
    char *grown = wanted <= 2 * BF__ADMIN_LINE ? realloc(connection->buffer, wanted) : NULL;
    if (!grown) return;
    connection->buffer = grown;
    connection->capacity = wanted;
  }
  *ret = uv_buf_init(connection->buffer + connection->length, (unsigned)(connection->capacity - connection->length));
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buffer) {
  struct connection *connection = stream->data;
  (void)buffer;
  if (got > 0)
    connection->length += (size_t)got;
  else if (got == UV_EOF)
    connection->ended = true;
  else if (got < 0) {
    connection_close(connection);
    return;
  }
  if (got == 0) return;
  /* Only what came just now can hold the end of a line. */
  if (connection->ended || memchr(connection->buffer + connection->length - (size_t)got, '\n', (size_t)got)) {
    (void)uv_read_stop(stream);
    proceed(connection);
  } else if (connection->length > BF__ADMIN_LINE) {
    connection_close(connection);
  }
}

/* Nothing is under way: takes the next whole line, or reads on. */
static void proceed(struct connection *connection) {
  char *text = connection->buffer ? connection->buffer + connection->start : NULL;
  size_t length = connection->length - connection->start;
  char *end = length ? memchr(text, '\n', length) : NULL;
  if (uv_is_closing((uv_handle_t *)&connection->pipe)) return;
  if (end) {
    connection->start += (size_t)(end - text) + 1;
    decide(connection, text, (size_t)(end - text));
    return;
  }
  if (length) memmove(connection->buffer, text, length);
  connection->start = 0;
  connection->length = length;
  if (connection->ended || uv_read_start((uv_stream_t *)&connection->pipe, on_alloc, on_read) < 0) connection_close(connection);
}

/* Connections. ----------------------------------------------------------------------------------------------------------- */

static bool is_operator(const struct connection *connection) {
  struct ucred peer;
  socklen_t size = sizeof peer;
  uv_os_fd_t fd;
  if (uv_fileno((const uv_handle_t *)&connection->pipe, &fd) < 0 || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
    return false;
  if (peer.uid == geteuid() || peer.uid == 0) return true;
  bf__log(BF_LOG_WARN, "admin.refused", "user %u is not this server's operator", (unsigned)peer.uid);
  return false;
}

static void on_connection(uv_stream_t *listener, int status) {
  struct bf__admin *admin = listener->data;
  int slot = 0;
  struct connection *connection = status < 0 ? NULL : calloc(1, sizeof *connection);
  if (!connection) return;
  if (uv_pipe_init(listener->loop, &connection->pipe, 0) < 0) {
    free(connection);
    return;
  }
  connection->pipe.data = connection;
  connection->admin = admin;
  admin->count++;
  while (slot < CONNECTIONS && admin->connections[slot]) slot++;
  if (slot < CONNECTIONS) admin->connections[slot] = connection;
  if (uv_accept(listener, (uv_stream_t *)&connection->pipe) < 0 || slot == CONNECTIONS || !is_operator(connection))
    connection_close(connection);
  else
    proceed(connection);
}

static void on_listener_closed(uv_handle_t *handle) {
  ((struct bf__admin *)handle->data)->listener_closed = true;
}

void bf__admin_stop(struct bf__admin *admin) {
  if (!admin) return;
  uv_loop_t *loop = admin->listener.loop;
  uv_close((uv_handle_t *)&admin->listener, on_listener_closed); /* removes the socket's file too */
  for (int i = 0; i < CONNECTIONS; i++)
    if (admin->connections[i]) connection_close(admin->connections[i]);
  while (!admin->listener_closed || admin->count > 0) (void)uv_run(loop, UV_RUN_ONCE);
  (void)close(admin->folder);
  free(admin);
}

static int listen_on(struct bf__admin *admin, const char *path, struct bf_error *err) {
  const char *data = admin->app->config.data;
  if (unlinkat(admin->folder, "banfa.sock", 0) < 0 && errno != ENOENT)
    return bf_fail(err, BF_EIO, data, "banfa.sock, left by an earlier run, cannot be removed: %s", strerror(errno));
  int r = uv_pipe_bind(&admin->listener, path);
  /* Before listen: until then nobody can connect. */
  if (r >= 0 && fchmodat(admin->folder, "banfa.sock", 0600, 0) < 0) r = uv_translate_sys_error(errno);
  if (r >= 0) r = uv_listen((uv_stream_t *)&admin->listener, 16, on_connection);
  if (r >= 0) return 0;
  return bf_fail(err, BF_EIO, data,
                 "the administration socket banfa.sock cannot be made there: %s. The data folder must lie on a local disk",
                 uv_strerror(r));
}

int bf__admin_start(struct bf__app *app, struct bf__admin **ret, struct bf_error *err) {
  char path[64];
  struct bf__admin *admin = calloc(1, sizeof *admin);
  if (!admin) return bf_fail(err, BF_ENOMEM, "admin", "no memory");
  admin->app = app;
  int r = bf__admin_path(app->config.data, &admin->folder, path, err);
  if (r >= 0 && uv_pipe_init(&app->loop, &admin->listener, 0) < 0) {
    (void)close(admin->folder);
    r = bf_fail(err, BF_EIO, "admin", "the event loop takes no pipe");
  }
  if (r < 0) {
    free(admin);
    return r;
  }
  admin->listener.data = admin;
  r = listen_on(admin, path, err);
  if (r < 0)
    bf__admin_stop(admin);
  else
    *ret = admin;
  return r;
}
