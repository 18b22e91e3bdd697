/* The running program: what is shared by the loop thread, the engine thread and the readers. */
#ifndef BF_CORE_APP_H
#define BF_CORE_APP_H

#include <pthread.h>
#include <uv.h>

#include "banfa/api.h"
#include "banfa/plugin.h"
#include "banfa/scheduler.h"
#include "banfa/storage.h"
#include "clock.h"
#include "config.h"
#include "directory.h"
#include "reign.h"
#include "ruleset.h"

struct bf__engine;
struct bf__readers;
struct bf__host;
struct bf__admin;
struct bf__views;
struct bf__outbox;
struct bf__candidates;
struct bf__proofs;
struct bf__candidate;
struct bf__jobs;
struct bf__watch;

struct bf__app {
  struct bf__config config;
  uv_loop_t loop;
  struct bf__clock clock;
  struct bf__host *host;
  const struct bf_storage *storage; /* borrowed from its plugin */
  struct bf__directory *directory;
  struct bf__engine *engine;
  struct bf__readers *readers;
  struct bf__admin *admin;
  struct bf__outbox *outbox;
  struct bf__candidates *candidates;
  struct bf__proofs *proofs; /* under way */
  struct bf__jobs *jobs;
  struct bf__watch *watch;       /* on the scripts folder, or NULL */
  _Atomic int64_t schedule_next; /* when the next waiting candidate comes into force; INT64_MAX for none */
  void (*on_reconciled)(struct bf__app *app, void *arg); /* loop thread; once, when no deadline is left to reconcile */
  void *on_reconciled_arg;
  struct bf__candidate *coming; /* engine thread: in the transaction, in force after its commit */
  _Atomic int64_t last_swap_us; /* how long the engine stood still at the last change of rules */
  struct bf__views *views;      /* loop thread; made when first needed */

  pthread_mutex_t rules_lock;
  struct bf__reign *reign; /* the rules in force, and those that cases stay on; take a reference under the lock */
  _Atomic uint64_t rules_generation;

  struct bf_api api;          /* the "api" service */
  void (*changed)(void *arg); /* who watches for commits, or NULL; loop thread */
  void *changed_arg;
  struct bf_engine_service engine_service; /* the "engine" service */
  int64_t started_ms;
};

/* Everything up to a ready program: storage open and of a known version, rules loaded, engine and readers running, plugins
 * started. What fails leaves nothing behind. With SERVE unset only the storage plugin is loaded: for commands that work on the
 * data folder. */
int bf__app_start(struct bf__app *app, bool serve, struct bf_error *err) BF_WARN_UNUSED;
/* Stops plugins, finishes what is queued, closes storage and the loop. */
void bf__app_stop(struct bf__app *app);

/* The rules in force, a new reference. Any thread. */
struct bf__ruleset *bf__app_rules(struct bf__app *app);
struct bf__reign *bf__app_reign(struct bf__app *app);                 /* the same with what cases stay on; a new reference */
void bf__app_set_reign(struct bf__app *app, struct bf__reign *reign); /* takes its own reference */

/* After a commit, on the loop thread: cases changed (ids, borrowed), a deadline is pending at AT, notices wait for delivery. */
void bf__app_changed(struct bf__app *app, const json_t *ids);
void bf__app_committed(struct bf__app *app);
void bf__app_wake(struct bf__app *app, int64_t at);
void bf__app_notices(struct bf__app *app);

/* One call from the loop thread; the entry behind `struct bf_api`. */
void bf__api_call(struct bf__app *app, struct bf_call *call);

#endif
