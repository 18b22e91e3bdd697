/* The basic functions, rebuilt where Lua's own would let a script hang, leak an address or differ from run to run. */
#include <stdlib.h>
#include <string.h>

#include <lualib.h>

#include "sandbox_internal.h"

/* Texts ----------------------------------------------------------------------------------------------------------------- */
void bf__sandbox_text(lua_State *L, int index) {
  index = lua_absindex(L, index);
  switch (lua_type(L, index)) {
  case LUA_TSTRING:
    lua_pushvalue(L, index);
    break;
  case LUA_TNUMBER:
    lua_pushvalue(L, index);
    (void)lua_tostring(L, -1);
    break;
  case LUA_TBOOLEAN:
    lua_pushstring(L, lua_toboolean(L, index) ? "true" : "false");
    break;
  default:
    lua_pushstring(L, luaL_typename(L, index));
  }
}

static int base_tostring(lua_State *L) {
  luaL_checkany(L, 1);
  bf__sandbox_text(L, 1);
  return 1;
}

/* Protected calls: a state whose budget is used up goes on falling -------------------------------------------------------- */
int bf__sandbox_protect(lua_State *L, int handler, int args) {
  struct bf__sandbox *sandbox = bf__sandbox_of(L);
  int running = sandbox->running, status = lua_pcall(L, args, LUA_MULTRET, handler);
  if (status == LUA_ERRMEM) bf__sandbox_end(L, sandbox->refused ? sandbox->refused : BF__SANDBOX_MEMORY);
  if (sandbox->ended) return bf__sandbox_raise(L);
  if (status != LUA_OK) bf__sandbox_unwind(sandbox, running);
  bf__sandbox_charge(L, 10);
  return status;
}

int bf__sandbox_pcall(lua_State *L) {
  luaL_checkany(L, 1);
  lua_pushboolean(L, 1);
  lua_insert(L, 1);
  if (bf__sandbox_protect(L, 0, lua_gettop(L) - 2) == LUA_OK) return lua_gettop(L);
  lua_pushboolean(L, 0);
  lua_insert(L, -2);
  return 2;
}

/* The handler runs after the stack is unwound, as ordinary code under the same budget. */
static int base_xpcall(lua_State *L) {
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_pushboolean(L, 1);
  lua_pushvalue(L, 1);
  lua_rotate(L, 3, 2); /* f, handler, true, f, arguments */
  if (bf__sandbox_protect(L, 0, lua_gettop(L) - 4) == LUA_OK) return lua_gettop(L) - 2;
  lua_pushvalue(L, 2);
  lua_insert(L, -2);
  lua_call(L, 1, 1);
  lua_pushboolean(L, 0);
  lua_insert(L, -2);
  return 2;
}

/* Tables in one order ------------------------------------------------------------------------------------------------------- */
struct key {
  long double number; /* holds every integer and every double exactly */
  const char *text;   /* NULL: a number */
  size_t length;
  lua_Integer at;
};

static int compare_keys(const void *a, const void *b) {
  const struct key *x = a, *y = b;
  int order;
  if (!x->text || !y->text) {
    if (x->text || y->text) return x->text ? 1 : -1;
    return (x->number > y->number) - (x->number < y->number);
  }
  order = memcmp(x->text, y->text, x->length < y->length ? x->length : y->length);
  return order ? order : (x->length > y->length) - (x->length < y->length);
}

static struct key read_key(lua_State *L, int index) {
  struct key key = {0, NULL, 0, 0};
  switch (lua_type(L, index)) {
  case LUA_TSTRING:
    key.text = lua_tolstring(L, index, &key.length);
    break;
  case LUA_TNUMBER:
    key.number = lua_isinteger(L, index) ? (long double)lua_tointeger(L, index) : (long double)lua_tonumber(L, index);
    break;
  default:
    (void)luaL_error(L, "a table with a %s as a key has no order", luaL_typename(L, index));
  }
  return key;
}

static int digits(lua_Integer n) {
  int count = 1;
  while (n >>= 1) count++;
  return count;
}

/* Replaces the list of N keys on top by one in order. */
static void sort_keys(lua_State *L, lua_Integer n) {
  int list = lua_gettop(L);
  bf__sandbox_charge(L, n * digits(n)); /* before, since nothing can stop it on the way */
  struct key *keys = lua_newuserdatauv(L, (size_t)n * sizeof *keys, 0);
  for (lua_Integer i = 0; i < n; i++) {
    (void)lua_rawgeti(L, list, i + 1);
    keys[i] = read_key(L, -1);
    keys[i].at = i + 1;
    lua_pop(L, 1);
  }
  qsort(keys, (size_t)n, sizeof *keys, compare_keys);
  lua_createtable(L, n > 8192 ? 8192 : (int)n, 0);
  for (lua_Integer i = 0; i < n; i++) {
    (void)lua_rawgeti(L, list, keys[i].at);
    lua_rawseti(L, -2, i + 1);
  }
  lua_replace(L, list);
  lua_settop(L, list);
}

/* Pushes the list of the keys of the table at INDEX, in order. */
static void push_keys(lua_State *L, int index) {
  lua_Integer n = 0;
  int sorted = 1, list;
  struct key last = {0, NULL, 0, 0};
  lua_createtable(L, 8, 0);
  list = lua_gettop(L);
  lua_pushnil(L);
  while (lua_next(L, index)) {
    struct key key;
    lua_pop(L, 1);
    key = read_key(L, -1);
    if (n > 0 && compare_keys(&last, &key) > 0) sorted = 0;
    last = key;
    lua_pushvalue(L, -1);
    lua_rawseti(L, list, ++n);
    bf__sandbox_charge(L, 1);
  }
  if (!sorted) sort_keys(L, n);
}

/* Upvalues: the keys, how many of them were given. */
int bf__sandbox_pairs_step(lua_State *L) {
  lua_Integer at = lua_tointeger(L, lua_upvalueindex(2));
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  (void)bf__sandbox_raw(L, 1);
  for (;;) {
    if (lua_rawgeti(L, lua_upvalueindex(1), ++at) == LUA_TNIL) return 1;
    lua_pushvalue(L, -1);
    if (lua_rawget(L, 2) != LUA_TNIL) break; /* what was taken out meanwhile is passed over */
    lua_pop(L, 2);
    bf__sandbox_charge(L, 1);
  }
  lua_pushinteger(L, at);
  lua_replace(L, lua_upvalueindex(2));
  return 2;
}

static int base_pairs(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  (void)bf__sandbox_raw(L, 1);
  push_keys(L, 2);
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, bf__sandbox_pairs_step, 2);
  lua_pushvalue(L, 1);
  lua_pushnil(L);
  return 3;
}

/* next(t, k): the least key above k. A look at every key each time; pairs is the quick way. */
static int base_next(lua_State *L) {
  struct key best = {0, NULL, 0, 0}, after = best;
  int found = 0, first;
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 2);
  first = lua_isnil(L, 2);
  if (!first) after = read_key(L, 2);
  (void)bf__sandbox_raw(L, 1);
  lua_pushnil(L);
  lua_pushnil(L);
  while (lua_next(L, 3)) {
    struct key key;
    lua_pop(L, 1);
    key = read_key(L, -1);
    bf__sandbox_charge(L, 1);
    if ((!first && compare_keys(&key, &after) <= 0) || (found && compare_keys(&key, &best) >= 0)) continue;
    best = key;
    found = 1;
    lua_copy(L, -1, 4);
  }
  if (!found) return 1;
  lua_pushvalue(L, 4);
  (void)lua_rawget(L, 3);
  return 2;
}

static int ipairs_step(lua_State *L) {
  lua_Integer i = luaL_checkinteger(L, 2) + 1;
  lua_pushinteger(L, i);
  return lua_geti(L, 1, i) == LUA_TNIL ? 1 : 2;
}

static int base_ipairs(lua_State *L) {
  luaL_checkany(L, 1);
  lua_pushcfunction(L, ipairs_step);
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 0);
  return 3;
}

static int base_rawlen(lua_State *L) {
  if (lua_type(L, 1) == LUA_TTABLE)
    (void)bf__sandbox_raw(L, 1);
  else
    luaL_argexpected(L, lua_type(L, 1) == LUA_TSTRING, 1, "table or string");
  lua_pushinteger(L, (lua_Integer)lua_rawlen(L, lua_type(L, 1) == LUA_TTABLE ? -1 : 1));
  return 1;
}

/* Metatables: copied, so that nothing can be added to them later; operators only ------------------------------------------ */
static void check_event(lua_State *L) {
  static const char *const allowed[] = {"__index", "__call", "__eq",  "__lt",  "__le",   "__add",    "__sub",
                                        "__mul",   "__div",  "__mod", "__pow", "__unm",  "__idiv",   "__band",
                                        "__bor",   "__bxor", "__shl", "__shr", "__bnot", "__concat", "__len"};
  const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?";
  for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) {
    if (strcmp(name, allowed[i]) != 0) continue;
    if (lua_isfunction(L, -1) || (i == 0 && lua_istable(L, -1))) return;
    (void)luaL_error(L, "'%s' in a metatable must be a function", name);
  }
  (void)luaL_error(L, "'%s' is not allowed in a metatable", name);
}

/* A table that serves as __index can have no metatable of its own from now on: chains would make one look-up slow. */
static void close_index(lua_State *L, int index) {
  if (!lua_istable(L, index)) return;
  if (lua_getmetatable(L, index)) {
    lua_rawgetp(L, -1, &bf__sandbox_behind);
    if (lua_isnil(L, -1) && lua_getfield(L, -2, "__index") != LUA_TNIL)
      (void)luaL_error(L, "an __index table with an __index of its own is not allowed");
    return;
  }
  lua_createtable(L, 0, 0);
  lua_setmetatable(L, index);
}

static int base_setmetatable(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  if (lua_getmetatable(L, 1)) return luaL_error(L, "this table is read-only or has a metatable already");
  (void)bf__sandbox_raw(L, 2);
  lua_createtable(L, 0, 4);
  lua_pushnil(L);
  while (lua_next(L, 3)) {
    check_event(L);
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, 4);
  }
  (void)lua_getfield(L, 4, "__index");
  close_index(L, 5);
  if (lua_getmetatable(L, 1)) return luaL_error(L, "a table cannot be its own __index");
  lua_pushvalue(L, 4);
  lua_setmetatable(L, 1);
  lua_settop(L, 1);
  return 1;
}

static int base_getmetatable(lua_State *L) {
  luaL_checkany(L, 1);
  if (lua_getmetatable(L, 1))
    lua_pushboolean(L, 0);
  else
    lua_pushnil(L);
  return 1;
}

/* What is taken from Lua as it is ------------------------------------------------------------------------------------------ */
/* Upvalue: a function of Lua's own that reads its first argument whole. */
static int charged(lua_State *L) {
  if (lua_type(L, 1) == LUA_TSTRING) bf__sandbox_charge(L, (int64_t)(lua_rawlen(L, 1) / 8));
  return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

/* Copies NAMES from the table at FROM to the one on top. */
static void pick(lua_State *L, int from, const char *const *names, int charge) {
  for (; *names; names++) {
    (void)lua_getfield(L, from, *names);
    if (charge && lua_iscfunction(L, -1)) lua_pushcclosure(L, charged, 1);
    lua_setfield(L, -2, *names);
  }
}

static void open_part(lua_State *L, lua_CFunction open, const char *const *names, int charge) {
  lua_pushcfunction(L, open);
  lua_call(L, 0, 1);
  lua_createtable(L, 0, 24);
  pick(L, lua_gettop(L) - 1, names, charge);
  lua_remove(L, -2);
}

void bf__sandbox_open_math(lua_State *L) {
  static const char *const names[] = {"abs",        "ceil", "floor", "fmod", "huge",      "max",  "maxinteger", "min",
                                      "mininteger", "modf", "pi",    "sqrt", "tointeger", "type", "ult",        NULL};
  open_part(L, luaopen_math, names, 0);
}

void bf__sandbox_open_utf8(lua_State *L) {
  static const char *const names[] = {"char", "charpattern", "codepoint", "codes", "len", "offset", NULL};
  open_part(L, luaopen_utf8, names, 1);
}

void bf__sandbox_open_base(lua_State *L) {
  static const char *const names[] = {"assert", "error", "rawequal", "select", "tonumber", "type", NULL};
  static const luaL_Reg own[] = {{"getmetatable", base_getmetatable},
                                 {"ipairs", base_ipairs},
                                 {"next", base_next},
                                 {"pairs", base_pairs},
                                 {"pcall", bf__sandbox_pcall},
                                 {"rawlen", base_rawlen},
                                 {"require", bf__sandbox_require},
                                 {"setmetatable", base_setmetatable},
                                 {"tostring", base_tostring},
                                 {"xpcall", base_xpcall},
                                 {NULL, NULL}};
  open_part(L, luaopen_base, names, 0);
  luaL_setfuncs(L, own, 0);
}
