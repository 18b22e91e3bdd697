/* The script runtime: one Lua state in which a ruleset's files run, with budgets, and nothing that could reach outside.
 * A sandbox belongs to one thread at a time. Values cross by copy as JSON. Nothing here knows what the scripts are about. */
#ifndef BF_CORE_SANDBOX_H
#define BF_CORE_SANDBOX_H

#include <jansson.h>
#include <lua.h>
#include <stddef.h>
#include <stdint.h>

#include "banfa/error.h"

struct bf__sandbox;

struct bf__sandbox_limits {
  size_t memory;      /* bytes the state may own, at most */
  int64_t load_ms;    /* wall time to load the files */
  int64_t call_ms;    /* wall time of one call, sticky: pcall cannot swallow it */
  int64_t call_steps; /* VM instructions and matcher steps of one call */
  int depth;          /* nesting of a value that crosses */
  size_t values;      /* count of values in one that crosses */
};

extern const struct bf__sandbox_limits bf__sandbox_default_limits;

/* A fresh state with the safe libraries. */
int bf__sandbox_new(const struct bf__sandbox_limits *limits, struct bf__sandbox **ret, struct bf_error *err) BF_WARN_UNUSED;
void bf__sandbox_free(struct bf__sandbox *sandbox);

/* Gives the prelude, and only it, the C function FUNCTION under `host.NAME`. UPVALUE, a light userdata, is its first upvalue. */
int bf__sandbox_host(struct bf__sandbox *sandbox, const char *name, lua_CFunction function, void *upvalue, struct bf_error *err);

/* Runs the trusted prelude (part of the program). Its chunk returns { words = {…}, entry = {…} }: `words` become the read-only
 * globals of every ruleset file; `entry` holds the functions that `bf__sandbox_call` can call by name. The prelude sees
 * `host`, with `host.run(path)` → the value a file returned, `host.files()` → sorted list of paths, `host.readonly(t)`. */
int bf__sandbox_prelude(struct bf__sandbox *sandbox, const char *name, const char *text, size_t length,
                        struct bf_error *err) BF_WARN_UNUSED;

/* Adds a ruleset file, text only. Compiles it, does not run it. PATH ("stages/approval.lua") names it in errors and in `require
 * "stages.approval"`. Err->where is "PATH:LINE". */
int bf__sandbox_add(struct bf__sandbox *sandbox, const char *path, const char *text, size_t length,
                    struct bf_error *err) BF_WARN_UNUSED;

/* Calls the prelude's entry ENTRY with the members of the array ARGS (borrowed), each seen by Lua as a read-only value, and
 * copies its one result out. BF_ESCRIPT when a script raised (err->where is "PATH:LINE") or returned nonsense (the message begins
 * with the path inside the result; err->where is empty unless it is known). BF_ELIMIT when it ran over a budget, BF_ENOMEM when
 * malloc failed: then the state is spent: free it and make another. The first call, which runs the files, has load_ms. */
int bf__sandbox_call(struct bf__sandbox *sandbox, const char *entry, const json_t *args, json_t **ret,
                     struct bf_error *err) BF_WARN_UNUSED;

/* Gives back what nothing points to any more, at once instead of little by little. */
void bf__sandbox_collect(struct bf__sandbox *sandbox);
/* True once a budget has been passed: nothing that came out since can be trusted. */
int bf__sandbox_spent(const struct bf__sandbox *sandbox);

/* From now on the lines of files that are added and run are noted; nothing is noted, and nothing costs, without this. */
void bf__sandbox_watch(struct bf__sandbox *sandbox);
/* { path: { run: [ line, … ], left: [ line, … ] } } of the lines that hold code, new reference. */
json_t *bf__sandbox_watched(const struct bf__sandbox *sandbox);

/* Bytes the state owns now. */
size_t bf__sandbox_memory(const struct bf__sandbox *sandbox);

#endif
