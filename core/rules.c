/* One thread's running copy of a ruleset: a sandbox with the prelude, the calendar's helpers and all files. */
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "branches.h"
#include "embedded.h"
#include "form.h"
#include "ruleset.h"
#include "sandbox.h"

struct bf__rules {
  struct bf__ruleset *set;
  struct bf__sandbox *sandbox; /* NULL after it was spent, until the next call */
  json_t *description;         /* what `load` said, until taken */
  bool law;                    /* with the files of law cases */
  bool watch;                  /* the lines that are run are noted */
  json_t *spaced;              /* then: { path: [ lines, branches ] } of the texts that run, see branches.h */
};

json_t *bf__rules_take_description(struct bf__rules *rules);
int bf__rules_new_described(struct bf__ruleset *set, struct bf__rules **ret, struct bf_error *err);
void bf__rules_spare(struct bf__rules *rules);
void bf__rules_spare_free(struct bf__rules *rules);

/* host.* for the prelude: each checks its arguments and owns nothing when it raises. ------------------------------------ */

static const struct bf__calendar *calendar_of(lua_State *L) {
  return lua_touserdata(L, lua_upvalueindex(1));
}

static int32_t check_date(lua_State *L, int index) {
  size_t length;
  const char *text = luaL_checklstring(L, index, &length);
  int32_t date;
  if (bf__date_parse(text, length, &date) < 0) return luaL_error(L, "'%s' is no date: \"YYYY-MM-DD\" is due", text);
  return date;
}

static struct bf__period check_period(lua_State *L, int index) {
  lua_Integer count = luaL_checkinteger(L, index);
  const char *unit = luaL_checkstring(L, index + 1);
  struct bf__period period = {.count = 0, .unit = BF__DAYS};
  if (count < 0 || count > 36500) luaL_error(L, "a period of 0 to 36500 is due");
  period.count = (int)count;
  if (strcmp(unit, "workdays") == 0)
    period.unit = BF__WORKDAYS;
  else if (strcmp(unit, "months") == 0)
    period.unit = BF__MONTHS;
  else if (strcmp(unit, "years") == 0)
    period.unit = BF__YEARS;
  else if (strcmp(unit, "days") != 0)
    luaL_error(L, "a period is workdays(n), days(n), months(n) or years(n)");
  return period;
}

static int push_date(lua_State *L, int32_t date) {
  char text[BF__DATE_TEXT];
  bf__date_format(date, text);
  lua_pushstring(L, text);
  return 1;
}

static int host_later(lua_State *L) {
  int32_t date = check_date(L, 1);
  struct bf__period period = check_period(L, 2);
  bool provisional;
  return push_date(L, bf__calendar_add(calendar_of(L), date, period, true, &provisional));
}

static int host_earlier(lua_State *L) {
  int32_t date = check_date(L, 1);
  struct bf__period period = check_period(L, 2);
  return push_date(L, bf__calendar_before(calendar_of(L), date, period));
}

static int host_workdays_between(lua_State *L) {
  int32_t from = check_date(L, 1), to = check_date(L, 2);
  lua_pushinteger(L, bf__calendar_workdays(calendar_of(L), from, to));
  return 1;
}

static int host_is_workday(lua_State *L) {
  lua_pushboolean(L, bf__calendar_works(calendar_of(L), check_date(L, 1)));
  return 1;
}

static int host_sm3(lua_State *L) {
  size_t length;
  unsigned char hash[BF__HASH_BYTES];
  char hex[BF__HASH_HEX];
  const char *text = luaL_checklstring(L, 1, &length);
  if (bf__sm3(text, length, hash) < 0) return luaL_error(L, "SM3 is not available");
  bf__hex(hash, sizeof hash, hex);
  lua_pushstring(L, hex);
  return 1;
}

#define NEAREST_NAMES 256

/* host.nearest(word, {names}) → the name that was probably meant, or nil */
static int host_nearest(lua_State *L) {
  const char *known[NEAREST_NAMES];
  const char *word = luaL_checkstring(L, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  size_t count = 0;
  for (lua_Integer i = 1; count < NEAREST_NAMES; i++) {
    lua_rawgeti(L, 2, i);
    const char *name = lua_tostring(L, -1);
    if (!name) break;
    known[count++] = name; /* kept alive by the table */
    lua_pop(L, 1);
  }
  lua_pushstring(L, bf__nearest(word, known, count));
  return 1;
}

/* Where the ruleset's texts hold a word: so that a fault names the very line, also where only the declaration's is known. */
static const json_t *files_of(lua_State *L) {
  return lua_touserdata(L, lua_upvalueindex(1));
}

static bool in_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* The next place at or after TEXT where WORD stands by itself; NULL when there is none. */
static const char *next_word(const char *start, const char *text, const char *word) {
  size_t length = strlen(word);
  for (const char *at = text; length && (at = strstr(at, word)); at++)
    if (!in_word(at[length]) && (at == start || !in_word(at[-1]) || !in_word(word[0]))) return at;
  return NULL;
}

/* host.line_of("stages/x.lua:12", word) → the place of the first such word from there on, or nil */
static int host_line_of(lua_State *L) {
  const char *place = luaL_checkstring(L, 1), *word = luaL_checkstring(L, 2), *colon = strrchr(place, ':');
  lua_pushlstring(L, place, colon ? (size_t)(colon - place) : strlen(place));
  const char *path = lua_tostring(L, -1), *text = json_string_value(json_object_get(files_of(L), path)), *at = text;
  long line = colon ? strtol(colon + 1, NULL, 10) : 1;
  for (long i = 1; at && i < line; i++) at = (at = strchr(at, '\n')) ? at + 1 : NULL;
  const char *found = at ? next_word(text, at, word) : NULL;
  if (!found) return 0;
  for (const char *c = at; c < found; c++) line += *c == '\n';
  lua_pushfstring(L, "%s:%d", path, (int)line);
  return 1;
}

/* host.mentions(prefix, word) → how often the files whose path begins with PREFIX hold the word */
static int host_mentions(lua_State *L) {
  const char *prefix = luaL_checkstring(L, 1), *word = luaL_checkstring(L, 2), *path;
  lua_Integer count = 0;
  json_t *file;
  json_object_foreach((json_t *)(uintptr_t)files_of(L), path, file) {
    const char *text = json_string_value(file);
    if (strncmp(path, prefix, strlen(prefix)) != 0 || strstr(path, "/law/")) continue;
    for (const char *at = text; (at = next_word(text, at, word)); at++) count++;
  }
  lua_pushinteger(L, count);
  return 1;
}

static int add_text_host(struct bf__sandbox *sandbox, const json_t *files, struct bf_error *err) {
  int r = bf__sandbox_host(sandbox, "line_of", host_line_of, (void *)(uintptr_t)files, err);
  return r < 0 ? r : bf__sandbox_host(sandbox, "mentions", host_mentions, (void *)(uintptr_t)files, err);
}

static int add_host(struct bf__sandbox *sandbox, const struct bf__calendar *calendar, struct bf_error *err) {
  static const struct {
    const char *name;
    lua_CFunction function;
  } all[] = {
      {"later", host_later},           {"earlier", host_earlier}, {"workdays_between", host_workdays_between},
      {"is_workday", host_is_workday}, {"nearest", host_nearest}, {"sm3", host_sm3},
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    int r = bf__sandbox_host(sandbox, all[i].name, all[i].function, (void *)(uintptr_t)calendar, err);
    if (r < 0) return r;
  }
  return 0;
}

/* The prelude's files are one chunk: they share locals. */
static int add_prelude(struct bf__sandbox *sandbox, struct bf_error *err) {
  size_t length = 0;
  for (const struct bf__embedded *file = bf__embedded_files; file->name; file++) length += file->length;
  char *text = malloc(length + 1), *at = text;
  if (!text) return bf_fail(err, BF_ENOMEM, "prelude", "no memory");
  for (const struct bf__embedded *file = bf__embedded_files; file->name; file++) {
    memcpy(at, file->text, file->length);
    at += file->length;
  }
  int r = bf__sandbox_prelude(sandbox, "prelude", text, length, err);
  free(text);
  return r;
}

/* host.describe is there for the reference only: with it the prelude keeps what it tells of its words. */
static int host_describe(lua_State *L) {
  (void)L;
  return 0;
}

int bf__rules_reference(json_t **ret, struct bf_error *err) {
  struct bf__sandbox *sandbox = NULL;
  json_t *none = json_array(), *nothing = json_object();
  int r = none && nothing ? 0 : bf_fail(err, BF_ENOMEM, "rules", "no memory");
  if (r >= 0) r = bf__sandbox_new(&bf__sandbox_default_limits, &sandbox, err);
  if (r >= 0) r = add_host(sandbox, NULL, err);
  if (r >= 0) r = add_text_host(sandbox, nothing, err);
  if (r >= 0) r = bf__sandbox_host(sandbox, "describe", host_describe, NULL, err);
  if (r >= 0) r = add_prelude(sandbox, err);
  if (r >= 0) r = bf__sandbox_call(sandbox, "reference", none, ret, err);
  bf__sandbox_free(sandbox);
  json_decref(none);
  json_decref(nothing);
  return r;
}

/* Files of law cases: law/… and counties/CODE/law/… */
static bool is_law(const char *path) {
  return strncmp(path, "law/", 4) == 0 || strstr(path, "/law/");
}

static int add_spaced(struct bf__rules *rules, struct bf__sandbox *sandbox, const char *path, const json_t *text,
                      struct bf_error *err) {
  struct bf__spaced spaced = {0};
  int r = bf__branches(json_string_value(text), json_string_length(text), &spaced, err);
  if (r >= 0) r = bf__sandbox_add(sandbox, path, spaced.text, spaced.length, err);
  if (r >= 0 && !rules->spaced && !(rules->spaced = json_object())) r = bf_fail(err, BF_ENOMEM, "rules", "no memory");
  if (r >= 0 && json_object_set_new(rules->spaced, path, json_pack("[O O]", spaced.lines, spaced.branches)) < 0)
    r = bf_fail(err, BF_ENOMEM, "rules", "no memory");
  bf__spaced_done(&spaced);
  return r;
}

static int fill(struct bf__rules *rules, struct bf_error *err) {
  struct bf__sandbox *sandbox = NULL;
  const char *path;
  json_t *text, *args = NULL;
  int r = bf__sandbox_new(&bf__sandbox_default_limits, &sandbox, err);
  if (r < 0) return r;
  if (rules->watch) bf__sandbox_watch(sandbox);
  r = add_host(sandbox, rules->set->calendar, err);
  if (r >= 0) r = add_text_host(sandbox, rules->set->files, err);
  if (r >= 0) r = add_prelude(sandbox, err);
  json_object_foreach(rules->set->files, path, text) {
    if (r < 0) break;
    if (!rules->law && is_law(path)) continue;
    r = rules->watch && !is_law(path) ? add_spaced(rules, sandbox, path, text, err)
                                      : bf__sandbox_add(sandbox, path, json_string_value(text), json_string_length(text), err);
  }
  if (r >= 0 && !(args = json_pack("[b]", rules->set->base != NULL))) r = bf_fail(err, BF_ENOMEM, "rules", "no memory");
  json_decref(rules->description);
  rules->description = NULL;
  if (r >= 0) r = bf__sandbox_call(sandbox, "load", args, &rules->description, err);
  json_decref(args);
  if (r < 0) {
    bf__sandbox_free(sandbox);
    return r;
  }
  rules->sandbox = sandbox;
  bf__sandbox_collect(sandbox); /* loading leaves much behind */
  return 0;
}

static int make(struct bf__ruleset *set, bool law, bool watch, struct bf__rules **ret, struct bf_error *err) {
  struct bf__rules *rules = calloc(1, sizeof *rules);
  if (!rules) return bf_fail(err, BF_ENOMEM, "rules", "no memory");
  rules->set = bf__ruleset_ref(set);
  rules->law = law;
  rules->watch = watch;
  int r = fill(rules, err);
  if (r < 0) {
    bf__rules_free(rules);
    return r;
  }
  *ret = rules;
  return 0;
}

int bf__rules_new_described(struct bf__ruleset *set, struct bf__rules **ret, struct bf_error *err) {
  return make(set, false, false, ret, err);
}

/* The description is the ruleset's: a copy for each thread would only take room. */
static int without_description(int r, struct bf__rules **ret) {
  if (r >= 0) json_decref(bf__rules_take_description(*ret));
  return r;
}

/* A spare is the set's own: it does not count among those who hold the set. */
void bf__rules_spare(struct bf__rules *rules) {
  bf__ruleset_unref(rules->set);
}
void bf__rules_spare_free(struct bf__rules *rules) {
  if (rules) rules->set = NULL;
  bf__rules_free(rules);
}

int bf__rules_new(struct bf__ruleset *set, struct bf__rules **ret, struct bf_error *err) {
  struct bf__rules *spare = atomic_exchange(&set->spare, NULL);
  if (spare) {
    bf__ruleset_ref(set);
    *ret = spare;
    return 0;
  }
  return without_description(make(set, false, false, ret, err), ret);
}
int bf__rules_new_with_law(struct bf__ruleset *set, bool watch, struct bf__rules **ret, struct bf_error *err) {
  return without_description(make(set, true, watch, ret, err), ret);
}
json_t *bf__rules_watched(const struct bf__rules *rules) {
  json_t *watched = rules->sandbox ? bf__sandbox_watched(rules->sandbox) : json_object(), *pair;
  const char *path;
  json_object_foreach(rules->spaced, path, pair) {
    json_t *said = bf__branches_taken(json_array_get(pair, 0), json_array_get(pair, 1), json_object_get(watched, path));
    if (said) (void)json_object_set_new(watched, path, said);
  }
  return watched;
}

void bf__rules_free(struct bf__rules *rules) {
  if (!rules) return;
  bf__sandbox_free(rules->sandbox);
  json_decref(rules->description);
  json_decref(rules->spaced);
  bf__ruleset_unref(rules->set);
  free(rules);
}

struct bf__ruleset *bf__rules_set(const struct bf__rules *rules) {
  return rules->set;
}

json_t *bf__rules_take_description(struct bf__rules *rules) {
  json_t *description = rules->description;
  rules->description = NULL;
  return description;
}

int bf__rules_call(struct bf__rules *rules, const char *entry, json_t *args, json_t **ret, struct bf_error *err) {
  int r = args ? 0 : bf_fail(err, BF_ENOMEM, "rules", "no memory");
  if (r >= 0 && !rules->sandbox) r = fill(rules, err);
  if (r >= 0) r = bf__sandbox_call(rules->sandbox, entry, args, ret, err);
  if (rules->sandbox && bf__sandbox_spent(rules->sandbox)) { /* nothing that comes out of it can be trusted now */
    bf__sandbox_free(rules->sandbox);
    rules->sandbox = NULL;
  }
  json_decref(args);
  return r;
}
