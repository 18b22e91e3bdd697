/* Lua patterns, with a charge against the budget in every loop: a pattern of a few bytes can ask for years of work.
 *
 * Same meaning as in the reference manual, section 6.4.1; classes are ASCII, whatever the locale of the process. */
#include <string.h>

#include "sandbox_internal.h"

#define POSITION ((ptrdiff_t)-2)
#define UNFINISHED ((ptrdiff_t)-1)
#define DEPTH 180 /* C levels; Lua's own limit for C is 200 */
#define BATCH 256 /* steps that are charged at once */

static void step(struct bf__match *m) {
  if (--m->left > 0) return;
  m->left = BATCH;
  bf__sandbox_charge(m->L, BATCH);
}

void bf__match_start(struct bf__match *m, lua_State *L, const char *src, size_t length, const char *pat, size_t pat_length) {
  m->L = L;
  m->src = src;
  m->src_end = src + length;
  m->pat_end = pat + pat_length;
  m->left = BATCH;
  m->depth = DEPTH;
  m->level = 0;
}

void bf__match_done(struct bf__match *m) {
  int64_t owed = BATCH - m->left;
  m->left = BATCH;
  bf__sandbox_charge(m->L, owed + 1);
}

static int lower(int c) {
  return c >= 'a' && c <= 'z';
}
static int upper(int c) {
  return c >= 'A' && c <= 'Z';
}
static int digit(int c) {
  return c >= '0' && c <= '9';
}
static int graphic(int c) {
  return c > 32 && c < 127;
}

static int in_class(int c, int class) {
  int yes;
  switch (class | 0x20) {
  case 'a':
    yes = lower(c) || upper(c);
    break;
  case 'c':
    yes = c < 32 || c == 127;
    break;
  case 'd':
    yes = digit(c);
    break;
  case 'g':
    yes = graphic(c);
    break;
  case 'l':
    yes = lower(c);
    break;
  case 'p':
    yes = graphic(c) && !lower(c) && !upper(c) && !digit(c);
    break;
  case 's':
    yes = c == ' ' || (c >= 9 && c <= 13);
    break;
  case 'u':
    yes = upper(c);
    break;
  case 'w':
    yes = lower(c) || upper(c) || digit(c);
    break;
  case 'x':
    yes = digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
    break;
  case 'z':
    yes = c == 0;
    break;
  default:
    return class == c;
  }
  return upper(class) ? !yes : yes;
}

/* Behind the single-character item at P. */
static const char *item_end(struct bf__match *m, const char *p) {
  if (p == m->pat_end) (void)luaL_error(m->L, "malformed pattern (ends with '%%')");
  if (*p++ == '%') {
    if (p == m->pat_end) (void)luaL_error(m->L, "malformed pattern (ends with '%%')");
    return p + 1;
  }
  if (p[-1] != '[') return p;
  if (p < m->pat_end && *p == '^') p++;
  do {
    step(m);
    if (p == m->pat_end) (void)luaL_error(m->L, "malformed pattern (missing ']')");
    if (*p++ == '%' && p < m->pat_end) p++;
  } while (p == m->pat_end || *p != ']');
  return p + 1;
}

/* P is at '[', END at its ']'. */
static int in_set(struct bf__match *m, int c, const char *p, const char *end) {
  int yes = 1;
  if (p[1] == '^') {
    yes = 0;
    p++;
  }
  while (++p < end) {
    step(m);
    if (*p == '%') {
      p++;
      if (in_class(c, (unsigned char)*p)) return yes;
    } else if (p[1] == '-' && p + 2 < end) {
      if ((unsigned char)*p <= c && c <= (unsigned char)p[2]) return yes;
      p += 2;
    } else if ((unsigned char)*p == c) {
      return yes;
    }
  }
  return !yes;
}

static int fits(struct bf__match *m, const char *s, const char *p, const char *end) {
  int c;
  step(m);
  if (s >= m->src_end) return 0;
  c = (unsigned char)*s;
  switch (*p) {
  case '.':
    return 1;
  case '%':
    return in_class(c, (unsigned char)p[1]);
  case '[':
    return in_set(m, c, p, end - 1);
  default:
    return (unsigned char)*p == c;
  }
}

static const char *balance(struct bf__match *m, const char *s, const char *p) {
  int open, close, depth = 1;
  if (p + 1 >= m->pat_end) (void)luaL_error(m->L, "malformed pattern (missing arguments to '%%b')");
  if (s >= m->src_end || *s != *p) return NULL;
  open = *p;
  close = p[1];
  while (++s < m->src_end) {
    step(m);
    if (*s == close) {
      if (--depth == 0) return s + 1;
    } else if (*s == open) {
      depth++;
    }
  }
  return NULL;
}

static const char *most(struct bf__match *m, const char *s, const char *p, const char *end) {
  ptrdiff_t i = 0;
  while (fits(m, s + i, p, end)) i++;
  for (; i >= 0; i--) {
    const char *found = bf__match(m, s + i, end + 1);
    if (found) return found;
  }
  return NULL;
}

static const char *least(struct bf__match *m, const char *s, const char *p, const char *end) {
  for (;;) {
    const char *found = bf__match(m, s, end + 1);
    if (found) return found;
    if (!fits(m, s, p, end)) return NULL;
    s++;
  }
}

static const char *open_capture(struct bf__match *m, const char *s, const char *p, ptrdiff_t what) {
  const char *found;
  if (m->level >= BF__MATCH_CAPTURES) (void)luaL_error(m->L, "too many captures");
  m->capture[m->level].start = s;
  m->capture[m->level].length = what;
  m->level++;
  found = bf__match(m, s, p);
  if (!found) m->level--;
  return found;
}

static const char *close_capture(struct bf__match *m, const char *s, const char *p) {
  const char *found;
  int l = m->level - 1;
  while (l >= 0 && m->capture[l].length != UNFINISHED) l--;
  if (l < 0) {
    (void)luaL_error(m->L, "invalid pattern capture");
    return NULL;
  }
  m->capture[l].length = s - m->capture[l].start;
  found = bf__match(m, s, p);
  if (!found) m->capture[l].length = UNFINISHED;
  return found;
}

static const char *repeated(struct bf__match *m, const char *s, int name) {
  int l = name - '1';
  size_t length;
  if (l < 0 || l >= m->level || m->capture[l].length == UNFINISHED) {
    (void)luaL_error(m->L, "invalid capture index %%%d", l + 1);
    return NULL;
  }
  if (m->capture[l].length == POSITION) return NULL;
  length = (size_t)m->capture[l].length;
  bf__sandbox_charge(m->L, (int64_t)(length / 16));
  return (size_t)(m->src_end - s) >= length && memcmp(m->capture[l].start, s, length) == 0 ? s + length : NULL;
}

/* %f[set]: between a character outside and one inside the set. Returns behind the set, or NULL. */
static const char *frontier(struct bf__match *m, const char *s, const char *p) {
  const char *end;
  int before, after;
  if (p >= m->pat_end || *p != '[') (void)luaL_error(m->L, "missing '[' after '%%f' in pattern");
  end = item_end(m, p);
  before = s == m->src ? 0 : (unsigned char)s[-1];
  after = s == m->src_end ? 0 : (unsigned char)*s;
  return !in_set(m, before, p, end - 1) && in_set(m, after, p, end - 1) ? end : NULL;
}

/* One item with what follows it. Returns 1 to go on at *S, *P; 0 when *S is the answer. */
static int item(struct bf__match *m, const char **s, const char **p) {
  const char *end = item_end(m, *p);
  int suffix = end < m->pat_end ? (unsigned char)*end : 0;
  const char *found;
  switch (suffix) {
  case '?':
    if (fits(m, *s, *p, end) && (found = bf__match(m, *s + 1, end + 1))) {
      *s = found;
      return 0;
    }
    *p = end + 1;
    return 1;
  case '+':
    *s = fits(m, *s, *p, end) ? most(m, *s + 1, *p, end) : NULL;
    return 0;
  case '*':
    *s = most(m, *s, *p, end);
    return 0;
  case '-':
    *s = least(m, *s, *p, end);
    return 0;
  default:
    if (!fits(m, *s, *p, end)) {
      *s = NULL;
      return 0;
    }
    (*s)++;
    *p = end;
    return 1;
  }
}

/* An item that begins with '%' and is no class: %b, %f, %1. Returns as item does, or -1 when it is a class. */
static int special(struct bf__match *m, const char **s, const char **p) {
  int what = *p + 1 < m->pat_end ? (unsigned char)(*p)[1] : 0;
  const char *end;
  if (what == 'b') {
    *s = balance(m, *s, *p + 2);
    *p += 4;
    return *s != NULL;
  }
  if (what == 'f') {
    end = frontier(m, *s, *p + 2);
    if (!end) *s = NULL;
    *p = end;
    return end != NULL;
  }
  if (what < '0' || what > '9') return -1;
  *s = repeated(m, *s, what);
  *p += 2;
  return *s != NULL;
}

static const char *walk(struct bf__match *m, const char *s, const char *p) {
  while (p != m->pat_end) {
    int more = -1;
    step(m);
    if (*p == '(')
      return p + 1 < m->pat_end && p[1] == ')' ? open_capture(m, s, p + 2, POSITION) : open_capture(m, s, p + 1, UNFINISHED);
    if (*p == ')') return close_capture(m, s, p + 1);
    if (*p == '$' && p + 1 == m->pat_end) return s == m->src_end ? s : NULL;
    if (*p == '%') more = special(m, &s, &p);
    if (more < 0) more = item(m, &s, &p);
    if (!more) return s;
  }
  return s;
}

const char *bf__match(struct bf__match *m, const char *s, const char *p) {
  const char *found;
  if (m->depth-- == 0) (void)luaL_error(m->L, "pattern too complex");
  found = walk(m, s, p);
  m->depth++;
  return found;
}

void bf__match_push(struct bf__match *m, int index, const char *s, const char *e) {
  if (index >= m->level) {
    if (index != 0) (void)luaL_error(m->L, "invalid capture index %%%d", index + 1);
    lua_pushlstring(m->L, s, (size_t)(e - s));
    return;
  }
  if (m->capture[index].length == UNFINISHED) (void)luaL_error(m->L, "unfinished capture");
  if (m->capture[index].length == POSITION)
    lua_pushinteger(m->L, m->capture[index].start - m->src + 1);
  else
    lua_pushlstring(m->L, m->capture[index].start, (size_t)m->capture[index].length);
}

int bf__match_push_all(struct bf__match *m, const char *s, const char *e) {
  int n = m->level == 0 && s ? 1 : m->level;
  luaL_checkstack(m->L, n, "too many captures");
  for (int i = 0; i < n; i++) bf__match_push(m, i, s, e);
  return n;
}
