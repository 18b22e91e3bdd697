#include "rules_plan.h"

#include <stdlib.h>
#include <string.h>

#include "chain.h"
#include "impact.h"
#include "jobs.h"
#include "store.h"

#define SLICE 50
#define WORKERS 4
#define FIRST 10 /* cases named in the summary */

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "plan", "no memory");
}

static int64_t count_of(const json_t *impact) {
  return (int64_t)(json_array_size(json_object_get(impact, "deadlines")) + json_array_size(json_object_get(impact, "actions")) +
                   json_array_size(json_object_get(impact, "papers")) + json_array_size(json_object_get(impact, "payments"))) +
         (json_is_true(json_object_get(impact, "stranded")) ? 1000 : 0);
}

/* Counts are taken up with SIGN 1, and down again with -1 when a case changed while the plan was made. */
static void count(json_t *of, const char *name, json_int_t by) {
  json_int_t sum = json_integer_value(json_object_get(of, name)) + by;
  if (sum)
    (void)json_object_set_new(of, name, json_integer(sum));
  else
    (void)json_object_del(of, name);
}

static void tally(json_t *counts, const json_t *impact, const char *name, int sign) {
  size_t i;
  json_t *one, *of = json_object_get(counts, name);
  json_array_foreach(json_object_get(impact, name), i, one) count(of, text(one, "change"), sign);
}

/* Keeps the ten cases with the most changes, most first. */
static void keep_first(json_t *first, json_t *impact) {
  size_t at = json_array_size(first);
  int64_t own = count_of(impact);
  while (at > 0 && count_of(json_array_get(first, at - 1)) < own) at--; /* from the end: most cases come no further */
  if (at >= FIRST) return;
  (void)json_array_insert(first, at, impact);
  if (json_array_size(first) > FIRST) (void)json_array_remove(first, FIRST);
}

static void drop_first(json_t *first, const json_t *impact) {
  size_t i;
  json_t *one;
  json_array_foreach(first, i, one) if (json_equal(json_object_get(one, "case"), json_object_get(impact, "case"))) {
    (void)json_array_remove(first, i);
    return;
  }
}

static void note_articles(json_t *articles, const json_t *deadlines, int sign) {
  size_t i;
  json_t *one;
  char key[16];
  json_array_foreach(deadlines, i, one) {
    const json_t *article = json_object_get(one, "article");
    if (!json_is_integer(article)) continue;
    (void)snprintf(key, sizeof key, "%lld", (long long)json_integer_value(article));
    count(articles, key, sign);
  }
}

/* Whom the reminders concern: role by role. */
static void note_reminders(struct bf__candidate *candidate, const json_t *impact, int sign) {
  static const char *const which[] = {"new", "gone"};
  json_t *all = json_object_get(candidate->summary, "reminders"), *one;
  const char *role;
  json_object_foreach(json_object_get(impact, "reminders"), role, one) {
    json_t *to = json_object_get(all, role);
    if (!to && json_object_set_new(all, role, to = json_pack("{si si}", "new", 0, "gone", 0)) < 0) return;
    for (int i = 0; i < 2; i++)
      (void)json_object_set_new(to, which[i],
                                json_integer(json_integer_value(json_object_get(to, which[i])) +
                                             sign * json_integer_value(json_object_get(one, which[i]))));
  }
}

static void note(struct bf__candidate *candidate, json_t *impact, int sign) {
  json_t *s = candidate->summary, *role;
  size_t i;
  if (json_object_get(impact, "stays")) return; /* nothing happens to it */
  candidate->affected += sign;
  tally(s, impact, "deadlines", sign);
  tally(s, impact, "actions", sign);
  tally(s, impact, "papers", sign);
  tally(s, impact, "payments", sign);
  if (json_object_get(impact, "migrates")) candidate->migrating += sign;
  note_reminders(candidate, impact, sign);
  note_articles(json_object_get(s, "articles"), json_object_get(impact, "deadlines"), sign);
  json_array_foreach(json_object_get(impact, "told"), i, role) count(json_object_get(s, "told"), json_string_value(role), sign);
  if (json_is_true(json_object_get(impact, "stranded"))) candidate->stranded += sign;
  if (sign > 0)
    keep_first(json_object_get(s, "most_affected"), impact);
  else
    drop_first(json_object_get(s, "most_affected"), impact);
}

/* Workers -------------------------------------------------------------------------------------------------------------------- */

/* Several threads at low priority, each with a connection and sandboxes of its own, take slice after slice of the cases' numbers.
 * What they find is kept as text, in order: a hundred thousand impacts are a hundred megabytes so, and a gigabyte as values. */
struct plan {
  struct bf__app *app;
  struct bf__candidate *candidate;
  const struct bf__reign *reign, *then;
  const json_t *stages;
  int32_t today;
  int64_t slices;
  /* under the lock */
  uv_mutex_t lock;
  int64_t next;
  json_t **found; /* for each slice [ case, text, case, text, … ] */
  struct bf_error err;
};

static bool take_slice(struct plan *plan, int64_t *ret) {
  uv_mutex_lock(&plan->lock);
  bool more = plan->next < plan->slices && plan->err.code >= 0;
  if (more) *ret = plan->next++;
  uv_mutex_unlock(&plan->lock);
  return more;
}

static int one_case(struct plan *plan, const struct bf__impact_sides *sides, json_t *state, json_t *found, struct bf_error *err) {
  json_t *impact = NULL;
  char *line = NULL;
  size_t length = 0;
  bool stays = false;
  int r = bf__impact(sides, state, &stays, &impact, err);
  if (r >= 0 && impact) r = bf__canonical(impact, &line, &length, err);
  if (line && (json_array_append(found, json_object_get(state, "id")) < 0 ||
               json_array_append_new(found, json_stringn_nocheck(line, length)) < 0))
    r = no_memory(err);
  uv_mutex_lock(&plan->lock);
  plan->candidate->open_cases++;
  plan->candidate->staying += stays;
  if (r >= 0 && impact) note(plan->candidate, impact, 1);
  uv_mutex_unlock(&plan->lock);
  json_decref(impact);
  free(line);
  return r;
}

static int one_slice(struct plan *plan, const struct bf__impact_sides *sides, int64_t number, struct bf_error *err) {
  json_t *rows = NULL, *row, *found = json_array();
  size_t i;
  int r = found ? bf__store_rows(sides->store,
                                 "SELECT state FROM cases WHERE number > $1 AND number <= $2 AND open = 1 ORDER BY number",
                                 "state:j", &rows, err, "ii", number * SLICE, (number + 1) * SLICE)
                : no_memory(err);
  json_array_foreach(rows, i, row) if (r >= 0) r = one_case(plan, sides, json_object_get(row, "state"), found, err);
  json_decref(rows);
  uv_mutex_lock(&plan->lock);
  plan->found[number] = found;
  uv_mutex_unlock(&plan->lock);
  return r;
}

static void work(void *arg) {
  struct plan *plan = arg;
  struct bf__shelf shelf = {0};
  struct bf_error err = {0};
  struct bf__impact_sides sides = {
      .reign = plan->reign, .then = plan->then, .shelf = &shelf, .stages = plan->stages, .today = plan->today};
  int64_t number;
  bf__thread_low();
  int r = bf__store_open(plan->app->storage, false, &sides.store, &err);
  if (r >= 0) r = bf__rules_new(plan->reign->now, &sides.before, &err);
  if (r >= 0) r = bf__rules_new(plan->candidate->set, &sides.after, &err);
  while (r >= 0 && take_slice(plan, &number)) r = one_slice(plan, &sides, number, &err);
  uv_mutex_lock(&plan->lock);
  if (r < 0 && plan->err.code >= 0) plan->err = err;
  uv_mutex_unlock(&plan->lock);
  bf__rules_free(sides.before);
  bf__rules_free(sides.after);
  bf__shelf_done(&shelf);
  bf__store_close(sides.store);
}

/* What the workers found, case by case in the order of their numbers. */
static int gather(struct plan *plan, struct bf_error *err) {
  int r = 0;
  for (int64_t k = 0; k < plan->slices; k++) {
    size_t i, count = json_array_size(plan->found[k]);
    for (i = 0; i + 1 < count && r >= 0; i += 2) {
      plan->candidate->bytes += json_string_length(json_array_get(plan->found[k], i + 1)) + 200;
      if (json_object_set(plan->candidate->plan, json_string_value(json_array_get(plan->found[k], i)),
                          json_array_get(plan->found[k], i + 1)) < 0)
        r = no_memory(err);
    }
    json_decref(plan->found[k]);
  }
  return r;
}

static int count_slices(struct bf__store *store, int64_t *ret, struct bf_error *err) {
  json_t *rows = NULL;
  int r = bf__store_rows(store, "SELECT MAX(number) FROM cases", "number:i", &rows, err, "");
  if (r >= 0) *ret = (json_integer_value(json_object_get(json_array_get(rows, 0), "number")) + SLICE - 1) / SLICE;
  json_decref(rows);
  return r;
}

static int each_case(struct plan *plan, struct bf__store *store, struct bf_error *err) {
  uv_thread_t threads[WORKERS];
  int count = 0, want = (int)uv_available_parallelism();
  int r = count_slices(store, &plan->slices, err);
  if (r >= 0 && !(plan->found = calloc((size_t)plan->slices + 1, sizeof(json_t *)))) r = no_memory(err);
  if (r >= 0 && (r = uv_mutex_init(&plan->lock)) < 0) r = bf_fail(err, BF_EIO, "plan", "%s", uv_strerror(r));
  if (r < 0) return r;
  if (want > WORKERS) want = WORKERS;
  if (want > plan->slices) want = plan->slices > 0 ? (int)plan->slices : 1;
  while (count < want - 1 && uv_thread_create(&threads[count], work, plan) == 0) count++;
  work(plan); /* this thread is one of them */
  while (count > 0) (void)uv_thread_join(&threads[--count]);
  uv_mutex_destroy(&plan->lock);
  r = plan->err.code;
  if (r < 0) (void)bf_fail(err, r, plan->err.where, "%s", plan->err.message);
  int g = gather(plan, err);
  free(plan->found);
  return r < 0 ? r : g;
}

/* Catching up ------------------------------------------------------------------------------------------------------------------
 */

#define ROUNDS 8
#define LEFT 30 /* cases that the engine may look at again itself: a few milliseconds */

/* What the plan now says of a case that changed meanwhile: put in place of what it said, or only compared. */
static int again(struct bf__candidate *candidate, const char *id, json_t *impact, bool strict, bool *ret_same,
                 struct bf_error *err) {
  json_t *planned = bf__plan_case(candidate, id);
  char *line = NULL;
  size_t length = 0;
  int r = 0;
  *ret_same = planned ? impact && json_equal(planned, impact) : !impact;
  if (!strict && !*ret_same) {
    if (planned) note(candidate, planned, -1);
    (void)json_object_del(candidate->plan, id);
    if (impact) r = bf__canonical(impact, &line, &length, err);
    if (line && json_object_set_new(candidate->plan, id, json_stringn_nocheck(line, length)) < 0) r = no_memory(err);
    if (r >= 0 && impact) note(candidate, impact, 1);
  }
  free(line);
  json_decref(planned);
  return r;
}

static int one_round(const struct bf__impact_sides *sides, struct bf__candidate *candidate, const json_t *rows, bool strict,
                     char *ret_differs, size_t size, struct bf_error *err) {
  size_t i;
  json_t *row;
  int r = 0;
  json_array_foreach(rows, i, row) {
    json_t *state = NULL, *impact = NULL;
    const char *id = text(row, "case");
    bool stays, same = true;
    if (r < 0 || *ret_differs) break;
    r = bf__store_case_get(sides->store, id, &state, err);
    if (r >= 0 && !json_object_get(state, "ended")) r = bf__impact(sides, state, &stays, &impact, err);
    if (r >= 0) r = again(candidate, id, impact, strict, &same, err);
    if (strict && !same) (void)snprintf(ret_differs, size, "%s", id);
    json_decref(impact);
    json_decref(state);
  }
  return r;
}

static int rounds(const struct bf__impact_sides *sides, struct bf__candidate *candidate, bool strict, char *ret_differs,
                  size_t size, struct bf_error *err) {
  int r = 0;
  bool more = true;
  for (int i = 0; i < ROUNDS && more && r >= 0 && !*ret_differs; i++) {
    unsigned char hash[BF__HASH_BYTES];
    int64_t head = 0, at_ms;
    json_t *rows = NULL;
    r = bf__store_head(sides->store, &head, &at_ms, hash, err);
    if (r >= 0)
      r = bf__store_rows(sides->store, "SELECT DISTINCT case_id FROM events WHERE seq > $1 AND seq <= $2 AND case_id IS NOT NULL",
                         "case:t", &rows, err, "ii", (int64_t)candidate->head, head);
    more = json_array_size(rows) > LEFT;
    if (r >= 0 && more) r = one_round(sides, candidate, rows, strict, ret_differs, size, err);
    if (r >= 0 && more && !*ret_differs) candidate->head = head;
    json_decref(rows);
  }
  return r;
}

int bf__rules_catch_up(struct bf__app *app, struct bf__candidate *candidate, bool strict, char *ret_differs, size_t size,
                       struct bf_error *err) {
  struct bf__reign *reign = bf__app_reign(app), *then = NULL;
  struct bf__shelf shelf = {0};
  struct bf__impact_sides sides = {.reign = reign, .shelf = &shelf, .today = bf__date_of_ms(bf__clock_now(&app->clock))};
  *ret_differs = 0;
  int r = bf__reign_next(reign, candidate->set, candidate->policy, &then, err);
  sides.then = then;
  if (r >= 0) r = bf__store_open(app->storage, false, &sides.store, err);
  if (r >= 0) r = bf__rules_new(reign->now, &sides.before, err);
  if (r >= 0) r = bf__rules_new(candidate->set, &sides.after, err);
  /* rules that came in between make the plan stale anyway: the engine says so */
  if (r >= 0 && reign->number == candidate->base) r = rounds(&sides, candidate, strict, ret_differs, size, err);
  bf__rules_free(sides.before);
  bf__rules_free(sides.after);
  bf__shelf_done(&shelf);
  bf__store_close(sides.store);
  bf__reign_unref(then);
  bf__reign_unref(reign);
  return r;
}

/* The whole -------------------------------------------------------------------------------------------------------------------
 */

static int begin(struct bf__candidate *candidate, struct bf_error *err) {
  json_decref(candidate->plan);
  json_decref(candidate->summary);
  candidate->affected = candidate->open_cases = candidate->stranded = candidate->staying = candidate->migrating = 0;
  candidate->plan = json_object();
  candidate->summary = json_pack("{s{} s{} s{} s{} s{} s{} s{} s[]}", "deadlines", "actions", "papers", "payments", "reminders",
                                 "articles", "told", "most_affected");
  return candidate->plan && candidate->summary ? 0 : no_memory(err);
}

/* The plan's name: what is to happen to whom, and nothing that changes by itself. */
static int name_plan(struct bf__candidate *candidate, const struct bf__reign *reign, struct bf_error *err) {
  unsigned char hash[BF__HASH_BYTES];
  struct bf__digest *digest = NULL;
  const char *id;
  json_t *impact,
      *head = json_pack("{ss ss sO}", "base", reign->now->hash, "candidate", candidate->set->hash, "policy", candidate->policy);
  char *text_ = NULL;
  size_t length = 0;
  int r = head ? bf__digest_new("SM3", &digest, err) : no_memory(err);
  if (r >= 0) r = bf__canonical(head, &text_, &length, err);
  if (r >= 0) r = bf__digest_add(digest, text_, length);
  json_object_foreach(candidate->plan, id, impact) {
    if (r >= 0) r = bf__digest_add(digest, json_string_value(impact), json_string_length(impact));
  }
  if (r >= 0) r = bf__digest_end(digest, hash);
  if (r >= 0) bf__hex(hash, sizeof hash, candidate->plan_hash);
  bf__digest_free(digest);
  free(text_);
  json_decref(head);
  return r < 0 ? r : 0;
}

static int sum_up(struct bf__candidate *candidate, const struct bf__reign *reign, struct bf_error *err) {
  json_t *s = candidate->summary;
  bool ok = json_object_set_new(s, "open_cases", json_integer(candidate->open_cases)) == 0 &&
            json_object_set_new(s, "affected", json_integer(candidate->affected)) == 0 &&
            json_object_set_new(s, "staying", json_integer(candidate->staying)) == 0 &&
            json_object_set_new(s, "migrating", json_integer(candidate->migrating)) == 0 &&
            json_object_set_new(s, "stranded", json_integer(candidate->stranded)) == 0 &&
            json_object_set(s, "policy", candidate->policy) == 0 &&
            json_object_set_new(s, "plan", json_string(candidate->plan_hash)) == 0 &&
            json_object_set_new(s, "base", json_string(reign->now->hash)) == 0 &&
            json_object_set_new(s, "candidate", json_string(candidate->set->hash)) == 0 &&
            json_object_set_new(s, "head", json_integer(candidate->head)) == 0;
  return ok ? 0 : no_memory(err);
}

int bf__rules_plan(struct bf__app *app, struct bf__candidate *candidate, const json_t *asked, struct bf_error *err) {
  struct bf__reign *reign = bf__app_reign(app), *then = NULL;
  struct bf__store *store = NULL;
  struct plan plan = {.app = app, .candidate = candidate, .reign = reign};
  int64_t at_ms;
  unsigned char hash[BF__HASH_BYTES];
  json_t *stages = NULL;
  int r = begin(candidate, err);
  candidate->base = reign->number;
  json_decref(candidate->policy);
  json_decref(candidate->asked);
  candidate->policy = NULL;
  candidate->asked = json_deep_copy(asked);
  plan.today = bf__date_of_ms(bf__clock_now(&app->clock));
  if (r >= 0) r = bf__reign_policy(reign, candidate->set, asked, &candidate->policy, err);
  if (r >= 0) r = bf__reign_next(reign, candidate->set, candidate->policy, &then, err);
  if (r >= 0) r = bf__store_open(app->storage, false, &store, err);
  int64_t head = 0;
  if (r >= 0) r = bf__store_head(store, &head, &at_ms, hash, err); /* before the first look at a case */
  candidate->head = head;
  plan.then = then;
  if (r >= 0) plan.stages = stages = bf__impact_stages(reign->now, candidate->set);
  if (r >= 0) r = each_case(&plan, store, err);
  char nobody[8] = "";
  if (r >= 0) r = bf__rules_catch_up(app, candidate, false, nobody, sizeof nobody, err);
  if (r >= 0) r = name_plan(candidate, reign, err);
  if (r >= 0) r = sum_up(candidate, reign, err);
  json_decref(stages);
  bf__store_close(store);
  bf__reign_unref(then);
  bf__reign_unref(reign);
  return r;
}

json_t *bf__plan_case(const struct bf__candidate *candidate, const char *id) {
  const json_t *line = json_object_get(candidate->plan, id);
  return line ? json_loadb(json_string_value(line), json_string_length(line), 0, NULL) : NULL;
}
