/* The string library: what Lua's has, save what the header of sandbox.c leaves out, with every loop charged and every text
 * bounded. */
#include <stdlib.h>
#include <string.h>

#include "sandbox_internal.h"

/* Position I of a text of LENGTH bytes, negative from the end; as in the manual, not clipped above. */
static size_t from_start(lua_Integer i, size_t length) {
  if (i > 0) return (size_t)i;
  if (i == 0) return 1;
  return i < -(lua_Integer)length ? 1 : length + (size_t)i + 1;
}
static size_t to_end(lua_Integer i, size_t length) {
  if (i > (lua_Integer)length) return length;
  if (i >= 0) return (size_t)i;
  return i < -(lua_Integer)length ? 0 : length + (size_t)i + 1;
}

static void too_long(lua_State *L, size_t length) {
  if (length > BF__SANDBOX_STRING) (void)luaL_error(L, "the text would be longer than %d bytes", (int)BF__SANDBOX_STRING);
}

static void add(luaL_Buffer *b, const char *text, size_t length) {
  too_long(b->L, luaL_bufflen(b) + length);
  luaL_addlstring(b, text, length);
}

static int string_len(lua_State *L) {
  size_t n;
  (void)luaL_checklstring(L, 1, &n);
  lua_pushinteger(L, (lua_Integer)n);
  return 1;
}

static int string_sub(lua_State *L) {
  size_t n, i, j;
  const char *s = luaL_checklstring(L, 1, &n);
  i = from_start(luaL_checkinteger(L, 2), n);
  j = to_end(luaL_optinteger(L, 3, -1), n);
  bf__sandbox_charge(L, (int64_t)(n / 64));
  if (i > j)
    lua_pushliteral(L, "");
  else
    lua_pushlstring(L, s + i - 1, j - i + 1);
  return 1;
}

static int string_byte(lua_State *L) {
  size_t n, i, j;
  const char *s = luaL_checklstring(L, 1, &n);
  lua_Integer first = luaL_optinteger(L, 2, 1);
  i = from_start(first, n);
  j = to_end(luaL_optinteger(L, 3, first), n);
  if (i > j) return 0;
  if (j - i >= BF__SANDBOX_SPREAD) return luaL_error(L, "more than %d bytes at once", BF__SANDBOX_SPREAD);
  luaL_checkstack(L, (int)(j - i + 1), "too many bytes");
  for (size_t k = i; k <= j; k++) lua_pushinteger(L, (unsigned char)s[k - 1]);
  return (int)(j - i + 1);
}

static int string_char(lua_State *L) {
  int n = lua_gettop(L);
  luaL_Buffer b;
  char *to = luaL_buffinitsize(L, &b, (size_t)n);
  bf__sandbox_charge(L, n);
  for (int i = 1; i <= n; i++) {
    lua_Integer c = luaL_checkinteger(L, i);
    luaL_argcheck(L, c >= 0 && c <= 255, i, "value out of range");
    to[i - 1] = (char)(unsigned char)c;
  }
  luaL_pushresultsize(&b, (size_t)n);
  return 1;
}

static int mapped(lua_State *L, char from, char to, int shift) {
  size_t n;
  const char *s = luaL_checklstring(L, 1, &n);
  luaL_Buffer b;
  char *out = luaL_buffinitsize(L, &b, n);
  bf__sandbox_charge(L, (int64_t)(n / 8));
  for (size_t i = 0; i < n; i++) out[i] = s[i] >= from && s[i] <= to ? (char)(s[i] + shift) : s[i];
  luaL_pushresultsize(&b, n);
  return 1;
}
static int string_lower(lua_State *L) {
  return mapped(L, 'A', 'Z', 'a' - 'A');
}
static int string_upper(lua_State *L) {
  return mapped(L, 'a', 'z', 'A' - 'a');
}

static int string_reverse(lua_State *L) {
  size_t n;
  const char *s = luaL_checklstring(L, 1, &n);
  luaL_Buffer b;
  char *out = luaL_buffinitsize(L, &b, n);
  bf__sandbox_charge(L, (int64_t)(n / 8));
  for (size_t i = 0; i < n; i++) out[i] = s[n - 1 - i];
  luaL_pushresultsize(&b, n);
  return 1;
}

static int string_rep(lua_State *L) {
  size_t n, m, total;
  const char *s = luaL_checklstring(L, 1, &n);
  lua_Integer count = luaL_checkinteger(L, 2);
  const char *sep = luaL_optlstring(L, 3, "", &m);
  luaL_Buffer b;
  if (count <= 0 || n + m == 0) {
    lua_pushliteral(L, "");
    return 1;
  }
  if ((lua_Unsigned)count > BF__SANDBOX_STRING / (n + m) + 1) too_long(L, (size_t)BF__SANDBOX_STRING + 1);
  total = n * (size_t)count + m * (size_t)(count - 1);
  too_long(L, total);
  bf__sandbox_charge(L, (int64_t)(count + (lua_Integer)total / 64));
  char *out = luaL_buffinitsize(L, &b, total);
  for (lua_Integer i = 0; i < count; i++) {
    memcpy(out, s, n);
    out += n;
    if (i + 1 == count) break;
    memcpy(out, sep, m);
    out += m;
  }
  luaL_pushresultsize(&b, total);
  return 1;
}

/* Searching ------------------------------------------------------------------------------------------------------------- */
static int is_plain(const char *pat, size_t length) {
  for (size_t i = 0; i < length; i++)
    if (pat[i] && strchr("^$*+?.([%-", pat[i])) return 0;
  return 1;
}

static int plain_find(lua_State *L, const char *s, size_t n, const char *what, size_t m, size_t from) {
  const char *found;
  bf__sandbox_charge(
      L, (int64_t)((n - from + m) / 16 + 1)); /* memmem takes time in proportion to both lengths, never their product */
  found = memmem(s + from, n - from, what, m);
  if (!found) {
    luaL_pushfail(L);
    return 1;
  }
  lua_pushinteger(L, found - s + 1);
  lua_pushinteger(L, found - s + (lua_Integer)m);
  return 2;
}

static int search(lua_State *L, int find) {
  size_t n, m, from;
  const char *s = luaL_checklstring(L, 1, &n), *p = luaL_checklstring(L, 2, &m), *at, *e;
  struct bf__match match;
  int anchored = m > 0 && *p == '^';
  from = from_start(luaL_optinteger(L, 3, 1), n) - 1;
  if (from > n) {
    luaL_pushfail(L);
    return 1;
  }
  if (find && (lua_toboolean(L, 4) || is_plain(p, m))) return plain_find(L, s, n, p, m, from);
  bf__match_start(&match, L, s, n, p + anchored, m - (size_t)anchored);
  for (at = s + from; at <= match.src_end; at++) {
    match.level = 0;
    e = bf__match(&match, at, p + anchored);
    if (e) {
      bf__match_done(&match);
      if (!find) return bf__match_push_all(&match, at, e);
      lua_pushinteger(L, at - s + 1);
      lua_pushinteger(L, e - s);
      return bf__match_push_all(&match, NULL, NULL) + 2;
    }
    if (anchored) break;
  }
  bf__match_done(&match);
  luaL_pushfail(L);
  return 1;
}
static int string_find(lua_State *L) {
  return search(L, 1);
}
static int string_match(lua_State *L) {
  return search(L, 0);
}

/* Upvalues: text, pattern, where to go on, where the last match ended (so that an empty one is not found there twice). */
int bf__sandbox_gmatch_step(lua_State *L) {
  size_t n, m;
  const char *s = lua_tolstring(L, lua_upvalueindex(1), &n), *p = lua_tolstring(L, lua_upvalueindex(2), &m), *e;
  lua_Integer last = lua_tointeger(L, lua_upvalueindex(4));
  struct bf__match match;
  bf__match_start(&match, L, s, n, p, m);
  for (const char *at = s + lua_tointeger(L, lua_upvalueindex(3)); at <= match.src_end; at++) {
    match.level = 0;
    e = bf__match(&match, at, p);
    if (!e || e - s == last) continue;
    bf__match_done(&match);
    lua_pushinteger(L, e - s);
    lua_copy(L, -1, lua_upvalueindex(3));
    lua_replace(L, lua_upvalueindex(4));
    return bf__match_push_all(&match, at, e);
  }
  bf__match_done(&match);
  lua_pushinteger(L, (lua_Integer)n + 1);
  lua_replace(L, lua_upvalueindex(3));
  return 0;
}

static int string_gmatch(lua_State *L) {
  size_t n;
  (void)luaL_checklstring(L, 1, &n);
  (void)luaL_checkstring(L, 2);
  size_t from = from_start(luaL_optinteger(L, 3, 1), n) - 1;
  lua_settop(L, 2);
  lua_pushinteger(L, (lua_Integer)(from > n ? n + 1 : from));
  lua_pushinteger(L, -1);
  lua_pushcclosure(L, bf__sandbox_gmatch_step, 4);
  return 1;
}

/* gsub ------------------------------------------------------------------------------------------------------------------ */
static void add_template(struct bf__match *m, luaL_Buffer *b, const char *s, const char *e) {
  lua_State *L = m->L;
  size_t n;
  const char *r = lua_tolstring(L, 3, &n);
  for (size_t i = 0; i < n; i++) {
    if (r[i] != '%') {
      const char *next = memchr(r + i, '%', n - i);
      size_t plain = next ? (size_t)(next - r) - i : n - i;
      add(b, r + i, plain);
      i += plain - 1;
      continue;
    }
    i++;
    if (i < n && r[i] == '%')
      add(b, "%", 1);
    else if (i < n && r[i] == '0')
      add(b, s, (size_t)(e - s));
    else if (i < n && r[i] >= '1' && r[i] <= '9') {
      size_t length;
      bf__match_push(m, r[i] - '1', s, e);
      const char *text = lua_tolstring(L, -1, &length);
      too_long(L, luaL_bufflen(b) + length);
      (void)text;
      luaL_addvalue(b);
    } else {
      (void)luaL_error(L, "invalid use of '%%' in replacement string");
    }
    bf__sandbox_charge(L, 1);
  }
}

/* The replacement by table or function is on top of the stack: false or nil keeps what was there. */
static void add_value(struct bf__match *m, luaL_Buffer *b, const char *s, const char *e) {
  lua_State *L = m->L;
  size_t length;
  if (!lua_toboolean(L, -1)) {
    lua_pop(L, 1);
    add(b, s, (size_t)(e - s));
    return;
  }
  if (!lua_isstring(L, -1)) (void)luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
  (void)lua_tolstring(L, -1, &length);
  too_long(L, luaL_bufflen(b) + length);
  luaL_addvalue(b);
}

static void replace(struct bf__match *m, luaL_Buffer *b, const char *s, const char *e, int type) {
  lua_State *L = m->L;
  bf__match_done(m);
  if (type == LUA_TFUNCTION) {
    lua_pushvalue(L, 3);
    lua_call(L, bf__match_push_all(m, s, e), 1);
    add_value(m, b, s, e);
  } else if (type == LUA_TTABLE) {
    bf__match_push(m, 0, s, e);
    lua_gettable(L, 3);
    add_value(m, b, s, e);
  } else {
    add_template(m, b, s, e);
  }
}

static int string_gsub(lua_State *L) {
  size_t n, m;
  const char *s = luaL_checklstring(L, 1, &n), *p = luaL_checklstring(L, 2, &m), *last = NULL;
  int type = lua_type(L, 3), anchored = m > 0 && *p == '^';
  lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)n + 1), count = 0;
  struct bf__match match;
  luaL_Buffer b;
  luaL_argexpected(L, type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TTABLE || type == LUA_TFUNCTION, 3,
                   "string/function/table");
  if (type == LUA_TNUMBER) (void)lua_tostring(L, 3);
  p += anchored;
  bf__match_start(&match, L, s, n, p, m - (size_t)anchored);
  luaL_buffinit(L, &b);
  while (count < most) {
    const char *e;
    match.level = 0;
    e = bf__match(&match, s, p);
    if (e && e != last) {
      count++;
      replace(&match, &b, s, e, type);
      s = last = e;
    } else if (s < match.src_end) {
      add(&b, s++, 1);
    } else {
      break;
    }
    if (anchored) break;
  }
  bf__match_done(&match);
  add(&b, s, (size_t)(match.src_end - s));
  luaL_pushresult(&b);
  lua_pushinteger(L, count);
  return 2;
}

/* format ---------------------------------------------------------------------------------------------------------------- */
#define SPEC 16

/* Copies one specification, up to two digits of width and of precision, to SPEC; returns its end. */
static const char *read_spec(lua_State *L, const char *f, const char *end, char spec[SPEC]) {
  const char *p = f;
  size_t n;
  while (p < end && *p && strchr("-+ #0", *p)) p++;
  for (int i = 0; i < 2 && p < end && *p >= '0' && *p <= '9'; i++) p++;
  if (p < end && *p == '.') {
    p++;
    for (int i = 0; i < 2 && p < end && *p >= '0' && *p <= '9'; i++) p++;
  }
  n = (size_t)(p - f);
  if (p == end || n > SPEC - 6) (void)luaL_error(L, "invalid conversion '%%' to 'format'");
  spec[0] = '%';
  memcpy(spec + 1, f, n);
  spec[n + 1] = '\0';
  return p;
}

static void add_number(lua_State *L, luaL_Buffer *b, int arg, char spec[SPEC], char conversion) {
  char text[512];
  size_t n = strlen(spec);
  int length;
  if (strchr("dixXoc", conversion)) {
    lua_Integer value = luaL_checkinteger(L, arg);
    (void)snprintf(spec + n, SPEC - n, conversion == 'c' ? "%c" : "ll%c", conversion);
    length = conversion == 'c' ? snprintf(text, sizeof text, spec, (int)(unsigned char)value)
                               : snprintf(text, sizeof text, spec, (long long)value);
  } else {
    lua_Number value = luaL_checknumber(L, arg);
    (void)snprintf(spec + n, SPEC - n, "%c", conversion);
    length = snprintf(text, sizeof text, spec, value);
  }
  if (length < 0 || (size_t)length >= sizeof text) (void)luaL_error(L, "a number too long to format");
  add(b, text, (size_t)length);
}

static void add_string(lua_State *L, luaL_Buffer *b, int arg, const char *spec) {
  char text[128];
  size_t n = 0, room = sizeof text;
  const char *s, *dot = strchr(spec, '.');
  size_t length, width = 0, limit = (size_t)-1;
  s = lua_tolstring(L, arg, &length); /* made a text before */
  n = strspn(spec + 1, "-+ #0") + 1;
  if (strcspn(spec, "+ #0") < n) (void)luaL_error(L, "invalid conversion '%ss' to 'format'", spec);
  width = (size_t)strtoul(spec + n, NULL, 10);
  if (dot) limit = (size_t)strtoul(dot + 1, NULL, 10);
  if (length > limit) length = limit;
  memset(text, ' ', room);
  if (width > length && spec[1] != '-') add(b, text, width - length);
  add(b, s, length);
  if (width > length && spec[1] == '-') add(b, text, width - length);
}

/* Arguments of %s become texts in place, first, so that the buffer's place on the stack is never disturbed. */
static void texts_first(lua_State *L, const char *f, const char *end) {
  char spec[SPEC];
  int arg = 1;
  while (f < end) {
    if (*f++ != '%') continue;
    if (f < end && *f == '%') {
      f++;
      continue;
    }
    f = read_spec(L, f, end, spec);
    arg++;
    if (*f++ == 's' && arg <= lua_gettop(L)) {
      bf__sandbox_text(L, arg);
      lua_replace(L, arg);
    }
    bf__sandbox_charge(L, 2);
  }
}

static int string_format(lua_State *L) {
  size_t n;
  const char *f = luaL_checklstring(L, 1, &n), *end = f + n;
  char spec[SPEC];
  int arg = 1, top = lua_gettop(L);
  luaL_Buffer b;
  texts_first(L, f, end);
  luaL_buffinit(L, &b);
  bf__sandbox_charge(L, (int64_t)(n / 16));
  while (f < end) {
    if (*f != '%') {
      const char *next = memchr(f, '%', (size_t)(end - f));
      add(&b, f, (size_t)((next ? next : end) - f));
      f = next ? next : end;
    } else if (f + 1 < end && f[1] == '%') {
      add(&b, "%", 1);
      f += 2;
    } else {
      f = read_spec(L, f + 1, end, spec);
      if (++arg > top) return luaL_argerror(L, arg, "no value");
      if (*f == 's')
        add_string(L, &b, arg, spec);
      else if (*f && strchr("dixXoceEfFgG", *f))
        add_number(L, &b, arg, spec, *f);
      else
        return luaL_error(L, "'%%%c' is not offered by 'format'", *f);
      f++;
    }
  }
  luaL_pushresult(&b);
  return 1;
}

void bf__sandbox_open_string(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"byte", string_byte},     {"char", string_char}, {"find", string_find},       {"format", string_format},
      {"gmatch", string_gmatch}, {"gsub", string_gsub}, {"len", string_len},         {"lower", string_lower},
      {"match", string_match},   {"rep", string_rep},   {"reverse", string_reverse}, {"sub", string_sub},
      {"upper", string_upper},   {NULL, NULL}};
  luaL_newlib(L, functions);
}
