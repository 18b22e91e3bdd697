/* The table library: raw access only, so that no __len or __index of a script can send a loop astray; every loop charged.
 * Views are read through; writing to one raises. */
#include <string.h>

#include "sandbox_internal.h"

/* Pushes the table to read at argument ARG. */
static int source(lua_State *L, int arg) {
  luaL_checktype(L, arg, LUA_TTABLE);
  (void)bf__sandbox_raw(L, arg);
  return lua_gettop(L);
}

static void target(lua_State *L, int arg) {
  luaL_checktype(L, arg, LUA_TTABLE);
  if (bf__sandbox_raw(L, arg)) (void)luaL_error(L, "this table is read-only");
  lua_pop(L, 1);
}

static int table_insert(lua_State *L) {
  lua_Integer n, at;
  int args = lua_gettop(L);
  target(L, 1);
  n = (lua_Integer)lua_rawlen(L, 1);
  if (args == 2) {
    lua_rawseti(L, 1, n + 1);
    return 0;
  }
  if (args != 3) return luaL_error(L, "wrong number of arguments to 'insert'");
  at = luaL_checkinteger(L, 2);
  luaL_argcheck(L, at >= 1 && at <= n + 1, 2, "position out of bounds");
  for (lua_Integer i = n + 1; i > at; i--) {
    bf__sandbox_charge(L, 1);
    (void)lua_rawgeti(L, 1, i - 1);
    lua_rawseti(L, 1, i);
  }
  lua_rawseti(L, 1, at);
  return 0;
}

static int table_remove(lua_State *L) {
  lua_Integer n, at;
  target(L, 1);
  n = (lua_Integer)lua_rawlen(L, 1);
  at = luaL_optinteger(L, 2, n);
  if (at != n) luaL_argcheck(L, (lua_Unsigned)at - 1u <= (lua_Unsigned)n, 2, "position out of bounds");
  (void)lua_rawgeti(L, 1, at);
  for (; at < n; at++) {
    bf__sandbox_charge(L, 1);
    (void)lua_rawgeti(L, 1, at + 1);
    lua_rawseti(L, 1, at);
  }
  lua_pushnil(L);
  lua_rawseti(L, 1, at);
  return 1;
}

static int table_concat(lua_State *L) {
  size_t separator_length, length;
  const char *separator;
  lua_Integer i, last;
  luaL_Buffer b;
  int from;
  lua_settop(L, 4);
  from = source(L, 1);
  separator = luaL_optlstring(L, 2, "", &separator_length);
  i = luaL_optinteger(L, 3, 1);
  last = luaL_optinteger(L, 4, (lua_Integer)lua_rawlen(L, from));
  luaL_buffinit(L, &b);
  for (; i <= last; i++) {
    bf__sandbox_charge(L, 1);
    (void)lua_rawgeti(L, from, i);
    if (!lua_isstring(L, -1))
      return luaL_error(L, "invalid value (a %s) at index %I in table for 'concat'", luaL_typename(L, -1), (LUAI_UACINT)i);
    (void)lua_tolstring(L, -1, &length);
    if (luaL_bufflen(&b) + length + separator_length > BF__SANDBOX_STRING)
      return luaL_error(L, "the text would be longer than %d bytes", (int)BF__SANDBOX_STRING);
    luaL_addvalue(&b);
    if (i == last) break;
    luaL_addlstring(&b, separator, separator_length);
  }
  luaL_pushresult(&b);
  return 1;
}

static int table_unpack(lua_State *L) {
  int from = 0;
  lua_Integer i, last;
  lua_settop(L, 3);
  from = source(L, 1);
  i = luaL_optinteger(L, 2, 1);
  last = luaL_optinteger(L, 3, (lua_Integer)lua_rawlen(L, from));
  if (i > last) return 0;
  if ((lua_Unsigned)last - (lua_Unsigned)i >= BF__SANDBOX_SPREAD)
    return luaL_error(L, "more than %d values to unpack", BF__SANDBOX_SPREAD);
  luaL_checkstack(L, (int)(last - i) + 1, "too many values to unpack");
  bf__sandbox_charge(L, last - i + 1);
  int n = (int)(last - i) + 1;
  for (int k = 0; k < n; k++) (void)lua_rawgeti(L, from, i + k);
  return n;
}

static int table_pack(lua_State *L) {
  int n = lua_gettop(L);
  bf__sandbox_charge(L, n);
  lua_createtable(L, n, 1);
  lua_insert(L, 1);
  for (int i = n; i >= 1; i--) lua_rawseti(L, 1, i);
  lua_pushinteger(L, n);
  lua_setfield(L, 1, "n");
  return 1;
}

static int table_move(lua_State *L) {
  int from, to = lua_isnoneornil(L, 5) ? 1 : 5;
  lua_Integer first = luaL_checkinteger(L, 2), last = luaL_checkinteger(L, 3), at = luaL_checkinteger(L, 4);
  lua_settop(L, 5);
  target(L, to);
  from = source(L, 1);
  if (last >= first) {
    luaL_argcheck(L, first > 0 || last < LUA_MAXINTEGER + first, 3, "too many elements to move");
    luaL_argcheck(L, at <= LUA_MAXINTEGER - (last - first), 4, "destination wrap around");
    int up = at > last || at <= first || to != 1;
    for (lua_Integer k = 0; k <= last - first; k++) {
      lua_Integer i = up ? k : last - first - k;
      bf__sandbox_charge(L, 1);
      (void)lua_rawgeti(L, from, first + i);
      lua_rawseti(L, to, at + i);
    }
  }
  lua_pushvalue(L, to);
  return 1;
}

/* sort: a merge sort on copies. It is stable, so its result does not depend on how it works; a comparator that lies does no harm.
 */
static int before(lua_State *L, int a, int b) {
  int yes;
  if (lua_isnil(L, 2)) {
    int type = lua_type(L, a);
    if (type != lua_type(L, b) || (type != LUA_TNUMBER && type != LUA_TSTRING)) {
      return luaL_error(L, "attempt to compare %s with %s", luaL_typename(L, a), luaL_typename(L, b));
    }
    return lua_compare(L, a, b, LUA_OPLT);
  }
  lua_pushvalue(L, 2);
  lua_pushvalue(L, a);
  lua_pushvalue(L, b);
  lua_call(L, 2, 1);
  yes = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return yes;
}

/* Merges [LOW, MIDDLE) and [MIDDLE, HIGH) of the table at FROM into the one at TO. */
static void merge(lua_State *L, int from, int to, lua_Integer low, lua_Integer middle, lua_Integer high) {
  lua_Integer a = low, b = middle;
  for (lua_Integer k = low; k < high; k++) {
    int second = a >= middle;
    bf__sandbox_charge(L, 2);
    if (a < middle && b < high) {
      (void)lua_rawgeti(L, from, a);
      (void)lua_rawgeti(L, from, b);
      second = before(L, lua_gettop(L), lua_gettop(L) - 1);
      lua_pop(L, 2);
    }
    (void)lua_rawgeti(L, from, second ? b++ : a++);
    lua_rawseti(L, to, k);
  }
}

static int table_sort(lua_State *L) {
  lua_Integer n;
  int from = 3, to = 4;
  lua_settop(L, 2);
  target(L, 1);
  if (!lua_isnil(L, 2)) luaL_checktype(L, 2, LUA_TFUNCTION);
  n = (lua_Integer)lua_rawlen(L, 1);
  if (n > 100000) return luaL_error(L, "more than 100000 values to sort");
  lua_createtable(L, n > 8192 ? 8192 : (int)n, 0);
  lua_createtable(L, n > 8192 ? 8192 : (int)n, 0);
  bf__sandbox_charge(L, n);
  for (lua_Integer i = 1; i <= n; i++) {
    (void)lua_rawgeti(L, 1, i);
    lua_rawseti(L, from, i);
  }
  for (lua_Integer width = 1; width < n; width *= 2) {
    for (lua_Integer low = 1; low <= n; low += 2 * width) {
      lua_Integer middle = low + width > n + 1 ? n + 1 : low + width, high = middle + width > n + 1 ? n + 1 : middle + width;
      merge(L, from, to, low, middle, high);
    }
    lua_insert(L, from); /* what was merged into is the source of the next round */
  }
  target(L, 1); /* the comparator may have made it read-only */
  for (lua_Integer i = 1; i <= n; i++) {
    (void)lua_rawgeti(L, from, i);
    lua_rawseti(L, 1, i);
  }
  return 0;
}

void bf__sandbox_open_table(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"concat", table_concat}, {"insert", table_insert}, {"move", table_move},     {"pack", table_pack},
      {"remove", table_remove}, {"sort", table_sort},     {"unpack", table_unpack}, {NULL, NULL}};
  luaL_newlib(L, functions);
}
