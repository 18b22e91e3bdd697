/* Out to the program and back. The answer may come before the call returns, later, or after the client has gone. */
#include <unistd.h>

#include "http.h"

struct bf_call bf__call_make(struct bf__conn *conn) {
  struct bf__request *request = &conn->request;
  struct bf_call call = {
      .size = sizeof call,
      .operation = request->route->operation,
      .params = request->params,
      .token = request->token[0] ? request->token : NULL,
      .idempotency_key = request->key[0] ? request->key : NULL,
      .if_version = request->if_version,
      .peer = request->peer,
      .answer = bf__call_answered,
      .arg = conn,
      .gzip = request->gzip,
      .if_none_match = request->known[0] ? request->known : NULL,
  };
  request->params = NULL; /* the call takes it */
  return call;
}

void bf__call_begin(struct bf__conn *conn) {
  const struct bf_api *api = conn->http->api;
  struct bf_call call = bf__call_make(conn);
  bf__conn_phase(conn, BF__CALL);
  conn->refs++; /* until the answer */
  api->call(api, &call);
}

static void deliver(struct bf__conn *conn, const struct bf_answer *answer) {
  /* A document refused before its bytes were taken: they are still on their way. */
  if (!conn->parser.complete) {
    conn->request.keep_alive = false;
    conn->unread = true;
  }
  bf__response_answer(conn, answer);
  if (answer->file >= 0 && !conn->closing) {
    bf__stream_begin(conn, answer->file, answer->file_bytes);
  } else {
    if (answer->file >= 0) (void)close(answer->file);
    bf__conn_end(conn);
  }
}

void bf__call_answered(void *arg, const struct bf_answer *answer) {
  struct bf__conn *conn = arg;
  if (!conn->closing) {
    deliver(conn, answer);
    bf__conn_run(conn); /* does nothing when we are inside this connection's turn */
  } else if (answer->file >= 0) {
    (void)close(answer->file);
  }
  bf__conn_unref(conn);
}
