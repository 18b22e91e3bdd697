/* Operations: the table of everything that can be asked of the program, and what their handlers are given. */
#ifndef BF_CORE_OPERATION_H
#define BF_CORE_OPERATION_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "app.h"
#include "engine.h"
#include "store.h"

enum bf__operation_kind {
  BF__WRITE, /* through the engine: decided and committed in a batch */
  BF__READ,  /* by a reader thread, on a read-only connection */
  BF__LOOP,  /* on the loop thread at once: short, or hands itself on */
};

enum bf__access {
  BF__ANYONE,   /* no login */
  BF__USER,     /* a session */
  BF__ADMIN,    /* a user with admin set, or the operator */
  BF__OPERATOR, /* over the administration socket, or the command line on a stopped server */
  BF__INTERNAL, /* the program itself only */
};

/* What a write handler works with: the engine thread's things. */
struct bf__turn {
  struct bf__app *app;
  struct bf__store *store; /* the write connection */
  struct bf__rules *rules; /* in force */
  struct bf__reign *reign; /* the same, with the older ones that cases stay on */
  struct bf__shelf shelf;  /* sandboxes of those */
  struct bf__cases *cases; /* decided states, seen by later commands of the batch */
  int64_t now_ms;
  int32_t today;
  bool wrote; /* something of the command under way is in the transaction: a fault now must undo it */
};

/* What a read handler works with: one reader thread's things. */
struct bf__reading {
  struct bf__app *app;
  struct bf__store *store; /* a read-only connection */
  struct bf__rules *rules; /* in force */
  struct bf__reign *reign; /* the same, with the older ones that cases stay on */
  struct bf__shelf *shelf; /* sandboxes of those */
  int64_t now_ms;
  int32_t today;
  json_t *actor;  /* borrowed, or NULL */
  json_t *params; /* borrowed */
  bool operator_;
  bool gzip;           /* the caller takes packed text */
  char *if_none_match; /* what the caller has already, or NULL; owned */
  /* the result */
  int status;
  json_t *body; /* owned by the reading once set */
  char *text;   /* or text with `type`, owned */
  const char *type;
  size_t length;        /* bytes in `text` where it is packed */
  const char *encoding; /* "gzip", or NULL */
  char etag[24];        /* of an answer that a reader may keep, else "" */
  int64_t version;
  bool reads_others; /* the answer rests on more than its own case: it is not kept */
  int file;          /* or -1 */
  int64_t file_bytes;
  char *file_name;
};

struct bf__operation {
  const char *name;
  enum bf__operation_kind kind;
  enum bf__access access;
  /* WRITE: fills status, body …; a refusal is a status and body, not an error. 0, or a negative code when the batch must fail
   * (storage). Nothing may be written to the store before every decision of the command is taken. */
  int (*write)(struct bf__turn *turn, struct bf__command *command, struct bf_error *err);
  bool last; /* WRITE: ends its batch, since what follows is decided by other rules */
  /* READ: the same for a reading. */
  int (*read)(struct bf__reading *reading, struct bf_error *err);
  /* LOOP: answers CALL itself, once. PARAMS and ACTOR are borrowed from the call and end with it: take references. */
  void (*loop)(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor);
};

/* Each op_*.c gives one NULL-ended table; op_table.c joins them. */
const struct bf__operation *bf__operation_find(const char *name);
extern const struct bf__operation bf__operations_cases[], bf__operations_case_views[], bf__operations_people[],
    bf__operations_registers[], bf__operations_documents[], bf__operations_time[], bf__operations_rules[],
    bf__operations_rules_views[], bf__operations_audit[], bf__operations_public[], bf__operations_system[],
    bf__operations_reports[], bf__operations_notices[], bf__operations_forecast[], bf__operations_import[], bf__operations_feed[],
    bf__operations_why[], bf__operations_stream[], bf__operations_recount[], bf__operations_office[], bf__operations_vacancy[],
    bf__operations_steps[], bf__operations_work[], bf__operations_case_list[], bf__operations_presence[],
    bf__operations_letters[], bf__operations_wording[];

/* Answers. ------------------------------------------------------------------------------------------------------------- */

/* { code, article?, zh, en, field? }; a new reference. ARTICLE 0 = none, FIELD NULL = none. */
json_t *bf__refusal(const char *code, int article, const char *field, const char *zh, const char *en);
/* A problem+json body (RFC 9457) with status, title, detail and refusals (array, stolen). */
json_t *bf__problem(int status, json_t *refusals);
/* The same with one refusal made from its parts. */
json_t *bf__problem1(int status, const char *code, const char *field, const char *zh, const char *en);
/* Sets status and problem body of a command / a reading; returns 0 so that a handler can `return bf__refuse(…)`. */
int bf__refuse(struct bf__command *command, int status, const char *code, const char *field, const char *zh, const char *en);
int bf__refuse_read(struct bf__reading *reading, int status, const char *code, const char *field, const char *zh, const char *en);
/* Answers a LOOP call: BODY is stolen. STATUS >= 400 makes it application/problem+json. */
void bf__answer_json(const struct bf_call *call, int status, json_t *body);

/* The first SIZE-1 bytes of TEXT at most, cut between characters, for putting people's words into a sentence. Returns OUT. */
const char *bf__short(const char *text, char *out, size_t size);

/* Parameters: text of a path, query or body member; NULL when absent or of another type. */
const char *bf__param(const json_t *params, const char *name);

#endif
