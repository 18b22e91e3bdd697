/* Values cross here, by copy: JSON into the state as read-only views that are filled as far as they are read, results out of it.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox_internal.h"

#define MEMBERS 16    /* of an object that need no memory of their own while it is taken */
#define INDEX_BITS 24 /* a ticket is the number of the call and an index into what was lent for it */

static lua_Integer lend(lua_State *L, const json_t *value) {
  struct bf__sandbox *sandbox = bf__sandbox_of(L);
  if (sandbox->lent_count == sandbox->lent_room) {
    size_t room = sandbox->lent_room ? sandbox->lent_room * 2 : 64;
    const json_t **grown =
        room < (size_t)1 << INDEX_BITS ? bf__sandbox_realloc((void *)sandbox->lent, room * sizeof *grown) : NULL;
    if (!grown) {
      bf__sandbox_end(L, BF__SANDBOX_SYSTEM);
      (void)bf__sandbox_raise(L);
      return 0;
    }
    sandbox->lent = grown;
    sandbox->lent_room = room;
  }
  sandbox->lent[sandbox->lent_count] = value;
  return (lua_Integer)((uint64_t)sandbox->turn << INDEX_BITS | sandbox->lent_count++);
}

/* The JSON behind a ticket, or NULL when it was lent for an earlier call. */
static const json_t *lent(const struct bf__sandbox *sandbox, lua_Integer ticket) {
  size_t index = (size_t)((uint64_t)ticket & ((1u << INDEX_BITS) - 1));
  if (((uint64_t)ticket >> INDEX_BITS) != (uint64_t)sandbox->turn || index >= sandbox->lent_count) return NULL;
  return sandbox->lent[index];
}

static const json_t *lent_or_raise(lua_State *L, lua_Integer ticket) {
  const json_t *value = lent(bf__sandbox_of(L), ticket);
  if (!value) (void)luaL_error(L, "a value of an earlier call was kept");
  return value;
}

static const char kept =
    'k'; /* key in a view's metatable: the views of members that were read, so that each keeps its identity */

/* Pushes the table under `kept`, made when it is first needed. */
static void push_kept(lua_State *L, int metatable) {
  if (lua_rawgetp(L, metatable, &kept) != LUA_TNIL) return;
  lua_pop(L, 1);
  lua_createtable(L, 0, 4);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, metatable, &kept);
}

/* Pushes one member of an object. What is no table is read from the JSON each time. */
static void push_member(lua_State *L, int metatable, const json_t *object) {
  const json_t *member = lua_type(L, 2) == LUA_TSTRING ? json_object_getn(object, lua_tostring(L, 2), lua_rawlen(L, 2)) : NULL;
  if (!json_is_object(member) && !json_is_array(member)) {
    bf__sandbox_push(L, member);
    return;
  }
  push_kept(L, metatable);
  lua_pushvalue(L, 2);
  if (lua_rawget(L, -2) != LUA_TNIL) return;
  lua_pop(L, 1);
  bf__sandbox_push(L, member);
  lua_pushvalue(L, 2);
  lua_pushvalue(L, -2);
  lua_rawset(L, -4);
}

/* __index of a view that is not filled yet. */
static int index_lent(lua_State *L) {
  const json_t *value;
  lua_settop(L, 2);
  (void)lua_getmetatable(L, 1);
  (void)lua_rawgetp(L, 3, &bf__sandbox_behind);
  value = lent_or_raise(L, lua_tointeger(L, 4));
  if (json_is_object(value)) {
    push_member(L, 3, value);
  } else {
    bf__sandbox_complete(L, 3);
    (void)lua_rawgetp(L, 3, &bf__sandbox_behind);
    lua_pushvalue(L, 2);
    (void)lua_rawget(L, -2);
  }
  return 1;
}

static void push_view(lua_State *L, const json_t *value) {
  lua_Integer ticket = lend(L, value);
  luaL_checkstack(L, 8, NULL);
  lua_createtable(L, 0, 0);
  lua_createtable(L, 0, 4);
  lua_pushcfunction(L, index_lent);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, bf__sandbox_write);
  lua_setfield(L, -2, "__newindex");
  lua_pushcfunction(L, bf__sandbox_length);
  lua_setfield(L, -2, "__len");
  lua_pushinteger(L, ticket);
  lua_rawsetp(L, -2, &bf__sandbox_behind);
  lua_setmetatable(L, -2);
}

void bf__sandbox_push(lua_State *L, const json_t *value) {
  switch (value ? json_typeof(value) : JSON_NULL) {
  case JSON_OBJECT:
  case JSON_ARRAY:
    push_view(L, value);
    break;
  case JSON_STRING:
    lua_pushlstring(L, json_string_value(value), json_string_length(value));
    break;
  case JSON_INTEGER:
    lua_pushinteger(L, (lua_Integer)json_integer_value(value));
    break;
  case JSON_REAL:
    lua_pushnumber(L, json_real_value(value));
    break;
  case JSON_TRUE:
    lua_pushboolean(L, 1);
    break;
  case JSON_FALSE:
    lua_pushboolean(L, 0);
    break;
  default:
    lua_pushnil(L);
  }
}

static void fill_array(lua_State *L, const json_t *value, int to) {
  size_t n = json_array_size(value);
  bf__sandbox_charge(L, (int64_t)n);
  for (size_t i = 0; i < n; i++) {
    bf__sandbox_push(L, json_array_get(value, i));
    lua_rawseti(L, to, (lua_Integer)i + 1);
  }
}

/* What was read before is in place already and keeps its identity. */
static void fill_object(lua_State *L, const json_t *value, int to) {
  json_t *object = (json_t *)value; /* jansson's iterators are not const-correct; nothing is written */
  bf__sandbox_charge(L, (int64_t)json_object_size(value));
  for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at)) {
    lua_pushlstring(L, json_object_iter_key(at), json_object_iter_key_len(at));
    lua_pushvalue(L, -1);
    if (lua_rawget(L, to) == LUA_TNIL) {
      lua_pop(L, 1);
      bf__sandbox_push(L, json_object_iter_value(at));
      lua_rawset(L, to);
    } else {
      lua_pop(L, 2);
    }
  }
}

void bf__sandbox_complete(lua_State *L, int metatable) {
  const json_t *value;
  int behind;
  luaL_checkstack(L, 12, NULL);
  (void)lua_rawgetp(L, metatable, &bf__sandbox_behind);
  value = lent_or_raise(L, lua_tointeger(L, -1));
  push_kept(L, metatable);
  behind = lua_gettop(L);
  if (json_is_array(value))
    fill_array(L, value, behind);
  else
    fill_object(L, value, behind);
  lua_pushvalue(L, behind);
  lua_setfield(L, metatable, "__index");
  lua_pushvalue(L, behind);
  lua_rawsetp(L, metatable, &bf__sandbox_behind);
  lua_settop(L, behind - 2);
}

/* Out of the state. Nothing below raises: only calls of Lua that neither allocate nor run metamethods are made. */
struct level {
  const struct level *outer;
  const void *table;
  const char *name; /* NULL: an index */
  lua_Integer index;
};
struct taking {
  struct bf__sandbox *sandbox;
  struct bf_error *err;
  size_t values;
};
struct member {
  const char *name;
  size_t length;
  json_t *value;
};

static size_t write_path(const struct level *at, char *to, size_t room) {
  size_t n = at->outer ? write_path(at->outer, to, room) : 0;
  int more;
  if (!at->outer)
    more = snprintf(to, room, "result");
  else if (at->name)
    more = snprintf(to + n, room - n, ".%.40s", at->name);
  else
    more = snprintf(to + n, room - n, "[%lld]", (long long)at->index);
  return n + (size_t)more < room ? n + (size_t)more : room - 1;
}

static int refuse(const struct taking *t, const struct level *at, const char *what) {
  char path[160];
  (void)write_path(at, path, sizeof path);
  return bf_fail(t->err, BF_ESCRIPT, t->sandbox->where, "%s: %s", path, what);
}

static int no_memory(const struct taking *t) {
  return bf_fail(t->err, BF_ENOMEM, "", "no memory for a result");
}

static int continued(const unsigned char *s, size_t n) {
  for (size_t i = 1; i < n; i++)
    if ((s[i] & 0xC0) != 0x80) return 0;
  return 1;
}

/* UTF-8 without overlong forms, surrogates and NUL. */
static int valid_text(const char *text, size_t length) {
  const unsigned char *s = (const unsigned char *)text, *end = s + length;
  while (s < end) {
    size_t n = *s < 0x80 ? 1 : *s < 0xC2 ? 0 : *s < 0xE0 ? 2 : *s < 0xF0 ? 3 : *s < 0xF5 ? 4 : 0;
    if (*s == 0 || n == 0 || n > (size_t)(end - s) || !continued(s, n)) return 0;
    if ((*s == 0xE0 && s[1] < 0xA0) || (*s == 0xED && s[1] > 0x9F) || (*s == 0xF0 && s[1] < 0x90) || (*s == 0xF4 && s[1] > 0x8F))
      return 0;
    s += n;
  }
  return 1;
}

static int take(struct taking *t, const struct level *at, int index, json_t **ret);

static int take_text(struct taking *t, const struct level *at, int index, json_t **ret) {
  size_t length;
  const char *text = lua_tolstring(t->sandbox->L, index, &length);
  if (!valid_text(text, length)) return refuse(t, at, "a text that is not valid UTF-8, or with a NUL in it");
  return (*ret = json_stringn_nocheck(text, length)) ? 0 : no_memory(t);
}

static int take_number(struct taking *t, const struct level *at, int index, json_t **ret) {
  lua_State *L = t->sandbox->L;
  if (lua_isinteger(L, index)) return (*ret = json_integer(lua_tointeger(L, index))) ? 0 : no_memory(t);
  if (!isfinite(lua_tonumber(L, index))) return refuse(t, at, "not a finite number");
  return (*ret = json_real(lua_tonumber(L, index))) ? 0 : no_memory(t);
}

static int take_array(struct taking *t, const struct level *at, int index, size_t count, json_t **ret) {
  lua_State *L = t->sandbox->L;
  json_t *array = json_array(), *value = NULL;
  int rc = array ? 0 : no_memory(t);
  for (size_t i = 1; !rc && i <= count; i++) {
    struct level inner = {at, NULL, NULL, (lua_Integer)i};
    if (lua_rawgeti(L, index, (lua_Integer)i) == LUA_TNIL)
      rc = refuse(t, &inner, "a hole: the keys of a list are 1 to n without a gap");
    else
      rc = take(t, &inner, lua_gettop(L), &value);
    lua_pop(L, 1);
    if (!rc && json_array_append_new(array, value) != 0) rc = no_memory(t);
  }
  if (rc)
    json_decref(array);
  else
    *ret = array;
  return rc;
}

static int by_bytes(const void *a, const void *b) {
  const struct member *x = a, *y = b;
  int order = memcmp(x->name, y->name, x->length < y->length ? x->length : y->length);
  return order ? order : (x->length > y->length) - (x->length < y->length);
}

/* An object has few members: putting each in its place beats qsort. */
static void sort_members(struct member *members, size_t n) {
  if (n > MEMBERS) {
    qsort(members, n, sizeof *members, by_bytes);
    return;
  }
  for (size_t i = 1; i < n; i++) {
    struct member one = members[i];
    size_t at = i;
    for (; at > 0 && by_bytes(&members[at - 1], &one) > 0; at--) members[at] = members[at - 1];
    members[at] = one;
  }
}

static int take_member(struct taking *t, const struct level *at, struct member *m) {
  lua_State *L = t->sandbox->L;
  struct level inner = {at, NULL, lua_tolstring(L, -2, &m->length), 0};
  m->name = inner.name;
  if (!valid_text(m->name, m->length)) {
    inner.name = "?";
    return refuse(t, &inner, "a name that is not valid UTF-8, or with a NUL in it");
  }
  return take(t, &inner, lua_gettop(L), &m->value);
}

/* Members are put in order of their bytes: Lua's own order differs from run to run. */
static int take_object(struct taking *t, const struct level *at, int index, size_t count, json_t **ret) {
  lua_State *L = t->sandbox->L;
  struct member local[MEMBERS], *members = count <= MEMBERS ? local : bf__sandbox_realloc(NULL, count * sizeof *members);
  json_t *object = json_object();
  size_t n = 0;
  int rc = members && object ? 0 : no_memory(t);
  lua_pushnil(L);
  while (lua_next(L, index)) {
    if (!rc && n < count) {
      members[n].value = NULL;
      rc = take_member(t, at, &members[n]);
      n++;
    }
    lua_pop(L, 1);
  }
  if (!rc) sort_members(members, n);
  for (size_t i = 0; i < n; i++) {
    if (rc)
      json_decref(members[i].value);
    else if (json_object_setn_new_nocheck(object, members[i].name, members[i].length, members[i].value) != 0)
      rc = no_memory(t);
  }
  if (members != local) free(members);
  if (rc)
    json_decref(object);
  else
    *ret = object;
  return rc;
}

static int count_values(struct taking *t, const json_t *value) {
  size_t i;
  json_t *inner, *object = (json_t *)value;
  if (t->values-- == 0) return 0;
  if (json_is_array(value)) {
    json_array_foreach(value, i, inner) if (!count_values(t, inner)) return 0;
  } else if (json_is_object(value)) {
    for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at))
      if (!count_values(t, json_object_iter_value(at))) return 0;
  }
  return 1;
}

/* A view of an argument that nobody has read: the JSON behind it is copied. */
static int take_lent(struct taking *t, const struct level *at, lua_Integer ticket, json_t **ret) {
  const json_t *value = lent(t->sandbox, ticket);
  if (!value) return refuse(t, at, "a value of an earlier call");
  t->values++;
  if (!count_values(t, value)) return refuse(t, at, "too many values");
  return (*ret = json_deep_copy(value)) ? 0 : no_memory(t);
}

/* Counts names and whole-number keys; anything else is refused. */
static int survey(struct taking *t, const struct level *at, int index, size_t *names, size_t *indexes) {
  lua_State *L = t->sandbox->L;
  lua_pushnil(L);
  while (lua_next(L, index)) {
    lua_pop(L, 1);
    if (lua_type(L, -1) == LUA_TSTRING)
      (*names)++;
    else if (lua_isinteger(L, -1))
      (*indexes)++;
    else {
      lua_pop(L, 1);
      return refuse(t, at, "a key that is neither a name nor a whole number");
    }
    if (*names + *indexes > t->values) {
      lua_pop(L, 1);
      return refuse(t, at, "too many values");
    }
  }
  if (*names && *indexes) return refuse(t, at, "names and numbers are mixed as keys");
  return 0;
}

/* Pushes the table behind a view, or the table; 1, or 0 with *TICKET where JSON is behind it still. */
static int behind(lua_State *L, int index, lua_Integer *ticket) {
  int type;
  if (!lua_getmetatable(L, index)) {
    lua_pushvalue(L, index);
    return 1;
  }
  type = lua_rawgetp(L, -1, &bf__sandbox_behind);
  lua_remove(L, -2);
  if (type == LUA_TTABLE) return 1;
  *ticket = lua_tointeger(L, -1);
  lua_pop(L, 1);
  if (type == LUA_TNUMBER) return 0;
  lua_pushvalue(L, index);
  return 1;
}

static int take_table(struct taking *t, const struct level *outer, int index, json_t **ret) {
  lua_State *L = t->sandbox->L;
  size_t names = 0, indexes = 0, depth = 0;
  struct level at = *outer;
  lua_Integer ticket = 0;
  int rc, top = lua_gettop(L);
  if (!lua_checkstack(L, 8)) return no_memory(t);
  if (!behind(L, index, &ticket)) return take_lent(t, outer, ticket, ret);
  at.table = lua_topointer(L, -1);
  for (const struct level *l = outer->outer; l; l = l->outer, depth++) {
    if (l->table != at.table) continue;
    lua_settop(L, top);
    return refuse(t, outer, "a table that contains itself");
  }
  if (depth >= (size_t)t->sandbox->limits.depth)
    rc = refuse(t, outer, "nested too deep");
  else
    rc = survey(t, &at, top + 1, &names, &indexes);
  if (!rc) rc = indexes ? take_array(t, &at, top + 1, indexes, ret) : take_object(t, &at, top + 1, names, ret);
  lua_settop(L, top);
  return rc;
}

/* The one value that says where it was written. */
static int take_function(struct taking *t, const struct level *at, int index) {
  lua_State *L = t->sandbox->L;
  lua_Debug ar;
  lua_pushvalue(L, index);
  if (lua_getinfo(L, ">S", &ar) && ar.linedefined > 0) {
    (void)snprintf(t->sandbox->where, sizeof t->sandbox->where, "%s:%d", ar.short_src, ar.linedefined);
  }
  return refuse(t, at, "a function cannot leave the script");
}

static int take(struct taking *t, const struct level *at, int index, json_t **ret) {
  lua_State *L = t->sandbox->L;
  if (t->values == 0) return refuse(t, at, "too many values");
  t->values--;
  switch (lua_type(L, index)) {
  case LUA_TNIL:
    return (*ret = json_null()) ? 0 : no_memory(t);
  case LUA_TBOOLEAN:
    return (*ret = json_boolean(lua_toboolean(L, index))) ? 0 : no_memory(t);
  case LUA_TNUMBER:
    return take_number(t, at, index, ret);
  case LUA_TSTRING:
    return take_text(t, at, index, ret);
  case LUA_TTABLE:
    return take_table(t, at, index, ret);
  case LUA_TFUNCTION:
    return take_function(t, at, index);
  default:
    return refuse(t, at, "a value of this type cannot leave the script");
  }
}

int bf__sandbox_take(lua_State *L, int index, json_t **ret, struct bf_error *err) {
  struct taking t = {bf__sandbox_of(L), err, 0};
  struct level at = {NULL, NULL, NULL, 0};
  t.values = t.sandbox->limits.values;
  return take(&t, &at, lua_absindex(L, index), ret);
}
