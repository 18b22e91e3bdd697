/* The engine: the one door for everything that changes something. Its thread owns the write connection and a copy of the rules.
 * It takes what is queued, decides each command in memory, writes the batch in one transaction, commits once, then answers (group
 * commit). */
#ifndef BF_CORE_ENGINE_H
#define BF_CORE_ENGINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "banfa/error.h"

struct bf__app;
struct bf__engine;

/* One command. Made by `bf__command_new`, given to the engine by `bf__engine_submit`, handed to `done` on the loop thread, freed
 * after it. */
struct bf__command {
  const struct bf__operation *operation;
  json_t *params;                            /* owned */
  json_t *actor;                             /* owned; NULL = the system itself */
  char *idempotency_key;                     /* owned, or NULL */
  int64_t if_version;                        /* or -1 */
  void (*done)(struct bf__command *command); /* loop thread; reads the result below; the engine frees the command afterwards */
  void *arg;
  /* the result */
  int status;
  json_t *body;    /* owned; object for JSON answers */
  char *text;      /* owned; set in place of body when the answer is a stored one */
  int64_t version; /* or -1 */
  char *location;  /* owned, or NULL */
  json_t *cases;   /* owned; ids of the cases that changed, for caches */
  struct bf__command *next;
};

struct bf__command *bf__command_new(const struct bf__operation *operation, json_t *params /* stolen */,
                                    json_t *actor /* borrowed */);
void bf__command_free(struct bf__command *command);

int bf__engine_start(struct bf__app *app, struct bf__engine **ret, struct bf_error *err) BF_WARN_UNUSED;
/* Queues COMMAND (stolen). `done` runs exactly once, with status 503 when the queue is full or the engine stops. Loop thread. */
void bf__engine_submit(struct bf__engine *engine, struct bf__command *command);
/* Engine thread, between two batches: REIGN begins (a reference is taken). *RULES, its sandbox, is taken and left NULL. */
struct bf__rules;
struct bf__reign;
void bf__engine_swap(struct bf__engine *engine, struct bf__rules **rules, struct bf__reign *reign);
struct bf__store;
struct bf__store *bf__engine_store(struct bf__engine *engine); /* the write connection; engine thread */
void bf__engine_stop(struct bf__engine *engine);               /* finishes what is queued, joins the thread */
void bf__engine_free(struct bf__engine *engine);

#endif
