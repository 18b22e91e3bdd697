/* A host and an "api" service for the HTTP plugin, and a client that lives on the same loop. For the
 * test_http programs only. */
#ifndef BF_FAKE_HTTP_H
#define BF_FAKE_HTTP_H

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include <cmocka.h>

#include "banfa/api.h"
#include "banfa/assets.h"
#include "banfa/plugin.h"

#pragma GCC diagnostic ignored "-Wunused-function" /* no test needs all of it */

#define RECORDS 4096

struct record {
  char operation[32], token[64], key[64], peer[64];
  json_t *params;
  int64_t if_version;
};

struct setting {
  const char *name, *value;
};

struct bf_upload {
  struct bf_call call;
  size_t bytes, writes;
  int under_way;
  void (*done)(void *, int);
  void *arg;
  uv_timer_t timer;
};

static struct fake {
  uv_loop_t loop;
  const struct bf_plugin *plugin;
  void *self;
  int port;
  const struct setting *settings;
  struct record records[RECORDS];
  size_t count;
  bool recording, stopped;
  struct bf_call held; /* of operation "me": answered when the test says so */
  bool holding;
  char body[65536]; /* what case.get answers */
  size_t uploaded, upload_writes, aborted, finished;
  int write_code;  /* what upload_write's DONE gets */
  bool write_hold; /* leaves a write under way until fake_written() */
  struct bf_upload *upload;
} fake;

/* ---- host ---- */

static void fake_log(void *context, enum bf_log_level level, const char *event, const char *format, ...) {
  char text[256];
  const char *colon;
  va_list args;
  (void)context, (void)level;
  va_start(args, format);
  (void)vsnprintf(text, sizeof text, format, args);
  va_end(args);
  colon = strrchr(text, ':');
  if (strcmp(event, "http.listen") == 0 && colon) fake.port = (int)strtol(colon + 1, NULL, 10);
}

static const char *setting(const char *name) {
  for (const struct setting *s = fake.settings; s && s->name; s++) {
    if (strcmp(s->name, name) == 0) return s->value;
  }
  if (strcmp(name, "listen") == 0) return "127.0.0.1:0";
  for (const struct bf_option *option = fake.plugin->options; option->name; option++) {
    if (strcmp(option->name, name) == 0) return option->value;
  }
  return NULL;
}

static int64_t fake_int(void *context, const char *name) {
  return (void)context, strtoll(setting(name), NULL, 10);
}
static bool fake_bool(void *context, const char *name) {
  return (void)context, strcmp(setting(name), "true") == 0;
}
static const char *fake_text(void *context, const char *name) {
  return (void)context, setting(name);
}
static int64_t fake_now(void *context) {
  return (void)context, INT64_C(1662019200000);
}

/* ---- api ---- */

static struct bf_answer plain(int status, const char *body) {
  return (struct bf_answer){
      .status = status, .type = "application/json", .body = body, .length = strlen(body), .version = -1, .file = -1};
}

static void record(const struct bf_call *call) {
  struct record *r = &fake.records[fake.count];
  if (!fake.recording || fake.count == RECORDS) {
    json_decref(call->params);
    return;
  }
  fake.count++;
  (void)snprintf(r->operation, sizeof r->operation, "%s", call->operation);
  (void)snprintf(r->token, sizeof r->token, "%s", call->token ? call->token : "");
  (void)snprintf(r->key, sizeof r->key, "%s", call->idempotency_key ? call->idempotency_key : "");
  (void)snprintf(r->peer, sizeof r->peer, "%s", call->peer ? call->peer : "");
  r->params = call->params;
  r->if_version = call->if_version;
}

struct later {
  uv_timer_t timer;
  bf_answer_cb answer;
  void *arg;
};

static void later_closed(uv_handle_t *handle) {
  free(handle->data);
}

static void later_fired(uv_timer_t *timer) {
  struct later *later = timer->data;
  struct bf_answer answer = plain(200, "{\"slow\":true}");
  later->answer(later->arg, &answer);
  uv_close((uv_handle_t *)timer, later_closed);
}

static void answer_later(const struct bf_call *call) {
  struct later *later = calloc(1, sizeof *later);
  if (!later || uv_timer_init(&fake.loop, &later->timer) != 0) abort();
  later->answer = call->answer;
  later->arg = call->arg;
  later->timer.data = later;
  if (uv_timer_start(&later->timer, later_fired, 20, 0) != 0) abort();
}

#define DOCUMENT_BYTES (3 * 1024 * 1024 + 17)

static int document(void) {
  char name[] = "/tmp/bf-http-XXXXXX", block[4096];
  int file = mkstemp(name);
  size_t left = DOCUMENT_BYTES;
  if (file < 0) abort();
  (void)unlink(name);
  for (size_t i = 0; left > 0; i++) {
    size_t n = left < sizeof block ? left : sizeof block;
    memset(block, 'a' + (int)(i % 26), sizeof block);
    if (write(file, block, n) != (ssize_t)n) abort();
    left -= n;
  }
  return file;
}

static void fake_call(const struct bf_api *self, struct bf_call *call) {
  struct bf_answer answer = plain(200, "{}");
  const char *op = call->operation;
  (void)self;
  record(call);
  if (strcmp(op, "case.list") == 0) {
    answer_later(call);
    return;
  }
  if (strcmp(op, "me") == 0) {
    if (fake.holding) abort();
    fake.held = *call;
    fake.holding = true;
    return;
  }
  if (strcmp(op, "case.get") == 0) answer = plain(200, fake.body), answer.version = 7;
  if (strcmp(op, "case.create") == 0) answer.status = 201, answer.location = "/api/v1/cases/中", answer.version = 1;
  if (strcmp(op, "login") == 0) answer.token = "abc", answer.token_seconds = 3600;
  if (strcmp(op, "logout") == 0) answer = plain(204, ""), answer.token = "";
  if (strcmp(op, "report") == 0) answer = plain(422, "{\"status\":422}"), answer.type = "application/problem+json";
  if (strcmp(op, "document.get") == 0)
    answer.file = document(), answer.file_bytes = DOCUMENT_BYTES, answer.file_name = "批复 \"1\".pdf",
    answer.type = "application/pdf";
  call->answer(call->arg, &answer);
}

static void fake_release(void) {
  struct bf_answer answer = plain(200, "{\"held\":true}");
  fake.holding = false;
  fake.held.answer(fake.held.arg, &answer);
}

static void upload_closed(uv_handle_t *handle) {
  free(handle->data);
}

static void fake_written(struct bf_upload *upload) {
  upload->under_way = 0;
  upload->done(upload->arg, fake.write_code);
}

static void upload_tick(uv_timer_t *timer) {
  fake_written(timer->data);
}

static void fake_begin(const struct bf_api *self, struct bf_call *call, struct bf_upload **ret_upload) {
  struct bf_answer answer = plain(403, "{\"status\":403}");
  struct bf_upload *upload;
  (void)self;
  *ret_upload = NULL;
  record(call);
  if (!call->token) {
    call->answer(call->arg, &answer);
    return;
  }
  upload = calloc(1, sizeof *upload);
  if (!upload || uv_timer_init(&fake.loop, &upload->timer) != 0) abort();
  upload->call = *call;
  upload->timer.data = upload;
  *ret_upload = fake.upload = upload;
}

static int fake_write(struct bf_upload *upload, const char *data, size_t length, void (*done)(void *, int), void *arg) {
  if (upload->under_way) abort(); /* one piece at a time */
  for (size_t i = 0; i < length; i++) {
    if (data[i] != (char)('A' + (fake.uploaded + i) % 23)) abort();
  }
  fake.uploaded += length;
  fake.upload_writes++;
  upload->under_way = 1;
  upload->done = done;
  upload->arg = arg;
  return fake.write_hold ? 0 : uv_timer_start(&upload->timer, upload_tick, 0, 0);
}

static void fake_finish(struct bf_upload *upload) {
  struct bf_answer answer = plain(201, "{\"id\":\"d1\"}");
  fake.finished++;
  fake.upload = NULL;
  upload->call.answer(upload->call.arg, &answer);
  uv_close((uv_handle_t *)&upload->timer, upload_closed);
}

static void fake_abort(struct bf_upload *upload) {
  if (upload->under_way) abort();
  fake.aborted++;
  fake.upload = NULL;
  uv_close((uv_handle_t *)&upload->timer, upload_closed);
}

static const struct bf_api fake_api = {sizeof fake_api, fake_call, fake_begin, fake_write, fake_finish, fake_abort, NULL};

/* One small file of a web application, at "/" and at "/assets/a-1.js". */
static bool fake_find(const struct bf_assets *self, const char *path, bool gzip, struct bf_asset *ret) {
  (void)self;
  bool script = strcmp(path, "/assets/a-1.js") == 0;
  if (!script && strcmp(path, "/") != 0) return false;
  *ret = (struct bf_asset){.type = script ? "text/javascript" : "text/html",
                           .body = script ? "1;" : "<p>",
                           .length = script ? 2 : 3,
                           .encoding = gzip ? "gzip" : NULL,
                           .etag = "\"e1\"",
                           .policy = "default-src 'self'",
                           .immutable = script};
  return true;
}

static const struct bf_assets fake_assets = {sizeof fake_assets, fake_find};

static const void *fake_service(void *context, const char *name, uint32_t version) {
  (void)context;
  if (strcmp(name, "assets") == 0) return &fake_assets;
  return strcmp(name, "api") == 0 && version == 1 ? &fake_api : NULL;
}

static struct bf_host fake_host = {.size = sizeof fake_host,
                                   .loop = &fake.loop,
                                   .log = fake_log,
                                   .option_int = fake_int,
                                   .option_bool = fake_bool,
                                   .option_text = fake_text,
                                   .service = fake_service,
                                   .now = fake_now};

/* ---- life ---- */

static int fake_start(const struct setting *settings, struct bf_error *err) {
  void *library = dlopen(BF_BUILD_DIR "/plugins/http.so", RTLD_NOW); /* stays mapped: the leak checker reads its stacks */
  memset(&fake, 0, sizeof fake);
  if (!library || uv_loop_init(&fake.loop) != 0) abort();
  fake.plugin = dlsym(library, "banfa_plugin");
  fake.settings = settings;
  fake.recording = true;
  (void)snprintf(fake.body, sizeof fake.body, "{\"id\":\"x\"}");
  return fake.plugin->start(&fake_host, &fake.self, err);
}

static void fake_forget(void) {
  for (size_t i = 0; i < fake.count; i++) json_decref(fake.records[i].params);
  fake.count = 0;
}

/* 0 when every handle was closed. */
static int fake_stop(void) {
  if (!fake.stopped && fake.self) fake.plugin->stop(fake.self);
  if (uv_run(&fake.loop, UV_RUN_DEFAULT) != 0) return -1;
  fake_forget();
  return uv_loop_close(&fake.loop);
}

/* ---- client ---- */

struct client {
  int fd;
  size_t length;
  bool eof;
  char data[8 << 20];
};

static void turn_once(struct client *client, int wait) {
  struct pollfd fds[2] = {{uv_backend_fd(&fake.loop), POLLIN, 0}, {client && !client->eof ? client->fd : -1, POLLIN, 0}};
  int timeout = uv_backend_timeout(&fake.loop);
  if (timeout < 0 || timeout > wait) timeout = wait;
  (void)poll(fds, 2, timeout);
  (void)uv_run(&fake.loop, UV_RUN_NOWAIT);
  if (client && !client->eof) {
    ssize_t got = recv(client->fd, client->data + client->length, sizeof client->data - client->length - 1, MSG_DONTWAIT);
    if (got > 0) client->length += (size_t)got;
    if (got == 0 || (got < 0 && errno != EAGAIN)) client->eof = true;
    client->data[client->length] = '\0';
  }
}

static struct client *client_open(void) {
  struct client *client = calloc(1, sizeof *client);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)fake.port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (!client) abort();
  client->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (client->fd < 0 || connect(client->fd, (struct sockaddr *)&address, sizeof address) != 0) abort();
  return client;
}

static void client_close(struct client *client) {
  (void)close(client->fd);
  free(client);
}

/* Sends all of it, running the server meanwhile; false when the server has closed. */
static bool client_send(struct client *client, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t sent = send(client->fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return false;
    if (sent > 0) bytes += sent, length -= (size_t)sent;
    turn_once(client, sent > 0 ? 0 : 5);
  }
  return true;
}

/* One answer in client->data from AT; its length, or 0 when it is not complete. */
static size_t answer_length(const struct client *client, size_t at, bool head_only) {
  const char *text = client->data + at, *end = strstr(text, "\r\n\r\n"), *field;
  size_t length;
  if (!end) return 0;
  length = (size_t)(end - text) + 4;
  field = strstr(text, "Content-Length: ");
  if (field && field < end && !head_only) length += strtoul(field + 16, NULL, 10);
  return at + length <= client->length ? length : 0;
}

static uint64_t deadline_ms(void) {
  return uv_hrtime() / 1000000;
}

/* Waits for COUNT answers; true when they are there. */
static bool client_await(struct client *client, size_t count, bool head_only) {
  uint64_t start = deadline_ms();
  while (deadline_ms() - start < 20000) {
    size_t at = 0, seen = 0, length;
    while (seen < count && (length = answer_length(client, at, head_only)) > 0) at += length, seen++;
    if (seen == count) return true;
    if (client->eof) return false;
    turn_once(client, 20);
  }
  return false;
}

static bool client_await_eof(struct client *client) {
  uint64_t start = deadline_ms();
  while (!client->eof && deadline_ms() - start < 20000) turn_once(client, 20);
  return client->eof;
}

/* Runs the server until it has seen COUNT calls, or something is held. */
static bool await_calls(size_t count) {
  uint64_t start = deadline_ms();
  while (fake.count < count && deadline_ms() - start < 20000) turn_once(NULL, 5);
  return fake.count == count;
}

#define say(client, literal) client_send(client, literal, sizeof(literal) - 1)

/* ---- what the tests share ---- */

#define HOST "Host: t\r\n"
#define GET_CASE "GET /api/v1/cases/A-1 HTTP/1.1\r\n" HOST "\r\n"
#define JSON HOST "Content-Type: application/json\r\n"

static int with(const struct setting *settings) {
  struct bf_error err = {0};
  int failed = fake_start(settings, &err);
  if (failed) print_message("%s: %s\n", err.where, err.message);
  return failed;
}

static int setup(void **state) {
  return (void)state, with(NULL);
}
static int teardown(void **state) {
  return (void)state, fake_stop();
}

static int setup_small(void **state) {
  static const struct setting small[] = {{"header_bytes", "1024"},
                                         {"body_bytes", "2048"},
                                         {"document_bytes", "300000"},
                                         {"header_seconds", "1"},
                                         {"body_seconds", "1"},
                                         {"body_rate", "1000000"},
                                         {"idle_seconds", "1"},
                                         {"connections", "2"},
                                         {"stop_seconds", "1"},
                                         {"trusted_origin", "https://banfa.example"},
                                         {"trusted_proxy", "127.0.0.1"},
                                         {"write_seconds", "1"},
                                         {NULL, NULL}};
  (void)state;
  return with(small);
}

/* Sends TEXT on a connection of its own and gives the status of the one answer. */
static int ask(const char *text, char *ret_answer, size_t size) {
  struct client *client = client_open();
  int status = 0;
  (void)client_send(client, text, strlen(text));
  if (client_await(client, 1, strncmp(text, "HEAD", 4) == 0)) status = (int)strtol(client->data + 9, NULL, 10);
  if (ret_answer) {
    size_t length = client->length < size ? client->length : size - 1;
    memcpy(ret_answer, client->data, length);
    ret_answer[length] = '\0';
  }
  client_close(client);
  return status;
}

static int status_of(const char *text) {
  return ask(text, NULL, 0);
}

static const char *param(size_t record, const char *name) {
  assert_true(record < fake.count);
  return json_string_value(json_object_get(fake.records[record].params, name));
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define SMALL(name) cmocka_unit_test_setup_teardown(name, setup_small, teardown)

#endif
