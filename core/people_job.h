/* What the operations on people share: the fields of a request, refusals, and jobs that hash a password on a worker thread before
 * they go to the engine. Loop thread, save where said. */
#ifndef BF_CORE_PEOPLE_JOB_H
#define BF_CORE_PEOPLE_JOB_H

#include "operation.h"

/* Fields of a form, as JSON text. */
#define BF__FIELD_ID "{\"name\":\"id\",\"type\":\"text\",\"max\":40,\"zh\":\"代号\",\"en\":\"Id\"}"
#define BF__FIELD_PASSWORD(name, zh, en)                                                                                         \
  "{\"name\":\"" name "\",\"type\":\"text\",\"max\":256,\"zh\":\"" zh "\",\"en\":\"" en "\"}"

void bf__people_refuse(const struct bf_call *call, int status, const char *code, const char *field, const char *zh,
                       const char *en);
void bf__people_no_memory(const struct bf_call *call);
/* A fault of one field, beside the others. */
void bf__people_fault(json_t *refusals, const char *code, const char *field, const char *zh, const char *en);
/* Answers CALL and returns false when there are refusals; they are stolen. */
bool bf__people_clean(const struct bf_call *call, int status, json_t *refusals);
/* The fields of a request, checked against FORM: those of the body and an `id` from the path, or bare ones from the
 * administration socket. A new reference, or NULL once CALL is answered. */
json_t *bf__people_input(const struct bf_call *call, const json_t *params, const char *form_text);
void bf__people_check_password(json_t *refusals, const char *field, const char *user, const char *password);

/* A job lives from the call to its answer. */
struct bf__people_job {
  uv_work_t work;
  struct bf__app *app;
  struct bf_call call; /* `answer` and `arg` only: the rest ended with the call */
  json_t *actor, *input;
  json_t *stored;     /* the user whose password is checked, or NULL */
  const char *user;   /* whose password is checked, borrowed from input or actor */
  const char *check;  /* a password to check, borrowed from input, or NULL */
  const char *secret; /* one to hash, or NULL */
  char *peer;
  bool locked, fits;
  char *hash;
  struct bf_error err;
  char token[BF__TOKEN_TEXT], token_hash[BF__TOKEN_HASH];
  int64_t expires;
  void (*worked)(struct bf__people_job *job); /* back on the loop thread */
};

/* INPUT is stolen. NULL once CALL is answered. */
struct bf__people_job *bf__people_job_new(struct bf__app *app, const struct bf_call *call, json_t *actor, json_t *input);
void bf__people_job_free(struct bf__people_job *job);
/* Checks and hashes on a worker thread, then runs WORKED, which owns JOB. */
void bf__people_job_start(struct bf__people_job *job, void (*worked)(struct bf__people_job *job));
/* Hands PARAMS (stolen) to the engine as the internal operation NAME; DONE, whose command's `arg` is JOB, ends the job. */
void bf__people_job_submit(struct bf__people_job *job, const char *name, json_t *params,
                           void (*done)(struct bf__command *command));
/* A DONE: the engine's answer is the call's. */
void bf__people_submitted(struct bf__command *command);
/* Ends a job that has hashed a password: user.put of it. WAS and KEEP as for user.put, or NULL. */
void bf__people_put_password(struct bf__people_job *job, const char *id, const char *was, const char *keep);

#endif
