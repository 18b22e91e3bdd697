/* A file going out: read a bounded piece in the thread pool, write it, and only then read the next. */
#include <stdlib.h>
#include <unistd.h>

#include "http.h"

#define PIECE 65536

struct bf__stream {
  struct bf__conn *conn; /* held by a reference */
  int file;              /* owned */
  int64_t left, offset;
  uv_fs_t fs;
  uv_write_t write;
  char piece[PIECE];
};

static void next_piece(struct bf__stream *stream);

/* A file that fails half way can only end the connection: its length has been promised. */
static void end(struct bf__stream *stream, bool whole) {
  struct bf__conn *conn = stream->conn;
  (void)close(stream->file);
  free(stream);
  conn->stream = NULL;
  if (!conn->closing && whole) {
    bf__conn_end(conn);
    bf__conn_run(conn);
  } else {
    bf__conn_close(conn);
  }
  bf__conn_unref(conn);
}

static void on_written(uv_write_t *write, int status) {
  struct bf__stream *stream = write->data;
  stream->conn->writes++;
  if (status < 0 || stream->conn->closing)
    end(stream, false);
  else if (stream->left == 0)
    end(stream, true);
  else
    next_piece(stream);
}

static void on_read(uv_fs_t *fs) {
  struct bf__stream *stream = fs->data;
  ssize_t got = fs->result;
  uv_buf_t buf;
  uv_fs_req_cleanup(fs);
  if (got <= 0 || stream->conn->closing) {
    end(stream, false);
    return;
  }
  stream->offset += got;
  stream->left -= got;
  stream->write.data = stream;
  buf = uv_buf_init(stream->piece, (unsigned)got);
  if (uv_write(&stream->write, (uv_stream_t *)&stream->conn->tcp, &buf, 1, on_written) < 0) end(stream, false);
}

static void next_piece(struct bf__stream *stream) {
  unsigned most = stream->left < PIECE ? (unsigned)stream->left : PIECE;
  uv_buf_t buf = uv_buf_init(stream->piece, most);
  stream->fs.data = stream;
  if (uv_fs_read(stream->conn->http->host->loop, &stream->fs, stream->file, &buf, 1, stream->offset, on_read) < 0)
    end(stream, false);
}

void bf__stream_begin(struct bf__conn *conn, int file, int64_t bytes) {
  struct bf__stream *stream;
  if (conn->request.head_only || bytes <= 0) {
    (void)close(file);
    bf__conn_end(conn);
    return;
  }
  stream = calloc(1, sizeof *stream);
  if (!stream) {
    (void)close(file);
    bf__conn_close(conn);
    return;
  }
  stream->conn = conn;
  stream->file = file;
  stream->left = bytes;
  conn->stream = stream;
  conn->refs++;
  bf__conn_phase(conn, BF__STREAM);
  next_piece(stream);
}
