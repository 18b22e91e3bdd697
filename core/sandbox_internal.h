/* What the parts of the script runtime share. Functions marked "raises" leave by longjmp: the caller must own nothing then. */
#ifndef BF_CORE_SANDBOX_INTERNAL_H
#define BF_CORE_SANDBOX_INTERNAL_H

#include <lauxlib.h>
#include <stdint.h>

#include "sandbox.h"

#define BF__SANDBOX_STRING (256u * 1024u) /* longest text a script can make, in bytes */
#define BF__SANDBOX_NODES 16384u          /* most names one table can have; see the allocator for why */
#define BF__SANDBOX_FILE (1024u * 1024u)  /* longest ruleset file, in bytes */
#define BF__SANDBOX_PATH 59               /* longest path: Lua cuts longer ones out of its messages */
#define BF__SANDBOX_SPREAD 4096           /* most values unpack and byte return */

#define BF__SANDBOX_BLOCK 16u /* small blocks have a size that is a multiple of this */
#ifdef BF_SANITIZED
#define BF__SANDBOX_SMALL 0u /* every block is malloc's, under the sanitizer's eyes */
#else
#define BF__SANDBOX_SMALL 512u /* longest block that is cut from a slab */
#endif

/* Why a state is spent. */
enum bf__sandbox_end {
  BF__SANDBOX_ALIVE,
  BF__SANDBOX_STEPS,
  BF__SANDBOX_TIME,
  BF__SANDBOX_MEMORY,
  BF__SANDBOX_LONG,   /* a text over BF__SANDBOX_STRING */
  BF__SANDBOX_BIG,    /* a table over BF__SANDBOX_NODES */
  BF__SANDBOX_SYSTEM, /* malloc failed */
};

struct bf__sandbox_file {
  char *path;
  enum { BF__FILE_NEW, BF__FILE_RUNNING, BF__FILE_DONE } state;
  int outer;            /* while it runs: index of the file that required it, or -1 */
  unsigned char *lines; /* where lines are watched: 1 there is code, 2 it was run; by number */
  int line_count;
};

struct bf__sandbox {
  lua_State *L;
  struct bf__sandbox_limits limits;
  size_t used;
  struct idle *idle[BF__SANDBOX_SMALL / BF__SANDBOX_BLOCK + 1]; /* small blocks to be used again, by size */
  struct idle *slabs;
  size_t slab_left;             /* bytes of the first slab that were never used */
  enum bf__sandbox_end refused; /* why the allocator said no last */
  enum bf__sandbox_end ended;   /* sticky */
  int64_t steps;                /* left in this call */
  int64_t unchecked;            /* steps since the clock was read */
  int64_t deadline;             /* monotonic, ns */
  int64_t hooked;               /* when the hook last ran */
  int interval;                 /* instructions between two runs of the hook */
  char where[160];              /* where the last error rose, "path:line" */
  char prelude[BF__SANDBOX_PATH + 1];
  int calls;
  int64_t turn;        /* number of the running call: views of older ones are stale */
  const json_t **lent; /* JSON behind this call's views, by ticket; borrowed */
  size_t lent_count, lent_room;
  struct bf__sandbox_file *files; /* sorted by path */
  size_t file_count, file_room;
  int running;  /* index of the innermost running file, or -1 */
  int watching; /* lines that are run are noted */
};

/* For tests: this many allocations succeed, all after them fail. Negative: never. */
extern _Thread_local int64_t bf__sandbox_allocations;

/* sandbox_budget.c */
void *bf__sandbox_alloc(void *ud, void *ptr, size_t osize, size_t nsize);
void bf__sandbox_drop_slabs(struct bf__sandbox *sandbox); /* after lua_close */
void *bf__sandbox_realloc(void *ptr, size_t size);        /* for the C side, under the same test hook */
static inline struct bf__sandbox *bf__sandbox_of(lua_State *L) {
  return *(struct bf__sandbox **)lua_getextraspace(L);
}
void bf__sandbox_budget(struct bf__sandbox *sandbox, int64_t ms, int64_t steps); /* starts one */
void bf__sandbox_charge(lua_State *L, int64_t steps);                            /* raises when it is used up */
void bf__sandbox_end(lua_State *L, enum bf__sandbox_end why);                    /* marks the state spent; does not raise */
int bf__sandbox_raise(lua_State *L);                                             /* raises, of a spent state */
void bf__sandbox_locate(lua_State *L);                                           /* fills `where` from the stack */
int bf__sandbox_handler(lua_State *L);                                           /* message handler of the host's calls */
size_t bf__sandbox_place(const struct bf__sandbox *sandbox,
                         const char *text); /* length of the "PATH:LINE" or "PATH" TEXT begins with, or 0 */
int bf__sandbox_fail(struct bf__sandbox *sandbox, int status, struct bf_error *err); /* pops the error value */

/* sandbox_view.c: read-only tables. A view is an empty table whose metatable leads to the table behind it. */
extern const char bf__sandbox_behind;         /* key in a view's metatable: the table behind, or a ticket (integer) of JSON */
void bf__sandbox_view(lua_State *L);          /* replaces the table on top by a view of it; raises */
int bf__sandbox_raw(lua_State *L, int index); /* pushes the table behind, or the table itself; 1 if a view; raises */
void bf__sandbox_freeze(lua_State *L,
                        int index); /* makes all that is reachable read-only, in place; refuses functions with state; raises */
int bf__sandbox_readonly(lua_State *L); /* host.readonly(t) */
int bf__sandbox_write(lua_State *L);    /* __newindex of views; raises */
int bf__sandbox_length(lua_State *L);   /* __len of views */

/* sandbox_code.c: marks in SET the upvalues of the Lua function on top that it, or a function inside it, can assign. Raises. */
void bf__sandbox_assigned(lua_State *L, unsigned char set[256]);
/* Marks with 1 the lines below COUNT that the Lua function on top, or a function inside it, has code on. Raises. */
void bf__sandbox_code_lines(lua_State *L, unsigned char *lines, int count);
int bf__sandbox_code_known(lua_State *L); /* 1 when this Lua's code is the one we can read; raises */

/* sandbox_values.c */
void bf__sandbox_push(lua_State *L, const json_t *value);                          /* raises */
void bf__sandbox_complete(lua_State *L, int metatable);                            /* fills a view of JSON; raises */
int bf__sandbox_take(lua_State *L, int index, json_t **ret, struct bf_error *err); /* never raises */

/* Libraries: each pushes a plain table of functions; raises. */
void bf__sandbox_open_base(lua_State *L);
void bf__sandbox_open_string(lua_State *L);
void bf__sandbox_open_table(lua_State *L);
void bf__sandbox_open_math(lua_State *L);
void bf__sandbox_open_utf8(lua_State *L);
int bf__sandbox_protect(lua_State *L, int handler, int args); /* lua_pcall for scripts; raises, when the budget is spent */
int bf__sandbox_pcall(lua_State *L);
int bf__sandbox_pairs_step(lua_State *L); /* closures with a state of their own: must not outlive a call */
int bf__sandbox_gmatch_step(lua_State *L);
void bf__sandbox_text(lua_State *L, int index); /* pushes tostring(value), without addresses and metamethods */

/* sandbox_match.c: Lua patterns with a charge in every loop. */
#define BF__MATCH_CAPTURES 32
struct bf__match {
  lua_State *L;
  const char *src, *src_end, *pat_end;
  int left;  /* steps before the budget is asked */
  int depth; /* C levels left */
  int level;
  struct {
    const char *start;
    ptrdiff_t length;
  } capture[BF__MATCH_CAPTURES];
};
void bf__match_start(struct bf__match *m, lua_State *L, const char *src, size_t length, const char *pat, size_t pat_length);
const char *bf__match(struct bf__match *m, const char *s, const char *p);          /* end of the match, or NULL; raises */
void bf__match_done(struct bf__match *m);                                          /* charges what is owed; raises */
void bf__match_push(struct bf__match *m, int index, const char *s, const char *e); /* one capture; raises */
int bf__match_push_all(struct bf__match *m, const char *s, const char *e);         /* all, or the whole match; raises */

/* sandbox_files.c: the files, require, the host table and the globals. Each address below is a key in the registry. */
extern const char bf__sandbox_chunks;                                      /* path → compiled file */
extern const char bf__sandbox_values;                                      /* path → what it returned */
extern const char bf__sandbox_env;                                         /* the globals of ruleset files, a view */
extern const char bf__sandbox_home;                                        /* the globals of the prelude, its own table */
extern const char bf__sandbox_entry;                                       /* the prelude's entries */
extern const char bf__sandbox_seen;                                        /* functions that were found to keep no state */
int bf__sandbox_find(const struct bf__sandbox *sandbox, const char *path); /* index of a file, or -1 */
int bf__sandbox_require(lua_State *L);
void bf__sandbox_unwind(struct bf__sandbox *sandbox, int running); /* files that began after RUNNING did have failed */
void bf__sandbox_open(lua_State *L);                               /* libraries, globals, host; raises */

#endif
