/* The files of a ruleset: running each once, `require`, the globals they see, and the `host` table of the prelude. */
#include <string.h>

#include "sandbox_internal.h"

#define WORD 64 /* longest word that gets a "did you mean" */

const char bf__sandbox_chunks = 'c', bf__sandbox_values = 'v', bf__sandbox_env = 'e', bf__sandbox_home = 'h',
           bf__sandbox_entry = 'n', bf__sandbox_seen = 's';

/* The nearest word ------------------------------------------------------------------------------------------------------ */
static size_t least(size_t a, size_t b) {
  return a < b ? a : b;
}

static size_t distance(const char *a, size_t n, const char *b, size_t m) {
  size_t row[WORD + 1];
  for (size_t j = 0; j <= m; j++) row[j] = j;
  for (size_t i = 1; i <= n; i++) {
    size_t corner = row[0];
    row[0] = i;
    for (size_t j = 1; j <= m; j++) {
      size_t above = row[j];
      row[j] = least(least(above, row[j - 1]) + 1, corner + (a[i - 1] != b[j - 1]));
      corner = above;
    }
  }
  return row[m];
}

struct nearest {
  const char *word, *best;
  size_t length, score;
};

/* Of two as near the first by bytes wins, so that the order they come in does not matter. */
static void consider(struct nearest *n, const char *word, size_t length) {
  size_t score;
  if (length > WORD || n->length > WORD) return;
  score = distance(n->word, n->length, word, length);
  if (score > (n->length + 2) / 3 || score > n->score) return;
  if (score == n->score && n->best && strcmp(word, n->best) >= 0) return;
  n->best = word;
  n->score = score;
}

/* Of the keys (KEYS) or the values of the table at INDEX. The result lives as long as the table holds it. */
static const char *nearest_in(lua_State *L, int index, const char *word, size_t length, int keys) {
  struct nearest n = {word, NULL, length, WORD};
  lua_pushnil(L);
  while (lua_next(L, index)) {
    int at = keys ? -2 : -1;
    bf__sandbox_charge(L, 20);
    if (lua_type(L, at) == LUA_TSTRING) {
      size_t m = lua_rawlen(L, at);
      consider(&n, lua_tostring(L, at), m);
    }
    lua_pop(L, 1);
  }
  return n.best;
}

static int host_nearest(lua_State *L) {
  size_t length;
  const char *word = luaL_checklstring(L, 1, &length), *found;
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  (void)bf__sandbox_raw(L, 2);
  found = nearest_in(L, 3, word, length, 0);
  if (found)
    lua_pushstring(L, found);
  else
    lua_pushnil(L);
  return 1;
}

/* Running files ------------------------------------------------------------------------------------------------------------- */
int bf__sandbox_find(const struct bf__sandbox *sandbox, const char *path) {
  size_t low = 0, high = sandbox->file_count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    int order = strcmp(sandbox->files[middle].path, path);
    if (order == 0) return (int)middle;
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return -1;
}

static void raise_cycle(lua_State *L, const struct bf__sandbox *sandbox, int index) {
  int at = sandbox->running;
  lua_pushstring(L, sandbox->files[index].path);
  for (; at >= 0; at = sandbox->files[at].outer) {
    lua_pushfstring(L, "%s \xe2\x86\x92 %s", sandbox->files[at].path, lua_tostring(L, -1));
    lua_remove(L, -2);
    if (at == index) break;
  }
  (void)luaL_error(L, "files require each other in a circle: %s", lua_tostring(L, -1));
}

void bf__sandbox_unwind(struct bf__sandbox *sandbox, int running) {
  while (sandbox->running != running) {
    struct bf__sandbox_file *file = &sandbox->files[sandbox->running];
    file->state = BF__FILE_NEW;
    sandbox->running = file->outer;
  }
}

/* Pushes what file INDEX returned, frozen; runs it first if it has not run. */
static void run(lua_State *L, int index) {
  struct bf__sandbox *sandbox = bf__sandbox_of(L);
  struct bf__sandbox_file *file = &sandbox->files[index];
  luaL_checkstack(L, 8, NULL);
  if (file->state == BF__FILE_RUNNING) raise_cycle(L, sandbox, index);
  if (file->state == BF__FILE_NEW) {
    file->state = BF__FILE_RUNNING;
    file->outer = sandbox->running;
    sandbox->running = index;
    (void)lua_rawgetp(L, LUA_REGISTRYINDEX, &bf__sandbox_chunks);
    (void)lua_getfield(L, -1, file->path);
    lua_call(L, 0, 1);
    bf__sandbox_freeze(L, -1);
    (void)lua_rawgetp(L, LUA_REGISTRYINDEX, &bf__sandbox_values);
    lua_insert(L, -2);
    lua_setfield(L, -2, file->path);
    lua_pop(L, 2);
    sandbox->running = file->outer;
    file->state = BF__FILE_DONE;
  }
  (void)lua_rawgetp(L, LUA_REGISTRYINDEX, &bf__sandbox_values);
  (void)lua_getfield(L, -1, file->path);
  lua_remove(L, -2);
}

static int host_run(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  int index = bf__sandbox_find(bf__sandbox_of(L), path);
  if (index < 0) return luaL_error(L, "there is no file '%s'", path);
  run(L, index);
  return 1;
}

/* The name that require would have taken for the file that was probably meant; NULL when there is none. Kept on the stack. */
static const char *nearest_file(lua_State *L, const char *name) {
  const struct bf__sandbox *sandbox = bf__sandbox_of(L);
  const char *found;
  lua_createtable(L, (int)sandbox->file_count, 0);
  for (size_t i = 0; i < sandbox->file_count; i++) {
    const char *path = sandbox->files[i].path;
    lua_pushlstring(L, path, strlen(path) - 4);
    lua_pushstring(L, luaL_gsub(L, lua_tostring(L, -1), "/", "."));
    lua_rawseti(L, -4, (lua_Integer)i + 1);
    lua_pop(L, 2);
  }
  found = nearest_in(L, lua_gettop(L), name, strlen(name), 0);
  return found;
}

/* require "stages.approval" is the file stages/approval.lua of the ruleset, never anything else. */
int bf__sandbox_require(lua_State *L) {
  size_t length;
  const char *name = luaL_checklstring(L, 1, &length);
  char path[BF__SANDBOX_PATH + 1];
  int index = -1;
  if (length + 4 < sizeof path && !memchr(name, '/', length)) {
    for (size_t i = 0; i < length; i++) path[i] = (char)(name[i] == '.' ? '/' : name[i]);
    memcpy(path + length, ".lua", 5);
    index = bf__sandbox_find(bf__sandbox_of(L), path);
  }
  if (index < 0) {
    const char *near = nearest_file(L, name);
    if (near) return luaL_error(L, "require '%s': the ruleset has no such file; did you mean '%s'?", name, near);
    return luaL_error(L, "require '%s': the ruleset has no such file (\"stages.approval\" is stages/approval.lua)", name);
  }
  run(L, index);
  return 1;
}

/* The globals of ruleset files ------------------------------------------------------------------------------------------------
 */
static int unknown_global(lua_State *L) {
  size_t length;
  const char *word, *found;
  if (lua_type(L, 2) != LUA_TSTRING) return luaL_error(L, "the globals have names only, not a %s", luaL_typename(L, 2));
  word = lua_tolstring(L, 2, &length);
  found = nearest_in(L, 1, word, length, 1);
  if (found) return luaL_error(L, "'%s' is not known here; did you mean '%s'?", word, found);
  return luaL_error(L, "'%s' is not known here", word);
}

static int assign_global(lua_State *L) {
  const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?";
  (void)lua_getmetatable(L, 1);
  (void)lua_rawgetp(L, -1, &bf__sandbox_behind);
  lua_pushvalue(L, 2);
  if (lua_rawget(L, -2) != LUA_TNIL) return luaL_error(L, "'%s' is a word of the language of scripts and cannot be set", name);
  return luaL_error(L, "'%s' is not declared; write 'local %s = …' to declare it", name, name);
}

/* Host ------------------------------------------------------------------------------------------------------------------------
 */
static int host_files(lua_State *L) {
  const struct bf__sandbox *sandbox = bf__sandbox_of(L);
  lua_createtable(L, (int)sandbox->file_count, 0);
  for (size_t i = 0; i < sandbox->file_count; i++) {
    lua_pushstring(L, sandbox->files[i].path);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

/* host.try(f, …) → true, results… or false, text that begins with its place */
static int host_try(lua_State *L) {
  struct bf__sandbox *sandbox = bf__sandbox_of(L);
  int n;
  lua_pushcfunction(L, bf__sandbox_handler);
  lua_insert(L, 1);
  n = bf__sandbox_protect(L, 1, lua_gettop(L) - 2);
  if (n == LUA_OK) {
    lua_pushboolean(L, 1);
    lua_replace(L, 1);
    return lua_gettop(L);
  }
  lua_pushboolean(L, 0);
  if (lua_type(L, -2) != LUA_TSTRING) {
    lua_pushfstring(L, "%s: the script raised a value (%s) that is not a text", sandbox->where, luaL_typename(L, -2));
  } else if (bf__sandbox_place(sandbox, lua_tostring(L, -2)) || !sandbox->where[0]) {
    lua_pushvalue(L, -2);
  } else {
    lua_pushfstring(L, "%s: %s", sandbox->where, lua_tostring(L, -2));
  }
  return 2;
}

/* host.where(f) → "stages/approval.lua:12", or nil for a function that is not written in Lua */
static int host_where(lua_State *L) {
  lua_Debug ar;
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 1);
  if (!lua_getinfo(L, ">S", &ar) || ar.linedefined < 0)
    lua_pushnil(L);
  else
    lua_pushfstring(L, "%s:%d", ar.short_src, ar.linedefined);
  return 1;
}

/* host.line() → "stages/approval.lua:12", the innermost line of a ruleset file that is being run, or nil */
static int host_line(lua_State *L) {
  const struct bf__sandbox *sandbox = bf__sandbox_of(L);
  lua_Debug ar;
  for (int level = 0; level < 250 && lua_getstack(L, level, &ar); level++) {
    if (!lua_getinfo(L, "Sl", &ar) || ar.currentline <= 0 || strcmp(ar.short_src, sandbox->prelude) == 0) continue;
    lua_pushfstring(L, "%s:%d", ar.short_src, ar.currentline);
    return 1;
  }
  return 0;
}

static int host_rawget(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checkany(L, 2);
  (void)bf__sandbox_raw(L, 1);
  lua_pushvalue(L, 2);
  (void)lua_rawget(L, -2);
  return 1;
}

static int host_rawset(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checkany(L, 3);
  lua_settop(L, 3);
  if (bf__sandbox_raw(L, 1)) return luaL_error(L, "this table is read-only");
  lua_pop(L, 1);
  lua_rawset(L, 1);
  return 1;
}

static int each_step(lua_State *L) {
  lua_settop(L, 2);
  if (lua_next(L, 1)) return 2;
  lua_pushnil(L);
  return 1;
}

/* host.each(t): pairs without an order, many times as quick. For the prelude, where the order can't be told from what comes out.
 */
static int host_each(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_pushcfunction(L, each_step);
  (void)bf__sandbox_raw(L, 1);
  return 2;
}

/* Putting it together -----------------------------------------------------------------------------------------------------------
 */
static void copy_into(lua_State *L, int from, int to) {
  lua_pushnil(L);
  while (lua_next(L, from)) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, to);
  }
}

/* Pushes a table with all the safe libraries, each a view. */
static void push_libraries(lua_State *L) {
  static const struct {
    const char *name;
    void (*open)(lua_State *);
  } libraries[] = {{"string", bf__sandbox_open_string},
                   {"table", bf__sandbox_open_table},
                   {"math", bf__sandbox_open_math},
                   {"utf8", bf__sandbox_open_utf8}};
  bf__sandbox_open_base(L);
  for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
    libraries[i].open(L);
    bf__sandbox_view(L);
    lua_setfield(L, -2, libraries[i].name);
  }
}

/* Methods of texts are looked up in the string library itself; nobody else can reach that table. */
static void set_string_methods(lua_State *L, int libraries) {
  lua_pushliteral(L, "");
  lua_createtable(L, 0, 1);
  (void)lua_getfield(L, libraries, "string");
  (void)bf__sandbox_raw(L, -1);
  lua_setfield(L, -3, "__index");
  lua_pop(L, 1);
  lua_setmetatable(L, -2);
  lua_pop(L, 1);
}

/* From the table on top, which it pops: the view that ruleset files have as globals. */
static void set_globals(lua_State *L) {
  int known = lua_gettop(L);
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, unknown_global);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, known);
  bf__sandbox_view(L);
  (void)lua_getmetatable(L, known);
  lua_pushcfunction(L, assign_global);
  lua_setfield(L, -2, "__newindex");
  lua_pop(L, 1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &bf__sandbox_env);
}

static void set_home(lua_State *L, int libraries) {
  static const luaL_Reg host[] = {
      {"each", host_each}, {"files", host_files}, {"nearest", host_nearest}, {"readonly", bf__sandbox_readonly},
      {"run", host_run},   {"line", host_line},   {"try", host_try},         {"where", host_where},
      {NULL, NULL}};
  lua_createtable(L, 0, 32);
  copy_into(L, libraries, lua_gettop(L));
  luaL_newlib(L, host);
  lua_setfield(L, -2, "host");
  lua_pushcfunction(L, host_rawget);
  lua_setfield(L, -2, "rawget");
  lua_pushcfunction(L, host_rawset);
  lua_setfield(L, -2, "rawset");
  lua_rawsetp(L, LUA_REGISTRYINDEX, &bf__sandbox_home);
}

void bf__sandbox_open(lua_State *L) {
  static const char *const tables[] = {&bf__sandbox_chunks, &bf__sandbox_values, &bf__sandbox_seen};
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
    lua_createtable(L, 0, 0);
    lua_rawsetp(L, LUA_REGISTRYINDEX, tables[i]);
  }
  push_libraries(L);
  set_string_methods(L, lua_gettop(L));
  set_home(L, lua_gettop(L));
  set_globals(L);
  lua_createtable(L, 0, 0); /* Lua's own libraries were opened into the old one */
  lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
}
