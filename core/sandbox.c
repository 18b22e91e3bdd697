/* The script runtime: making a state, adding files to it, calling into it.
 *
 * Scripts get what is listed in sandbox_base.c, _string.c and _table.c and nothing else. The process must stay in the "C" locale:
 * `<` on texts and the decimal point follow it. */
// clang-format off
/* Left out, and why:
 *   io, os, package, debug, print, warn   reach outside: files, processes, the clock, the program's own stack
 *   load, loadfile, dofile, string.dump   make code from data; changed bytecode crashes the interpreter
 *   coroutine                             each has a count of instructions of its own, and resume swallows the end of a budget
 *   collectgarbage                        can switch collecting off
 *   rawget, rawset                        would see the empty front of a view; the prelude has them (rawlen, rawequal stay)
 *   __gc, __close, __mode, __metatable    run where no hook does, or make results depend on the collector
 *   __name, __tostring, __pairs,          of no use without what they serve; setmetatable copies what it is given, so that
 *   __newindex                              none can be added later
 *   string.pack, unpack, packsize, %q     bytes are of no use to rules
 *   %p, %a                                addresses differ from run to run
 *   math.random, randomseed               a decision must replay
 *   math.exp, log, sin, cos, tan, ...     their last bits differ from machine to machine
 *   arithmetic on texts ("10" + 1)        hides mistakes; tonumber says what is meant
 *   _G, _VERSION                          of no use: the globals are read-only
 * Rebuilt: pcall, xpcall (a spent budget goes on falling), pairs, next (one order), tostring (no addresses), require (files of the
 * ruleset only), all of string and table (every loop is charged, every size bounded). */
// clang-format on
#include "sandbox.h"

#include <stdlib.h>
#include <string.h>

#include "sandbox_internal.h"

const struct bf__sandbox_limits bf__sandbox_default_limits = {
    .memory = 64u * 1024 * 1024, .load_ms = 20000, .call_ms = 1000, .call_steps = 10000000, .depth = 32, .values = 200000};

#define GC_PAUSE 300 /* percent of what was alive after the last collection, when the next begins */

/* Calls BODY(ARGUMENT) protected; the one result stays on the stack. */
static int enter(struct bf__sandbox *sandbox, lua_CFunction body, void *argument, struct bf_error *err) {
  lua_State *L = sandbox->L;
  int status;
  lua_settop(L, 0);
  sandbox->refused = BF__SANDBOX_ALIVE;
  lua_pushcfunction(L, bf__sandbox_handler);
  lua_pushcfunction(L, body);
  lua_pushlightuserdata(L, argument);
  status = lua_pcall(L, 1, 1, 1);
  bf__sandbox_unwind(sandbox, -1);
  if (status == LUA_OK && !sandbox->ended) return 0;
  status = bf__sandbox_fail(sandbox, status, err);
  lua_settop(L, 0);
  return status;
}

static int spent(struct bf__sandbox *sandbox, struct bf_error *err) {
  return sandbox->ended ? bf_fail(err, BF_ELIMIT, sandbox->where, "this state ran over its budget before and is spent") : 0;
}

static void load_budget(struct bf__sandbox *sandbox) {
  const struct bf__sandbox_limits *l = &sandbox->limits;
  int64_t times = l->call_ms > 0 && l->load_ms > l->call_ms ? l->load_ms / l->call_ms : 1;
  bf__sandbox_budget(sandbox, l->load_ms, l->call_steps * times);
}

static int open_body(lua_State *L) {
  bf__sandbox_open(L);
  if (!bf__sandbox_code_known(L)) return luaL_error(L, "the code of this Lua is not the one that is known");
  return 0;
}

int bf__sandbox_new(const struct bf__sandbox_limits *limits, struct bf__sandbox **ret, struct bf_error *err) {
  struct bf__sandbox *sandbox = bf__sandbox_realloc(NULL, sizeof *sandbox);
  int rc;
  if (!sandbox) return bf_fail(err, BF_ENOMEM, "", "no memory for a script state");
  memset(sandbox, 0, sizeof *sandbox);
  sandbox->limits = *limits;
  sandbox->running = -1;
  sandbox->steps = limits->call_steps;
  sandbox->L = lua_newstate(bf__sandbox_alloc, sandbox);
  if (!sandbox->L) {
    rc = bf_fail(err, BF_ENOMEM, "", "no memory for a script state");
  } else {
    *(struct bf__sandbox **)lua_getextraspace(sandbox->L) = sandbox;
    load_budget(sandbox);
    rc = enter(sandbox, open_body, NULL, err);
  }
  if (rc)
    bf__sandbox_free(sandbox);
  else
    *ret = sandbox;
  return rc;
}

void bf__sandbox_free(struct bf__sandbox *sandbox) {
  if (!sandbox) return;
  if (sandbox->L) lua_close(sandbox->L);
  bf__sandbox_drop_slabs(sandbox);
  for (size_t i = 0; i < sandbox->file_count; i++) {
    free(sandbox->files[i].path);
    free(sandbox->files[i].lines);
  }
  free(sandbox->files);
  free((void *)sandbox->lent);
  free(sandbox);
}

void bf__sandbox_collect(struct bf__sandbox *sandbox) {
  /* most of a loaded state are its scripts, which stay: looking through them for garbage less often is worth its memory */
  (void)lua_gc(sandbox->L, LUA_GCINC, GC_PAUSE, 0, 0);
  (void)lua_gc(sandbox->L, LUA_GCCOLLECT);
}

int bf__sandbox_spent(const struct bf__sandbox *sandbox) {
  return sandbox->ended != BF__SANDBOX_ALIVE;
}

void bf__sandbox_watch(struct bf__sandbox *sandbox) {
  sandbox->watching = 1;
  sandbox->interval = 0; /* the next budget sets the hook anew */
}

json_t *bf__sandbox_watched(const struct bf__sandbox *sandbox) {
  json_t *all = json_object();
  for (size_t i = 0; i < sandbox->file_count; i++) {
    const struct bf__sandbox_file *file = &sandbox->files[i];
    json_t *run = json_array(), *left = json_array();
    for (int line = 1; line < file->line_count; line++)
      if (file->lines[line] & 1) (void)json_array_append_new(file->lines[line] & 2 ? run : left, json_integer(line));
    (void)json_object_set_new(all, file->path, json_pack("{s:o, s:o}", "run", run, "left", left));
  }
  return all;
}

size_t bf__sandbox_memory(const struct bf__sandbox *sandbox) {
  return sandbox->used;
}

/* host.NAME ------------------------------------------------------------------------------------------------------------- */
struct host_function {
  const char *name;
  lua_CFunction function;
  void *upvalue;
};

static int host_body(lua_State *L) {
  const struct host_function *h = lua_touserdata(L, 1);
  (void)lua_rawgetp(L, LUA_REGISTRYINDEX, &bf__sandbox_home);
  (void)lua_getfield(L, -1, "host");
  lua_pushlightuserdata(L, h->upvalue);
  lua_pushcclosure(L, h->function, 1);
  lua_setfield(L, -2, h->name);
  return 0;
}

int bf__sandbox_host(struct bf__sandbox *sandbox, const char *name, lua_CFunction function, void *upvalue, struct bf_error *err) {
  struct host_function h = {name, function, upvalue};
  int rc = spent(sandbox, err);
  return rc ? rc : enter(sandbox, host_body, &h, err);
}

/* Source text --------------------------------------------------------------------------------------------------------------- */
struct source {
  const char *name, *text;
  size_t length;
};

/* Within the scope of a variable to be closed no call is a tail call: `return stage "x" { … }` keeps its line for messages. */
static const char no_tail_calls[] = "local _ <close> = nil ";

struct reading {
  const struct source *source;
  int part;
};

static const char *read_source(lua_State *L, void *ud, size_t *size) {
  struct reading *r = ud;
  const struct source *s = r->source;
  size_t mark = s->length >= 3 && memcmp(s->text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
  (void)L;
  switch (r->part++) {
  case 0:
    *size = sizeof no_tail_calls - 1;
    return no_tail_calls;
  case 1:
    *size = s->length - mark;
    return *size ? s->text + mark : NULL;
  default:
    *size = 0;
    return NULL;
  }
}

/* Pushes the compiled text, its globals those under the registry key HOME. */
static void compile(lua_State *L, const struct source *s, const char *home) {
  const char *name = lua_pushfstring(L, "=%s", s->name);
  struct reading r = {s, 0};
  if (lua_load(L, read_source, &r, name, "t") != LUA_OK) (void)lua_error(L);
  (void)lua_rawgetp(L, LUA_REGISTRYINDEX, home);
  (void)lua_setupvalue(L, -2, 1);
  lua_remove(L, -2);
}

/* Words are called through C: the caller's line stays on the stack for messages, `return refuse { … }` too. */
static int call_word(lua_State *L) {
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

static void add_words(lua_State *L, int words) {
  int known;
  (void)lua_rawgetp(L, LUA_REGISTRYINDEX, &bf__sandbox_env);
  (void)bf__sandbox_raw(L, -1);
  known = lua_gettop(L);
  lua_pushnil(L);
  while (lua_next(L, words)) {
    bf__sandbox_freeze(L, -1);
    lua_pushvalue(L, -2);
    if (lua_rawget(L, known) != LUA_TNIL) (void)luaL_error(L, "the word '%s' is taken", lua_tostring(L, -3));
    lua_pop(L, 1);
    if (lua_isfunction(L, -1)) lua_pushcclosure(L, call_word, 1);
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, known);
  }
}

static int prelude_body(lua_State *L) {
  compile(L, lua_touserdata(L, 1), &bf__sandbox_home);
  lua_call(L, 0, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  if (lua_getfield(L, 2, "words") != LUA_TTABLE || lua_getfield(L, 2, "entry") != LUA_TTABLE) {
    return luaL_error(L, "the prelude must return { words = { … }, entry = { … } }");
  }
  lua_rawsetp(L, LUA_REGISTRYINDEX, &bf__sandbox_entry);
  add_words(L, 3);
  return 0;
}

int bf__sandbox_prelude(struct bf__sandbox *sandbox, const char *name, const char *text, size_t length, struct bf_error *err) {
  struct source s = {name, text, length};
  int rc = spent(sandbox, err);
  if (rc) return rc;
  if (strlen(name) > BF__SANDBOX_PATH) return bf_fail(err, BF_EINVAL, name, "a name of more than %d bytes", BF__SANDBOX_PATH);
  (void)snprintf(sandbox->prelude, sizeof sandbox->prelude, "%s", name);
  load_budget(sandbox);
  return enter(sandbox, prelude_body, &s, err);
}

/* Files -----------------------------------------------------------------------------------------------------------------------
 */
static int check_path(const struct bf__sandbox *sandbox, const char *path, struct bf_error *err) {
  size_t n = strlen(path);
  if (n > BF__SANDBOX_PATH) return bf_fail(err, BF_EINVAL, path, "the path is longer than %d bytes", BF__SANDBOX_PATH);
  if (n < 5 || strcmp(path + n - 4, ".lua") != 0 || path[0] == '/' || strstr(path, "..") || strcspn(path, ":\\\"'\n\r\t ") != n ||
      strcmp(path, sandbox->prelude) == 0) {
    return bf_fail(err, BF_EINVAL, path, "not the path of a ruleset file, such as stages/approval.lua");
  }
  for (size_t i = 0; i < sandbox->file_count; i++)
    if (strcmp(sandbox->files[i].path, path) == 0) return bf_fail(err, BF_EINVAL, path, "the file is there twice");
  return 0;
}

/* Makes room for one more, so that nothing can fail once the file is compiled. */
static int reserve_file(struct bf__sandbox *sandbox, struct bf_error *err) {
  size_t room = sandbox->file_room ? sandbox->file_room * 2 : 32;
  struct bf__sandbox_file *grown;
  if (sandbox->file_count < sandbox->file_room) return 0;
  grown = bf__sandbox_realloc(sandbox->files, room * sizeof *grown);
  if (!grown) return bf_fail(err, BF_ENOMEM, "", "no memory for a file");
  sandbox->files = grown;
  sandbox->file_room = room;
  return 0;
}

static void insert_file(struct bf__sandbox *sandbox, char *path) {
  size_t at = sandbox->file_count++;
  for (; at > 0 && strcmp(sandbox->files[at - 1].path, path) > 0; at--) sandbox->files[at] = sandbox->files[at - 1];
  sandbox->files[at] = (struct bf__sandbox_file){.path = path, .state = BF__FILE_NEW, .outer = -1};
}

/* Where lines are watched: those of the chunk on top that hold code. */
static void mark_lines(lua_State *L, const struct source *s) {
  struct bf__sandbox *sandbox = bf__sandbox_of(L);
  int index = sandbox->watching ? bf__sandbox_find(sandbox, s->name) : -1, count = 2;
  if (index < 0) return;
  for (size_t i = 0; i < s->length; i++) count += s->text[i] == '\n';
  sandbox->files[index].lines = bf__sandbox_realloc(NULL, (size_t)count);
  if (!sandbox->files[index].lines) (void)luaL_error(L, "no memory");
  memset(sandbox->files[index].lines, 0, (size_t)count);
  sandbox->files[index].line_count = count;
  bf__sandbox_code_lines(L, sandbox->files[index].lines, count);
}

static int add_body(lua_State *L) {
  const struct source *s = lua_touserdata(L, 1);
  (void)lua_rawgetp(L, LUA_REGISTRYINDEX, &bf__sandbox_chunks);
  compile(L, s, &bf__sandbox_env);
  mark_lines(L, s);
  lua_setfield(L, -2, s->name);
  return 0;
}

int bf__sandbox_add(struct bf__sandbox *sandbox, const char *path, const char *text, size_t length, struct bf_error *err) {
  struct source s = {path, text, length};
  char *copy;
  int rc = spent(sandbox, err);
  if (!rc) rc = check_path(sandbox, path, err);
  if (rc) return rc;
  if (length > BF__SANDBOX_FILE) return bf_fail(err, BF_ELIMIT, path, "the file is larger than %u KiB", BF__SANDBOX_FILE / 1024);
  if (length > 0 && text[0] == '\x1b') return bf_fail(err, BF_ESCRIPT, path, "this is compiled code; only text is taken");
  rc = reserve_file(sandbox, err);
  if (rc) return rc;
  copy = bf__sandbox_realloc(NULL, strlen(path) + 1);
  if (!copy) return bf_fail(err, BF_ENOMEM, path, "no memory for a file");
  memcpy(copy, path, strlen(path) + 1);
  load_budget(sandbox);
  insert_file(sandbox, copy); /* first: messages are read against the list of files */
  rc = enter(sandbox, add_body, &s, err);
  if (!rc) return 0;
  if (err && err->where[0] == '\0') (void)snprintf(err->where, sizeof err->where, "%s", path);
  for (size_t i = 0; i < sandbox->file_count; i++) {
    if (sandbox->files[i].path != copy) continue;
    free(sandbox->files[i].lines);
    memmove(&sandbox->files[i], &sandbox->files[i + 1], (sandbox->file_count - i - 1) * sizeof *sandbox->files);
    sandbox->file_count--;
    break;
  }
  free(copy);
  return rc;
}

/* Calls -------------------------------------------------------------------------------------------------------------------------
 */
struct call {
  const char *entry;
  const json_t *args;
};

static int call_body(lua_State *L) {
  const struct call *c = lua_touserdata(L, 1);
  size_t n = json_array_size(c->args);
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &bf__sandbox_entry) != LUA_TTABLE) return luaL_error(L, "there is no prelude");
  if (lua_getfield(L, -1, c->entry) != LUA_TFUNCTION) return luaL_error(L, "the prelude has no entry '%s'", c->entry);
  luaL_checkstack(L, (int)(n < 1000 ? n : 1000), NULL);
  for (size_t i = 0; i < n && i < 1000; i++) bf__sandbox_push(L, json_array_get(c->args, i));
  lua_call(L, (int)(n < 1000 ? n : 1000), 1);
  return 1;
}

int bf__sandbox_call(struct bf__sandbox *sandbox, const char *entry, const json_t *args, json_t **ret, struct bf_error *err) {
  struct call c = {entry, args};
  json_t *result = NULL;
  int rc = spent(sandbox, err);
  if (rc) return rc;
  sandbox->turn++;
  sandbox->lent_count = 0;
  if (sandbox->calls++ == 0)
    load_budget(sandbox);
  else
    bf__sandbox_budget(sandbox, sandbox->limits.call_ms, sandbox->limits.call_steps);
  rc = enter(sandbox, call_body, &c, err);
  if (!rc) rc = bf__sandbox_take(sandbox->L, -1, &result, err);
  lua_settop(sandbox->L, 0);
  sandbox->turn++; /* what was lent is the caller's again */
  if (!rc) *ret = result;
  return rc;
}
