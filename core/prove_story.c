/* A tale told as people read it, and written as a law case that lives it again. */
#include <stdlib.h>
#include <string.h>

#include "prove.h"
#include "prove_world.h"

static const char *text(const json_t *object, const char *name) {
  const char *value = json_string_value(json_object_get(object, name));
  return value ? value : "";
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "prove", "no memory");
}

/* The story ---------------------------------------------------------------------------------------------------------------------
 */

static json_t *both(const char *zh, const char *en) {
  return json_pack("{ss ss}", "zh", zh, "en", en);
}

static json_t *who_of(const struct bf__lab *lab, const json_t *told, const json_t *step, bool follows) {
  const char *role = json_string_value(json_array_get(json_object_get(json_object_get(told, "actor"), "roles"), 0));
  const json_t *title = role ? bf__view_role(lab->view, role) : NULL;
  char zh[200], en[200];
  if (strcmp(text(told, "what"), "due") == 0) return both("期限", "Deadline");
  if (follows) return both("随之", "So");
  (void)snprintf(zh, sizeof zh, "%s%s", title ? text(title, "zh") : text(step, "by"),
                 json_is_true(json_object_get(step, "own")) ? "(申请单位自己的人)" : "");
  (void)snprintf(en, sizeof en, "%s%s", title ? text(title, "en") : text(step, "by"),
                 json_is_true(json_object_get(step, "own")) ? " (the applicant's own people)" : "");
  return both(zh, en);
}

static void title_of(const struct bf__lab *lab, const json_t *told, char *zh, char *en, size_t size) {
  const json_t *stage = bf__view_stage(lab->view, text(told, "stage")), *title = NULL;
  const char *what = text(told, "what");
  if (strcmp(what, "create") == 0) {
    title = json_object_get(json_object_get(bf__view_kind(lab->view, text(told, "kind")), "create"), "title");
    (void)snprintf(zh, size, "%s", *text(title, "zh") ? text(title, "zh") : text(told, "kind"));
    (void)snprintf(en, size, "%s", *text(title, "en") ? text(title, "en") : text(told, "kind"));
    return;
  }
  bool due = strcmp(what, "due") == 0;
  title = due ? json_object_get(json_object_get(json_object_get(stage, "deadlines"), text(told, "deadline")), "title")
              : json_object_get(bf__view_action(lab->view, text(told, "stage"), text(told, "action")), "title");
  const json_t *of = json_object_get(stage, "title");
  (void)snprintf(zh, size, "%s:%s%s", text(of, "zh"), text(title, "zh"), due ? "(届满)" : "");
  (void)snprintf(en, size, "%s: %s%s", text(of, "en"), text(title, "en"), due ? " (over)" : "");
}

static json_t *line_of(const struct bf__lab *lab, const json_t *told, const json_t *step, bool follows) {
  char zh[400], en[400];
  title_of(lab, told, zh, en, sizeof zh);
  const json_t *input = json_object_get(told, "input");
  return json_pack("{sO sO so ss ss ss* ss* ss* sO*}", "date", json_object_get(told, "date"), "case",
                   json_object_get(told, "case"), "who", who_of(lab, told, step, follows), "zh", zh, "en", en, "stage",
                   json_string_value(json_object_get(told, "stage")), "action",
                   json_string_value(json_object_get(told, "action")), "deadline",
                   json_string_value(json_object_get(told, "deadline")), "input", json_object_size(input) ? input : NULL);
}

static json_t *papers_line(const struct bf__lab *lab, const json_t *step) {
  char zh[600] = "上传材料:", en[600] = "Papers: ";
  size_t i, z = strlen(zh), e = strlen(en);
  json_t *name;
  json_array_foreach(json_object_get(step, "papers"), i, name) {
    const json_t *paper = json_object_get(json_object_get(lab->view, "papers"), json_string_value(name));
    int more = snprintf(zh + z, sizeof zh - z, "%s%s", i ? "、" : "", text(paper, "zh"));
    if (more > 0 && z + (size_t)more < sizeof zh) z += (size_t)more;
    more = snprintf(en + e, sizeof en - e, "%s%s", i ? ", " : "", text(paper, "en"));
    if (more > 0 && e + (size_t)more < sizeof en) e += (size_t)more;
  }
  return json_pack("{sO sO so ss ss sO}", "date", json_object_get(step, "date"), "case", json_object_get(step, "case"), "who",
                   both("", ""), "zh", zh, "en", en, "papers", json_object_get(step, "papers"));
}

static json_t *stuck_line(const struct bf__lab *lab, const json_t *step) {
  const json_t *title = json_object_get(bf__view_stage(lab->view, text(step, "stage")), "title");
  char zh[300], en[300];
  (void)snprintf(zh, sizeof zh, "“%s”里谁也办不了什么,前面也没有期限", text(title, "zh"));
  (void)snprintf(en, sizeof en, "Nobody can do anything in “%s”, and no day lies ahead", text(title, "en"));
  return json_pack("{sO sO so ss ss}", "date", json_object_get(step, "date"), "case", json_object_get(step, "case"), "who",
                   both("", ""), "zh", zh, "en", en);
}

static int story_of(struct bf__lab *lab, const json_t *tale, const json_t *entries, json_t *story, struct bf_error *err) {
  struct bf__world world = {.entries = entries ? json_deep_copy(entries) : json_object()};
  const char *on = text(json_array_get(tale, 0), "date");
  size_t i, k;
  json_t *step, *told;
  int r = world.entries ? 0 : no_memory(err);
  (void)bf__date_parse(on, strlen(on), &world.today);
  json_array_foreach(tale, i, step) {
    struct bf__outcome outcome = {.told = json_array()};
    json_t *one = json_pack("[O]", step);
    size_t count;
    if (r >= 0) r = bf__tale_live(lab, one, &world, &outcome, &count, err);
    if (strcmp(text(step, "what"), "stuck") == 0) (void)json_array_append_new(story, stuck_line(lab, step));
    if (strcmp(text(step, "what"), "papers") == 0) (void)json_array_append_new(story, papers_line(lab, step));
    bool own = false; /* what the step itself does comes after what fell due on the way, and before what follows from it */
    json_array_foreach(outcome.told, k, told) {
      (void)json_array_append_new(story, line_of(lab, told, step, own));
      own |= strcmp(text(told, "what"), "due") != 0;
    }
    json_decref(outcome.told);
    bf__outcome_done(&outcome);
    json_decref(one);
  }
  bf__world_done(&world);
  return r;
}

/* The law case
 * --------------------------------------------------------------------------------------------------------------------
 */

struct paper {
  char *text;
  size_t length, room;
  bool failed;
};

static void put(struct paper *paper, const char *more) {
  size_t length = strlen(more);
  if (paper->length + length + 1 > paper->room) {
    size_t room = (paper->length + length + 1) * 2;
    char *grown = paper->failed ? NULL : realloc(paper->text, room);
    if (!grown) {
      paper->failed = true;
      return;
    }
    paper->text = grown;
    paper->room = room;
  }
  memcpy(paper->text + paper->length, more, length + 1);
  paper->length += length;
}

static void put_text(struct paper *paper, const char *value) {
  char one[2] = "";
  put(paper, "\"");
  for (; *value; value++) {
    if (*value == '"' || *value == '\\') put(paper, "\\");
    one[0] = *value;
    put(paper, *value == '\n' ? "\\n" : one);
  }
  put(paper, "\"");
}

static bool is_name(const char *key) {
  static const char *const taken[] = {"and",      "break",  "do",   "else", "elseif", "end",  "false", "for",
                                      "function", "goto",   "if",   "in",   "local",  "nil",  "not",   "or",
                                      "repeat",   "return", "then", "true", "until",  "while"};
  for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
    if (strcmp(taken[i], key) == 0) return false;
  size_t letters = strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
  return letters && !key[letters] && !(*key >= '0' && *key <= '9');
}

static void put_value(struct paper *paper, const json_t *value) {
  char number[32];
  const char *key;
  json_t *inner;
  size_t i;
  bool first = true;
  switch (json_typeof(value)) {
  case JSON_STRING:
    put_text(paper, json_string_value(value));
    return;
  case JSON_INTEGER:
    (void)snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
    put(paper, number);
    return;
  case JSON_TRUE:
  case JSON_FALSE:
    put(paper, json_is_true(value) ? "true" : "false");
    return;
  case JSON_OBJECT:
  case JSON_ARRAY:
    put(paper, "{");
    json_object_foreach((json_t *)(uintptr_t)value, key, inner) {
      put(paper, first ? " " : ", ");
      if (!is_name(key)) put(paper, "[");
      if (is_name(key))
        put(paper, key);
      else
        put_text(paper, key);
      put(paper, is_name(key) ? " = " : "] = ");
      put_value(paper, inner);
      first = false;
    }
    json_array_foreach(value, i, inner) {
      put(paper, i ? ", " : " ");
      put_value(paper, inner);
    }
    put(paper, " }");
    return;
  default:
    put(paper, "nil");
  }
}

static void put_pair(struct paper *paper, const char *name, const json_t *value) {
  if (!value) return;
  put(paper, ", ");
  put(paper, name);
  put(paper, " = ");
  put_value(paper, value);
}

static void put_step(struct paper *paper, const json_t *step) {
  const char *what = text(step, "what");
  char act[220];
  put(paper, "      { on = ");
  put_text(paper, text(step, "date"));
  if (strcmp(what, "wait") != 0) put_pair(paper, "case", json_object_get(step, "case"));
  if (strcmp(what, "create") == 0) {
    put_pair(paper, "by", json_object_get(step, "by"));
    put_pair(paper, "create", json_object_get(step, "kind"));
    put_pair(paper, "unit", json_object_get(step, "unit"));
    put_pair(paper, "facts", json_object_get(step, "facts"));
  } else if (strcmp(what, "act") == 0) {
    put_pair(paper, "by", json_object_get(step, "by"));
    (void)snprintf(act, sizeof act, ", act = \"%s.%s\"", text(step, "stage"), text(step, "action"));
    put(paper, act);
    put_pair(paper, "own", json_object_get(step, "own"));
    if (json_object_size(json_object_get(step, "input"))) put_pair(paper, "input", json_object_get(step, "input"));
  } else if (strcmp(what, "stuck") == 0) {
    put_pair(paper, "stuck", json_object_get(step, "stage"));
  } else {
    put_pair(paper, "papers", json_object_get(step, "papers"));
  }
  put(paper, " },\n");
}

static char *law_of(const struct bf__lab *lab, const json_t *tale, const json_t *crossed) {
  struct paper paper = {0};
  char head[900];
  size_t i;
  json_t *step;
  put(&paper, "-- 越过红线的经过 · how a red line was crossed\n-- luacheck: read globals law\nreturn law {\n  { name = ");
  put_text(&paper, text(crossed, "zh"));
  (void)snprintf(head, sizeof head,
                 ", article = %lld, sort = \"refusal\",\n    given = { world = true, jurisdiction = \"%s\" },\n    steps = {\n",
                 (long long)json_integer_value(json_object_get(crossed, "article")), lab->jurisdiction);
  put(&paper, head);
  json_array_foreach(tale, i, step) put_step(&paper, step);
  put(&paper, "    },\n    expect = { crosses = ");
  put_text(&paper, text(crossed, "name"));
  put(&paper, " } },\n}\n");
  if (!paper.failed) return paper.text;
  free(paper.text);
  return NULL;
}

int bf__prove_tell(struct bf__lab *lab, const json_t *tale, const json_t *entries, json_t *crossed, struct bf_error *err) {
  json_t *story = json_array();
  int r = story ? story_of(lab, tale, entries, story, err) : no_memory(err);
  char *law = r >= 0 ? law_of(lab, tale, crossed) : NULL;
  if (r >= 0 &&
      (!law || json_object_set(crossed, "story", story) < 0 || json_object_set_new(crossed, "law_case", json_string(law)) < 0))
    r = no_memory(err);
  free(law);
  json_decref(story);
  return r;
}
