/* Read-only tables, and the proof that a function of a ruleset keeps no state.
 *
 * A view is an empty table; its metatable's __index is the table behind it, so reading costs one more look-up and nothing can be
 * written. Freezing moves the contents of a table behind itself: its identity stays, and whoever holds it holds the view. */
#include <string.h>

#include "sandbox_internal.h"

#define DEPTH 100 /* how deep tables and functions may hang in each other when they are frozen */

const char bf__sandbox_behind = 'b';

int bf__sandbox_write(lua_State *L) {
  if (lua_type(L, 2) == LUA_TSTRING) return luaL_error(L, "cannot set '%s': this value is read-only", lua_tostring(L, 2));
  if (lua_isinteger(L, 2)) return luaL_error(L, "cannot set [%I]: this value is read-only", (LUAI_UACINT)lua_tointeger(L, 2));
  return luaL_error(L, "cannot set [a %s]: this value is read-only", luaL_typename(L, 2));
}

int bf__sandbox_length(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  (void)bf__sandbox_raw(L, 1);
  lua_pushinteger(L, (lua_Integer)lua_rawlen(L, -1));
  return 1;
}

/* __index of a frozen table that had one from the script: what is there, else what the script's says. */
static int index_behind(lua_State *L) {
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 1;
  lua_pop(L, 1);
  lua_pushvalue(L, 2);
  if (lua_type(L, lua_upvalueindex(2)) == LUA_TTABLE) {
    lua_gettable(L, lua_upvalueindex(2));
    return 1;
  }
  lua_pushvalue(L, lua_upvalueindex(2));
  lua_pushvalue(L, 1);
  lua_pushvalue(L, 2);
  lua_call(L, 2, 1);
  return 1;
}

/* Fills the metatable on top so that it leads to the table at BEHIND. */
static void lead(lua_State *L, int behind) {
  lua_pushvalue(L, behind);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, bf__sandbox_write);
  lua_setfield(L, -2, "__newindex");
  lua_pushcfunction(L, bf__sandbox_length);
  lua_setfield(L, -2, "__len");
  lua_pushvalue(L, behind);
  lua_rawsetp(L, -2, &bf__sandbox_behind);
}

void bf__sandbox_view(lua_State *L) {
  int behind = lua_gettop(L);
  luaL_checkstack(L, 8, NULL);
  lua_createtable(L, 0, 0);
  lua_createtable(L, 0, 4);
  lead(L, behind);
  lua_setmetatable(L, -2);
  lua_replace(L, behind);
}

static int is_view(lua_State *L, int index) {
  int type;
  if (!lua_getmetatable(L, index)) return 0;
  type = lua_rawgetp(L, -1, &bf__sandbox_behind);
  lua_pop(L, 2);
  return type != LUA_TNIL;
}

int bf__sandbox_raw(lua_State *L, int index) {
  int type;
  index = lua_absindex(L, index);
  if (!lua_getmetatable(L, index)) {
    lua_pushvalue(L, index);
    return 0;
  }
  type = lua_rawgetp(L, -1, &bf__sandbox_behind);
  if (type == LUA_TNIL) {
    lua_pop(L, 2);
    lua_pushvalue(L, index);
    return 0;
  }
  if (type != LUA_TTABLE) {
    lua_pop(L, 1);
    bf__sandbox_complete(L, lua_gettop(L));
    (void)lua_rawgetp(L, -1, &bf__sandbox_behind);
  }
  lua_remove(L, -2);
  return 1;
}

static void freeze(lua_State *L, int index, int depth);

/* Moves all of the table at FROM to a new one, which it pushes. */
static void move_out(lua_State *L, int from) {
  int names = 0, to;
  size_t length = lua_rawlen(L, from);
  lua_pushnil(L);
  while (lua_next(L, from)) {
    names++;
    lua_pop(L, 1);
  }
  bf__sandbox_charge(L, names);
  length = length > (size_t)names ? (size_t)names : length;
  lua_createtable(L, length > 8192 ? 8192 : (int)length, names - (int)length);
  to = lua_gettop(L);
  lua_pushnil(L);
  while (lua_next(L, from)) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, to);
  }
  lua_pushnil(L);
  while (lua_next(L, to)) { /* clearing a field of FROM is allowed while TO is walked */
    lua_pop(L, 1);
    lua_pushvalue(L, -1);
    lua_pushnil(L);
    lua_rawset(L, from);
  }
}

/* The new metatable keeps the operators that the script gave in the one at OLD. */
static void keep_events(lua_State *L, int old, int fresh, int behind) {
  lua_pushnil(L);
  while (lua_next(L, old)) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, fresh);
  }
  lua_getfield(L, old, "__len");
  lua_getfield(L, old, "__index");
  lua_pushvalue(L, fresh);
  lead(L, behind);
  lua_pop(L, 1);
  if (!lua_isnil(L, -1)) {
    lua_pushvalue(L, behind);
    lua_pushvalue(L, -2);
    lua_pushcclosure(L, index_behind, 2);
    lua_setfield(L, fresh, "__index");
  }
  lua_pop(L, 1);
  if (!lua_isnil(L, -1))
    lua_setfield(L, fresh, "__len");
  else
    lua_pop(L, 1);
}

/* Freezes the keys and values of the table at INDEX. */
static void freeze_inside(lua_State *L, int index, int depth) {
  lua_pushnil(L);
  while (lua_next(L, index)) {
    freeze(L, lua_gettop(L), depth);
    freeze(L, lua_gettop(L) - 1, depth);
    lua_pop(L, 1);
  }
}

static void freeze_table(lua_State *L, int index, int depth) {
  int top = lua_gettop(L), old;
  if (is_view(L, index)) return;
  old = lua_getmetatable(L, index) ? lua_gettop(L) : 0;
  move_out(L, index);
  int behind = lua_gettop(L);
  lua_createtable(L, 0, 4);
  if (old)
    keep_events(L, old, lua_gettop(L), behind);
  else
    lead(L, behind);
  lua_setmetatable(L, index); /* before going deeper: a cycle ends here */
  freeze_inside(L, behind, depth);
  if (old) freeze_inside(L, old, depth);
  lua_settop(L, top);
}

/* State between calls can only live in a variable that a lasting function assigns: such functions are refused. */
static void check_assigned(lua_State *L, int index, const lua_Debug *ar) {
  unsigned char set[256] = {0};
  lua_pushvalue(L, index);
  bf__sandbox_assigned(L, set);
  lua_pop(L, 1);
  for (int i = 0; i < 255; i++) {
    if (!set[i]) continue;
    const char *name = lua_getupvalue(L, index, i + 1);
    lua_pushfstring(L,
                    "%s:%d: a script must not keep state in a local variable: this function sets '%s', which outlives the call",
                    ar->short_src, ar->linedefined, name ? name : "?");
    (void)lua_error(L);
  }
}

static int seen_before(lua_State *L, int index) {
  int seen;
  (void)lua_rawgetp(L, LUA_REGISTRYINDEX, &bf__sandbox_seen);
  lua_pushvalue(L, index);
  seen = lua_rawget(L, -2) != LUA_TNIL;
  lua_pop(L, 1);
  if (!seen) {
    lua_pushvalue(L, index);
    lua_pushboolean(L, 1);
    lua_rawset(L, -3);
  }
  lua_pop(L, 1);
  return seen;
}

/* The file's functions have returned by now, so the place is the file. */
static void refuse(lua_State *L, const char *what) {
  const struct bf__sandbox *sandbox = bf__sandbox_of(L);
  if (sandbox->running < 0) (void)luaL_error(L, "%s", what);
  lua_pushfstring(L, "%s: %s", sandbox->files[sandbox->running].path, what);
  (void)lua_error(L);
}

static void freeze_function(lua_State *L, int index, int depth) {
  lua_Debug ar;
  lua_CFunction c = lua_tocfunction(L, index);
  if (c == bf__sandbox_pairs_step || c == bf__sandbox_gmatch_step) {
    refuse(L, "a script must not keep an iterator between calls");
  }
  if (c) return;
  lua_pushvalue(L, index);
  if (!lua_getinfo(L, ">S", &ar) || strcmp(ar.short_src, bf__sandbox_of(L)->prelude) == 0 || seen_before(L, index)) return;
  bf__sandbox_charge(L, 10);
  check_assigned(L, index, &ar);
  for (int i = 1; lua_getupvalue(L, index, i); i++) {
    freeze(L, lua_gettop(L), depth);
    lua_pop(L, 1);
  }
}

static void freeze(lua_State *L, int index, int depth) {
  int type = lua_type(L, index);
  if (type != LUA_TTABLE && type != LUA_TFUNCTION) return;
  if (depth == 0) refuse(L, "tables and functions hang in each other too deep");
  luaL_checkstack(L, 16, NULL);
  if (type == LUA_TTABLE)
    freeze_table(L, index, depth - 1);
  else
    freeze_function(L, index, depth - 1);
}

void bf__sandbox_freeze(lua_State *L, int index) {
  freeze(L, lua_absindex(L, index), DEPTH);
}

/* The table itself stays the caller's to write; what hangs in it is frozen. */
int bf__sandbox_readonly(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  if (is_view(L, 1)) return 1;
  if (lua_getmetatable(L, 1)) {
    lua_settop(L, 1);
    bf__sandbox_freeze(L, 1);
    return 1;
  }
  freeze_inside(L, 1, DEPTH);
  if (!is_view(L, 1)) bf__sandbox_view(L); /* it is one already where it hung in itself */
  return 1;
}
