/* Official papers of a case, as its rules word them: which there are today, and what one says. Nothing is kept: the same case on
 * the same day says the same. */
#include <string.h>

#include "permit.h"
#include "turn.h"

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "letters", "no memory");
}

/* The case that the reader may see, or NULL with the reading answered. */
static int case_of(struct bf__reading *reading, json_t **ret_state, struct bf_error *err) {
  const char *id = bf__param(reading->params, "id");
  json_t *state = NULL;
  int r = id ? bf__store_case_get(reading->store, id, &state, err) : BF_ENOTFOUND;
  if (r < 0 && r != BF_ENOTFOUND) return r;
  if (state && bf__may_see(reading, state)) {
    *ret_state = state;
    return 0;
  }
  json_decref(state);
  *ret_state = NULL;
  return bf__refuse_read(reading, 404, "case.unknown", "id", "没有这个事项,或者您无权查看",
                         "There is no such case, or you may not see it.");
}

static json_t *name_of(struct bf__reading *reading, const char *org) {
  json_t *names = org ? bf__directory_org(reading->app->directory, org) : NULL;
  json_t *out =
      names ? json_pack("{sO* sO*}", "zh", json_object_get(names, "zh"), "en", json_object_get(names, "en")) : json_object();
  json_decref(names);
  return out;
}

/* The body that issues a letter: the first that holds its role for this case. */
static json_t *issuer(struct bf__reading *reading, const json_t *view, const json_t *state, const char *role) {
  json_t *posts = role ? bf__posts(reading->app->directory, view, role, state) : NULL;
  json_t *out = name_of(reading, json_string_value(json_array_get(posts, 0)));
  json_decref(posts);
  return out;
}

static json_t *now_of(struct bf__reading *reading, const json_t *view, const json_t *state, const char *letter) {
  char date[BF__DATE_TEXT];
  const json_t *declared = json_object_get(json_object_get(view, "letters"), letter ? letter : "");
  bf__date_format(reading->today, date);
  return json_pack("{ss so so}", "date", date, "unit", name_of(reading, text(state, "unit")), "from",
                   issuer(reading, view, state, text(declared, "from")));
}

static int ask(struct bf__reading *reading, const char *entry, const char *letter, json_t **ret, struct bf_error *err) {
  json_t *state;
  struct bf__rules *rules = NULL;
  *ret = NULL;
  int r = case_of(reading, &state, err);
  if (r < 0 || !state) return r;
  r = bf__reign_rules(reading->reign, reading->rules, reading->shelf, state, &rules, err);
  const json_t *view = r >= 0 ? bf__reign_view(reading->reign, state) : NULL;
  json_t *now = r >= 0 ? now_of(reading, view, state, letter) : NULL;
  if (r >= 0 && !now) r = no_memory(err);
  if (r >= 0)
    r = bf__rules_call(rules, entry, letter ? json_pack("[O s O]", state, letter, now) : json_pack("[O O]", state, now), ret,
                       err);
  if (r >= 0 && letter && json_object_size(*ret)) {
    (void)json_object_set(*ret, "case", json_object_get(state, "id"));
    (void)json_object_set(*ret, "from", json_object_get(now, "from"));
    (void)json_object_set(*ret, "unit", json_object_get(now, "unit"));
  }
  json_decref(now);
  json_decref(state);
  return r;
}

static int letters(struct bf__reading *reading, struct bf_error *err) {
  json_t *found;
  int r = ask(reading, "letters", NULL, &found, err);
  if (r < 0 || !found) return r;
  reading->status = 200;
  reading->body = json_pack("{so}", "items", json_is_array(found) ? found : json_array());
  if (!json_is_array(found)) json_decref(found); /* an empty list is an empty table in Lua */
  return reading->body ? 0 : no_memory(err);
}

static int letter(struct bf__reading *reading, struct bf_error *err) {
  const char *name = bf__param(reading->params, "letter");
  json_t *found;
  int r = ask(reading, "letter", name ? name : "", &found, err);
  if (r < 0 || !found) return r;
  if (json_object_size(found) == 0) {
    json_decref(found);
    return bf__refuse_read(reading, 404, "letter.unknown", "letter", "现在没有这份公文可打印:先办理相应的事项",
                           "There is no such paper to print now: take the step that it follows first.");
  }
  reading->status = 200;
  reading->body = found;
  return 0;
}

const struct bf__operation bf__operations_letters[] = {
    {.name = "case.letters", .kind = BF__READ, .access = BF__USER, .read = letters},
    {.name = "case.letter", .kind = BF__READ, .access = BF__USER, .read = letter},
    {.name = NULL},
};
