/* The HTTP plugin, loaded as the host would load it, against a fake api and real sockets: requests and their order; its parser
 * alone. Limits, documents and endings are in test_http_limits.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "fake_http.h"
#include "parse.h"

/* ---- requests ---- */

static void answers_a_read(void **state) {
  char answer[2048];
  (void)state;
  assert_int_equal(ask(GET_CASE, answer, sizeof answer), 200);
  assert_string_equal(fake.records[0].operation, "case.get");
  assert_string_equal(param(0, "id"), "A-1");
  assert_string_equal(fake.records[0].peer, "127.0.0.1");
  assert_int_equal(fake.records[0].if_version, -1);
  assert_non_null(strstr(answer, "\r\nETag: \"7\"\r\n"));
  assert_non_null(strstr(answer, "Date: Thu, 01 Sep 2022 08:00:00 GMT\r\n"));
  assert_non_null(strstr(answer, "X-Content-Type-Options: nosniff\r\n"));
  assert_non_null(strstr(answer, "Content-Security-Policy: default-src 'none'"));
  assert_non_null(strstr(answer, "Cache-Control: no-store\r\n"));
  assert_non_null(strstr(answer, "\r\n\r\n{\"id\":\"x\"}"));
}

/* Under a policy of their own, packed for who takes it, and not sent again to who has them. */
static void serves_the_files_of_an_application(void **state) {
  char answer[4096];
  (void)state;
  assert_int_equal(ask("GET / HTTP/1.1\r\n" HOST "\r\n", answer, sizeof answer), 200);
  assert_non_null(strstr(answer, "Content-Security-Policy: default-src 'self'\r\n"));
  assert_null(strstr(answer, "sandbox"));
  assert_non_null(strstr(answer, "Cache-Control: no-cache\r\n"));
  assert_null(strstr(answer, "Content-Encoding"));
  assert_non_null(strstr(answer, "\r\n\r\n<p>"));
  assert_int_equal(ask("GET /assets/a-1.js HTTP/1.1\r\n" HOST "Accept-Encoding: br, gzip\r\n\r\n", answer, sizeof answer), 200);
  assert_non_null(strstr(answer, "immutable\r\n"));
  assert_non_null(strstr(answer, "Content-Encoding: gzip\r\n"));
  assert_int_equal(ask("HEAD / HTTP/1.1\r\n" HOST "\r\n", answer, sizeof answer), 200);
  assert_null(strstr(answer, "<p>"));
  assert_int_equal(ask("GET / HTTP/1.1\r\n" HOST "If-None-Match: \"x\", \"e1\"\r\n\r\n", answer, sizeof answer), 304);
  assert_null(strstr(answer, "<p>"));
}

static void passes_parameters(void **state) {
  const json_t *body;
  (void)state;
  assert_int_equal(status_of("POST http://other/api/v1/cases/%E4%B8%AD/actions/s%20t/go?a=1+2&b=%2B&c HTTP/1.1\r\n" JSON
                             "Idempotency-Key: k-1\r\nIf-Match: \"12\"\r\nAuthorization: Bearer tok\r\nContent-Length: 14\r\n\r\n"
                             "{\"input\":null}"),
                   200);
  assert_string_equal(fake.records[0].operation, "case.act");
  assert_string_equal(param(0, "id"), "中");
  assert_string_equal(param(0, "stage"), "s t");
  assert_string_equal(param(0, "action"), "go");
  assert_string_equal(param(0, "a"), "1 2");
  assert_string_equal(param(0, "b"), "+");
  assert_string_equal(param(0, "c"), "");
  assert_string_equal(fake.records[0].token, "tok");
  assert_string_equal(fake.records[0].key, "k-1");
  assert_int_equal(fake.records[0].if_version, 12);
  body = json_object_get(fake.records[0].params, "body");
  assert_true(json_is_null(json_object_get(body, "input")));
}

static void empty_body_is_an_object(void **state) {
  (void)state;
  assert_int_equal(status_of("POST /api/v1/inbox/9/read HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n"), 200);
  assert_int_equal(status_of("POST /api/v1/inbox/9/read HTTP/1.1\r\n" HOST "\r\n"), 200);
  assert_int_equal(json_object_size(json_object_get(fake.records[1].params, "body")), 0);
  assert_true(json_is_object(json_object_get(fake.records[1].params, "body")));
}

static void refuses_what_is_wrong(void **state) {
  static const struct {
    int status;
    const char *text, *code;
  } cases[] = {
      {404, "GET /nothing HTTP/1.1\r\n" HOST "\r\n", "http.not_found"},
      {404, "GET /api/v1/cases/ HTTP/1.1\r\n" HOST "\r\n", "http.not_found"},
      {404, "GET /other HTTP/1.1\r\n" HOST "\r\n", "http.not_found"},
      {404, "POST / HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", "http.not_found"},
      {405, "DELETE /api/v1/cases/1 HTTP/1.1\r\n" HOST "\r\n", "Allow: GET, HEAD, OPTIONS\r\n"},
      {405, "GET /api/v1/login HTTP/1.1\r\n" HOST "\r\n", "Allow: POST, OPTIONS\r\n"},
      {400, "GET /api/v1/cases/%zz HTTP/1.1\r\n" HOST "\r\n", "http.target"},
      {400, "GET /api/v1/cases/%00 HTTP/1.1\r\n" HOST "\r\n", "http.target"},
      {400, "GET /api/v1/cases/%ff HTTP/1.1\r\n" HOST "\r\n", "http.target"},
      {400, "GET /api/v1/cases/1#x HTTP/1.1\r\n" HOST "\r\n", "http.target"},
      {400, "GET /api/v1/cases?a=1&a=2 HTTP/1.1\r\n" HOST "\r\n", "http.query"},
      {400, "GET /api/v1/cases?body=1 HTTP/1.1\r\n" HOST "\r\n", "http.query"},
      {400, "GET /api/v1/cases/1?id=2 HTTP/1.1\r\n" HOST "\r\n", "http.query"},
      {400, "GET /api/v1/cases?q=%c0%80 HTTP/1.1\r\n" HOST "\r\n", "http.query"},
      {400, "GET /api/v1/cases?=1 HTTP/1.1\r\n" HOST "\r\n", "http.query"},
      {400, "GET /api/v1/cases HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\n{}", "http.body"},
      {415, "POST /api/v1/cases HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\n{}", "http.media_type"},
      {415, "POST /api/v1/cases HTTP/1.1\r\n" HOST "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}", "http.media_type"},
      {415, "POST /api/v1/cases HTTP/1.1\r\n" JSON "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", "http.media_type"},
      {400, "POST /api/v1/cases HTTP/1.1\r\n" JSON "Content-Length: 11\r\n\r\n{\"a\":\n1,,2}", "第 2 行第 3 列"},
      {400, "POST /api/v1/cases HTTP/1.1\r\n" JSON "Content-Length: 13\r\n\r\n{\"a\":1,\"a\":2}", "http.json"},
      {400, "POST /api/v1/cases HTTP/1.1\r\n" JSON "Content-Length: 4\r\n\r\n{} {", "http.json"},
      {400, "POST /api/v1/cases HTTP/1.1\r\n" JSON "Content-Length: 3\r\n\r\n[1]", "http.json_object"},
      {400, "POST /api/v1/cases HTTP/1.1\r\n" JSON "Idempotency-Key: a b\r\nContent-Length: 2\r\n\r\n{}", "http.idempotency_key"},
      {400, "POST /api/v1/cases HTTP/1.1\r\n" JSON "Idempotency-Key:\r\nContent-Length: 2\r\n\r\n{}", "http.idempotency_key"},
      {400, "POST /api/v1/cases HTTP/1.1\r\n" JSON "If-Match: \"x\"\r\nContent-Length: 2\r\n\r\n{}", "http.if_match"},
      {400, "POST /api/v1/cases HTTP/1.1\r\n" JSON "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n",
       "http.authorization"},
      {417, "POST /api/v1/cases HTTP/1.1\r\n" JSON "Expect: tea\r\nContent-Length: 2\r\n\r\n{}", "http.expect"},
      {501, "GET /healthz HTTP/1.1\r\n" HOST "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n", "http.upgrade"},
      {501, "CONNECT t:80 HTTP/1.1\r\n" HOST "\r\n", "http.upgrade"},
      {505, "GET /healthz HTTP/2.0\r\n" HOST "\r\n", "http.version"},
      {505, "GET /healthz\r\n\r\n", "http.version"},
      {400, "\x16\x03\x01\x02", "http.syntax"},
      {403, "POST /api/v1/cases HTTP/1.1\r\n" HOST "Cookie: banfa_session=c\r\n\r\n", "http.origin"},
      {403, "POST /api/v1/cases HTTP/1.1\r\n" HOST "Cookie: banfa_session=c\r\nOrigin: http://evil\r\n\r\n", "http.origin"},
      {403, "POST /api/v1/cases HTTP/1.1\r\n" HOST "Cookie: banfa_session=c\r\nSec-Fetch-Site: same-site\r\n\r\n", "http.origin"},
      {403, "POST /api/v1/login HTTP/1.1\r\n" HOST "Origin: http://evil\r\n\r\n", "http.origin"},
      {403, "POST /api/v1/login HTTP/1.1\r\n" HOST "Origin: null\r\n\r\n", "http.origin"},
  };
  char answer[4096];
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const char *body;
    json_t *problem;
    int status = ask(cases[i].text, answer, sizeof answer);
    if (status != cases[i].status || !strstr(answer, cases[i].code)) print_message("%s\n→ %s\n", cases[i].text, answer);
    assert_int_equal(status, cases[i].status);
    assert_non_null(strstr(answer, cases[i].code));
    assert_non_null(strstr(answer, "Content-Type: application/problem+json\r\n"));
    body = strstr(answer, "\r\n\r\n") + 4;
    problem = json_loads(body, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(problem);
    assert_int_equal(json_integer_value(json_object_get(problem, "status")), status);
    assert_int_equal(json_array_size(json_object_get(problem, "refusals")), 1);
    json_decref(problem);
  }
  assert_int_equal(fake.count, 0);
}

static void refuses_smuggling(void **state) {
  static const char *const texts[] = {
      "POST /api/v1/cases HTTP/1.1\r\n" JSON "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST /api/v1/cases HTTP/1.1\r\n" JSON "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n",
      "POST /api/v1/cases HTTP/1.1\r\n" JSON "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
      "POST /api/v1/cases HTTP/1.1\r\n" JSON "Content-Length: 2, 2\r\n\r\n{}",
      "POST /api/v1/cases HTTP/1.1\r\n" JSON "Content-Length: +2\r\n\r\n{}",
      "POST /api/v1/cases HTTP/1.1\r\n" JSON "Content-Length:\r\n\r\n{}",
      "POST /api/v1/cases HTTP/1.1\r\n" JSON "Content-Length: 99999999999999999999\r\n\r\n{}",
      "POST /api/v1/cases HTTP/1.1\r\n" JSON "Content-Length : 2\r\n\r\n{}",
      "POST /api/v1/cases HTTP/1.1\r\n" JSON " Content-Length: 2\r\n\r\n{}",
      "POST /api/v1/cases HTTP/1.1\r\n" JSON "X: a\r\n\tb\r\n\r\n",
      "POST /api/v1/cases HTTP/1.1\r\n" JSON "X: a\rContent-Length: 2\r\n\r\n{}",
      "POST /api/v1/cases HTTP/1.1\r\n" JSON "X: a\nContent-Length: 2\r\n\r\n{}",
      "POST /api/v1/cases HTTP/1.1\n" JSON "\n",
      "POST /api/v1/cases HTTP/1.1\r\n" JSON "X: a\x01\r\n\r\n",
      "POST /api/v1/cases HTTP/1.0\r\n" JSON "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST /api/v1/cases HTTP/1.1\r\n" JSON "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST /api/v1/cases HTTP/1.1\r\n" JSON "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nHost: x\r\n\r\n",
      "POST /api/v1/cases HTTP/1.1\r\n" JSON "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n X\r\n\r\n",
      "POST /api/v1/cases HTTP/1.1\r\n" JSON "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
      "POST /api/v1/cases HTTP/1.1\r\n" JSON "Transfer-Encoding: chunked\r\n\r\n2\r\n{}X\r\n",
      "GET /healthz HTTP/1.1\r\n" HOST HOST "\r\n",
      "GET /healthz HTTP/1.1\r\n\r\n",
      "GET /healthz HTTP/1.1\r\nHost: a, b\r\n\r\n",
      "GET /healthz HTTP/1.1\r\nHost: u@h\r\n\r\n",
      "GET  /healthz HTTP/1.1\r\n" HOST "\r\n",
      "GET /healthz  HTTP/1.1\r\n" HOST "\r\n",
      "GET\t/healthz HTTP/1.1\r\n" HOST "\r\n",
  };
  (void)state;
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    struct client *client = client_open();
    (void)client_send(client, texts[i], strlen(texts[i]));
    (void)say(client, GET_CASE);
    if (!client_await_eof(client) || strncmp(client->data, "HTTP/1.1 400", 12) != 0)
      print_message("%s\n→ %s\n", texts[i], client->data);
    assert_int_equal(strncmp(client->data, "HTTP/1.1 400", 12), 0);
    assert_non_null(strstr(client->data, "Connection: close\r\n"));
    assert_null(strstr(client->data + 1, "HTTP/1.1 200")); /* what follows is never a request */
    client_close(client);
  }
  assert_int_equal(fake.count, 0);
  assert_int_equal(status_of("POST /api/v1/cases HTTP/1.1\r\n" JSON "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), 501);
}

static void nul_in_a_header(void **state) {
  static const char text[] = "GET /healthz HTTP/1.1\r\n" HOST "X: a\0b\r\n\r\n";
  struct client *client = client_open();
  (void)state;
  assert_true(client_send(client, text, sizeof text - 1));
  assert_true(client_await(client, 1, false));
  assert_non_null(strstr(client->data, "http.line_end"));
  client_close(client);
}

static void origin_and_cookie(void **state) {
  char answer[2048];
  (void)state;
  assert_int_equal(
      status_of("POST /api/v1/logout HTTP/1.1\r\n" HOST "Cookie: a=b; banfa_session=c-1\r\nOrigin: http://T\r\n\r\n"), 204);
  assert_int_equal(
      status_of("POST /api/v1/logout HTTP/1.1\r\n" HOST "Cookie: banfa_session=c-1\r\nSec-Fetch-Site: same-origin\r\n\r\n"), 204);
  assert_int_equal(status_of("GET /api/v1/cases/1 HTTP/1.1\r\n" HOST "Cookie: banfa_session=c-1\r\nOrigin: http://evil\r\n\r\n"),
                   200);
  for (size_t i = 0; i < 3; i++) assert_string_equal(fake.records[i].token, "c-1");
  assert_int_equal(
      status_of("GET /api/v1/cases/1 HTTP/1.1\r\n" HOST "Cookie: xbanfa_session=c\r\nAuthorization: bearer b\r\n\r\n"), 200);
  assert_string_equal(fake.records[3].token, "b");
  assert_int_equal(ask("POST /api/v1/login HTTP/1.1\r\n" JSON "Cookie: banfa_session=old\r\nContent-Length: 2\r\n\r\n{}", answer,
                       sizeof answer),
                   200);
  assert_string_equal(fake.records[4].token, "");
  assert_non_null(strstr(answer, "Set-Cookie: banfa_session=abc; Path=/; HttpOnly; SameSite=Strict; Max-Age=3600\r\n"));
  assert_int_equal(ask("POST /api/v1/logout HTTP/1.1\r\n" HOST "Authorization: Bearer x\r\n\r\n", answer, sizeof answer), 204);
  assert_non_null(strstr(answer, "Set-Cookie: banfa_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0\r\n"));
  assert_null(strstr(answer, "Content-Length"));
}

static void head_and_options(void **state) {
  char answer[2048];
  (void)state;
  assert_int_equal(ask("HEAD /api/v1/cases/1 HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", answer, sizeof answer), 200);
  assert_non_null(strstr(answer, "Content-Length: 10\r\n"));
  assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
  assert_int_equal(ask("HEAD /nothing HTTP/1.1\r\n" HOST "\r\n", answer, sizeof answer), 404);
  assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
  assert_int_equal(ask("OPTIONS /api/v1/cases HTTP/1.1\r\n" HOST "\r\n", answer, sizeof answer), 204);
  assert_non_null(strstr(answer, "Allow: GET, HEAD, POST, OPTIONS\r\n"));
  assert_int_equal(status_of("OPTIONS * HTTP/1.1\r\n" HOST "\r\n"), 204);
  assert_int_equal(ask("POST /api/v1/cases HTTP/1.1\r\n" JSON "Content-Length: 2\r\n\r\n{}", answer, sizeof answer), 201);
  assert_non_null(strstr(answer, "Location: /api/v1/cases/%E4%B8%AD\r\n"));
  assert_int_equal(ask("GET /api/v1/reports/x HTTP/1.1\r\n" HOST "\r\n", answer, sizeof answer), 422);
  assert_non_null(strstr(answer, "Content-Type: application/problem+json\r\n"));
}

static void old_http_closes(void **state) {
  struct client *client = client_open();
  (void)state;
  assert_true(say(client, "GET /healthz HTTP/1.0\r\n\r\n"));
  assert_true(client_await_eof(client));
  assert_non_null(strstr(client->data, "HTTP/1.1 200"));
  assert_non_null(strstr(client->data, "Connection: close\r\n"));
  client_close(client);
}

/* ---- order ---- */

static void pipeline_keeps_order(void **state) {
  static const char text[] =
      "GET /api/v1/cases HTTP/1.1\r\n" HOST "\r\n" /* slow */
      "POST /api/v1/cases HTTP/1.1\r\n" JSON "Content-Length: 7\r\n\r\n{\"a\":1}"
      "\r\nPOST /api/v1/cases HTTP/1.1\r\n" JSON "Transfer-Encoding: chunked\r\n\r\n3;x=y\r\n{\"a\r\n4\r\n\":2}\r\n0\r\n\r\n"
      "GET /api/v1/cases HTTP/1.1\r\n" HOST "\r\n" GET_CASE;
  struct client *client = client_open();
  (void)state;
  assert_true(client_send(client, text, sizeof text - 1));
  assert_true(await_calls(1));
  for (int i = 0; i < 3; i++) (void)uv_run(&fake.loop, UV_RUN_NOWAIT);
  assert_int_equal(fake.count, 1); /* the second is not begun before the first is answered */
  assert_true(client_await(client, 5, false));
  assert_int_equal(fake.count, 5);
  assert_int_equal(json_integer_value(json_object_get(json_object_get(fake.records[1].params, "body"), "a")), 1);
  assert_int_equal(json_integer_value(json_object_get(json_object_get(fake.records[2].params, "body"), "a")), 2);
  assert_string_equal(fake.records[4].operation, "case.get");
  assert_null(strstr(client->data, "Connection: close"));
  client_close(client);
}

/* Thousands of requests in one go, answered at once: no stack, no lost answers, bounded queues. */
static void deep_pipeline(void **state) {
  enum { COUNT = 20000 };
  const size_t length = sizeof GET_CASE - 1;
  char *text = malloc(COUNT * length);
  struct client *client = client_open();
  (void)state;
  assert_non_null(text);
  fake.recording = false;
  for (size_t i = 0; i < COUNT; i++) memcpy(text + i * length, GET_CASE, length);
  assert_true(client_send(client, text, COUNT * length));
  assert_true(client_await(client, 1, false));
  free(text);
  for (uint64_t start = deadline_ms(); deadline_ms() - start < 30000;) {
    size_t one = answer_length(client, 0, false);
    if (client->length >= COUNT * one || client->length > sizeof client->data - 70000) break;
    turn_once(client, 5);
  }
  assert_int_equal(client->length, COUNT * answer_length(client, 0, false));
  client_close(client);
}

static void any_split_is_the_same(void **state) {
  static const char text[] =
      "POST /api/v1/cases?x=%E4%B8%AD HTTP/1.1\r\n" JSON "Content-Length: 7\r\n\r\n{\"a\":1}"
      "POST /api/v1/cases HTTP/1.1\r\n" JSON "Transfer-Encoding: chunked\r\n\r\n3\r\n{\"a\r\n4\r\n\":2}\r\n0\r\n\r\n" GET_CASE;
  struct client *whole = client_open();
  (void)state;
  assert_true(client_send(whole, text, sizeof text - 1));
  assert_true(client_await(whole, 3, false));
  for (size_t at = 1; at < sizeof text - 1; at++) {
    struct client *client = client_open();
    assert_true(client_send(client, text, at));
    assert_true(client_send(client, text + at, sizeof text - 1 - at));
    assert_true(client_await(client, 3, false));
    assert_string_equal(client->data, whole->data);
    client_close(client);
  }
  client_close(whole);
}

static void byte_by_byte(void **state) {
  static const char text[] = "POST /api/v1/cases HTTP/1.1\r\n" JSON "Content-Length: 7\r\n\r\n{\"a\":1}" GET_CASE;
  struct client *client = client_open();
  (void)state;
  for (size_t i = 0; i < sizeof text - 1; i++) assert_true(client_send(client, text + i, 1));
  assert_true(client_await(client, 2, false));
  assert_int_equal(fake.count, 2);
  client_close(client);
}

/* Every prefix, then the connection ends: nothing happens to the state. */
static void cut_off_anywhere(void **state) {
  static const char text[] = "POST /api/v1/cases HTTP/1.1\r\n" JSON "Content-Length: 7\r\n\r\n{\"a\":1}";
  (void)state;
  for (size_t at = 0; at < sizeof text - 1; at++) {
    struct client *client = client_open();
    assert_true(client_send(client, text, at));
    assert_int_equal(shutdown(client->fd, SHUT_WR), 0);
    assert_true(client_await_eof(client));
    assert_int_equal(client->length, 0);
    client_close(client);
  }
  assert_int_equal(fake.count, 0);
}

static void half_closed_is_answered(void **state) {
  struct client *client = client_open();
  (void)state;
  assert_true(say(client, "GET /api/v1/cases HTTP/1.1\r\n" HOST "\r\n" GET_CASE "GET /cut"));
  assert_int_equal(shutdown(client->fd, SHUT_WR), 0);
  assert_true(client_await_eof(client));
  assert_non_null(strstr(client->data, "{\"slow\":true}"));
  assert_non_null(strstr(client->data, "{\"id\":\"x\"}"));
  assert_int_equal(fake.count, 2);
  client_close(client);
}

static void expect_continue(void **state) {
  static const char text[] = "POST /api/v1/cases HTTP/1.1\r\n" JSON "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n";
  struct client *client = client_open();
  (void)state;
  assert_true(client_send(client, text, sizeof text - 1));
  assert_true(client_await(client, 1, false));
  assert_string_equal(client->data, "HTTP/1.1 100 Continue\r\n\r\n");
  assert_true(say(client, "{}"));
  assert_true(client_await(client, 2, false));
  assert_non_null(strstr(client->data, "HTTP/1.1 201"));
  client_close(client);
}

static void refused_body_is_passed_over(void **state) {
  static const char text[] = "POST /nothing HTTP/1.1\r\n" HOST "Content-Length: 10\r\n\r\nGET / HTTP" GET_CASE;
  struct client *client = client_open();
  (void)state;
  assert_true(client_send(client, text, sizeof text - 1));
  assert_true(client_await(client, 2, false));
  assert_non_null(strstr(client->data, "HTTP/1.1 404"));
  assert_non_null(strstr(client->data, "HTTP/1.1 200"));
  client_close(client);
}

/* ---- the parser alone ---- */

static enum bf__fault no_body(void *arg, const char *at, size_t length) {
  return (void)arg, (void)at, (void)length, BF__FAULT_NONE;
}

/* A folded line is refused wherever the reads were cut. */
static void folds_across_every_edge(void **state) {
  static const char text[] = "GET / HTTP/1.1\r\n" HOST "Content-Length: 1\r\n  0\r\nX: a\r\n\tb\r\n\r\n";
  (void)state;
  for (size_t one = 0; one < sizeof text; one++) {
    for (size_t two = one; two < sizeof text; two++) {
      const size_t ends[] = {one, two, sizeof text - 1};
      enum bf__parse outcome = BF__PARSE_MORE;
      struct bf__parser parser;
      static struct bf__head head;
      bf__parser_init(&parser, 16384, no_body, NULL);
      for (size_t i = 0; i < 3 && outcome == BF__PARSE_MORE; i++) {
        size_t used;
        char *exact = malloc(ends[i] ? ends[i] : 1); /* so that the sanitizer sees a read past the end */
        assert_non_null(exact);
        memcpy(exact, text, ends[i]);
        outcome = bf__parser_head(&parser, &head, exact, ends[i], &used);
        free(exact);
      }
      assert_int_equal(outcome, BF__PARSE_FAULT);
      assert_int_equal(parser.fault, BF__FAULT_FOLDED);
    }
  }
}

/* For measuring: `test_http --serve 8081`, then wrk. */
static int serve(const char *port) {
  char listen[32];
  const struct setting settings[] = {{"listen", listen}, {NULL, NULL}};
  (void)snprintf(listen, sizeof listen, "127.0.0.1:%s", port);
  if (with(settings)) return 1;
  fake.recording = false;
  memset(fake.body, 'x', 1024);
  fake.body[0] = fake.body[1023] = '"';
  fake.body[1024] = '\0';
  return uv_run(&fake.loop, UV_RUN_DEFAULT);
}

int main(int argc, char **argv) {
  const char *only = getenv("ONLY");
  const struct CMUnitTest tests[] = {
      T(answers_a_read),
      T(serves_the_files_of_an_application),
      T(passes_parameters),
      T(empty_body_is_an_object),
      T(refuses_what_is_wrong),
      T(refuses_smuggling),
      T(nul_in_a_header),
      T(origin_and_cookie),
      T(head_and_options),
      T(old_http_closes),
      T(pipeline_keeps_order),
      T(deep_pipeline),
      T(any_split_is_the_same),
      T(byte_by_byte),
      T(cut_off_anywhere),
      T(half_closed_is_answered),
      T(expect_continue),
      T(refused_body_is_passed_over),
      cmocka_unit_test(folds_across_every_edge),
  };
  if (argc == 3 && strcmp(argv[1], "--serve") == 0) return serve(argv[2]);
  if (only) cmocka_set_test_filter(only);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
