/* The HTTP plugin: limits, slow and absent clients, documents in and out, stopping. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "fake_http.h"

/* ---- limits ---- */

static void limits_hold(void **state) {
  char text[8192];
  char many[4096] = "";
  (void)state;
  (void)snprintf(text, sizeof text, "GET /%01100d HTTP/1.1\r\n" HOST "\r\n", 0);
  assert_int_equal(status_of(text), 414);
  (void)snprintf(text, sizeof text, "GET /healthz HTTP/1.1\r\n" HOST "X: %01100d\r\n\r\n", 0);
  assert_int_equal(status_of(text), 431);
  for (int i = 0; i < 101; i++) (void)snprintf(many + strlen(many), sizeof many - strlen(many), "a:\r\n");
  (void)snprintf(text, sizeof text, "GET /healthz HTTP/1.1\r\n" HOST "%s\r\n", many);
  assert_int_equal(status_of(text), 431);
  assert_int_equal(status_of("POST /api/v1/cases HTTP/1.1\r\n" JSON "Content-Length: 2049\r\n\r\n{"), 413);
  assert_int_equal(status_of("POST /api/v1/cases HTTP/1.1\r\n" JSON "Expect: 100-continue\r\nContent-Length: 2049\r\n\r\n"), 413);
  (void)snprintf(text, sizeof text,
                 "POST /api/v1/cases HTTP/1.1\r\n" JSON "Transfer-Encoding: chunked\r\n\r\n900\r\n{%02302d}\r\n0\r\n\r\n", 0);
  assert_int_equal(status_of(text), 413);
  (void)snprintf(text, sizeof text,
                 "POST /api/v1/cases HTTP/1.1\r\n" JSON "Transfer-Encoding: chunked\r\n\r\n2;x=%01100d\r\n{}\r\n0\r\n\r\n", 0);
  assert_int_equal(status_of(text), 400);
  assert_int_equal(fake.count, 0);
}

static void slow_clients_are_put_out(void **state) {
  struct client *head = client_open(), *body = client_open();
  (void)state;
  assert_true(say(head, "GET /heal"));
  assert_true(say(body, "POST /api/v1/cases HTTP/1.1\r\n" JSON "Content-Length: 9\r\n\r\n{"));
  assert_true(client_await(head, 1, false));
  assert_true(client_await(body, 1, false));
  assert_non_null(strstr(head->data, "HTTP/1.1 408"));
  assert_non_null(strstr(body->data, "HTTP/1.1 408"));
  assert_true(client_await_eof(head));
  client_close(head);
  client_close(body);
  head = client_open(); /* idle: closed without a word */
  assert_true(client_await_eof(head));
  assert_int_equal(head->length, 0);
  client_close(head);
  assert_int_equal(fake.count, 0);
}

static void connections_are_limited(void **state) {
  struct client *busy[2], *third;
  (void)state;
  for (int i = 0; i < 2; i++) {
    busy[i] = client_open();
    assert_true(say(busy[i], "GET /hea"));
    for (int j = 0; j < 20; j++) turn_once(NULL, 1);
  }
  third = client_open();
  assert_true(client_await(third, 1, false));
  assert_non_null(strstr(third->data, "HTTP/1.1 503"));
  assert_non_null(strstr(third->data, "Retry-After: 1\r\n"));
  client_close(third);
  assert_true(say(busy[0], "lthz HTTP/1.1\r\n" HOST "\r\n"));
  assert_true(client_await(busy[0], 1, false));
  third = client_open(); /* an idle one makes room */
  assert_true(say(third, GET_CASE));
  assert_true(client_await_eof(busy[0]));
  client_close(third);
  client_close(busy[0]);
  client_close(busy[1]);
}

static void behind_a_proxy(void **state) {
  (void)state;
  assert_int_equal(status_of("GET /healthz HTTP/1.1\r\n" HOST "X-Forwarded-For: 1.1.1.1, 10.2.3.4\r\n\r\n"), 200);
  assert_string_equal(fake.records[0].peer, "10.2.3.4");
  assert_int_equal(
      status_of("POST /api/v1/cases HTTP/1.1\r\n" HOST "Cookie: banfa_session=c\r\nOrigin: https://banfa.example\r\n\r\n"), 201);
}

/* A client that asks and never reads: requests stop being begun, memory stays bounded, and it is put out. */
static void reader_that_does_not_read(void **state) {
  struct client *client = client_open();
  size_t before = 0, same = 0;
  (void)state;
  memset(fake.body, 'x', sizeof fake.body - 1);
  for (int i = 0; i < 2000; i++) {
    if (send(client->fd, GET_CASE, sizeof GET_CASE - 1, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) break;
    (void)uv_run(&fake.loop, UV_RUN_NOWAIT);
  }
  while (same < 50) {
    (void)uv_run(&fake.loop, UV_RUN_NOWAIT);
    same = fake.count == before ? same + 1 : 0;
    before = fake.count;
  }
  assert_true(fake.count < 400); /* the kernel's buffers and ours, not 2,000 × 64 KiB */
  for (uint64_t start = deadline_ms(); deadline_ms() - start < 2500;) turn_once(NULL, 20);
  assert_true(client_await_eof(client));
  assert_true(fake.count < 400);
  client_close(client);
}

/* ---- documents ---- */

static char *pattern(size_t length) {
  char *bytes = malloc(length);
  assert_non_null(bytes);
  for (size_t i = 0; i < length; i++) bytes[i] = (char)('A' + i % 23);
  return bytes;
}

#define UPLOAD "POST /api/v1/cases/1/documents?kind=k&name=%E6%89%B9.pdf HTTP/1.1\r\n" HOST "Content-Type: application/pdf\r\n"

static void uploads_a_document(void **state) {
  enum { BYTES = 5 * 1024 * 1024 + 3 };
  static const char head[] = UPLOAD "Authorization: Bearer t\r\nExpect: 100-continue\r\nContent-Length: 5242883\r\n\r\n";
  struct client *client = client_open();
  char *bytes = pattern(BYTES);
  (void)state;
  assert_true(client_send(client, head, sizeof head - 1));
  assert_true(client_await(client, 1, false));
  assert_non_null(strstr(client->data, "100 Continue"));
  assert_true(client_send(client, bytes, BYTES));
  assert_true(say(client, GET_CASE));
  assert_true(client_await(client, 3, false));
  assert_non_null(strstr(client->data, "HTTP/1.1 201"));
  assert_int_equal(fake.uploaded, BYTES);
  assert_true(fake.upload_writes >= BYTES / 65536);
  assert_string_equal(fake.records[0].operation, "document.add");
  assert_string_equal(param(0, "id"), "1");
  assert_string_equal(param(0, "kind"), "k");
  assert_string_equal(param(0, "name"), "批.pdf");
  assert_string_equal(param(0, "type"), "application/pdf");
  free(bytes);
  client_close(client);
}

static void uploads_in_chunks_and_empty(void **state) {
  static const char text[] =
      UPLOAD "Authorization: Bearer t\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nABC\r\n2\r\nDE\r\n0\r\n\r\n" UPLOAD
             "Authorization: Bearer t\r\nContent-Length: 0\r\n\r\n" GET_CASE;
  struct client *client = client_open();
  (void)state;
  assert_true(client_send(client, text, sizeof text - 1));
  assert_true(client_await(client, 3, false));
  assert_int_equal(fake.uploaded, 5);
  assert_int_equal(fake.finished, 2);
  client_close(client);
}

/* While a piece is being written the server takes only a bounded amount more. */
static void upload_waits_for_the_disk(void **state) {
  enum { BYTES = 64 * 1024 * 1024 };
  static const char head[] = UPLOAD "Authorization: Bearer t\r\nContent-Length: 67108864\r\n\r\n";
  struct client *client = client_open();
  char *bytes = pattern(23 * 4096);
  size_t sent = 0, stuck = 0;
  (void)state;
  fake.write_hold = true;
  assert_true(client_send(client, head, sizeof head - 1));
  while (sent < BYTES && stuck < 200) {
    ssize_t n = send(client->fd, bytes + sent % 23, 23 * 4000, MSG_DONTWAIT | MSG_NOSIGNAL);
    stuck = n > 0 ? 0 : stuck + 1;
    if (n > 0) sent += (size_t)n;
    turn_once(NULL, 1);
  }
  assert_true(sent < BYTES / 2); /* the kernel's buffers are full, ours hold two pieces */
  assert_true(fake.uploaded <= 65536);
  assert_int_equal(fake.upload_writes, 1);
  /* The client goes; the piece under way ends; only then is the document given up. */
  client_close(client);
  for (int i = 0; i < 20; i++) turn_once(NULL, 1);
  assert_int_equal(fake.aborted, 0);
  fake_written(fake.upload);
  for (int i = 0; i < 2000 && fake.aborted == 0; i++) {
    turn_once(NULL, 1);
    if (fake.upload && fake.upload->under_way) fake_written(fake.upload);
  }
  assert_int_equal(fake.aborted, 1);
  assert_int_equal(fake.finished, 0);
  free(bytes);
}

static void upload_refused_or_failing(void **state) {
  char answer[2048];
  (void)state;
  assert_int_equal(ask(UPLOAD "Content-Length: 500\r\n\r\nABC", answer, sizeof answer), 403);
  assert_non_null(strstr(answer, "Connection: close\r\n"));
  assert_int_equal(ask(UPLOAD "Authorization: Bearer t\r\nContent-Length: 300001\r\n\r\nABC", answer, sizeof answer), 413);
  fake.write_code = BF_EFULL;
  assert_int_equal(ask(UPLOAD "Authorization: Bearer t\r\nContent-Length: 500\r\n\r\nABC", answer, sizeof answer), 507);
  assert_int_equal(fake.aborted, 1);
  fake.write_code = 0;
  fake.uploaded = 0; /* slow: 408, and nothing is left */
  assert_int_equal(ask(UPLOAD "Authorization: Bearer t\r\nContent-Length: 500\r\n\r\nABC", answer, sizeof answer), 408);
  assert_int_equal(fake.aborted, 2);
  assert_int_equal(fake.finished, 0);
}

static void upload_cut_off(void **state) {
  struct client *client = client_open();
  static const char text[] = UPLOAD "Authorization: Bearer t\r\nContent-Length: 500\r\n\r\nABC";
  (void)state;
  assert_true(client_send(client, text, sizeof text - 1));
  client_close(client);
  for (int i = 0; i < 1000 && fake.aborted == 0; i++) turn_once(NULL, 5);
  assert_int_equal(fake.aborted, 1);
  assert_int_equal(fake.finished, 0);
}

#define DOWNLOAD "GET /api/v1/cases/1/documents/d HTTP/1.1\r\n" HOST "\r\n"

static void downloads_a_document(void **state) {
  struct client *client = client_open();
  const char *body;
  size_t first;
  (void)state;
  assert_true(say(client, DOWNLOAD GET_CASE));
  assert_true(client_await(client, 2, false));
  first = answer_length(client, 0, false);
  body = strstr(client->data, "\r\n\r\n") + 4;
  assert_int_equal(client->data + first - body, DOCUMENT_BYTES);
  for (size_t i = 0; i < DOCUMENT_BYTES; i++) {
    if (body[i] != (char)('a' + i / 4096 % 26)) fail();
  }
  assert_non_null(strstr(client->data, "Content-Disposition: attachment; filename=\"______ _1_.pdf\"; "
                                       "filename*=UTF-8''%E6%89%B9%E5%A4%8D%20%221%22.pdf\r\n"));
  assert_int_equal(strncmp(client->data + first, "HTTP/1.1 200", 12), 0);
  client_close(client);
  assert_int_equal(status_of("HEAD /api/v1/cases/1/documents/d HTTP/1.1\r\n" HOST "\r\n"), 200);
}

static void download_abandoned(void **state) {
  (void)state;
  for (int i = 0; i < 20; i++) {
    struct client *client = client_open();
    assert_true(say(client, DOWNLOAD));
    for (int j = 0; j < i; j++) turn_once(NULL, 1);
    client_close(client);
  }
  for (int i = 0; i < 50; i++) turn_once(NULL, 2);
}

/* ---- endings ---- */

static void answer_after_the_client_has_gone(void **state) {
  struct client *client = client_open();
  struct linger hard = {1, 0};
  (void)state;
  assert_true(say(client, "GET /api/v1/me HTTP/1.1\r\n" HOST "\r\n" GET_CASE));
  assert_true(await_calls(1));
  assert_int_equal(setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard), 0);
  client_close(client);
  for (int i = 0; i < 20; i++) turn_once(NULL, 2);
  fake_release();
  assert_int_equal(fake.count, 1);
}

static void stop_lets_requests_finish(void **state) {
  struct client *client = client_open();
  (void)state;
  assert_true(say(client, "GET /api/v1/cases HTTP/1.1\r\n" HOST "\r\n"));
  assert_true(await_calls(1));
  fake.plugin->stop(fake.self);
  fake.stopped = true;
  assert_true(client_await_eof(client));
  assert_non_null(strstr(client->data, "{\"slow\":true}"));
  assert_non_null(strstr(client->data, "Connection: close\r\n"));
  client_close(client);
}

static void stop_does_not_wait_for_ever(void **state) {
  struct client *idle = client_open(), *held = client_open(), *half = client_open();
  (void)state;
  assert_true(say(held, "GET /api/v1/me HTTP/1.1\r\n" HOST "\r\n"));
  assert_true(say(half, "POST /api/v1/cases HTTP/1.1\r\n" JSON "Content-Length: 9\r\n\r\n{"));
  assert_true(await_calls(1));
  fake.plugin->stop(fake.self);
  fake.stopped = true;
  assert_true(client_await_eof(idle));
  assert_true(client_await_eof(held)); /* by force, after stop_seconds */
  assert_true(client_await_eof(half));
  fake_release(); /* the answer still comes, and is dropped */
  client_close(idle);
  client_close(held);
  client_close(half);
}

static void bad_address_is_refused(void **state) {
  static const char *const addresses[] = {"127.0.0.1", "example.com:80", "127.0.0.1:99999", "[::1:80", ":80", "127.0.0.1:8x"};
  (void)state;
  for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
    const struct setting settings[] = {{"listen", addresses[i]}, {NULL, NULL}};
    struct bf_error err = {0};
    assert_int_equal(fake_start(settings, &err), BF_EINVAL);
    assert_string_equal(err.where, "plugins.http.listen");
    assert_int_equal(fake_stop(), 0);
  }
}

int main(void) {
  const char *only = getenv("ONLY");
  const struct CMUnitTest tests[] = {
      SMALL(reader_that_does_not_read),
      SMALL(limits_hold),
      SMALL(slow_clients_are_put_out),
      SMALL(connections_are_limited),
      SMALL(behind_a_proxy),
      T(uploads_a_document),
      T(uploads_in_chunks_and_empty),
      T(upload_waits_for_the_disk),
      SMALL(upload_refused_or_failing),
      T(upload_cut_off),
      T(downloads_a_document),
      T(download_abandoned),
      T(answer_after_the_client_has_gone),
      T(stop_lets_requests_finish),
      SMALL(stop_does_not_wait_for_ever),
      cmocka_unit_test(bad_address_is_refused),
  };
  if (only) cmocka_set_test_filter(only);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
