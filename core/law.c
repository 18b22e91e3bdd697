#include "law.h"

#include <stdlib.h>
#include <string.h>

#include "deadline.h"
#include "form.h"
#include "law_world.h"
#include "state.h"

#define WHY 700

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "law", "no memory");
}

/* One story being lived. */
struct story {
  struct bf__rules *rules;
  const struct bf__calendar *calendar;
  const json_t *view, *others, *entries, *seed;
  json_t *state, *told, *acts, *refusals; /* what the last step was refused with */
  int32_t today;
  char why[WHY]; /* the first thing that is not as expected */
};

BF_PRINTF(2, 3)
static void wrong(struct story *story, const char *format, ...) {
  va_list args;
  if (*story->why) return;
  va_start(args, format);
  (void)vsnprintf(story->why, sizeof story->why, format, args);
  va_end(args);
}

static bool date_at(struct story *story, const json_t *value, const char *what, int32_t *ret) {
  if (json_is_string(value) && bf__date_parse(json_string_value(value), json_string_length(value), ret) == 0) return true;
  wrong(story, "%s: a date \"YYYY-MM-DD\" is due", what);
  return false;
}

static json_t *now_of(const struct story *story, const char *role) {
  char date[BF__DATE_TEXT];
  bf__date_format(story->today, date);
  return json_pack("{ss sO* sO* sO* s{ss ss ss s[s]}}", "date", date, "cases", story->others, "entries", story->entries, "seed",
                   story->seed, "actor", "user", "law", "name", "law", "org", role ? role : "system", "roles",
                   role ? role : "system");
}

/* Notes who was told and what was asked of other cases. */
static void note(struct story *story, const json_t *effects) {
  size_t i, k;
  json_t *effect, *to;
  json_array_foreach(effects, i, effect) {
    const char *what = text(effect, "do");
    if (what && strcmp(what, "notify") == 0)
      json_array_foreach(json_object_get(effect, "to"), k, to)(void)
          json_object_set_new(story->told, json_string_value(to), json_true());
    if (what &&
        (strcmp(what, "act") == 0 || strcmp(what, "create") == 0 || strcmp(what, "add") == 0 || strcmp(what, "change") == 0))
      (void)json_array_append(story->acts, effect);
  }
}

static int carry(struct story *story, const char *entry, json_t *args, struct bf_error *err) {
  char date[BF__DATE_TEXT];
  json_t *said = NULL;
  int r = bf__rules_call(story->rules, entry, args, &said, err);
  if (r < 0) return r;
  bf__date_format(story->today, date);
  json_t *refusals = json_object_get(said, "refusals"), *effects = json_object_get(said, "effects");
  if (json_array_size(refusals))
    story->refusals = json_incref(refusals);
  else {
    r = bf__state_apply(story->view, story->state, effects, date, err);
    note(story, effects);
  }
  json_decref(said);
  return r;
}

/* Whom RUNG tells: the deadline's own, or those of an escalation ("superior" as itself). */
static void note_rung(struct story *story, const json_t *spec, const char *rung) {
  const json_t *up = *rung == 'u' ? json_array_get(json_object_get(spec, "escalate"), (size_t)strtoul(rung + 2, NULL, 10)) : spec;
  const json_t *tell = json_object_get(up, "tell");
  json_t *role;
  size_t i;
  if (json_is_string(tell)) (void)json_object_set_new(story->told, json_string_value(tell), json_true());
  json_array_foreach(tell, i, role)(void) json_object_set_new(story->told, json_string_value(role), json_true());
}

/* Lets time pass up to and including the morning of DATE: deadlines fire on the way, in order. */
static int pass(struct story *story, int32_t date, struct bf_error *err) {
  struct bf__deadline deadlines[BF__DEADLINES_MAX];
  struct bf__rung rungs[BF__RUNGS_MAX];
  int64_t end = bf__date_start_ms(date);
  for (int steps = 0; steps < 2000; steps++) {
    int alive = bf__deadlines(story->view, story->calendar, story->state, story->today, deadlines, BF__DEADLINES_MAX);
    int count = bf__rungs(story->calendar, story->state, deadlines, alive, rungs, BF__RUNGS_MAX);
    if (count == 0 || rungs[0].at > end) break;
    char due[BF__DATE_TEXT];
    const json_t *spec =
        json_object_get(json_object_get(bf__view_stage(story->view, rungs[0].stage), "deadlines"), rungs[0].name);
    if (bf__date_of_ms(rungs[0].at) > story->today) story->today = bf__date_of_ms(rungs[0].at);
    bf__date_format(rungs[0].due, due);
    if (bf__state_fired(story->state, rungs[0].stage, rungs[0].name, due, rungs[0].rung) < 0) return no_memory(err);
    note_rung(story, spec, rungs[0].rung);
    if (strcmp(rungs[0].rung, "due") == 0 && json_object_get(spec, "on_due")) {
      int r = carry(story, "due", json_pack("[O s s o]", story->state, rungs[0].stage, rungs[0].name, now_of(story, NULL)), err);
      if (r < 0) return r;
    }
  }
  if (date > story->today) story->today = date;
  return 0;
}

static bool role_may(const json_t *by, const char *role) {
  size_t i;
  json_t *one;
  if (json_is_string(by)) return strcmp(json_string_value(by), role) == 0;
  json_array_foreach(by, i, one) if (strcmp(json_string_value(one), role) == 0) return true;
  return false;
}

static void refuse(struct story *story, const char *code, const char *en) {
  story->refusals = json_pack("[{ss ss ss}]", "code", code, "zh", en, "en", en);
}

/* "stage.action" by ROLE, as the engine would take it. */
static int act(struct story *story, const char *role, const char *what, const json_t *input, struct bf_error *err) {
  char stage[100], action[100];
  const char *dot = strchr(what, '.');
  if (!dot || (size_t)(dot - what) >= sizeof stage || strlen(dot + 1) >= sizeof action) {
    wrong(story, "'%s': a step is { date, \"role\", \"stage.action\", { input } }", what);
    return 0;
  }
  (void)snprintf(stage, sizeof stage, "%.*s", (int)(dot - what), what);
  (void)snprintf(action, sizeof action, "%s", dot + 1);
  const json_t *declared = bf__view_action(story->view, stage, action), *form = json_object_get(declared, "form");
  if (!declared) {
    wrong(story, "there is no action '%s'", what);
    return 0;
  }
  json_t *own = json_is_object(input) ? json_deep_copy(input) : json_object(), *faults = json_array(), *empty = json_array();
  int r = own && faults && empty ? 0 : no_memory(err);
  if (r >= 0 && !role_may(json_object_get(declared, "by"), role))
    refuse(story, "role", "this is for another role");
  else if (r >= 0 && !bf__state_is_open(story->state, stage))
    refuse(story, "stage.closed", "the stage is not open");
  else if (r >= 0) {
    r = bf__form_check(json_is_array(form) ? form : empty, own, 0, faults);
    if (r >= 0 && json_array_size(faults))
      story->refusals = json_incref(faults);
    else if (r >= 0) {
      r = carry(story, "decide", json_pack("[O s s O o]", story->state, stage, action, own, now_of(story, role)), err);
      if (r >= 0 && !story->refusals) (void)bf__state_did(story->state, stage, action);
    }
  }
  json_decref(own);
  json_decref(faults);
  json_decref(empty);
  return r;
}

static void add_papers(struct story *story, const json_t *papers) {
  size_t i;
  json_t *paper, *documents = json_object_get(story->state, "documents");
  char date[BF__DATE_TEXT];
  bf__date_format(story->today, date);
  json_array_foreach(papers, i, paper) {
    if (!json_object_get(json_object_get(story->view, "papers"), json_string_value(paper)))
      wrong(story, "there is no paper '%s'", json_string_value(paper));
    (void)json_array_append_new(documents, json_pack("{sI sO sO ss}", "id", (json_int_t)json_array_size(documents) + 1, "kind",
                                                     paper, "name", paper, "at", date));
  }
}

/* The case as GIVEN says: facts as they stand, stages open since that day. */
static int begin(struct story *story, const json_t *given, struct bf_error *err) {
  const char *kind = text(given, "kind"), *place = text(given, "jurisdiction"), *unit = text(given, "unit");
  char date[BF__DATE_TEXT];
  const json_t *facts = json_object_get(given, "facts"), *open = json_object_get(given, "open");
  json_t *opens = json_array(), *stage;
  size_t i;
  if (!kind || !bf__view_kind(story->view, kind)) {
    wrong(story, "given.kind: '%s' is no kind of case", kind ? kind : "");
    json_decref(opens);
    return 0;
  }
  if (!date_at(story, json_object_get(given, "on"), "given.on", &story->today)) {
    json_decref(opens);
    return 0;
  }
  bf__date_format(story->today, date);
  json_t *none = json_object();
  story->state = bf__state_new("law-case", 1, kind, place ? place : "", unit ? unit : "law-unit",
                               json_is_object(facts) ? facts : none, date);
  json_decref(none);
  if (!story->state || !opens) {
    json_decref(opens);
    return no_memory(err);
  }
  if (json_is_string(open)) (void)json_array_append_new(opens, json_pack("{ss sO}", "do", "open", "stage", open));
  json_array_foreach(open, i, stage)(void) json_array_append_new(opens, json_pack("{ss sO}", "do", "open", "stage", stage));
  struct bf_error detail = {0};
  int r = bf__state_apply(story->view, story->state, opens, date, &detail);
  json_decref(opens);
  if (r < 0) wrong(story, "given.open: %s", detail.message);
  const char *fact;
  json_t *value;
  json_object_foreach((json_t *)(uintptr_t)facts, fact, value) {
    if (!json_object_get(bf__view_facts(story->view, kind), fact)) wrong(story, "given.facts: there is no fact '%s'", fact);
  }
  add_papers(story, json_object_get(given, "papers"));
  if (json_is_true(json_object_get(given, "create")))
    return carry(story, "create", json_pack("[O o]", story->state, now_of(story, text(given, "by"))), err);
  return 0;
}

static int steps(struct story *story, const json_t *all, struct bf_error *err) {
  size_t i;
  json_t *step;
  int r = 0;
  json_array_foreach(all, i, step) {
    int32_t date;
    const char *role = json_string_value(json_array_get(step, 1)), *what = json_string_value(json_array_get(step, 2));
    const json_t *input = json_array_get(step, 3);
    if (r < 0 || *story->why) return r;
    if (story->refusals) {
      wrong(story, "step %zu was refused: %s", i, text(json_array_get(story->refusals, 0), "en"));
      return 0;
    }
    if (!role || !what || !date_at(story, json_array_get(step, 0), "step", &date)) {
      wrong(story, "step %zu: { \"date\", \"role\", \"stage.action\", { input } } is due", i + 1);
      return 0;
    }
    r = pass(story, date, err);
    if (r < 0) return r;
    if (strcmp(what, "papers") == 0)
      add_papers(story, input);
    else
      r = act(story, role, what, input, err);
  }
  return r;
}

/* Expectations ------------------------------------------------------------------------------------------------------------------
 */

static bool same_words(const json_t *list, const char *word) {
  size_t i;
  json_t *one;
  if (json_is_string(list)) return strcmp(json_string_value(list), word) == 0;
  json_array_foreach(list, i, one) if (strcmp(json_string_value(one), word) == 0) return true;
  return false;
}

static void each_stage(struct story *story, const json_t *names, bool open) {
  size_t i;
  json_t *list = json_is_string(names) ? json_pack("[O]", names) : json_incref((json_t *)(uintptr_t)names), *one;
  json_array_foreach(list, i, one) if (bf__state_is_open(story->state, json_string_value(one)) != open)
      wrong(story, "stage %s should be %s", json_string_value(one), open ? "open" : "closed");
  json_decref(list);
}

static void check_due(struct story *story, const json_t *due) {
  struct bf__deadline deadlines[BF__DEADLINES_MAX];
  const char *name;
  json_t *want;
  int count = bf__deadlines(story->view, story->calendar, story->state, story->today, deadlines, BF__DEADLINES_MAX);
  json_object_foreach((json_t *)(uintptr_t)due, name, want) {
    char found[BF__DATE_TEXT] = "none", key[200];
    for (int i = 0; i < count; i++) {
      (void)snprintf(key, sizeof key, "%s.%s", deadlines[i].stage, deadlines[i].name);
      if (strcmp(key, name) != 0) continue;
      if (deadlines[i].due == INT32_MAX)
        (void)snprintf(found, sizeof found, "paused");
      else
        bf__date_format(deadlines[i].due, found);
    }
    if (!json_is_string(want) || strcmp(json_string_value(want), found) != 0)
      wrong(story, "%s falls due on %s, not %s", name, found, json_string_value(want) ? json_string_value(want) : "?");
  }
}

static void check_refused(struct story *story, const json_t *want) {
  size_t i;
  json_t *one;
  bool found = false;
  if (!want && story->refusals) wrong(story, "the last step was refused: %s", text(json_array_get(story->refusals, 0), "en"));
  if (want && !story->refusals) wrong(story, "the last step should have been refused");
  if (!want || !story->refusals) return;
  json_array_foreach(story->refusals, i, one) {
    const json_t *article = json_object_get(want, "article");
    const char *code = text(want, "code"), *own = text(one, "code");
    if ((!article || json_equal(article, json_object_get(one, "article"))) && (!code || (own && strcmp(own, code) == 0)))
      found = true;
  }
  if (!found) {
    char *said = json_dumps(story->refusals, JSON_COMPACT);
    wrong(story, "refused otherwise than expected: %.500s", said ? said : "");
    free(said);
  }
}

static int check_may(struct story *story, const json_t *expect, struct bf_error *err) {
  json_t *said = NULL, *one;
  const json_t *may = json_object_get(expect, "may"), *may_not = json_object_get(expect, "may_not");
  size_t i, k;
  if (!may && !may_not) return 0;
  int r = bf__rules_call(story->rules, "actions", json_pack("[O o]", story->state, now_of(story, NULL)), &said, err);
  for (int side = 0; r >= 0 && side < 2; side++) {
    const json_t *names = side ? may_not : may;
    json_t *list = json_is_string(names) ? json_pack("[O]", names)
                   : names               ? json_incref((json_t *)(uintptr_t)names)
                                         : json_array(),
           *name;
    json_array_foreach(list, i, name) {
      bool allowed = false;
      json_array_foreach(said, k, one) {
        char key[200];
        (void)snprintf(key, sizeof key, "%s.%s", text(one, "stage"), text(one, "action"));
        if (strcmp(key, json_string_value(name)) == 0) allowed = json_array_size(json_object_get(one, "refusals")) == 0;
      }
      if (allowed == (side == 1)) wrong(story, "%s should be %s", json_string_value(name), side ? "blocked" : "possible");
    }
    json_decref(list);
  }
  json_decref(said);
  return r;
}

/* What was asked of others: "stage.action" of a case, a register that got or changed an entry, a kind of case that was opened. */
static void check_asked(struct story *story, const json_t *expect, const char *part, const char *what) {
  const json_t *names = json_object_get(expect, part);
  json_t *list = json_is_string(names) ? json_pack("[O]", names) : json_incref((json_t *)(uintptr_t)names), *value, *asked;
  size_t i, k;
  json_array_foreach(list, i, value) {
    bool found = false;
    json_array_foreach(story->acts, k, asked) {
      char key[200];
      const char *name = text(asked, strcmp(what, "create") == 0 ? "kind" : "register");
      if (strcmp(what, text(asked, "do")) != 0) continue;
      if (strcmp(what, "act") == 0)
        (void)snprintf(key, sizeof key, "%s.%s", text(asked, "stage") ? text(asked, "stage") : "",
                       text(asked, "action") ? text(asked, "action") : "");
      else
        (void)snprintf(key, sizeof key, "%s", name ? name : "");
      found |= strcmp(key, json_string_value(value)) == 0;
    }
    if (!found) wrong(story, "%s: nothing was asked of %s", part, json_string_value(value));
  }
  json_decref(list);
}

static int check(struct story *story, const json_t *expect, struct bf_error *err) {
  static const char *const known[] = {"open",  "closed", "due",     "facts", "absent", "refused", "told",   "not_told",
                                      "ended", "may",    "may_not", "acts",  "adds",   "changes", "creates"};
  const char *name;
  json_t *value;
  size_t i;
  json_object_foreach((json_t *)(uintptr_t)expect, name, value) {
    bool there = false;
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) there |= strcmp(known[k], name) == 0;
    const char *near = bf__nearest(name, known, sizeof known / sizeof *known);
    if (!there) wrong(story, "expect.%s is not known%s%s", name, near ? ", did you mean " : "", near ? near : "");
  }
  check_refused(story, json_object_get(expect, "refused"));
  if (*story->why || !story->state) return 0;
  each_stage(story, json_object_get(expect, "open"), true);
  each_stage(story, json_object_get(expect, "closed"), false);
  if (json_object_get(expect, "due")) check_due(story, json_object_get(expect, "due"));
  json_object_foreach(json_object_get(expect, "facts"), name, value) {
    const json_t *found = json_object_get(json_object_get(story->state, "facts"), name);
    bool both_empty = found && json_is_array(found) && json_array_size(found) == 0 && json_is_object(value) &&
                      json_object_size(value) == 0; /* {} in Lua */
    if (!found || (!both_empty && !json_equal(found, value))) {
      char *is = found ? json_dumps(found, JSON_COMPACT | JSON_ENCODE_ANY) : NULL,
           *want = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
      wrong(story, "fact %s is %.200s, not %.200s", name, is ? is : "not set", want ? want : "?");
      free(is);
      free(want);
    }
  }
  json_array_foreach(json_object_get(expect, "absent"), i,
                     value) if (json_object_get(json_object_get(story->state, "facts"), json_string_value(value)))
      wrong(story, "fact %s should not be set", json_string_value(value));
  const json_t *told = json_object_get(expect, "told"), *not_told = json_object_get(expect, "not_told"),
               *ended = json_object_get(expect, "ended");
  if (json_is_string(told) && !json_object_get(story->told, json_string_value(told)))
    wrong(story, "%s was not told", json_string_value(told));
  json_array_foreach(told, i, value) if (!json_object_get(story->told, json_string_value(value)))
      wrong(story, "%s was not told", json_string_value(value));
  json_object_foreach(story->told, name, value) if (same_words(not_told, name)) wrong(story, "%s was told", name);
  if (ended && !json_equal(ended, json_object_get(story->state, "outcome")))
    wrong(story, "the case should have ended as '%s'", json_string_value(ended) ? json_string_value(ended) : "?");
  check_asked(story, expect, "acts", "act");
  check_asked(story, expect, "adds", "add");
  check_asked(story, expect, "changes", "change");
  check_asked(story, expect, "creates", "create");
  return check_may(story, expect, err);
}

static int live(struct bf__rules *rules, const json_t *one, json_t *ret_line, struct bf_error *err) {
  const json_t *given = json_object_get(one, "given"), *expect = json_object_get(one, "expect"),
               *others = json_object_get(given, "others");
  const struct bf__ruleset *set = bf__rules_set(rules);
  struct story story = {.rules = rules,
                        .calendar = set->calendar,
                        .view = bf__ruleset_view(set, text(given, "jurisdiction")),
                        .told = json_object(),
                        .acts = json_array(),
                        .others = others};
  json_t *none = json_object();
  struct bf_error detail = {0};
  int r = story.told && story.acts && none ? 0 : no_memory(err);
  if (!others) story.others = none;
  story.entries = json_object_get(given, "entries");
  story.seed = json_object_get(given, "seed");
  if (json_object_size(expect) == 0) wrong(&story, "it expects nothing, so it tests nothing");
  bool world = json_is_true(json_object_get(given, "world"));
  if (world && r >= 0 && !*story.why) r = bf__law_world(rules, one, story.why, sizeof story.why, &detail);
  if (!world && r >= 0 && !*story.why) r = begin(&story, given, &detail);
  if (!world && r >= 0 && !*story.why) r = steps(&story, json_object_get(one, "steps"), &detail);
  int32_t until;
  if (!world && r >= 0 && !*story.why && json_object_get(one, "until") &&
      date_at(&story, json_object_get(one, "until"), "until", &until))
    r = pass(&story, until, &detail);
  if (!world && r >= 0 && !*story.why) r = check(&story, expect, &detail);
  if (r < 0 && r != BF_ENOMEM) { /* a script that fails is a law case that fails */
    wrong(&story, "%s: %s", detail.where, detail.message);
    r = 0;
  }
  (void)json_object_set_new(ret_line, "ok", json_boolean(!*story.why));
  if (*story.why) {
    json_t *words = json_string(story.why);
    (void)json_object_set_new(ret_line, "why", words ? words : json_string("not as expected"));
  }
  json_decref(story.state);
  json_decref(story.told);
  json_decref(story.acts);
  json_decref(story.refusals);
  json_decref(none);
  return r;
}

static void count_article(json_t *articles, json_int_t number, const char *sort, bool ok) {
  char key[16];
  (void)snprintf(key, sizeof key, "%lld", (long long)number);
  json_t *entry = json_object_get(articles, key);
  if (!entry) {
    if (json_object_set_new(articles, key, json_object()) < 0) return;
    entry = json_object_get(articles, key);
  }
  const char *column = ok ? sort : "failed";
  (void)json_object_set_new(entry, column, json_integer(json_integer_value(json_object_get(entry, column)) + 1));
}

int bf__law_check(struct bf__ruleset *set, int64_t *ret_count, struct bf_error *err) {
  struct bf__rules *rules = NULL;
  json_t *count = NULL;
  int r = bf__rules_new_with_law(set, false, &rules, err);
  if (r >= 0) r = bf__rules_call(rules, "check_law", json_array(), &count, err);
  if (r >= 0) *ret_count = json_integer_value(count);
  json_decref(count);
  bf__rules_free(rules);
  return r;
}

/* LINE (from 1) of TEXT without the space around it, at most SIZE - 1 bytes, whole characters. */
static void line_text(const char *all, json_int_t line, char *out, size_t size) {
  for (json_int_t i = 1; i < line && *all; all++) i += *all == '\n';
  while (*all == ' ') all++;
  size_t length = strcspn(all, "\r\n");
  if (length >= size) length = size - 1;
  while (length && ((unsigned char)all[length] & 0xC0) == 0x80) length--;
  memcpy(out, all, length);
  out[length] = '\0';
}

/* A line that only closes something holds no decision: the code on it runs only where nothing returned before. */
static bool only_closes(const char *line) {
  while (*line) {
    if (strncmp(line, "end", 3) == 0)
      line += 3;
    else if (strchr(" ,;)}", *line))
      line++;
    else
      return false;
  }
  return true;
}

/* The branches of one file that no law case takes, each with its line; *ALL and *TAKEN are counted up. */
static json_t *untaken(const json_t *branches, const char *script, json_int_t *all, json_int_t *taken) {
  json_t *out = json_array(), *one;
  size_t i;
  json_array_foreach(branches, i, one) {
    char line[200];
    ++*all;
    if (json_is_true(json_object_get(one, "taken"))) {
      ++*taken;
      continue;
    }
    line_text(script, json_integer_value(json_object_get(one, "line")), line, sizeof line);
    (void)json_array_append_new(
        out, json_pack("{sO sO ss}", "line", json_object_get(one, "line"), "kind", json_object_get(one, "kind"), "text", line));
  }
  return out;
}

/* What no law case ran, file by file, without the law cases themselves. */
static json_t *coverage_of(const struct bf__rules *rules) {
  const json_t *files = bf__rules_set(rules)->files;
  json_t *watched = bf__rules_watched(rules), *out = json_array(), *one, *number;
  json_int_t all = 0, all_run = 0, branches = 0, taken = 0;
  const char *path;
  size_t i;
  json_object_foreach(watched, path, one) {
    if (strncmp(path, "law/", 4) == 0 || strstr(path, "/law/")) continue;
    json_t *left = json_array();
    json_int_t run = (json_int_t)json_array_size(json_object_get(one, "run"));
    json_array_foreach(json_object_get(one, "left"), i, number) {
      char line[200];
      line_text(json_string_value(json_object_get(files, path)), json_integer_value(number), line, sizeof line);
      if (!only_closes(line)) (void)json_array_append_new(left, json_pack("{sO ss}", "line", number, "text", line));
    }
    all_run += run;
    all += run + (json_int_t)json_array_size(left);
    json_t *not_taken =
        untaken(json_object_get(one, "branches"), json_string_value(json_object_get(files, path)), &branches, &taken);
    (void)json_array_append_new(out, json_pack("{ss sI sI so so}", "path", path, "lines", run + (json_int_t)json_array_size(left),
                                               "run", run, "left", left, "untaken", not_taken));
  }
  json_decref(watched);
  return json_pack("{sI sI sI sI so}", "lines", all, "run", all_run, "branches", branches, "taken", taken, "files", out);
}

static int run_law(struct bf__ruleset *set, bool covered, json_t **ret_report, struct bf_error *err) {
  struct bf__rules *rules = NULL;
  json_t *law = NULL, *lines = json_array(), *articles, *one;
  int64_t passed = 0, failed = 0;
  size_t i;
  int r = lines ? bf__rules_new_with_law(set, covered, &rules, err) : no_memory(err);
  if (r >= 0) r = bf__rules_call(rules, "law", json_array(), &law, err);
  articles = r >= 0 ? json_deep_copy(json_object_get(law, "articles")) : NULL;
  if (r >= 0 && !json_is_object(articles)) {
    json_decref(articles);
    articles = json_object();
  }
  json_array_foreach(json_object_get(law, "cases"), i, one) {
    if (r < 0) break;
    const char *sort = text(one, "sort");
    json_t *line = json_pack("{sO* sO* ss sO*}", "name", json_object_get(one, "name"), "article", json_object_get(one, "article"),
                             "sort", sort ? sort : "plain", "path", json_object_get(one, "path"));
    r = line ? live(rules, one, line, err) : no_memory(err);
    bool ok = json_is_true(json_object_get(line, "ok"));
    const json_t *article = json_object_get(one, "article");
    size_t k;
    json_t *number;
    if (json_is_integer(article)) count_article(articles, json_integer_value(article), sort ? sort : "plain", ok);
    json_array_foreach(article, k, number) count_article(articles, json_integer_value(number), sort ? sort : "plain", ok);
    if (ok)
      passed++;
    else
      failed++;
    if (json_array_append_new(lines, line) < 0) r = no_memory(err);
  }
  json_t *coverage = r >= 0 && covered ? coverage_of(rules) : NULL;
  json_decref(law);
  bf__rules_free(rules);
  if (r < 0) {
    json_decref(lines);
    json_decref(articles);
    return r;
  }
  *ret_report = json_pack("{sI sI so so so*}", "passed", (json_int_t)passed, "failed", (json_int_t)failed, "cases", lines,
                          "articles", articles, "coverage", coverage);
  return *ret_report ? 0 : no_memory(err);
}

int bf__law_run(struct bf__ruleset *set, json_t **ret_report, struct bf_error *err) {
  return run_law(set, false, ret_report, err);
}
int bf__law_cover(struct bf__ruleset *set, json_t **ret_report, struct bf_error *err) {
  return run_law(set, true, ret_report, err);
}
