/* What the ways of an office share while one is being done. Engine thread. */
#ifndef BF_CORE_OP_OFFICE_H
#define BF_CORE_OP_OFFICE_H

#include "cases.h"
#include "operation.h"

struct bf__office_call {
  struct bf__turn *turn;
  struct bf__command *command;
  struct bf__change *change;
  const char *id, *way, *stage; /* STAGE: as given, or "" */
  const json_t *state, *view, *body;
  json_t *as; /* owned: who works in STAGE: the actor, or in whose place he acts; NULL when the way needs no stage */
  char date[BF__DATE_TEXT];
};

/* Refuses with CODE; FIELD may be NULL. Returns 0. */
BF_PRINTF(6, 7)
int bf__office_refuse(struct bf__office_call *call, int status, const char *code, const char *field, const char *en,
                      const char *zh, ...);
/* A text of the body of at most 2000 bytes; false, and refused, when it is missing (and DUE) or too long. *RET "" when absent. */
bool bf__office_text(struct bf__office_call *call, const char *name, bool due, const char **ret);
/* The actor's name, in whose place he acts if so. */
const char *bf__office_name(const struct bf__office_call *call);
/* What a notice of this says: who did it, and NOTE (may be NULL or ""). A new reference. */
json_t *bf__office_said(const struct bf__office_call *call, const char *note);

/* Writes an event of this way: VALUE (stolen, may be NULL) comes under office.LIST.KEY (LIST may be NULL), MORE's members
 * (stolen, may be NULL) into the event, and TELL (an array of roles, { user } and { org }; stolen, may be NULL) hear of it by the
 * template AS with VALUES (stolen, may be NULL). Answers. */
int bf__office_note(struct bf__office_call *call, const char *list, const char *key, json_t *value, json_t *more, json_t *tell,
                    const char *as, json_t *values, struct bf_error *err) BF_WARN_UNUSED;

/* Writes EVENT (stolen) and the case as it has been changed, and answers. */
int bf__office_write(struct bf__office_call *call, json_t *event, struct bf_error *err) BF_WARN_UNUSED;

/* The next number of LIST as a key; false, and refused, when there are too many. */
bool bf__office_next_key(struct bf__office_call *call, const char *list, char key[24]);
/* { user, name } or { org, name } from what SOURCE names: somebody who may see the case. NULL once refused. */
json_t *bf__office_to(struct bf__office_call *call, const json_t *source);
json_t *bf__office_to_user(struct bf__office_call *call, const char *id);
/* The actor is USER, or acts in that person's place. */
bool bf__office_is_self(const struct bf__office_call *call, const char *user);
bool bf__office_administers(const struct bf__office_call *call);
bool bf__office_in_conflict(const struct bf__office_call *call, const char *user);
/* Refused and false when the stage has no such action. */
bool bf__office_known_action(struct bf__office_call *call, const char *action);
/* The entry of LIST that the body's NAME numbers, still open; NULL once refused. */
const json_t *bf__office_open_entry(struct bf__office_call *call, const char *list, const char *name, char key[24]);
/* Closes that entry with WORD and the body's `why`. */
int bf__office_close_entry(struct bf__office_call *call, const char *list, const char *field, const char *word,
                           struct bf_error *err);
/* [ { user } or { org } ]: whoever opened ENTRY. */
json_t *bf__office_tell_opener(struct bf__office_call *call, const json_t *entry);
/* { user, name, org, on, on_behalf_of? } of who answers ENTRY { to }. */
json_t *bf__office_who_says(struct bf__office_call *call, const json_t *entry);

/* The ways: office_work.c, office_sign.c, office_tell.c, rewind.c. 0, or a negative code; a refusal is an answer. */
int bf__office_hand_over(struct bf__office_call *call, struct bf_error *err);
int bf__office_release(struct bf__office_call *call, struct bf_error *err);
int bf__office_ask(struct bf__office_call *call, struct bf_error *err);
int bf__office_answer_opinion(struct bf__office_call *call, struct bf_error *err);
int bf__office_withdraw(struct bf__office_call *call, struct bf_error *err);
int bf__office_countersign(struct bf__office_call *call, struct bf_error *err);
int bf__office_sign(struct bf__office_call *call, struct bf_error *err);
int bf__office_close_signing(struct bf__office_call *call, struct bf_error *err);
int bf__office_send_back(struct bf__office_call *call, struct bf_error *err);
int bf__office_take_back(struct bf__office_call *call, struct bf_error *err);
int bf__office_urge(struct bf__office_call *call, struct bf_error *err);
int bf__office_copy(struct bf__office_call *call, struct bf_error *err);
int bf__office_recuse(struct bf__office_call *call, struct bf_error *err);
int bf__office_end_recusal(struct bf__office_call *call, struct bf_error *err);

#endif
