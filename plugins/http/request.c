/* From a head to a request: route, parameters, who asks, and what may follow as its body. */
#include <string.h>
#include <strings.h>

#include "http.h"

#define SESSION "banfa_session"

static bool visible(const struct bf__text *text) {
  for (size_t i = 0; i < text->length; i++) {
    if (text->at[i] <= 0x20 || text->at[i] >= 0x7f) return false;
  }
  return text->length > 0;
}

/* Copies a field that may come once; leaves `to` empty when there is none. */
static enum bf__fault copy_once(const struct bf__text *text, size_t count, size_t most, char *to, enum bf__fault fault) {
  to[0] = '\0';
  if (count == 0) return BF__FAULT_NONE;
  if (count > 1 || text->length > most || !visible(text)) return fault;
  memcpy(to, text->at, text->length);
  to[text->length] = '\0';
  return BF__FAULT_NONE;
}

static enum bf__fault read_key(struct bf__request *request, const struct bf__head *head) {
  size_t count = 0;
  const struct bf__text *text = bf__head_field(head, "idempotency-key", &count);
  return copy_once(text, count, 200, request->key, BF__FAULT_KEY);
}

/* If-Match: "7", 7 or *. */
static enum bf__fault read_if_match(struct bf__request *request, const struct bf__head *head) {
  size_t count = 0;
  const struct bf__text *found = bf__head_field(head, "if-match", &count);
  struct bf__text text;
  int64_t version = 0;
  request->if_version = -1;
  if (count == 0 || (count == 1 && bf__text_is(found, "*"))) return BF__FAULT_NONE;
  text = *found;
  if (text.length >= 2 && text.at[0] == '"' && text.at[text.length - 1] == '"') text.at++, text.length -= 2;
  if (count > 1 || text.length == 0 || text.length > 18) return BF__FAULT_IF_MATCH;
  for (size_t i = 0; i < text.length; i++) {
    if (text.at[i] < '0' || text.at[i] > '9') return BF__FAULT_IF_MATCH;
    version = version * 10 + (text.at[i] - '0');
  }
  request->if_version = version;
  return BF__FAULT_NONE;
}

/* The value of our cookie in one Cookie field, length 0 when it is not there. */
static struct bf__text find_cookie(const struct bf__text *field) {
  const char *at = field->at, *end = at + field->length;
  const size_t length = sizeof SESSION - 1;
  while (at < end) {
    const char *stop = memchr(at, ';', (size_t)(end - at));
    if (!stop) stop = end;
    while (at < stop && *at == ' ') at++;
    if ((size_t)(stop - at) > length && memcmp(at, SESSION, length) == 0 && at[length] == '=')
      return (struct bf__text){at + length + 1, (size_t)(stop - at) - length - 1};
    at = stop + 1;
  }
  return (struct bf__text){NULL, 0};
}

/* Same origin by what the browser says and scripts can't forge. Sec-Fetch-Site is believed first: it holds behind any proxy. */
static bool same_origin(const struct bf__conn *conn, const struct bf__head *head, bool ret_if_silent) {
  const struct bf__text *site = bf__head_field(head, "sec-fetch-site", NULL);
  const struct bf__text *origin = bf__head_field(head, "origin", NULL), *host = bf__head_field(head, "host", NULL);
  size_t scheme;
  if (site && (bf__text_is(site, "same-origin") || bf__text_is(site, "none"))) return true;
  if (!origin) return site ? false : ret_if_silent;
  if (conn->http->limits.trusted_origin[0] && bf__text_is(origin, conn->http->limits.trusted_origin)) return true;
  if (site || !host) return false;
  scheme = origin->length > 8 && strncasecmp(origin->at, "https://", 8) == 0 ? 8 : 7;
  if (origin->length <= scheme || (scheme == 7 && strncasecmp(origin->at, "http://", 7) != 0)) return false;
  return origin->length - scheme == host->length && strncasecmp(origin->at + scheme, host->at, host->length) == 0;
}

/* Authorization: Bearer wins over the cookie; what changes something by cookie must come from our own pages. */
static enum bf__fault read_token(struct bf__conn *conn, const struct bf__head *head) {
  struct bf__request *request = &conn->request;
  size_t count = 0;
  const struct bf__text *field = bf__head_field(head, "authorization", &count);
  struct bf__text token = {NULL, 0};
  bool unsafe = request->route->method != HTTP_GET;
  request->token[0] = '\0';
  if (count > 1) return BF__FAULT_AUTHORIZATION;
  if (count == 1 && field->length > 7 && strncasecmp(field->at, "bearer ", 7) == 0) {
    token = (struct bf__text){field->at + 7, field->length - 7};
    return copy_once(&token, 1, sizeof request->token - 1, request->token, BF__FAULT_AUTHORIZATION);
  }
  field = bf__head_field(head, "cookie", &count);
  if (field && !(request->route->flags & BF__ROUTE_LOGIN)) token = find_cookie(field);
  if (unsafe && !same_origin(conn, head, token.length == 0)) return BF__FAULT_ORIGIN;
  /* A cookie that can't be ours is no cookie. */
  (void)copy_once(&token, token.length > 0, sizeof request->token - 1, request->token, BF__FAULT_AUTHORIZATION);
  return BF__FAULT_NONE;
}

/* What the client takes, and what it has kept. A list of marks that is too long is none: the whole answer goes out. */
static bool takes_gzip(const struct bf__head *head) {
  const struct bf__text *coding = bf__head_field(head, "accept-encoding", NULL);
  return coding && memmem(coding->at, coding->length, "gzip", 4);
}

static void read_known(struct bf__request *request, const struct bf__head *head) {
  const struct bf__text *known = bf__head_field(head, "if-none-match", NULL);
  size_t length = known && known->length < sizeof request->known ? known->length : 0;
  if (length) memcpy(request->known, known->at, length);
  request->known[length] = '\0';
  request->gzip = takes_gzip(head);
}

/* Where a stream that was cut goes on; what is no place at all begins at the end. */
static void read_place(struct bf__conn *conn, const struct bf__head *head) {
  size_t count = 0;
  const struct bf__text *text = bf__head_field(head, "last-event-id", &count);
  (void)copy_once(text, count, sizeof conn->events_after - 1, conn->events_after, BF__FAULT_NONE);
}

/* Behind a proxy that was named, the client is the last address which that proxy wrote. */
static void read_peer(struct bf__conn *conn, const struct bf__head *head) {
  const struct bf__text *field;
  size_t start, length;
  memcpy(conn->request.peer, conn->peer, sizeof conn->peer);
  if (!conn->http->limits.trusted_proxy[0] || strcmp(conn->peer, conn->http->limits.trusted_proxy) != 0) return;
  field = bf__head_field(head, "x-forwarded-for", NULL);
  if (!field) return;
  for (start = field->length; start > 0 && field->at[start - 1] != ',' && field->at[start - 1] != ' ';) start--;
  length = field->length - start;
  if (length == 0 || length >= sizeof conn->request.peer) return;
  memcpy(conn->request.peer, field->at + start, length);
  conn->request.peer[length] = '\0';
}

static bool is_json(const struct bf__head *head) {
  static const char json[] = "application/json";
  const struct bf__text *type = bf__head_field(head, "content-type", NULL);
  size_t length = sizeof json - 1;
  if (!type || type->length < length || strncasecmp(type->at, json, length) != 0) return false;
  return type->length == length || type->at[length] == ';' || type->at[length] == ' ';
}

static enum bf__fault check_body(struct bf__conn *conn, const struct bf__head *head) {
  const struct bf__limits *limits = &conn->http->limits;
  struct bf__request *request = &conn->request;
  bool upload = (request->route->flags & BF__ROUTE_UPLOAD) != 0;
  const struct bf__text *coding;
  size_t codings = 0;
  if (!head->has_body) return BF__FAULT_NONE;
  if (request->route->method == HTTP_GET) return BF__FAULT_BODY_UNEXPECTED;
  if (head->content_length > (upload ? limits->document_bytes : limits->body_bytes)) return BF__FAULT_TOO_LARGE;
  coding = bf__head_field(head, "content-encoding", &codings);
  if (codings > 0 && !bf__text_is(coding, "identity")) return BF__FAULT_MEDIA;
  return upload || is_json(head) ? BF__FAULT_NONE : BF__FAULT_MEDIA;
}

static enum bf__fault check_expect(struct bf__request *request, const struct bf__head *head) {
  size_t count = 0;
  const struct bf__text *expect = bf__head_field(head, "expect", &count);
  if (count == 0 || head->minor == 0) return BF__FAULT_NONE;
  if (count > 1 || !bf__text_is(expect, "100-continue")) return BF__FAULT_EXPECT;
  request->wants_continue = head->has_body;
  return BF__FAULT_NONE;
}

/* A document's media type goes with its parameters. */
static enum bf__fault add_type(struct bf__request *request, const struct bf__head *head) {
  const struct bf__text *type = bf__head_field(head, "content-type", NULL);
  json_t *value = type && type->length > 0 && type->length <= 200 ? json_stringn(type->at, type->length)
                                                                  : json_string("application/octet-stream");
  return json_object_set_new(request->params, "type", value) == 0 ? BF__FAULT_NONE : BF__FAULT_MEDIA;
}

/* The application's files are asked for only where no route is: nothing of the API can be hidden by one. */
static bool find_asset(struct bf__conn *conn, const struct bf__head *head, const struct bf__text *path) {
  const struct bf_assets *assets = conn->http->assets;
  const struct bf__text *known = bf__head_field(head, "if-none-match", NULL);
  struct bf__request *request = &conn->request;
  char name[256];
  if (!assets || (head->method != HTTP_GET && head->method != HTTP_HEAD) || path->length >= sizeof name || head->has_body)
    return false;
  memcpy(name, path->at, path->length);
  name[path->length] = '\0';
  if (!assets->find(assets, name, takes_gzip(head), &request->asset)) return false;
  request->unchanged =
      known && request->asset.etag && memmem(known->at, known->length, request->asset.etag, strlen(request->asset.etag));
  return true;
}

static enum bf__fault find_route(struct bf__conn *conn, const struct bf__head *head, struct bf__match *ret_match,
                                 struct bf__text *ret_query) {
  struct bf__request *request = &conn->request;
  struct bf__text path;
  enum bf__fault fault;
  request->head_only = head->method == HTTP_HEAD;
  request->options = head->method == HTTP_OPTIONS;
  if (request->options && bf__text_is(&head->target, "*")) {
    request->get = request->post = true;
    return BF__FAULT_NONE;
  }
  fault = bf__target_split(&head->target, &path, ret_query);
  if (fault != BF__FAULT_NONE) return fault;
  bf__router_find(&conn->http->router, request->head_only ? HTTP_GET : head->method, &path, ret_match);
  request->route = ret_match->route;
  request->get = ret_match->get;
  request->post = ret_match->post;
  if (!request->get && !request->post) {
    request->is_asset = find_asset(conn, head, &path);
    return request->is_asset ? BF__FAULT_NONE : BF__FAULT_NOT_FOUND;
  }
  return request->route || request->options ? BF__FAULT_NONE : BF__FAULT_METHOD;
}

static enum bf__fault read_all(struct bf__conn *conn, const struct bf__head *head) {
  struct bf__request *request = &conn->request;
  struct bf__match match = {.route = NULL, .count = 0};
  struct bf__text query = {"", 0};
  enum bf__fault fault;
  if ((fault = check_expect(request, head)) != BF__FAULT_NONE) return fault;
  if ((fault = find_route(conn, head, &match, &query)) != BF__FAULT_NONE || request->options || request->is_asset) return fault;
  if ((fault = check_body(conn, head)) != BF__FAULT_NONE) return fault;
  if ((fault = read_key(request, head)) != BF__FAULT_NONE) return fault;
  if ((fault = read_if_match(request, head)) != BF__FAULT_NONE) return fault;
  if ((fault = read_token(conn, head)) != BF__FAULT_NONE) return fault;
  if (request->route->flags & BF__ROUTE_EVENTS) read_place(conn, head);
  read_peer(conn, head);
  read_known(request, head);
  if ((fault = bf__target_params(&match, &query, &request->params)) != BF__FAULT_NONE) return fault;
  return request->route->flags & BF__ROUTE_UPLOAD ? add_type(request, head) : BF__FAULT_NONE;
}

enum bf__fault bf__request_begin(struct bf__conn *conn, const struct bf__head *head) {
  struct bf__request *request = &conn->request;
  request->route = NULL;
  request->whole = NULL;
  request->expected = head->content_length;
  request->received = 0;
  request->is_asset = false;
  request->get = request->post = request->wants_continue = request->head_only = request->options = false;
  request->keep_alive = head->keep_alive;
  request->chunked = head->chunked;
  request->has_body = head->has_body;
  request->fault = read_all(conn, head);
  return request->fault;
}

/* Body bytes from the parser. A body that lies in the read buffer whole is not copied. */
enum bf__fault bf__request_body(void *arg, const char *at, size_t length) {
  struct bf__conn *conn = arg;
  struct bf__request *request = &conn->request;
  const struct bf__limits *limits = &conn->http->limits;
  uint64_t most = request->fault != BF__FAULT_NONE || request->options ? BF__DISCARD_BYTES
                  : conn->upload                                       ? limits->document_bytes
                                                                       : limits->body_bytes;
  request->received += length;
  if (request->received > most) return BF__FAULT_TOO_LARGE;
  if (request->fault != BF__FAULT_NONE || request->options) return BF__FAULT_NONE;
  if (conn->upload) return bf__buffer_append(&conn->piece, at, length, BF__READ_BYTES) ? BF__FAULT_NONE : BF__FAULT_INTERNAL;
  if (!request->chunked && length == request->expected) {
    request->whole = at;
    request->whole_length = length;
    return BF__FAULT_NONE;
  }
  return bf__buffer_append(&request->body, at, length, limits->body_bytes) ? BF__FAULT_NONE : BF__FAULT_INTERNAL;
}

/* NULL for an empty body: { } stands for it. Sets *ret_fault and where. */
static json_t *parse_body(const struct bf__request *request, enum bf__fault *ret_fault, json_error_t *ret_where) {
  const char *text = request->whole ? request->whole : request->body.data;
  size_t length = request->whole ? request->whole_length : request->body.length;
  json_t *body;
  *ret_fault = BF__FAULT_NONE;
  *ret_where = (json_error_t){.line = 0, .column = 0};
  if (length == 0) return json_object();
  body = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, ret_where);
  if (!body) {
    *ret_fault = BF__FAULT_JSON;
  } else if (!json_is_object(body)) {
    ret_where->line = ret_where->column = 0;
    *ret_fault = BF__FAULT_NOT_OBJECT;
  }
  if (*ret_fault == BF__FAULT_NONE) return body;
  json_decref(body);
  return NULL;
}

/* The whole message is here. */
void bf__request_ready(struct bf__conn *conn) {
  struct bf__request *request = &conn->request;
  json_error_t where = {.line = 0, .column = 0};
  enum bf__fault fault = request->fault;
  if (fault == BF__FAULT_NONE && request->options) {
    bf__response_options(conn);
    bf__conn_end(conn);
    return;
  }
  if (fault == BF__FAULT_NONE && request->is_asset) {
    bf__response_asset(conn);
    bf__conn_end(conn);
    return;
  }
  if (fault == BF__FAULT_NONE && request->route->flags & BF__ROUTE_EVENTS) {
    bf__events_begin(conn);
    return;
  }
  if (fault == BF__FAULT_NONE && request->route->method == HTTP_POST) {
    json_t *body = parse_body(request, &fault, &where);
    if (fault == BF__FAULT_NONE && json_object_set_new(request->params, "body", body) != 0) fault = BF__FAULT_INTERNAL;
  }
  if (fault == BF__FAULT_NONE) {
    bf__call_begin(conn);
    return;
  }
  bf__response_fault(conn, fault, where.line, where.column);
  bf__conn_end(conn);
}

/* After this answer what is left of the message can't be told from the next one: the connection ends. */
void bf__request_refuse(struct bf__conn *conn, enum bf__fault fault) {
  conn->request.keep_alive = false;
  conn->unread = true;
  bf__response_fault(conn, fault, 0, 0);
  bf__conn_end(conn);
}

void bf__request_done(struct bf__request *request) {
  bf__buffer_done(&request->body);
  json_decref(request->params);
  request->params = NULL;
  request->whole = NULL;
}
