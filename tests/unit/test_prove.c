/* What makes two worlds alike for the prover, and how a tale is made as short as it can be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "prove.h"
#include "prove_inputs.h"
#include "prove_search.h"

/* A ruleset of one kind, with a line that nothing above 500 is paid before it was checked. */
static const char rules_text[] =
    "return { kind \"item\" { title = { zh = \"件\", en = \"Item\" }, articles = { 1 }, name = \"title\", facts = {"
    " { \"title\", text, zh = \"名\", en = \"Title\", example = \"t\" }, { \"total\", money, zh = \"数\", en = \"Total\", "
    "example = 20000 },"
    " { \"seen_on\", date, zh = \"看\", en = \"Seen\", optional = true }, { \"checked_on\", date, zh = \"核\", en = \"Checked\", "
    "optional = true },"
    " { \"paid_on\", date, zh = \"付\", en = \"Paid\", optional = true } },"
    " create = { by = \"clerk\", form = { \"title\", \"total\" }, effect = { open \"work\" } } },"
    " stage \"work\" { kind = \"item\", order = 1, articles = { 1 }, title = { zh = \"办\", en = \"Work\" }, limits = { "
    "check_from = 50000, within = months(1) },"
    " actions = { look = { by = \"clerk\", order = 1, usual = 1, title = { zh = \"看\", en = \"Look\" }, effect = { "
    "set(\"seen_on\", today) } },"
    " check = { by = \"clerk\", order = 2, title = { zh = \"核\", en = \"Check\" }, effect = { set(\"checked_on\", today) } },"
    " pay = { by = \"clerk\", order = 3, usual = 2, title = { zh = \"付\", en = \"Pay\" }, guard = function(case, now)"
    " if case.facts.total > now.limits.check_from and not case.facts.checked_on then return refuse { article = 1, zh = \"未核\", "
    "en = \"Not checked\" } end end,"
    " effect = { set(\"paid_on\", today), finish \"done\" } } },"
    " deadlines = { soon = { article = 1, from = \"opened\", limit = \"within\", tell = \"clerk\", title = { zh = \"限\", en = "
    "\"Limit\" } } } },"
    " roles { clerk = { zh = \"员\", en = \"Clerk\", scope = \"jurisdiction\" } }, jurisdictions { [\"100000\"] = { zh = \"市\", "
    "en = \"City\" } } }";

static const char line_text[] =
    "return { redline \"checked_first\" { kind = \"item\", articles = { 1 }, title = { zh = \"先核\", en = \"Checked first\" },"
    " why = { zh = \"因\", en = \"Why\" }, step = function(past, step) local f = step.after.facts"
    " if f.paid_on and f.total > 50000 and not f.checked_on then return crossed { zh = \"未核就付\", en = \"Paid unchecked\" } "
    "end end } }";

static struct bf__ruleset *set_of(const char *from, const char *to) {
  struct bf_error err = {0};
  struct bf__ruleset *set = NULL;
  char *text = strdup(rules_text), *at = from ? strstr(text, from) : NULL;
  if (at) { /* of the same length, so that it stands in place */
    assert_int_equal(strlen(from), strlen(to));
    memcpy(at, to, strlen(to));
  }
  json_t *bundle = json_pack("{s{ss ss} s{}}", "files", "all.lua", text, "redlines/first.lua", line_text, "calendar");
  int r = bf__ruleset_from_bundle(bundle, &set, &err);
  if (r < 0) print_message("%s: %s\n", err.where, err.message);
  assert_int_equal(r, 0);
  json_decref(bundle);
  free(text);
  return set;
}

struct fixture {
  struct bf__ruleset *set;
  struct bf__rules *rules;
  struct bf__lab lab;
  struct bf__marks marks;
};

static void open_fixture(struct fixture *f) {
  struct bf_error err = {0};
  memset(f, 0, sizeof *f);
  f->set = set_of(NULL, NULL);
  assert_int_equal(bf__rules_new(f->set, &f->rules, &err), 0);
  assert_int_equal(bf__lab_open(&f->lab, f->rules, "100000", &err), 0);
  bf__marks_collect(f->lab.view, &f->marks);
}

static void close_fixture(struct fixture *f) {
  bf__lab_close(&f->lab);
  bf__rules_free(f->rules);
  bf__ruleset_unref(f->set);
}

/* The key of a world with one item of TOTAL, opened on day 19000, seen from day TODAY. */
static void key_of(struct fixture *f, json_int_t total, int32_t today, uint64_t ret[2]) {
  struct bf_error err = {0};
  struct bf__outcome outcome = {0};
  struct bf__world world = {.today = 19000, .entries = json_object()};
  json_t *facts = json_pack("{ss sI}", "title", "t", "total", total), *actor = bf__world_actor(&f->lab, "clerk", "u", false);
  struct bf__key *key = malloc(sizeof *key);
  assert_int_equal(bf__world_create(&f->lab, &world, "item-1", "item", "u", facts, actor, &outcome, &err), 0);
  assert_null(outcome.refusals);
  world.today = today;
  bf__key_make(&f->lab, &f->marks, &world, key);
  ret[0] = key->sum[0];
  ret[1] = key->sum[1];
  free(key);
  json_decref(facts);
  json_decref(actor);
  bf__outcome_done(&outcome);
  bf__world_done(&world);
}

static bool alike(struct fixture *f, json_int_t a, int32_t day_a, json_int_t b, int32_t day_b) {
  uint64_t one[2], two[2];
  key_of(f, a, day_a, one);
  key_of(f, b, day_b, two);
  return one[0] == two[0] && one[1] == two[1];
}

static void test_alike(void **state) {
  (void)state;
  struct fixture f;
  open_fixture(&f);
  assert_true(alike(&f, 20000, 19000, 20000, 19000));
  assert_true(alike(&f, 20000, 19000, 49999, 19000));  /* both below the threshold */
  assert_false(alike(&f, 49999, 19000, 50000, 19000)); /* on it */
  assert_false(alike(&f, 50000, 19000, 50001, 19000)); /* above it */
  assert_true(alike(&f, 50001, 19000, 99999, 19000));
  assert_true(alike(&f, 20000, 19003, 20000, 19010));  /* both within the limit */
  assert_false(alike(&f, 20000, 19003, 20000, 19100)); /* past it */
  close_fixture(&f);
}

static void test_inputs(void **state) {
  (void)state;
  struct fixture f;
  open_fixture(&f);
  struct bf__world world = {.today = 19000, .entries = json_object()};
  struct bf__inputs in = {.lab = &f.lab, .marks = &f.marks, .world = &world};
  const json_t *form = json_object_get(json_object_get(bf__view_kind(f.lab.view, "item"), "create"), "form");
  json_t *least = bf__inputs_least(&in, form), *all = bf__inputs_vary(&in, form, least, NULL), *one;
  bool at = false, below = false, above = false;
  size_t i;
  assert_int_equal(json_integer_value(json_object_get(least, "total")), 20000);
  json_array_foreach(all, i, one) {
    json_int_t total = json_integer_value(json_object_get(one, "total"));
    at |= total == 50000;
    below |= total == 49999;
    above |= total == 50001;
  }
  assert_true(at && below && above);
  json_decref(least);
  json_decref(all);
  json_decref(world.entries);
  close_fixture(&f);
}

static json_t *proof_of(struct bf__ruleset *set) {
  struct bf_error err = {0};
  struct bf__prove_options options = {.seconds = 20};
  json_t *proof = NULL;
  assert_int_equal(bf__prove(set, &options, NULL, NULL, &proof, &err), 0);
  bf__ruleset_unref(set);
  return proof;
}

static void test_passes(void **state) {
  (void)state;
  json_t *proof = proof_of(set_of(NULL, NULL));
  assert_true(json_is_true(json_object_get(proof, "ok")));
  const json_t *kind = json_object_get(json_object_get(json_array_get(json_object_get(proof, "views"), 0), "kinds"), "item");
  assert_true(json_is_true(json_object_get(kind, "complete"))); /* so small a world is lived through to its end */
  assert_int_equal(json_array_size(json_object_get(kind, "never_taken")), 0);
  json_decref(proof);
}

/* The guard asks from another amount on: the shortest story is two steps long, and what did not matter is not in it. */
static void test_shortest(void **state) {
  (void)state;
  json_t *proof = proof_of(set_of("check_from = 50000", "check_from = 90000"));
  assert_false(json_is_true(json_object_get(proof, "ok")));
  const json_t *crossed = json_array_get(json_object_get(proof, "crossed"), 0);
  assert_string_equal(json_string_value(json_object_get(crossed, "name")), "checked_first");
  assert_int_equal(json_array_size(json_object_get(crossed, "story")), 2);
  assert_non_null(strstr(json_string_value(json_object_get(crossed, "law_case")), "crosses = \"checked_first\""));
  json_decref(proof);
}

static void test_view_hash(void **state) {
  (void)state;
  struct bf_error err = {0};
  struct bf__ruleset *one = set_of(NULL, NULL), *other = set_of("check_from = 50000", "check_from = 60000");
  json_t *a = NULL, *b = NULL, *c = NULL;
  assert_int_equal(bf__prove_views(one, &a, &err), 0);
  assert_int_equal(bf__prove_views(one, &b, &err), 0);
  assert_int_equal(bf__prove_views(other, &c, &err), 0);
  assert_true(json_equal(a, b));
  assert_false(json_equal(a, c));
  json_decref(a);
  json_decref(b);
  json_decref(c);
  bf__ruleset_unref(one);
  bf__ruleset_unref(other);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_alike), cmocka_unit_test(test_inputs), cmocka_unit_test(test_passes),
                                     cmocka_unit_test(test_shortest), cmocka_unit_test(test_view_hash)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
