/* Answers as bytes: status line, headers that keep browsers in check, body. */
#include <string.h>
#include <time.h>

#include "http.h"

#define CAREFUL "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nCross-Origin-Opener-Policy: same-origin\r\n"
/* Nothing that the API answers is a page: no answer may run, load or be framed by anything. */
#define SANDBOX                                                                                                                  \
  CAREFUL                                                                                                                        \
  "Content-Security-Policy: default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox\r\n"
#define SAFETY SANDBOX "Cache-Control: no-store\r\n"
/* What an asker may keep is still asked for each time, and by nobody else. */
#define KEPT_SAFELY SANDBOX "Cache-Control: private, no-cache\r\nVary: Accept-Encoding, Authorization, Cookie\r\n"
#define HEAD_MOST 1536 /* a head without what comes from the answer */
#define COOKIE "banfa_session="

static const char *reason(int status) {
  switch (status) {
  case 200:
    return "OK";
  case 201:
    return "Created";
  case 202:
    return "Accepted";
  case 204:
    return "No Content";
  case 304:
    return "Not Modified";
  case 400:
    return "Bad Request";
  case 401:
    return "Unauthorized";
  case 403:
    return "Forbidden";
  case 404:
    return "Not Found";
  case 405:
    return "Method Not Allowed";
  case 408:
    return "Request Timeout";
  case 409:
    return "Conflict";
  case 412:
    return "Precondition Failed";
  case 413:
    return "Content Too Large";
  case 414:
    return "URI Too Long";
  case 415:
    return "Unsupported Media Type";
  case 417:
    return "Expectation Failed";
  case 422:
    return "Unprocessable Content";
  case 429:
    return "Too Many Requests";
  case 431:
    return "Request Header Fields Too Large";
  case 500:
    return "Internal Server Error";
  case 501:
    return "Not Implemented";
  case 503:
    return "Service Unavailable";
  case 505:
    return "HTTP Version Not Supported";
  case 507:
    return "Insufficient Storage";
  default:
    return "Other";
  }
}

static void put_string(struct bf__buffer *out, const char *text) {
  bf__put(out, text, strlen(text));
}

/* The program's time, formatted once a second. */
static void put_date(struct bf__http *http, struct bf__buffer *out) {
  int64_t second = http->host->now(http->host->context) / 1000;
  if (second != http->date_second) {
    time_t at = (time_t)second;
    struct tm parts;
    if (!gmtime_r(&at, &parts) || strftime(http->date, sizeof http->date, "%a, %d %b %Y %H:%M:%S GMT", &parts) == 0) return;
    http->date_second = second;
  }
  bf__put_text(out, "Date: ");
  put_string(out, http->date);
  bf__put_text(out, "\r\n");
}

/* Everything but letters, digits and KEPT as %XX: 3 bytes for one at most. */
static void put_escaped(struct bf__buffer *out, const char *text, const char *kept) {
  static const char hex[] = "0123456789ABCDEF";
  for (; *text; text++) {
    unsigned char c = (unsigned char)*text;
    bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || strchr(kept, c);
    char escape[3] = {'%', hex[c >> 4], hex[c & 15]};
    if (plain)
      bf__put(out, text, 1);
    else
      bf__put(out, escape, 3);
  }
}

/* The old form for old readers, the UTF-8 form for all others (RFC 6266, RFC 8187). Always a download: documents come from
 * outside. */
static void put_disposition(struct bf__buffer *out, const char *name) {
  bf__put_text(out, "Content-Disposition: attachment");
  if (name) {
    bf__put_text(out, "; filename=\"");
    for (const char *at = name; *at; at++) {
      unsigned char c = (unsigned char)*at;
      bool plain = c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '%' && c != '/' && c != ';';
      bf__put(out, plain ? at : "_", 1);
    }
    bf__put_text(out, "\"; filename*=UTF-8''");
    put_escaped(out, name, "!#$&+-.^_`|~");
  }
  bf__put_text(out, "\r\n");
}

/* A header value from outside may not end its line. */
static bool value_safe(const char *text) {
  for (; *text; text++) {
    if ((unsigned char)*text < 0x20 || (unsigned char)*text == 0x7f) return false;
  }
  return true;
}

static void put_cookie(struct bf__conn *conn, struct bf__buffer *out, const struct bf_answer *answer) {
  if (!value_safe(answer->token) || strpbrk(answer->token, "; ,\"\\")) return;
  bf__put_text(out, "Set-Cookie: " COOKIE);
  put_string(out, answer->token);
  bf__put_text(out, "; Path=/; HttpOnly; SameSite=Strict; Max-Age=");
  bf__put_number(out, answer->token[0] ? answer->token_seconds : 0);
  if (conn->http->limits.secure_cookie) bf__put_text(out, "; Secure");
  bf__put_text(out, "\r\n");
}

/* Makes sure of room and writes what every answer begins with. NULL when memory is out: the connection is then closing. */
static struct bf__buffer *begin_with(struct bf__conn *conn, int status, const char *safety, size_t extra) {
  struct bf__buffer *out = bf__conn_out(conn);
  if (!bf__buffer_reserve(out, HEAD_MOST + extra, BF__ANSWER_MOST)) {
    bf__conn_close(conn);
    return NULL;
  }
  if (conn->http->stopping) conn->request.keep_alive = false;
  bf__put_text(out, "HTTP/1.1 ");
  bf__put_number(out, status);
  bf__put_text(out, " ");
  put_string(out, reason(status));
  bf__put_text(out, "\r\n");
  put_date(conn->http, out);
  put_string(out, safety);
  if (!conn->request.keep_alive) bf__put_text(out, "Connection: close\r\n");
  if (status == 503) bf__put_text(out, "Retry-After: 1\r\n");
  return out;
}

static struct bf__buffer *begin(struct bf__conn *conn, int status, size_t extra) {
  return begin_with(conn, status, SAFETY, extra);
}

static void put_length(struct bf__buffer *out, long long length) {
  bf__put_text(out, "Content-Length: ");
  bf__put_number(out, length);
  bf__put_text(out, "\r\n");
}

static void put_type(struct bf__buffer *out, const char *type) {
  bf__put_text(out, "Content-Type: ");
  put_string(out, type && type[0] && value_safe(type) ? type : "application/octet-stream");
  bf__put_text(out, "\r\n");
}

static void put_allow(struct bf__buffer *out, const struct bf__request *request) {
  bf__put_text(out, "Allow: ");
  if (request->get) bf__put_text(out, "GET, HEAD, ");
  if (request->post) bf__put_text(out, "POST, ");
  bf__put_text(out, "OPTIONS\r\n");
}

static void put_field(struct bf__buffer *out, const char *name, const char *value) {
  put_string(out, name);
  put_string(out, value);
  bf__put_text(out, "\r\n");
}

static void put_answer_fields(struct bf__conn *conn, struct bf__buffer *out, const struct bf_answer *answer) {
  if (answer->version >= 0) {
    bf__put_text(out, "ETag: \"");
    bf__put_number(out, answer->version);
    bf__put_text(out, "\"\r\n");
  }
  if (answer->etag) put_field(out, "ETag: ", answer->etag);
  if (answer->encoding && answer->status == 200) put_field(out, "Content-Encoding: ", answer->encoding);
  if (answer->location) {
    bf__put_text(out, "Location: ");
    put_escaped(out, answer->location, "/-._~!$&'()*+,;=:@%?");
    bf__put_text(out, "\r\n");
  }
  if (answer->token) put_cookie(conn, out, answer);
  if (answer->status == 401) bf__put_text(out, "WWW-Authenticate: Bearer\r\n");
}

void bf__response_answer(struct bf__conn *conn, const struct bf_answer *answer) {
  bool empty = answer->status == 204 || answer->status == 304, file = answer->file >= 0;
  size_t body = empty || file ? 0 : answer->length;
  size_t extra = body + (answer->location ? 3 * strlen(answer->location) : 0) + (answer->token ? strlen(answer->token) : 0) +
                 (answer->file_name ? 4 * strlen(answer->file_name) : 0) + (answer->type ? strlen(answer->type) : 0);
  struct bf__buffer *out = begin_with(conn, answer->status, answer->etag ? KEPT_SAFELY : SAFETY, extra);
  if (!out) return;
  put_answer_fields(conn, out, answer);
  if (!empty) {
    put_type(out, answer->type);
    put_length(out, file ? (long long)answer->file_bytes : (long long)body);
  }
  if (file) put_disposition(out, answer->file_name);
  bf__put_text(out, "\r\n");
  if (!conn->request.head_only) bf__put(out, answer->body, body);
}

/* Without a length: the stream ends with the connection. */
void bf__response_events(struct bf__conn *conn) {
  struct bf__buffer *out = begin(conn, 200, 200);
  if (!out) return;
  put_type(out, "text/event-stream; charset=utf-8");
  bf__put_text(out, "X-Accel-Buffering: no\r\n\r\nretry: 2000\n\n");
}

void bf__response_asset(struct bf__conn *conn) {
  const struct bf_asset *asset = &conn->request.asset;
  bool unchanged = conn->request.unchanged;
  struct bf__buffer *out = begin_with(conn, unchanged ? 304 : 200, CAREFUL, asset->length + strlen(asset->policy) + 200);
  if (!out) return;
  bf__put_text(out, "Content-Security-Policy: ");
  put_string(out, asset->policy);
  bf__put_text(out, "\r\nVary: Accept-Encoding\r\nCache-Control: ");
  put_string(out, asset->immutable ? "public, max-age=31536000, immutable" : "no-cache");
  bf__put_text(out, "\r\n");
  if (asset->etag) {
    put_field(out, "ETag: ", asset->etag);
  }
  if (!unchanged) {
    put_type(out, asset->type);
    if (asset->encoding) {
      put_field(out, "Content-Encoding: ", asset->encoding);
    }
    put_length(out, (long long)asset->length);
  }
  bf__put_text(out, "\r\n");
  if (!unchanged && !conn->request.head_only) bf__put(out, asset->body, asset->length);
}

void bf__response_fault(struct bf__conn *conn, enum bf__fault fault, int line, int column) {
  char problem[1024];
  size_t length = bf__problem_write(fault, line, column, problem, sizeof problem);
  struct bf__buffer *out = begin(conn, bf__fault_status(fault), length);
  if (!out) return;
  if (fault == BF__FAULT_METHOD) put_allow(out, &conn->request);
  put_type(out, "application/problem+json");
  put_length(out, (long long)length);
  bf__put_text(out, "\r\n");
  if (!conn->request.head_only) bf__put(out, problem, length);
}

void bf__response_options(struct bf__conn *conn) {
  struct bf__buffer *out = begin(conn, 204, 0);
  if (!out) return;
  put_allow(out, &conn->request);
  bf__put_text(out, "\r\n");
}

void bf__response_continue(struct bf__conn *conn) {
  static const char line[] = "HTTP/1.1 100 Continue\r\n\r\n";
  if (!bf__buffer_append(bf__conn_out(conn), line, sizeof line - 1, BF__ANSWER_MOST)) bf__conn_close(conn);
}
