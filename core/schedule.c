#include "schedule.h"

#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "proposals.h"
#include "rules_job.h"
#include "services.h"

#define AGAIN_MS 60000 /* after storage failed */

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

struct run {
  struct bf__app *app;
  void (*done)(void *arg);
  void *arg;
  char hash[BF__HASH_HEX];
};

static void finish(struct run *run) {
  void (*done)(void *arg) = run->done;
  void *arg = run->arg;
  free(run);
  done(arg);
}

static void on_reconciled(struct bf__app *app, void *arg) {
  (void)app;
  finish(arg);
}

/* Nothing could be written: it is tried again, and the clock is not held up. */
static void put_off(struct run *run) {
  run->app->schedule_next = bf__clock_now(&run->app->clock) + AGAIN_MS;
  finish(run);
}

static void on_missed(struct bf__command *command) {
  struct run *run = command->arg;
  if (command->status != 200)
    put_off(run);
  else
    finish(run);
}

static void miss(struct run *run, const char *zh, const char *en) {
  bf__log(BF_LOG_ERROR, "rules.schedule", "the rules %.12s did not come into force on their day: %s", run->hash, en);
  if (bf__submit(run->app, "rules.missed", json_pack("{ss ss ss}", "hash", run->hash, "zh", zh, "en", en), on_missed, run) < 0)
    put_off(run);
}

static void on_answer(void *arg, const struct bf_answer *answer) {
  struct run *run = arg;
  json_t *body = answer->body ? json_loadb(answer->body, answer->length, 0, NULL) : NULL;
  const json_t *refusal = json_array_get(json_object_get(body, "refusals"), 0);
  if (answer->status == 200) {
    bf__log(BF_LOG_INFO, "rules.schedule", "the rules %.12s are in force: this is their day", run->hash);
    run->app->on_reconciled = on_reconciled;
    run->app->on_reconciled_arg = run;
  } else if (answer->status == 503) {
    put_off(run);
  } else {
    miss(run, text(refusal, "zh") ? text(refusal, "zh") : "原因见日志",
         text(refusal, "en") ? text(refusal, "en") : "see the log");
  }
  json_decref(body);
}

static int first_waiting(struct bf__app *app, json_t **ret, struct bf_error *err) {
  struct bf__store *store = NULL;
  int r = bf__store_open(app->storage, false, &store, err);
  if (r >= 0)
    r = bf__store_rows(store, "SELECT hash, body FROM rules_candidates WHERE state = 'waiting' ORDER BY due_ms, hash LIMIT 1",
                       "hash:t body:j", ret, err, "");
  bf__store_close(store);
  return r;
}

void bf__schedule_run(struct bf__app *app, void (*done)(void *arg), void *arg) {
  struct bf_error err = {0};
  json_t *rows = NULL;
  struct run *run = calloc(1, sizeof *run);
  if (!run) {
    done(arg);
    return;
  }
  *run = (struct run){.app = app, .done = done, .arg = arg};
  struct bf__reign *reign = bf__app_reign(app);
  int r = first_waiting(app, &rows, &err);
  const json_t *row = json_array_get(rows, 0), *schedule = json_object_get(json_object_get(row, "body"), "schedule");
  if (r < 0 || !row) {
    put_off(run);
  } else {
    (void)snprintf(run->hash, sizeof run->hash, "%s", text(row, "hash"));
    if (json_integer_value(json_object_get(schedule, "number")) != reign->number) {
      miss(run, "安排之后又启用了别的规则,原来的预演已不作数:请重新预演并安排",
           "Other rules have come into force since the day was set, so its plan says nothing any more: plan and schedule it "
           "again.");
    } else {
      json_t *params = json_pack("{ss sO*}", "candidate", run->hash, "policy", json_object_get(schedule, "policy"));
      struct bf_call call = {.answer = on_answer, .arg = run};
      bf__rules_start(app, &call, params, NULL, "scheduled");
      json_decref(params);
    }
  }
  json_decref(rows);
  bf__reign_unref(reign);
}
