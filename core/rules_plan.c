#include "rules_plan.h"

#include <stdlib.h>
#include <string.h>

#include "impact.h"
#include "store.h"

#define SLICE 500
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

static void tally(json_t *counts, const json_t *list, const char *name) {
  size_t i;
  json_t *one, *of = json_object_get(counts, name);
  json_array_foreach(list, i, one) {
    const char *change = text(one, "change");
    (void)json_object_set_new(of, change, json_integer(json_integer_value(json_object_get(of, change)) + 1));
  }
}

/* Keeps the ten cases with the most changes, most first. */
static void keep_first(json_t *first, json_t *impact) {
  size_t at = 0;
  while (at < json_array_size(first) && count_of(json_array_get(first, at)) >= count_of(impact)) at++;
  if (at >= FIRST) return;
  (void)json_array_insert(first, at, impact);
  if (json_array_size(first) > FIRST) (void)json_array_remove(first, FIRST);
}

static void note_articles(json_t *articles, const json_t *deadlines) {
  size_t i;
  json_t *one;
  char key[16];
  json_array_foreach(deadlines, i, one) {
    const json_t *article = json_object_get(one, "article");
    if (!json_is_integer(article)) continue;
    (void)snprintf(key, sizeof key, "%lld", (long long)json_integer_value(article));
    (void)json_object_set_new(articles, key, json_integer(json_integer_value(json_object_get(articles, key)) + 1));
  }
}

static void add(json_t *to, const char *name, const json_t *from) {
  (void)json_object_set_new(
      to, name, json_integer(json_integer_value(json_object_get(to, name)) + json_integer_value(json_object_get(from, name))));
}

/* Whom the reminders concern: role by role. */
static void note_reminders(struct bf__candidate *candidate, const json_t *impact) {
  json_t *all = json_object_get(candidate->summary, "reminders"), *one;
  const char *role;
  json_object_foreach(json_object_get(impact, "reminders"), role, one) {
    json_t *to = json_object_get(all, role);
    if (!to && json_object_set_new(all, role, to = json_object()) < 0) return;
    add(to, "new", one);
    add(to, "gone", one);
  }
}

static void note(struct bf__candidate *candidate, json_t *impact) {
  json_t *s = candidate->summary, *told = json_object_get(s, "told"), *role;
  size_t i;
  if (json_object_get(impact, "stays")) return; /* nothing happens to it */
  tally(s, json_object_get(impact, "deadlines"), "deadlines");
  tally(s, json_object_get(impact, "actions"), "actions");
  tally(s, json_object_get(impact, "papers"), "papers");
  tally(s, json_object_get(impact, "payments"), "payments");
  candidate->migrating += json_object_get(impact, "migrates") != NULL;
  note_reminders(candidate, impact);
  note_articles(json_object_get(s, "articles"), json_object_get(impact, "deadlines"));
  json_array_foreach(json_object_get(impact, "told"), i, role)(void) json_object_set_new(
      told, json_string_value(role), json_integer(json_integer_value(json_object_get(told, json_string_value(role))) + 1));
  if (json_is_true(json_object_get(impact, "stranded"))) candidate->stranded++;
  keep_first(json_object_get(s, "most_affected"), impact);
}

static int each_case(struct bf__candidate *candidate, const struct bf__impact_sides *sides, struct bf_error *err) {
  int64_t cursor = 0;
  bool more = true;
  while (more) {
    json_t *rows = NULL, *row;
    size_t i;
    int r =
        bf__store_rows(sides->store, "SELECT number, state FROM cases WHERE open = 1 AND number > $1 ORDER BY number LIMIT $2",
                       "number:i state:j", &rows, err, "ii", cursor, (int64_t)SLICE);
    more = json_array_size(rows) == SLICE;
    json_array_foreach(rows, i, row) {
      json_t *impact = NULL, *state = json_object_get(row, "state");
      bool stays = false;
      if (r < 0) break;
      cursor = json_integer_value(json_object_get(row, "number"));
      candidate->open_cases++;
      r = bf__impact(sides, state, &stays, &impact, err);
      candidate->staying += stays;
      if (!impact) continue;
      note(candidate, impact);
      if (json_object_set_new(candidate->plan, text(state, "id"), impact) < 0) r = no_memory(err);
    }
    json_decref(rows);
    if (r < 0) return r;
  }
  return 0;
}

static int begin(struct bf__candidate *candidate, struct bf_error *err) {
  json_decref(candidate->plan);
  json_decref(candidate->summary);
  candidate->open_cases = candidate->stranded = candidate->staying = candidate->migrating = 0;
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
    free(text_);
    text_ = NULL;
    if (r >= 0) r = bf__canonical(impact, &text_, &length, err);
    if (r >= 0) r = bf__digest_add(digest, text_, length);
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
  json_int_t affected = 0;
  const char *id;
  json_t *impact;
  json_object_foreach(candidate->plan, id, impact) affected += !json_object_get(impact, "stays");
  bool ok = json_object_set_new(s, "open_cases", json_integer(candidate->open_cases)) == 0 &&
            json_object_set_new(s, "affected", json_integer(affected)) == 0 &&
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
  struct bf__shelf shelf = {0};
  struct bf__impact_sides sides = {.reign = reign, .shelf = &shelf};
  int64_t at_ms;
  unsigned char hash[BF__HASH_BYTES];
  json_t *stages = NULL;
  int r = begin(candidate, err);
  candidate->base = reign->number;
  json_decref(candidate->policy);
  json_decref(candidate->asked);
  candidate->policy = NULL;
  candidate->asked = json_deep_copy(asked);
  sides.today = bf__date_of_ms(bf__clock_now(&app->clock));
  if (r >= 0) r = bf__reign_policy(reign, candidate->set, asked, &candidate->policy, err);
  if (r >= 0) r = bf__reign_next(reign, candidate->set, candidate->policy, &then, err);
  sides.then = then;
  if (r >= 0) r = bf__store_open(app->storage, false, &sides.store, err);
  if (r >= 0) r = bf__store_head(sides.store, &candidate->head, &at_ms, hash, err);
  if (r >= 0) r = bf__rules_new(reign->now, &sides.before, err);
  if (r >= 0) r = bf__rules_new(candidate->set, &sides.after, err);
  if (r >= 0) sides.stages = stages = bf__impact_stages(reign->now, candidate->set);
  if (r >= 0) r = each_case(candidate, &sides, err);
  if (r >= 0) r = name_plan(candidate, reign, err);
  if (r >= 0) r = sum_up(candidate, reign, err);
  json_decref(stages);
  bf__rules_free(sides.before);
  bf__rules_free(sides.after);
  bf__shelf_done(&shelf);
  bf__store_close(sides.store);
  bf__reign_unref(then);
  bf__reign_unref(reign);
  return r;
}
