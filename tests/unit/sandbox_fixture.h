/* What the tests of the sandbox share: a state with a small prelude, and calls that report. */
#ifndef BF_TESTS_SANDBOX_FIXTURE_H
#define BF_TESTS_SANDBOX_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "sandbox.h"

/* entry.run(path, …): runs the file; when it returned a function, calls it. */
static const char fixture_prelude[] =
    "local W, E, kept = {}, {}, nil\n"
    "W.today = { is = 'today', deep = { 1, 2 } }\n"
    "function W.stage(name) return function(body) return { is = 'stage', name = name, body = body } end end\n"
    "function W.needs_text(t) if type(t) ~= 'string' then error('a text is due', 2) end return t end\n"
    "function W.apply(f, ...) return f(...) end\n"
    "function E.run(path, ...) local f = host.run(path) if type(f) == 'function' then return f(...) end return f end\n"
    "function E.field(path, name, ...) return host.run(path)[name](...) end\n"
    "function E.load() for _, p in ipairs(host.files()) do host.run(p) end return host.files() end\n"
    "function E.try(path) local ok, text = host.try(host.run, path) return { ok = ok, text = text } end\n"
    "function E.where(path, name) return host.where(host.run(path)[name]) end\n"
    "function E.keep(v) kept = v end\n"
    "function E.kept() return kept end\n"
    "function E.read_kept() return kept.x.y end\n"
    "function E.keep_path(path) kept = host.run(path) end\n"
    "function E.context(path) local inner = { n = 1, list = { 1, { a = 1 } } }\n"
    "  local f = host.run(path) return f(host.readonly { inner = inner, f = function() return inner end }) end\n"
    "function E.merge(a, b) local out = {} for _, p in ipairs { a, b } do for k, v in pairs(host.run(p)) do out[k] = v end end\n"
    "  out.own = { 1 } rawset(out, 'raw', rawget(out, 'own')[1]) return out end\n"
    "function E.near(word, list) return host.nearest(word, list) end\n"
    "function E.hosted(x) return host.twice(x) end\n"
    "function E.bug() local t return t.x end\n"
    "return { words = W, entry = E }\n";

static struct bf__sandbox *fixture_state(const struct bf__sandbox_limits *limits) {
  struct bf__sandbox *sandbox = NULL;
  struct bf_error err = {0};
  int rc = bf__sandbox_new(limits, &sandbox, &err);
  if (rc) fail_msg("new: %s", err.message);
  rc = bf__sandbox_prelude(sandbox, "prelude", fixture_prelude, sizeof fixture_prelude - 1, &err);
  if (rc) fail_msg("prelude: %s %s", err.where, err.message);
  return sandbox;
}

static inline struct bf__sandbox *fixture_new(void) {
  struct bf__sandbox_limits limits = bf__sandbox_default_limits;
  limits.values = 20000;
  return fixture_state(&limits);
}

static inline void fixture_add(struct bf__sandbox *sandbox, const char *path, const char *text) {
  struct bf_error err = {0};
  if (bf__sandbox_add(sandbox, path, text, strlen(text), &err)) fail_msg("add %s: [%s] %s", path, err.where, err.message);
}

/* Calls ENTRY with the JSON array ARGS; the result as text, to be freed, or NULL with ERR filled. */
static inline char *fixture_call(struct bf__sandbox *sandbox, const char *entry, const char *args, struct bf_error *err) {
  json_t *list = json_loads(args, JSON_DECODE_ANY, NULL), *result = NULL;
  char *text = NULL;
  assert_non_null(list);
  memset(err, 0, sizeof *err);
  if (bf__sandbox_call(sandbox, entry, list, &result, err) == 0) {
    text = json_dumps(result, JSON_ENCODE_ANY | JSON_COMPACT);
    assert_non_null(text);
  } else {
    assert_null(result);
  }
  json_decref(result);
  json_decref(list);
  return text;
}

static inline void expect_call(struct bf__sandbox *sandbox, const char *entry, const char *args, const char *expected) {
  struct bf_error err;
  char *text = fixture_call(sandbox, entry, args, &err);
  if (!text) fail_msg("%s %s: [%s] %s", entry, args, err.where, err.message);
  assert_string_equal(text, expected);
  free(text);
}

static inline void expect_error(struct bf__sandbox *sandbox, const char *entry, const char *args, const char *where,
                                const char *part) {
  struct bf_error err;
  char *text = fixture_call(sandbox, entry, args, &err);
  if (text) fail_msg("%s %s: returned %s where an error with '%s' is due", entry, args, text, part);
  if (where) assert_string_equal(err.where, where);
  if (!strstr(err.message, part)) fail_msg("'%s' is not in: %s", part, err.message);
}

/* Runs TEXT as f.lua in a fresh state, with ARGS behind the path. */
static inline void expect_script(const char *text, const char *args, const char *expected) {
  struct bf__sandbox *sandbox = fixture_new();
  fixture_add(sandbox, "f.lua", text);
  expect_call(sandbox, "run", args ? args : "[\"f.lua\"]", expected);
  bf__sandbox_free(sandbox);
}

static inline void expect_script_error(const char *text, const char *args, const char *where, const char *part) {
  struct bf__sandbox *sandbox = fixture_new();
  fixture_add(sandbox, "f.lua", text);
  expect_error(sandbox, "run", args ? args : "[\"f.lua\"]", where, part);
  bf__sandbox_free(sandbox);
}

static inline double fixture_ms(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

#endif
