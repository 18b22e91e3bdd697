/* A connection: bytes in, requests in order, answers out, and how it ends.
 *
 * Work happens in turns. In a turn one connection parses what was read and begins requests one after the other for as long as
 * each is answered at once; what it answers is gathered and written when the turn ends. An answer that comes later starts a new
 * turn. Turns never nest, so pipelined requests and answers from within other calls cost no stack. */
#include <stdlib.h>
#include <string.h>

#include "http.h"

#define LINGER_MS 2000
#define KEEP_BYTES 16384 /* buffers larger than this are given back when empty */
#define IN_MOST (2 * BF__READ_BYTES)

static uint64_t loop_now(const struct bf__conn *conn) {
  return uv_now(conn->http->host->loop);
}

void bf__conn_phase(struct bf__conn *conn, enum bf__phase phase) {
  conn->phase = phase;
  conn->since = loop_now(conn);
}

/* ---- life and death ---- */

static void link_conn(struct bf__conn *conn) {
  struct bf__http *http = conn->http;
  conn->prev = http->last;
  if (http->last)
    http->last->next = conn;
  else
    http->first = conn;
  http->last = conn;
  http->open++;
}

static void unlink_conn(struct bf__conn *conn) {
  struct bf__http *http = conn->http;
  if (conn->prev)
    conn->prev->next = conn->next;
  else
    http->first = conn->next;
  if (conn->next)
    conn->next->prev = conn->prev;
  else
    http->last = conn->prev;
  http->open--;
}

void bf__conn_unref(struct bf__conn *conn) {
  struct bf__http *http = conn->http;
  if (--conn->refs > 0) return;
  bf__request_done(&conn->request);
  bf__buffer_done(&conn->in);
  bf__buffer_done(&conn->out);
  bf__buffer_done(&conn->sending);
  bf__buffer_done(&conn->piece);
  free(conn);
  bf__http_gone(http);
}

static void on_closed(uv_handle_t *handle) {
  bf__conn_unref(handle->data);
}

void bf__conn_close(struct bf__conn *conn) {
  if (conn->closing) return;
  conn->closing = true;
  bf__upload_abort(conn);
  bf__request_done(&conn->request);
  unlink_conn(conn);
  uv_close((uv_handle_t *)&conn->tcp, on_closed);
}

static void on_shut(uv_shutdown_t *shut, int status) {
  struct bf__conn *conn = shut->data;
  if (status < 0) bf__conn_close(conn);
}

/* All answers are out. Closing a socket with unread bytes would make the kernel take the answer back. */
static void bow_out(struct bf__conn *conn) {
  if (!conn->unread && conn->in.length == 0) {
    bf__conn_close(conn);
    return;
  }
  conn->in.length = 0;
  bf__conn_phase(conn, BF__LINGER);
  conn->shut.data = conn;
  if (conn->eof || uv_shutdown(&conn->shut, (uv_stream_t *)&conn->tcp, on_shut) < 0) bf__conn_close(conn);
}

/* ---- out ---- */

struct bf__buffer *bf__conn_out(struct bf__conn *conn) {
  struct bf__http *http = conn->http;
  return http->running == conn && conn->out.length == 0 && !conn->write_busy ? &http->out : &conn->out;
}

static void on_write(uv_write_t *write, int status) {
  struct bf__conn *conn = write->data;
  conn->write_busy = false;
  conn->writes++;
  conn->sending.length = 0;
  bf__buffer_trim(&conn->sending, KEEP_BYTES);
  if (status < 0)
    bf__conn_close(conn);
  else if (!conn->closing)
    bf__conn_run(conn);
  bf__conn_unref(conn);
}

/* Takes FROM over and writes it, OFFSET bytes in. */
static void write_rest(struct bf__conn *conn, struct bf__buffer *from, size_t offset) {
  struct bf__buffer empty = conn->sending;
  uv_buf_t buf;
  conn->sending = *from;
  *from = empty;
  from->length = 0;
  buf = uv_buf_init(conn->sending.data + offset, (unsigned)(conn->sending.length - offset));
  conn->write.data = conn;
  conn->write_busy = true;
  conn->refs++;
  if (uv_write(&conn->write, (uv_stream_t *)&conn->tcp, &buf, 1, on_write) == 0) return;
  conn->write_busy = false;
  bf__conn_close(conn);
  bf__conn_unref(conn);
}

static void flush(struct bf__conn *conn) {
  struct bf__buffer *out = conn->http->out.length > 0 ? &conn->http->out : &conn->out;
  uv_buf_t buf = uv_buf_init(out->data, (unsigned)out->length);
  int sent;
  if (conn->write_busy || out->length == 0) return;
  sent = uv_try_write((uv_stream_t *)&conn->tcp, &buf, 1);
  if (sent < 0 && sent != UV_EAGAIN) {
    bf__conn_close(conn);
  } else if (sent >= 0 && (size_t)sent == out->length) {
    out->length = 0;
    bf__buffer_trim(out, out == &conn->out ? 0 : BF__WRITE_HIGH * 2);
  } else {
    write_rest(conn, out, sent < 0 ? 0 : (size_t)sent);
  }
}

size_t bf__conn_queued(const struct bf__conn *conn) {
  return conn->http->out.length + conn->out.length + (conn->write_busy ? conn->sending.length : 0);
}

/* ---- in ---- */

void bf__conn_end(struct bf__conn *conn) {
  if (conn->closing) return;
  bf__request_done(&conn->request);
  bf__parser_next(&conn->parser);
  bf__conn_phase(conn, BF__IDLE);
  if (!conn->request.keep_alive || conn->http->stopping) conn->finish = true;
}

/* Whether more of what was read may be parsed now. */
static bool may_parse(const struct bf__conn *conn) {
  return !conn->closing && !conn->finish && conn->phase <= BF__BODY && !conn->piece_busy &&
         bf__conn_queued(conn) < BF__WRITE_HIGH;
}

static void begin_request(struct bf__conn *conn) {
  struct bf__request *request = &conn->request;
  enum bf__fault fault = bf__request_begin(conn, &conn->http->head);
  bf__conn_phase(conn, BF__BODY);
  if (fault != BF__FAULT_NONE) {
    bool pass = !request->chunked && request->expected <= BF__DISCARD_BYTES && !request->wants_continue;
    if (request->has_body && (!pass || fault == BF__FAULT_TOO_LARGE)) bf__request_refuse(conn, fault);
    return; /* else it is answered when its body has passed */
  }
  if (request->route && request->route->flags & BF__ROUTE_UPLOAD)
    bf__upload_begin(conn);
  else if (request->wants_continue)
    bf__response_continue(conn);
}

/* True when it needs more bytes. */
static bool take_head(struct bf__conn *conn, const char *data, size_t length, size_t *ret_used) {
  switch (bf__parser_head(&conn->parser, &conn->http->head, data, length, ret_used)) {
  case BF__PARSE_MORE:
    return true;
  case BF__PARSE_DONE:
    begin_request(conn);
    return false;
  default:
    conn->request.head_only = false; /* of the request before */
    bf__request_refuse(conn, conn->parser.fault);
    return false;
  }
}

static bool take_body(struct bf__conn *conn, const char *data, size_t length, size_t *ret_used) {
  size_t most = conn->upload ? BF__READ_BYTES - conn->piece.length : length;
  size_t fed = length < most ? length : most;
  enum bf__parse outcome = bf__parser_body(&conn->parser, data, fed, ret_used);
  if (outcome == BF__PARSE_FAULT) {
    bf__upload_abort(conn);
    bf__request_refuse(conn, conn->parser.fault);
    return false;
  }
  if (conn->upload) bf__upload_push(conn);
  if (outcome == BF__PARSE_MORE) return fed == length;
  if (conn->phase != BF__BODY || conn->piece_busy) return false; /* the last piece failed, or is being written */
  if (conn->upload)
    bf__upload_finish(conn);
  else
    bf__request_ready(conn);
  return false;
}

/* Goes through DATA; *ret_starved tells that only more bytes can help. */
static size_t consume(struct bf__conn *conn, const char *data, size_t length, bool *ret_starved) {
  size_t used = 0;
  *ret_starved = false;
  while (!*ret_starved && may_parse(conn)) {
    size_t step = 0;
    bool body = conn->phase == BF__BODY;
    *ret_starved = (body ? take_body : take_head)(conn, data + used, length - used, &step);
    used += step;
  }
  return used;
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buf);

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_buf) {
  struct bf__conn *conn = handle->data;
  (void)suggested;
  if (conn->in.length == 0) {
    *ret_buf = uv_buf_init(conn->http->scratch, sizeof conn->http->scratch);
  } else if (bf__buffer_reserve(&conn->in, 4096, IN_MOST)) {
    *ret_buf = uv_buf_init(conn->in.data + conn->in.length, (unsigned)(conn->in.capacity - conn->in.length));
  } else {
    *ret_buf = uv_buf_init(NULL, 0);
  }
}

static void set_reading(struct bf__conn *conn) {
  bool wanted = !conn->eof && conn->in.length < BF__READ_BYTES;
  if (conn->closing || wanted == conn->reading) return;
  conn->reading = wanted;
  if (!wanted)
    (void)uv_read_stop((uv_stream_t *)&conn->tcp);
  else if (uv_read_start((uv_stream_t *)&conn->tcp, on_alloc, on_read) < 0)
    bf__conn_close(conn);
}

/* After a turn: what next? */
static void settle(struct bf__conn *conn, bool starved) {
  bool quiet = !conn->write_busy && conn->out.length == 0;
  /* The client sends no more, and what it sent does not make a request: nothing has happened, nothing will. */
  if (conn->eof && starved) {
    bf__upload_abort(conn);
    conn->in.length = 0;
    conn->finish = true;
    conn->phase = BF__IDLE;
  }
  if (conn->phase == BF__EVENTS && conn->eof) { /* nobody listens any more */
    bf__conn_close(conn);
  } else if (conn->finish && quiet && conn->phase <= BF__BODY) {
    bow_out(conn);
  } else if (!conn->finish && conn->phase == BF__IDLE && conn->in.length > 0) {
    bf__conn_phase(conn, BF__HEAD);
  }
}

static void keep_rest(struct bf__conn *conn, const char *data, size_t length, size_t used) {
  if (data != conn->in.data) {
    if (!bf__buffer_append(&conn->in, data + used, length - used, IN_MOST)) bf__conn_close(conn);
  } else {
    bf__buffer_drop(&conn->in, used);
    bf__buffer_trim(&conn->in, 0);
  }
  if (used > 0 && conn->phase == BF__HEAD) bf__conn_phase(conn, BF__IDLE); /* another head begins, with a time of its own */
}

static void turn(struct bf__conn *conn, const char *data, size_t length) {
  struct bf__http *http = conn->http;
  bool starved = false;
  http->running = conn;
  conn->refs++;
  if (!data) data = ""; /* nothing was kept: there is no buffer */
  /* Again when only the queue was full and the socket took it at once: no callback would come to go on. */
  do {
    size_t used = consume(conn, data, length, &starved);
    if (!conn->closing) keep_rest(conn, data, length, used);
    if (!conn->closing) flush(conn);
    data = conn->in.data ? conn->in.data : "";
    length = conn->in.length;
  } while (!starved && may_parse(conn));
  if (!conn->closing) settle(conn, starved);
  set_reading(conn);
  http->out.length = 0;
  http->running = NULL;
  bf__conn_unref(conn);
}

static void run_ready(struct bf__http *http) {
  while (http->ready_first) {
    struct bf__conn *conn = http->ready_first;
    http->ready_first = conn->ready_next;
    if (!http->ready_first) http->ready_last = NULL;
    conn->ready = false;
    if (!conn->closing) turn(conn, conn->in.data, conn->in.length);
    bf__conn_unref(conn);
  }
}

void bf__conn_run(struct bf__conn *conn) {
  struct bf__http *http = conn->http;
  if (http->running == conn || conn->ready || conn->closing) return;
  if (!http->running) {
    turn(conn, conn->in.data, conn->in.length);
    run_ready(http);
    return;
  }
  conn->ready = true;
  conn->ready_next = NULL;
  conn->refs++;
  if (http->ready_last)
    http->ready_last->ready_next = conn;
  else
    http->ready_first = conn;
  http->ready_last = conn;
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buf) {
  struct bf__conn *conn = stream->data;
  struct bf__http *http = conn->http;
  if (got == 0) return;
  if (got < 0) {
    conn->eof = true;
    if (got != UV_EOF || conn->phase == BF__LINGER)
      bf__conn_close(conn);
    else
      bf__conn_run(conn);
  } else if (conn->phase == BF__LINGER) {
    conn->in.length = 0;
  } else if (buf->base == http->scratch) {
    turn(conn, buf->base, (size_t)got);
    run_ready(http);
  } else {
    conn->in.length += (size_t)got;
    bf__conn_run(conn);
  }
}

/* ---- time ---- */

/* True while bytes wait for the client; closes when it takes none. */
static bool stalled(struct bf__conn *conn, uint64_t now) {
  size_t queue = uv_stream_get_write_queue_size((uv_stream_t *)&conn->tcp);
  if (queue == 0 || queue != conn->queue_seen || conn->writes != conn->writes_seen) {
    conn->queue_seen = queue;
    conn->writes_seen = conn->writes;
    conn->queue_since = now;
  } else if (now - conn->queue_since > conn->http->limits.write_ms) {
    bf__conn_close(conn);
  }
  return queue > 0;
}

static void time_out(struct bf__conn *conn) {
  bf__upload_abort(conn);
  if (conn->phase == BF__HEAD) conn->request.head_only = false;
  bf__request_refuse(conn, BF__FAULT_TIMEOUT);
  bf__conn_run(conn);
}

void bf__conn_tick(struct bf__conn *conn, uint64_t now) {
  const struct bf__limits *limits = &conn->http->limits;
  uint64_t age = now > conn->since ? now - conn->since : 0;
  if (stalled(conn, now)) return;
  if (conn->phase == BF__EVENTS) bf__events_tick(conn, now);
  if (conn->closing) return;
  switch (conn->phase) {
  case BF__IDLE:
    if (age > limits->idle_ms) bf__conn_close(conn);
    break;
  case BF__HEAD:
    if (age > limits->header_ms) time_out(conn);
    break;
  case BF__BODY:
    if (!conn->piece_busy && age > limits->body_ms + conn->request.received * 1000 / limits->body_rate) time_out(conn);
    break;
  case BF__LINGER:
    if (age > LINGER_MS) bf__conn_close(conn);
    break;
  default:
    break;
  }
}

/* ---- arrival ---- */

/* Room for a newcomer: the connection that has been idle longest goes. */
static bool make_room(struct bf__http *http) {
  struct bf__conn *oldest = NULL;
  if (http->open < http->limits.connections) return true;
  for (struct bf__conn *conn = http->first; conn; conn = conn->next) {
    bool idle = conn->phase == BF__IDLE && !conn->finish && !conn->write_busy && conn->in.length == 0;
    if (idle && (!oldest || conn->since < oldest->since)) oldest = conn;
  }
  if (oldest) bf__conn_close(oldest);
  return oldest != NULL;
}

static void read_peer(struct bf__conn *conn) {
  struct sockaddr_storage address;
  int size = sizeof address;
  if (uv_tcp_getpeername(&conn->tcp, (struct sockaddr *)&address, &size) < 0 ||
      uv_ip_name((struct sockaddr *)&address, conn->peer, sizeof conn->peer) < 0)
    conn->peer[0] = '\0';
}

void bf__conn_accept(struct bf__http *http) {
  struct bf__conn *conn = calloc(1, sizeof *conn);
  bool room;
  http->accept_again = !conn; /* no memory now: libuv waits until it is taken */
  if (!conn) return;
  room = make_room(http);
  conn->http = http;
  conn->refs = 1;
  conn->tcp.data = conn;
  if (uv_tcp_init(http->host->loop, &conn->tcp) < 0) {
    http->accept_again = true;
    free(conn);
    return;
  }
  http->alive++;
  link_conn(conn);
  bf__parser_init(&conn->parser, http->limits.header_bytes, bf__request_body, conn);
  bf__conn_phase(conn, BF__IDLE);
  if (uv_accept((uv_stream_t *)&http->listener, (uv_stream_t *)&conn->tcp) < 0 || http->open > 2 * http->limits.connections) {
    bf__conn_close(conn);
    return;
  }
  (void)uv_tcp_nodelay(&conn->tcp, 1);
  read_peer(conn);
  if (!room) bf__request_refuse(conn, BF__FAULT_BUSY);
  bf__conn_run(conn);
}
