/* One piece of work on rules, done on a thread of its own: what was asked, where the candidate comes from, and what is answered.
 */
#ifndef BF_CORE_RULES_JOB_H
#define BF_CORE_RULES_JOB_H

#include "candidates.h"
#include "operation.h"

struct bf__rules_job {
  struct bf__app *app;
  char verb[24];
  json_t *params, *actor; /* owned; actor NULL: the operator, or the program itself */
  bf_answer_cb answer;
  void *arg;
  /* the outcome */
  int status;
  json_t *body;
  char next[32];            /* the engine's operation that it ends with, or "" */
  char apply[BF__HASH_HEX]; /* on this candidate */
  char seen[BF__HASH_HEX];  /* the name of what the scripts folder held, when that is the candidate */
  bool strict;              /* only when nothing has changed since the plan */
};

/* Answers through CALL once VERB is done: check, test, diff, candidate, plan, apply, rollback, scheduled. Loop thread. */
void bf__rules_start(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor, const char *verb);

const json_t *bf__job_param(const struct bf__rules_job *job, const char *name); /* of the body, else of the path */
void bf__job_refuse(struct bf__rules_job *job, int status, const char *code, const char *field, const char *zh, const char *en);
/* Refuses with a fault of the candidate's own: where, and what. */
void bf__job_broken(struct bf__rules_job *job, const struct bf_error *err);
/* A ruleset that was in force once, by its hash; NULL when there is none. */
json_t *bf__job_stored(struct bf__rules_job *job, const char *hash, struct bf_error *err);
/* The ruleset of the job, made or found; NULL when the job has been refused. What is handed in runs in a child process first. */
struct bf__ruleset *bf__job_set(struct bf__rules_job *job);

/* True when a candidate changes something that ACTOR may not: a county's administrator changes what lies below counties/CODE/ and
 * nothing else. RET, when there is room: the first such file, or "calendar". */
bool bf__files_outside(struct bf__app *app, const json_t *actor, const json_t *files, const json_t *years, char *ret,
                       size_t size);
bool bf__rules_outside(struct bf__app *app, const json_t *actor, const struct bf__ruleset *set);
bool bf__bundle_outside(struct bf__app *app, const json_t *actor, const json_t *bundle);

#endif
