/* The HTTP plugin's inside: one server, its connections, and the request that each of them is busy with. Loop thread only. */
#ifndef BF_HTTP_HTTP_H
#define BF_HTTP_HTTP_H

#include <jansson.h>
#include <uv.h>

#include "banfa/api.h"
#include "banfa/assets.h"
#include "banfa/plugin.h"
#include "buffer.h"
#include "parse.h"
#include "router.h"

#define BF__READ_BYTES 65536        /* read at once, and kept unparsed while an answer is awaited */
#define BF__WRITE_HIGH 262144       /* answers queued on a connection before its next request waits */
#define BF__DISCARD_BYTES 65536     /* a refused body that is read past rather than closing the connection */
#define BF__ANSWER_MOST (64u << 20) /* bytes of one answer that is not a file */

struct bf__limits {
  size_t header_bytes, body_bytes;
  uint64_t document_bytes;
  uint64_t header_ms, body_ms, idle_ms, write_ms, stop_ms;
  uint64_t body_rate; /* bytes a second, once body_ms have passed */
  size_t connections;
  const char *trusted_origin, *trusted_proxy; /* "" = none; borrowed */
  bool secure_cookie;
};

struct bf__http {
  const struct bf_host *host;
  const struct bf_api *api;
  const struct bf_assets *assets; /* or NULL */
  struct bf__limits limits;
  struct bf__router router;
  uv_tcp_t listener;
  uv_timer_t tick;
  bool stopping, listener_closed, accept_again, events_changed;
  uint64_t stop_at;              /* when stopping ends by force, loop time */
  struct bf__conn *first, *last; /* open connections, oldest first */
  size_t open, alive;            /* `alive` counts closed ones too that still await an answer */
  /* Only one connection is worked on at a time; it may use what follows. */
  struct bf__conn *running;
  struct bf__conn *ready_first, *ready_last; /* those that were answered meanwhile */
  struct bf__head head;
  struct bf__buffer out; /* the answers of one read, gathered */
  char scratch[BF__READ_BYTES];
  char date[40]; /* of second `date_second` */
  int64_t date_second;
};

/* What is known of the request under way. It owns `params`; one function gives everything back: bf__request_done. */
struct bf__request {
  const struct bf__route *route;
  bool is_asset, unchanged; /* a file of the web application; the client has it already */
  struct bf_asset asset;
  json_t *params;         /* owned until the call takes it */
  struct bf__buffer body; /* a JSON body that came in pieces */
  const char *whole;      /* or one that came in one piece: borrowed from the read buffer */
  size_t whole_length;
  uint64_t expected, received; /* body bytes announced (0 when chunked) and taken */
  int64_t if_version;
  enum bf__fault fault; /* answered once the body, which nobody reads, has passed */
  bool get, post;       /* for Allow */
  bool head_only, options, keep_alive, chunked, has_body, wants_continue;
  char token[264];
  char key[208];
  bool gzip;       /* the client takes packed answers */
  char known[128]; /* If-None-Match, "" for none */
  char peer[64];
};

enum bf__phase {
  BF__IDLE, /* between requests */
  BF__HEAD, /* part of a head is here */
  BF__BODY,
  BF__CALL,   /* the program has it; its answer is awaited */
  BF__STREAM, /* a file is going out */
  BF__EVENTS, /* a live stream is open */
  BF__LINGER, /* answered and shut; the rest of what comes is thrown away for a moment, so that the answer is not lost */
};

struct bf__conn {
  uv_tcp_t tcp;
  struct bf__http *http;
  struct bf__conn *prev, *next, *ready_next;
  bool ready, closing, reading, eof;
  bool finish;   /* no further request: close once what is queued has gone out */
  bool unread;   /* the client may still be sending: linger before closing */
  unsigned refs; /* the socket, and each callback that is still to come */
  enum bf__phase phase;
  uint64_t since; /* loop time at which the phase began */
  struct bf__parser parser;
  struct bf__request request;
  struct bf__buffer in;  /* read, not yet parsed */
  struct bf__buffer out; /* answers that wait for the write under way */
  struct bf__buffer sending;
  uv_write_t write;
  bool write_busy;
  unsigned writes, writes_seen; /* writes that ended; with the bytes still queued they tell whether the client takes anything */
  size_t queue_seen;
  uint64_t queue_since;
  uv_shutdown_t shut;
  struct bf_upload *upload; /* a document coming in; ended by finish or abort */
  struct bf__buffer piece;  /* its bytes under way */
  bool piece_busy;
  uint64_t piece_since;
  struct bf__stream *stream;
  char peer[64];
  char events_after[64];               /* a live stream: the last id it has */
  bool events_asked, events_stale;     /* a look is under way; something may be new */
  uint64_t events_looked, events_beat; /* loop time of the last look, and of the last bytes */
};

/* conn.c */
size_t bf__conn_queued(const struct bf__conn *conn); /* bytes that wait for the client */
void bf__conn_accept(struct bf__http *http);
void bf__conn_close(struct bf__conn *conn); /* at once; what is under way is dropped */
void bf__conn_unref(struct bf__conn *conn);
void bf__conn_run(struct bf__conn *conn); /* goes on with what has been read; safe to call from any callback */
void bf__conn_end(struct bf__conn *conn); /* the answer of the request under way is queued */
void bf__conn_phase(struct bf__conn *conn, enum bf__phase phase);
void bf__conn_tick(struct bf__conn *conn, uint64_t now);
/* Where bytes for the client go; sent when the connection's turn ends. */
struct bf__buffer *bf__conn_out(struct bf__conn *conn);

/* http.c */
void bf__http_gone(struct bf__http *http); /* a connection was freed */

/* request.c: what a head means, and what happens when its body is there */
enum bf__fault bf__request_begin(struct bf__conn *conn, const struct bf__head *head);
enum bf__fault bf__request_body(void *conn, const char *at, size_t length);
void bf__request_ready(struct bf__conn *conn);
void bf__request_refuse(struct bf__conn *conn, enum bf__fault fault); /* answers now; closes when a body is still to come */
void bf__request_done(struct bf__request *request);

/* target.c: path and query into params */
enum bf__fault bf__target_split(const struct bf__text *target, struct bf__text *ret_path, struct bf__text *ret_query);
enum bf__fault bf__target_params(const struct bf__match *match, const struct bf__text *query, json_t **ret_params);

/* call.c: out to the program and back */
struct bf_call bf__call_make(struct bf__conn *conn);
void bf__call_begin(struct bf__conn *conn);
void bf__call_answered(void *conn, const struct bf_answer *answer);

/* upload.c */
void bf__upload_begin(struct bf__conn *conn);
void bf__upload_push(struct bf__conn *conn); /* hands on what has been read */
void bf__upload_finish(struct bf__conn *conn);
void bf__upload_abort(struct bf__conn *conn);

/* response.c */
void bf__response_answer(struct bf__conn *conn, const struct bf_answer *answer);
void bf__response_fault(struct bf__conn *conn, enum bf__fault fault, int line, int column);
void bf__response_events(struct bf__conn *conn); /* the head of a stream */
void bf__response_asset(struct bf__conn *conn);
void bf__response_options(struct bf__conn *conn);
void bf__response_continue(struct bf__conn *conn);

/* events.c: the live stream */
void bf__events_begin(struct bf__conn *conn);
void bf__events_changed(void *http);
void bf__events_tick(struct bf__conn *conn, uint64_t now);

/* file.c: a file going out, a bounded piece at a time. FILE is stolen, also on failure. */
void bf__stream_begin(struct bf__conn *conn, int file, int64_t bytes);

#endif
