/* A ruleset: all scripts and the calendar of a moment, named by the SM3 of its content. Immutable, counted, shared by threads.
 * `struct bf__rules` is one thread's running copy of it. */
#ifndef BF_CORE_RULESET_H
#define BF_CORE_RULESET_H

#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "banfa/error.h"
#include "calendar.h"
#include "chain.h"
#include "packed.h"

struct bf__rules;

struct bf__ruleset {
  atomic_int refs;
  char hash[BF__HASH_HEX];
  json_t *files; /* { "stages/approval.lua": "text", … } */
  json_t *years; /* the calendar as JSON */
  struct bf__calendar *calendar;
  json_t *base;  /* the description: { kinds, stages, facts, registers, reports, papers, roles, jurisdictions } */
  json_t *views; /* { "430921": description } for jurisdictions with amendments */
  _Atomic(struct bf__rules *) spare; /* the running copy that the description came from: the first to run the set takes it */
  pthread_mutex_t lock;
  struct bf__packed *packed; /* views as they are told to people, kept from the first asking; under the lock */
};

/* Reads every *.lua below SCRIPTS and the calendar folder, runs and checks them. Err->where = "path:line" where known. */
int bf__ruleset_read(const char *scripts, const char *calendar, struct bf__ruleset **ret, struct bf_error *err) BF_WARN_UNUSED;
/* The files alone, none of them run: their bundle (a new reference) and the name that it will have. */
int bf__ruleset_folder(const char *scripts, const char *calendar, json_t **ret_bundle, char ret_hash[BF__HASH_HEX],
                       struct bf_error *err) BF_WARN_UNUSED;
/* The same from what `bf__ruleset_bundle` gave. BUNDLE is borrowed. */
int bf__ruleset_from_bundle(const json_t *bundle, struct bf__ruleset **ret, struct bf_error *err) BF_WARN_UNUSED;
/* Makes OWN, which nobody else uses yet, hold once what it has in common with OTHER. */
void bf__ruleset_share(const struct bf__ruleset *other, struct bf__ruleset *own);
json_t *bf__ruleset_bundle(const struct bf__ruleset *set); /* { "files": …, "calendar": … }, new reference */
struct bf__ruleset *bf__ruleset_ref(struct bf__ruleset *set);
void bf__ruleset_unref(struct bf__ruleset *set);

/* Borrowed parts of the description; NULL when there is none. */
const json_t *bf__ruleset_view(const struct bf__ruleset *set, const char *jurisdiction);
/* What was kept for VIEW, a borrowed view of SET, or NULL; it lives as long as SET. `keep` takes PACKED and returns what is kept.
 */
const struct bf__packed *bf__ruleset_packed(struct bf__ruleset *set, const json_t *view);
const struct bf__packed *bf__ruleset_keep(struct bf__ruleset *set, struct bf__packed *packed);
const json_t *bf__view_kind(const json_t *view, const char *kind);
const json_t *bf__view_stage(const json_t *view, const char *stage);
const json_t *bf__view_action(const json_t *view, const char *stage, const char *action);
/* The first article that ACTION names, else its stage; 0 for none. */
int bf__view_article(const json_t *view, const char *stage, const char *action);
const json_t *bf__view_facts(const json_t *view, const char *kind); /* { name: field } */
const json_t *bf__view_role(const json_t *view, const char *role);

struct bf__rules; /* a sandbox with a ruleset loaded; one thread's */
int bf__rules_new(struct bf__ruleset *set, struct bf__rules **ret,
                  struct bf_error *err) BF_WARN_UNUSED; /* takes its own reference */
/* The same with the files of law cases too, which serving does not need. WATCH: which lines are run is noted. */
int bf__rules_new_with_law(struct bf__ruleset *set, bool watch, struct bf__rules **ret, struct bf_error *err) BF_WARN_UNUSED;
json_t *bf__rules_watched(
    const struct bf__rules *rules); /* { path: { run: [ line ], left: [ line ], branches? } }, see branches.h; new reference */
void bf__rules_free(struct bf__rules *rules);
struct bf__ruleset *bf__rules_set(const struct bf__rules *rules); /* borrowed */
/* Calls a prelude entry with ARGS (an array, stolen). A spent sandbox is replaced by a fresh one before the next call. */
int bf__rules_call(struct bf__rules *rules, const char *entry, json_t *args, json_t **ret, struct bf_error *err) BF_WARN_UNUSED;

/* Every word of scripts, from the prelude's own data: { declarations: [ { name, how, zh, en, rows } ], words: [ … ] }. */
int bf__rules_reference(json_t **ret, struct bf_error *err) BF_WARN_UNUSED;

#endif
