/* The live stream (Server-Sent Events): an answer that does not end. The program says that something changed; each open stream
 * then asks for what is new after its last id, as its own reader, so that rights and the session are looked at every time. */
#include <string.h>

#include "http.h"

#define BEAT_MS 15000 /* a comment now and then keeps proxies from closing a quiet stream */
#define APART_MS 500  /* between two looks of one stream */
#define ONE_READER 16 /* streams of one session */

static bool too_many(const struct bf__conn *conn) {
  int count = 0;
  for (const struct bf__conn *other = conn->http->first; other; other = other->next)
    count += other->phase == BF__EVENTS && strcmp(other->request.token, conn->request.token) == 0;
  return count >= ONE_READER;
}

/* The last "id: " of TEXT is where the stream goes on. */
static void remember_id(struct bf__conn *conn, const char *body, size_t length) {
  const char *found = NULL;
  for (const char *at = body; (at = memmem(at, length - (size_t)(at - body), "id: ", 4)); at += 4)
    if (at == body || at[-1] == '\n') found = at + 4;
  if (!found) return;
  size_t size = strcspn(found, "\n");
  if (size >= sizeof conn->events_after) return;
  memcpy(conn->events_after, found, size);
  conn->events_after[size] = '\0';
}

static void send_text(struct bf__conn *conn, const char *bytes, size_t length) {
  if (!bf__buffer_append(bf__conn_out(conn), bytes, length, BF__ANSWER_MOST)) bf__conn_close(conn);
}

static void on_answer(void *arg, const struct bf_answer *answer) {
  struct bf__conn *conn = arg;
  conn->events_asked = false;
  if (!conn->closing && conn->phase != BF__EVENTS) { /* the first look */
    if (answer->status == 200) {
      conn->request.keep_alive = false; /* its end is the connection's */
      bf__response_events(conn);
      bf__conn_phase(conn, BF__EVENTS);
    } else {
      bf__response_answer(conn, answer);
      bf__conn_end(conn);
    }
  } else if (!conn->closing && answer->status != 200 && answer->status < 500) {
    bf__conn_close(conn); /* logged out, or no longer allowed: the reader comes again and is told */
  }
  if (!conn->closing && conn->phase == BF__EVENTS && answer->status == 200) {
    remember_id(conn, answer->body, answer->length);
    send_text(conn, answer->body, answer->length);
    conn->events_beat = uv_now(conn->http->host->loop);
  }
  if (!conn->closing) bf__conn_run(conn);
  bf__conn_unref(conn);
}

static void ask(struct bf__conn *conn) {
  const struct bf_api *api = conn->http->api;
  struct bf_call call = {.size = sizeof call,
                         .operation = conn->request.route->operation,
                         .params = json_pack("{ss}", "after", conn->events_after),
                         .token = conn->request.token[0] ? conn->request.token : NULL,
                         .if_version = -1,
                         .peer = conn->request.peer,
                         .answer = on_answer,
                         .arg = conn};
  conn->events_asked = true;
  conn->events_stale = false;
  conn->events_looked = uv_now(conn->http->host->loop);
  conn->refs++; /* until the answer */
  api->call(api, &call);
}

void bf__events_begin(struct bf__conn *conn) {
  if (too_many(conn)) {
    bf__response_fault(conn, BF__FAULT_BUSY, 0, 0);
    bf__conn_end(conn);
    return;
  }
  if (conn->request.head_only) {
    conn->request.keep_alive = false;
    bf__response_events(conn);
    bf__conn_end(conn);
    return;
  }
  bf__conn_phase(conn, BF__CALL);
  ask(conn);
}

void bf__events_changed(void *arg) {
  struct bf__http *http = arg;
  http->events_changed = true;
}

/* From the tick: something may be new since the last look; a reader that takes nothing is not asked for more. */
void bf__events_tick(struct bf__conn *conn, uint64_t now) {
  if (conn->events_asked || conn->closing) return;
  if (conn->events_stale && now - conn->events_looked >= APART_MS && bf__conn_queued(conn) < BF__WRITE_HIGH) {
    ask(conn);
  } else if (now - conn->events_beat >= BEAT_MS) {
    conn->events_beat = now;
    send_text(conn, ":\n\n", 3);
    if (!conn->closing) bf__conn_run(conn);
  }
}
