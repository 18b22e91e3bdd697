/* Memory, steps and time of a sandbox, and how its errors become ours.
 *
 * One budget holds for all that happens in a call. Passing it is sticky: the hook, every loop in C and the rebuilt pcall raise
 * again, so no script can swallow it, and the host looks at the flag and not at what came back. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sandbox_internal.h"

#define INTERVAL 250       /* instructions between two looks at the clock */
#define SLOW 20000000      /* ns: an interval that took longer makes the next ones shorter */
#define CLOCK_EVERY 1024   /* steps in C between two looks at the clock */
#define CHARGED_BLOCK 1024 /* bytes: blocks from here on cost steps, */
#define BYTES_A_STEP 64    /* one for so many bytes */
#define NODE 24            /* bytes of one name in a table of Lua 5.4 */
#define SLAB 32768         /* bytes that small blocks are cut from */

_Thread_local int64_t bf__sandbox_allocations = -1;

static int fails_now(void) {
  if (bf__sandbox_allocations < 0) return 0;
  if (bf__sandbox_allocations == 0) return 1;
  bf__sandbox_allocations--;
  return 0;
}

void *bf__sandbox_realloc(void *ptr, size_t size) {
  return fails_now() ? NULL : realloc(ptr, size);
}

/* With PTR NULL, OSIZE is the type of a new object, 0 for a plain vector. Texts are bounded because one instruction (concat, <)
 * reads them whole; fresh vectors because a table that grows puts its names in one by one, each along its chain of colliding
 * ones: 100,000 chosen integers are hours of work inside one instruction, 16,384 a fraction of a second. */
static enum bf__sandbox_end refusal(const struct bf__sandbox *sandbox, const void *ptr, size_t osize, size_t nsize) {
  size_t old = ptr ? osize : 0;
  if (!ptr && osize == LUA_TSTRING && nsize > BF__SANDBOX_STRING + 64) return BF__SANDBOX_LONG;
  if (!ptr && osize == 0 && nsize > (size_t)BF__SANDBOX_NODES * NODE) return BF__SANDBOX_BIG;
  if (nsize - old > sandbox->limits.memory - sandbox->used) return BF__SANDBOX_MEMORY;
  return BF__SANDBOX_ALIVE;
}

/* Small blocks are cut from slabs and wait in a list of their size to be used again: a call makes and drops hundreds of them.
 * ----- */
struct idle {
  struct idle *next;
};

static void *cut_block(struct bf__sandbox *sandbox, size_t size) {
  if (sandbox->slab_left < size) {
    struct idle *slab = malloc(SLAB);
    if (!slab) return NULL;
    slab->next = sandbox->slabs;
    sandbox->slabs = slab;
    sandbox->slab_left = SLAB - BF__SANDBOX_BLOCK; /* the first block holds the link */
  }
  sandbox->slab_left -= size;
  return (char *)sandbox->slabs + SLAB - size - sandbox->slab_left;
}

static void *new_block(struct bf__sandbox *sandbox, size_t size) {
  size_t units = (size + BF__SANDBOX_BLOCK - 1) / BF__SANDBOX_BLOCK;
  if (size > BF__SANDBOX_SMALL) return malloc(size);
  struct idle *block = sandbox->idle[units];
  if (!block) return cut_block(sandbox, units * BF__SANDBOX_BLOCK);
  sandbox->idle[units] = block->next;
  return block;
}

static void drop_block(struct bf__sandbox *sandbox, void *ptr, size_t size) {
  struct idle *block = ptr;
  if (size > BF__SANDBOX_SMALL) {
    free(ptr);
  } else if (ptr) {
    size_t units = (size + BF__SANDBOX_BLOCK - 1) / BF__SANDBOX_BLOCK;
    block->next = sandbox->idle[units];
    sandbox->idle[units] = block;
  }
}

static void *resize_block(struct bf__sandbox *sandbox, void *ptr, size_t old, size_t size) {
  if (ptr && old > BF__SANDBOX_SMALL && size > BF__SANDBOX_SMALL) return realloc(ptr, size);
  void *block = new_block(sandbox, size);
  if (!block || !ptr) return block;
  memcpy(block, ptr, old < size ? old : size);
  drop_block(sandbox, ptr, old);
  return block;
}

void bf__sandbox_drop_slabs(struct bf__sandbox *sandbox) {
  for (struct idle *slab = sandbox->slabs, *next; slab; slab = next) {
    next = slab->next;
    free(slab);
  }
  sandbox->slabs = NULL;
}

void *bf__sandbox_alloc(void *ud, void *ptr, size_t osize, size_t nsize) {
  struct bf__sandbox *sandbox = ud;
  size_t old = ptr ? osize : 0;
  void *block;
  if (nsize == 0) {
    drop_block(sandbox, ptr, old);
    sandbox->used -= old;
    return NULL;
  }
  if (nsize > old) {
    enum bf__sandbox_end why = refusal(sandbox, ptr, osize, nsize);
    if (why == BF__SANDBOX_ALIVE && fails_now()) why = BF__SANDBOX_SYSTEM;
    if (why != BF__SANDBOX_ALIVE) {
      sandbox->refused = why;
      if (sandbox->L) bf__sandbox_locate(sandbox->L); /* no handler runs for a memory error */
      return NULL;
    }
    if (nsize >= CHARGED_BLOCK) sandbox->steps -= (int64_t)(nsize / BYTES_A_STEP);
  }
  block = resize_block(sandbox, ptr, old, nsize);
  if (!block) {
    sandbox->refused = BF__SANDBOX_SYSTEM;
    if (nsize > old) return NULL;
    block = ptr; /* Lua takes it for granted that a block can shrink */
  }
  sandbox->used = sandbox->used - old + nsize;
  return block;
}

static int64_t now_ns(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void bf__sandbox_end(lua_State *L, enum bf__sandbox_end why) {
  struct bf__sandbox *sandbox = bf__sandbox_of(L);
  if (sandbox->ended) return;
  bf__sandbox_locate(L);
  sandbox->ended = why;
}

int bf__sandbox_raise(lua_State *L) {
  lua_pushliteral(L, "spent");
  return lua_error(L);
}

void bf__sandbox_charge(lua_State *L, int64_t steps) {
  struct bf__sandbox *sandbox = bf__sandbox_of(L);
  sandbox->steps -= steps;
  sandbox->unchecked += steps;
  if (sandbox->steps < 0) bf__sandbox_end(L, BF__SANDBOX_STEPS);
  if (sandbox->unchecked >= CLOCK_EVERY) {
    sandbox->unchecked = 0;
    if (now_ns() > sandbox->deadline) bf__sandbox_end(L, BF__SANDBOX_TIME);
  }
  if (sandbox->ended) (void)bf__sandbox_raise(L);
}

static int mask(const struct bf__sandbox *sandbox) {
  return sandbox->watching ? LUA_MASKCOUNT | LUA_MASKLINE : LUA_MASKCOUNT;
}

/* A line of a ruleset file is run: only where that is asked for. */
static void note_line(lua_State *L, lua_Debug *ar) {
  struct bf__sandbox *sandbox = bf__sandbox_of(L);
  if (!lua_getinfo(L, "S", ar)) return;
  int index = bf__sandbox_find(sandbox, ar->short_src);
  struct bf__sandbox_file *file = index >= 0 ? &sandbox->files[index] : NULL;
  if (file && file->lines && ar->currentline > 0 && ar->currentline < file->line_count) file->lines[ar->currentline] |= 2;
}

/* Where single instructions turn out to be slow, the clock is read more often, so that the end comes near its time. */
static void hook(lua_State *L, lua_Debug *ar) {
  struct bf__sandbox *sandbox = bf__sandbox_of(L);
  if (ar->event == LUA_HOOKLINE) {
    note_line(L, ar);
    return;
  }
  int64_t now = now_ns();
  if (now - sandbox->hooked > SLOW && sandbox->interval > 1) {
    sandbox->interval = sandbox->interval > 16 ? sandbox->interval / 16 : 1;
    lua_sethook(L, hook, mask(sandbox), sandbox->interval);
  }
  sandbox->hooked = now;
  sandbox->unchecked = 0;
  if (now > sandbox->deadline) bf__sandbox_end(L, BF__SANDBOX_TIME);
  bf__sandbox_charge(L, sandbox->interval);
}

void bf__sandbox_budget(struct bf__sandbox *sandbox, int64_t ms, int64_t steps) {
  sandbox->hooked = now_ns();
  sandbox->deadline = sandbox->hooked + ms * 1000000;
  sandbox->steps = steps;
  sandbox->unchecked = 0;
  sandbox->where[0] = '\0';
  if (sandbox->interval == INTERVAL) return;
  sandbox->interval = INTERVAL;
  lua_sethook(sandbox->L, hook, mask(sandbox), INTERVAL);
}

/* The innermost line of a ruleset file, or else the file that is being taken in, or else the innermost line of the prelude. */
void bf__sandbox_locate(lua_State *L) {
  struct bf__sandbox *sandbox = bf__sandbox_of(L);
  lua_Debug ar;
  int found = 0;
  if (sandbox->ended) return;
  for (int level = 0; level < 250 && lua_getstack(L, level, &ar); level++) {
    if (!lua_getinfo(L, "Sl", &ar) || ar.currentline <= 0) continue;
    int script = strcmp(ar.short_src, sandbox->prelude) != 0;
    if (!script && found) continue;
    (void)snprintf(sandbox->where, sizeof sandbox->where, "%s:%d", ar.short_src, ar.currentline);
    found = 1;
    if (script) return;
  }
  if (sandbox->running >= 0) (void)snprintf(sandbox->where, sizeof sandbox->where, "%s", sandbox->files[sandbox->running].path);
}

int bf__sandbox_handler(lua_State *L) {
  bf__sandbox_locate(L);
  return 1;
}

static int fail_ended(const struct bf__sandbox *sandbox, struct bf_error *err) {
  const struct bf__sandbox_limits *l = &sandbox->limits;
  switch (sandbox->ended) {
  case BF__SANDBOX_STEPS:
    return bf_fail(err, BF_ELIMIT, sandbox->where, "the script ran too long: its budget of steps is used up");
  case BF__SANDBOX_TIME:
    return bf_fail(err, BF_ELIMIT, sandbox->where, "the script ran too long: its time is up");
  case BF__SANDBOX_LONG:
    return bf_fail(err, BF_ELIMIT, sandbox->where, "the script made a text of more than %u KiB", BF__SANDBOX_STRING / 1024);
  case BF__SANDBOX_BIG:
    return bf_fail(err, BF_ELIMIT, sandbox->where, "the script made a table of more than %u names", BF__SANDBOX_NODES);
  case BF__SANDBOX_SYSTEM:
    return bf_fail(err, BF_ENOMEM, sandbox->where, "no memory");
  default:
    return bf_fail(err, BF_ELIMIT, sandbox->where, "the script used more than %zu KiB of memory", l->memory / 1024);
  }
}

/* Length of the character at S, 0 when it is not valid UTF-8; good enough for messages. */
static size_t character(const char *s) {
  unsigned char c = (unsigned char)*s;
  size_t length = c < 0x80 ? 1 : c >= 0xC2 && c < 0xE0 ? 2 : (c & 0xF0) == 0xE0 ? 3 : c >= 0xF0 && c < 0xF5 ? 4 : 0;
  for (size_t i = 1; i < length; i++)
    if (((unsigned char)s[i] & 0xC0) != 0x80) return 0;
  return length;
}

static void copy_text(char *to, size_t room, const char *from) {
  size_t n = 0;
  while (*from) {
    size_t length = character(from);
    if (n + (length ? length : 1) >= room) break;
    if (length)
      memcpy(to + n, from, length);
    else
      to[n] = '?';
    n += length ? length : 1;
    from += length ? length : 1;
  }
  to[n] = '\0';
}

size_t bf__sandbox_place(const struct bf__sandbox *sandbox, const char *text) {
  for (size_t i = 0; i <= sandbox->file_count; i++) {
    const char *path = i < sandbox->file_count ? sandbox->files[i].path : sandbox->prelude;
    size_t n = strlen(path);
    if (n == 0 || strncmp(text, path, n) != 0 || text[n] != ':') continue;
    size_t digits = strspn(text + n + 1, "0123456789");
    if (digits && strncmp(text + n + 1 + digits, ": ", 2) == 0) return n + 1 + digits;
    if (text[n + 1] == ' ') return n;
  }
  return 0;
}

int bf__sandbox_fail(struct bf__sandbox *sandbox, int status, struct bf_error *err) {
  lua_State *L = sandbox->L;
  char message[sizeof err->message];
  if (status == LUA_ERRMEM) bf__sandbox_end(L, sandbox->refused ? sandbox->refused : BF__SANDBOX_MEMORY);
  if (sandbox->ended) {
    lua_pop(L, 1);
    return fail_ended(sandbox, err);
  }
  if (lua_type(L, -1) != LUA_TSTRING) {
    (void)bf_fail(err, BF_ESCRIPT, sandbox->where, "the script raised a value (%s) that is not a text", luaL_typename(L, -1));
  } else {
    const char *text = lua_tostring(L, -1);
    size_t at = bf__sandbox_place(sandbox, text);
    if (at) (void)snprintf(sandbox->where, sizeof sandbox->where, "%.*s", (int)at, text);
    copy_text(message, sizeof message, text + (at ? at + 2 : 0));
    (void)bf_fail(err, BF_ESCRIPT, sandbox->where, "%s", message);
  }
  lua_pop(L, 1);
  return BF_ESCRIPT;
}
