/* What the write handlers share: a batch's cases, events, and what happens after its commit. Engine thread only. */
#ifndef BF_CORE_TURN_H
#define BF_CORE_TURN_H

#include "operation.h"

/* Appends EVENT (an object, stolen) to the audit chain: seq, at and ruleset are added here. CASE_ID may be NULL. Written at once,
 * inside the batch's transaction: call it only when the command's decisions are all taken. */
int bf__turn_event(struct bf__turn *turn, const char *case_id, json_t *event, struct bf_error *err) BF_WARN_UNUSED;

/* RUN is called with DATA (stolen) on the engine thread after the commit has succeeded and before the command's `done`; not at
 * all when the batch fails. */
int bf__turn_after(struct bf__turn *turn, void (*run)(struct bf__app *app, json_t *data), json_t *data) BF_WARN_UNUSED;

/* For a command that does many things, each whole or not at all: a mark, and then either back to it or on from it. Marks do not
 * nest. */
struct bf__mark {
  int64_t seq;
  unsigned char head[BF__HASH_BYTES];
};
int bf__turn_mark(struct bf__turn *turn, struct bf__mark *ret, struct bf_error *err) BF_WARN_UNUSED;
int bf__turn_back(struct bf__turn *turn, const struct bf__mark *mark, struct bf_error *err) BF_WARN_UNUSED;
int bf__turn_on(struct bf__turn *turn, struct bf_error *err) BF_WARN_UNUSED;

/* The description, and the sandbox, of the rules that STATE's case follows: those in force, or those it stays on. */
const json_t *bf__turn_view(const struct bf__turn *turn, const json_t *state);
int bf__turn_rules(struct bf__turn *turn, const json_t *state, struct bf__rules **ret, struct bf_error *err) BF_WARN_UNUSED;

/* The sequence number that the next event will get: for keys that must be unique. */
int64_t bf__turn_seq(const struct bf__turn *turn);

/* The hash of the last event, in hex. */
void bf__turn_head(const struct bf__turn *turn, char ret_hex[BF__HASH_HEX]);
/* A deadline's next rung is pending at AT: lets the scheduler know after the commit. */
void bf__turn_next(struct bf__turn *turn, int64_t at);
/* Notices were written: lets their delivery know after the commit. */
void bf__turn_notices(struct bf__turn *turn);

#endif
