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
                   json_array_size(json_object_get(impact, "papers"))) +
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

static void note(struct bf__candidate *candidate, json_t *impact) {
  json_t *s = candidate->summary, *told = json_object_get(s, "told"), *role;
  size_t i;
  tally(s, json_object_get(impact, "deadlines"), "deadlines");
  tally(s, json_object_get(impact, "actions"), "actions");
  tally(s, json_object_get(impact, "papers"), "papers");
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
      if (r < 0) break;
      cursor = json_integer_value(json_object_get(row, "number"));
      candidate->open_cases++;
      r = bf__impact(sides, state, &impact, err);
      if (!impact) continue;
      note(candidate, impact);
      if (json_object_set_new(candidate->plan, text(state, "id"), impact) < 0) r = no_memory(err);
    }
    json_decref(rows);
    if (r < 0) return r;
  }
  return 0;
}

int bf__rules_plan(struct bf__app *app, struct bf__candidate *candidate, struct bf_error *err) {
  struct bf__ruleset *now = bf__app_rules(app);
  struct bf__impact_sides sides = {0};
  int64_t at_ms;
  unsigned char hash[BF__HASH_BYTES];
  json_t *stages = NULL;
  json_decref(candidate->plan);
  json_decref(candidate->summary);
  candidate->open_cases = candidate->stranded = 0;
  candidate->plan = json_object();
  candidate->summary =
      json_pack("{s{} s{} s{} s{} s{} s[]}", "deadlines", "actions", "papers", "articles", "told", "most_affected");
  (void)snprintf(candidate->base, sizeof candidate->base, "%s", now->hash);
  sides.today = bf__date_of_ms(bf__clock_now(&app->clock));
  int r = candidate->plan && candidate->summary ? bf__store_open(app->storage, false, &sides.store, err) : no_memory(err);
  if (r >= 0) r = bf__store_head(sides.store, &candidate->head, &at_ms, hash, err);
  if (r >= 0) r = bf__rules_new(now, &sides.before, err);
  if (r >= 0) r = bf__rules_new(candidate->set, &sides.after, err);
  if (r >= 0) sides.stages = stages = bf__impact_stages(now, candidate->set);
  if (r >= 0) r = each_case(candidate, &sides, err);
  json_decref(stages);
  bf__rules_free(sides.before);
  bf__rules_free(sides.after);
  bf__store_close(sides.store);
  bf__ruleset_unref(now);
  if (r < 0) return r;
  json_t *s = candidate->summary;
  bool ok = json_object_set_new(s, "open_cases", json_integer(candidate->open_cases)) == 0 &&
            json_object_set_new(s, "affected", json_integer((json_int_t)json_object_size(candidate->plan))) == 0 &&
            json_object_set_new(s, "stranded", json_integer(candidate->stranded)) == 0 &&
            json_object_set_new(s, "base", json_string(candidate->base)) == 0 &&
            json_object_set_new(s, "candidate", json_string(candidate->set->hash)) == 0 &&
            json_object_set_new(s, "head", json_integer(candidate->head)) == 0;
  return ok ? 0 : no_memory(err);
}
