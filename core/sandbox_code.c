/* Reads the code of a Lua 5.4 function for one question: which variables of outer functions can it assign?
 *
 * Lua offers no call for it, so the dump is read (format 0x54, as in ldump.c). At start the reader is tried on a known function;
 * a Lua whose code looks otherwise is refused then, so it can never fail open. */
#include <string.h>

#include "sandbox_internal.h"

#define SETUPVAL 10 /* opcode: UpValue[B] := R[A] */
#define HEADER 31

struct reader {
  lua_State *L;
  const unsigned char *at, *end;
  unsigned char *lines; /* where the lines of code are marked, or NULL */
  int line_count;
};

struct dump {
  int started;
  luaL_Buffer buffer;
};

static int dump_more(lua_State *L, const void *data, size_t size, void *ud) {
  struct dump *dump = ud;
  if (!dump->started) {
    dump->started = 1;
    luaL_buffinit(L, &dump->buffer);
  }
  luaL_addlstring(&dump->buffer, data, size);
  return 0;
}

static const unsigned char *skip(struct reader *r, size_t n) {
  const unsigned char *from = r->at;
  if (n > (size_t)(r->end - r->at)) (void)luaL_error(r->L, "the code of a function cannot be read");
  r->at += n;
  return from;
}

static size_t number(struct reader *r) {
  size_t n = 0;
  for (int i = 0; i < 9; i++) {
    unsigned char byte = *skip(r, 1);
    n = n << 7 | (byte & 0x7Fu);
    if (byte & 0x80) return n;
  }
  (void)luaL_error(r->L, "the code of a function cannot be read");
  return 0;
}

static void skip_string(struct reader *r) {
  size_t n = number(r);
  if (n > 1) (void)skip(r, n - 1);
}

static void skip_constants(struct reader *r) {
  for (size_t n = number(r); n > 0; n--) {
    switch (*skip(r, 1)) {
    case 0x03:
    case 0x13:
      (void)skip(r, 8);
      break;
    case 0x04:
    case 0x14:
      skip_string(r);
      break;
    case 0x00:
    case 0x01:
    case 0x11:
      break;
    default:
      (void)luaL_error(r->L, "the code of a function cannot be read");
    }
  }
}

#define FAR 0x80 /* a difference of lines that is kept elsewhere, as the line itself */

/* The line of each instruction: differences of a byte, and for some the line itself. A function of variable arguments begins with
 * an instruction that is on no line. */
static void read_lines(struct reader *r, size_t defined, int vararg) {
  size_t count = number(r);
  const unsigned char *difference = skip(r, count);
  size_t line = defined, far = number(r);
  for (size_t pc = 0; pc < count; pc++) {
    if (difference[pc] == FAR && far > 0) {
      (void)number(r);
      line = number(r);
      far--;
    } else {
      line += (size_t)(ptrdiff_t)(signed char)difference[pc];
    }
    if (r->lines && line > 0 && line < (size_t)r->line_count && !(vararg && pc == 0)) r->lines[line] |= 1;
  }
  for (; far > 0; far--) {
    (void)number(r);
    (void)number(r);
  }
}

static void skip_debug(struct reader *r, size_t defined, int vararg) {
  read_lines(r, defined, vararg);
  for (size_t n = number(r); n > 0; n--) {
    skip_string(r);
    (void)number(r);
    (void)number(r);
  }
  for (size_t n = number(r); n > 0; n--) skip_string(r);
}

/* What an inner function assigns of what is not its parent's own is assigned by the parent. */
static void function(struct reader *r, unsigned char set[256], int depth) {
  size_t count, defined;
  int vararg;
  const unsigned char *code;
  if (depth == 0) (void)luaL_error(r->L, "functions hang in each other too deep");
  skip_string(r);
  defined = number(r);
  (void)number(r);
  vararg = skip(r, 3)[1];
  count = number(r);
  code = skip(r, count * 4);
  for (size_t i = 0; i < count; i++) {
    uint32_t word;
    memcpy(&word, code + i * 4, 4);
    if ((word & 0x7F) == SETUPVAL) set[word >> 16 & 0xFF] = 1;
  }
  skip_constants(r);
  (void)skip(r, number(r) * 3);
  for (size_t inner = number(r); inner > 0; inner--) {
    unsigned char own[256] = {0};
    const unsigned char *descriptions;
    /* the inner function's description of its upvalues lies inside it: read it on the way */
    struct reader peek = *r;
    function(r, own, depth - 1);
    skip_string(&peek);
    (void)number(&peek);
    (void)number(&peek);
    (void)skip(&peek, 3);
    (void)skip(&peek, number(&peek) * 4);
    skip_constants(&peek);
    size_t n = number(&peek);
    descriptions = skip(&peek, n * 3);
    for (size_t i = 0; i < n && i < 256; i++)
      if (own[i] && !descriptions[i * 3]) set[descriptions[i * 3 + 1]] = 1;
  }
  skip_debug(r, defined, vararg);
}

static void read_code(lua_State *L, unsigned char set[256], unsigned char *lines, int line_count) {
  struct dump dump;
  struct reader r;
  int top = lua_gettop(L);
  dump.started = 0;
  if (lua_dump(L, dump_more, &dump, !lines) != 0 || !dump.started) (void)luaL_error(L, "the code of a function cannot be read");
  r.L = L;
  r.lines = lines;
  r.line_count = line_count;
  r.at = (const unsigned char *)luaL_buffaddr(&dump.buffer);
  r.end = r.at + luaL_bufflen(&dump.buffer);
  if (memcmp(skip(&r, HEADER), "\x1bLua\x54\x00\x19\x93\r\n\x1a\n\x04\x08\x08", 15) != 0) {
    (void)luaL_error(L, "the code of a function cannot be read");
  }
  (void)skip(&r, 1);
  function(&r, set, 200);
  luaL_buffsub(&dump.buffer, (size_t)(r.end - (const unsigned char *)luaL_buffaddr(&dump.buffer)));
  luaL_pushresult(&dump.buffer); /* closes the buffer; the dump itself never becomes a string */
  lua_settop(L, top);
}

void bf__sandbox_assigned(lua_State *L, unsigned char set[256]) {
  read_code(L, set, NULL, 0);
}

void bf__sandbox_code_lines(lua_State *L, unsigned char *lines, int count) {
  unsigned char set[256] = {0};
  read_code(L, set, lines, count);
}

int bf__sandbox_code_known(lua_State *L) {
  static const char text[] = "local a, b, c = 1, 2, 3 return function() local d = a; return function() d = 2; b = c end end";
  unsigned char set[256] = {0};
  int good = 1, assigned = 0;
  if (luaL_loadbufferx(L, text, sizeof text - 1, "=test", "t") != LUA_OK) return lua_error(L);
  lua_call(L, 0, 1);
  bf__sandbox_assigned(L, set);
  for (int i = 0; i < 255; i++) {
    const char *name = lua_getupvalue(L, -1, i + 1);
    if (set[i]) assigned++;
    if (set[i] && (!name || strcmp(name, "b") != 0)) good = 0;
    if (name) lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return good && assigned == 1;
}
