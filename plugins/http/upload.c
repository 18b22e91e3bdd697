/* A document coming in. One bounded piece is under way at a time; while the program writes it nothing more is parsed. */
#include "http.h"

void bf__upload_begin(struct bf__conn *conn) {
  const struct bf_api *api = conn->http->api;
  struct bf_call call = bf__call_make(conn);
  struct bf_upload *upload = NULL;
  conn->refs++; /* until the answer */
  api->upload_begin(api, &call, &upload);
  conn->upload = upload;
  /* Refused and answered, or (against the contract, but harmless) refused and to be answered later. */
  if (!upload) {
    if (conn->phase == BF__BODY) bf__conn_phase(conn, BF__CALL);
    return;
  }
  if (conn->request.wants_continue) bf__response_continue(conn);
}

/* Gives up the document and answers for it. */
static void fail(struct bf__conn *conn, int code) {
  bf__upload_abort(conn);
  bf__request_refuse(conn, code == BF_EFULL ? BF__FAULT_DISK_FULL : code == BF_ELIMIT ? BF__FAULT_TOO_LARGE : BF__FAULT_INTERNAL);
}

static void on_written(void *arg, int status) {
  struct bf__conn *conn = arg;
  conn->piece_busy = false;
  conn->piece.length = 0;
  conn->since += uv_now(conn->http->host->loop) - conn->piece_since; /* our time, not the client's */
  if (conn->closing)
    bf__upload_abort(conn);
  else if (status < 0)
    fail(conn, status);
  if (!conn->closing) bf__conn_run(conn);
  bf__conn_unref(conn);
}

void bf__upload_push(struct bf__conn *conn) {
  const struct bf_api *api = conn->http->api;
  int failed;
  if (conn->piece_busy || conn->piece.length == 0) return;
  conn->piece_busy = true;
  conn->piece_since = uv_now(conn->http->host->loop);
  conn->refs++; /* until it is written */
  failed = api->upload_write(conn->upload, conn->piece.data, conn->piece.length, on_written, conn);
  if (!failed) return;
  conn->piece_busy = false;
  conn->piece.length = 0;
  fail(conn, failed);
  bf__conn_unref(conn);
}

void bf__upload_finish(struct bf__conn *conn) {
  struct bf_upload *upload = conn->upload;
  conn->upload = NULL;
  bf__buffer_done(&conn->piece);
  bf__conn_phase(conn, BF__CALL);
  conn->http->api->upload_finish(upload);
}

/* Waits for the piece under way, whose bytes are ours; no answer follows an abort. */
void bf__upload_abort(struct bf__conn *conn) {
  struct bf_upload *upload = conn->upload;
  if (!upload || conn->piece_busy) return;
  conn->upload = NULL;
  bf__buffer_done(&conn->piece);
  conn->http->api->upload_abort(upload);
  bf__conn_unref(conn); /* the reference that the answer would have given back */
}
