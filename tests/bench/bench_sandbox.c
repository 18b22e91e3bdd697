/* Costs of the script runtime, in µs a call. Not a test; build by hand:
 *   cc -O2 -D_GNU_SOURCE -Iinclude -Icore tests/bench/bench_sandbox.c core/sandbox*.c $(pkg-config --cflags --libs lua5.4
 * jansson) -o bench_sandbox */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sandbox.h"

static const char prelude[] =
    "local E = {} function E.run(path, ...) return host.run(path)(...) end\n"
    "function E.load() for _, p in ipairs(host.files()) do host.run(p) end end return { words = {}, entry = E }";

static const struct {
  const char *what, *script;
} cases[] = {
    {"nothing", "return function(c) end"},
    {"one fact", "return function(c) return c.facts.f7 end"},
    {"a guard: six facts, a stage, a paper",
     "return function(c) local f = c.facts if f.f1 > 5000 and f.f2 and f.f3 and f.f4 and f.f5 and f.f6 and c.stages.s3.state == "
     "'open' then\n"
     "for _, d in ipairs(c.documents) do if d.kind == 'k9' then return { code = 'x', article = 14 } end end end end"},
    {"all facts by pairs", "return function(c) local n = 0 for k, v in pairs(c.facts) do n = n + 1 end return n end"},
    {"the whole document by pairs", "local function walk(t) local n = 0 for k, v in pairs(t) do n = n + (type(v) == 'table' and "
                                    "walk(v) or 1) end return n end return walk"},
    {"a date taken apart and put together", "return function(c) local y, m, d = c.at:match('^(%d+)-(%d+)-(%d+)$') return "
                                            "('%04d-%02d-%02d'):format(tonumber(y) + 1, m, d) end"},
    {"100,000 steps of a loop", "return function(c) local x = 0 for i = 1, 33333 do x = x + i end return x end"},
    {"the document comes back", "return function(c) return c end"},
};

static json_t *document(void) {
  json_t *c = json_object(), *facts = json_object(), *stages = json_object(), *papers = json_array();
  char name[16];
  for (int i = 0; i < 40; i++) {
    (void)snprintf(name, sizeof name, "f%d", i);
    (void)json_object_set_new(facts, name, i % 3 ? json_integer(100000 + i) : json_string("市级政务信息化项目"));
  }
  for (int i = 0; i < 8; i++) {
    (void)snprintf(name, sizeof name, "s%d", i);
    (void)json_object_set_new(
        stages, name, json_pack("{s:s,s:s,s:i}", "state", i == 3 ? "open" : "closed", "opened", "2024-03-01", "round", 1));
  }
  for (int i = 0; i < 10; i++) {
    (void)snprintf(name, sizeof name, "k%d", i);
    (void)json_array_append_new(papers, json_pack("{s:s,s:s,s:s}", "id", "d", "kind", name, "at", "2024-03-01"));
  }
  (void)json_object_set_new(c, "id", json_string("c1"));
  (void)json_object_set_new(c, "at", json_string("2024-01-31"));
  (void)json_object_set_new(c, "facts", facts);
  (void)json_object_set_new(c, "stages", stages);
  (void)json_object_set_new(c, "documents", papers);
  return c;
}

static double now_us(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static struct bf__sandbox *state(const char *script) {
  struct bf__sandbox *sandbox;
  struct bf_error err;
  if (bf__sandbox_new(&bf__sandbox_default_limits, &sandbox, &err) ||
      bf__sandbox_prelude(sandbox, "prelude", prelude, sizeof prelude - 1, &err) ||
      bf__sandbox_add(sandbox, "f.lua", script, strlen(script), &err)) {
    (void)fprintf(stderr, "[%s] %s\n", err.where, err.message);
    exit(1);
  }
  return sandbox;
}

static void measure(const char *what, const char *script, int rounds) {
  struct bf__sandbox *sandbox = state(script);
  json_t *args = json_pack("[s,o]", "f.lua", document());
  struct bf_error err;
  double from = 0;
  for (int i = -rounds / 10; i < rounds; i++) {
    json_t *result = NULL;
    if (i == 0) from = now_us();
    if (bf__sandbox_call(sandbox, "run", args, &result, &err)) {
      (void)fprintf(stderr, "%s: [%s] %s\n", what, err.where, err.message);
      exit(1);
    }
    json_decref(result);
  }
  (void)printf("%-44s %8.2f µs  (%zu KiB)\n", what, (now_us() - from) / rounds, bf__sandbox_memory(sandbox) / 1024);
  json_decref(args);
  bf__sandbox_free(sandbox);
}

int main(void) {
  double from;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    measure(cases[i].what, cases[i].script, strstr(cases[i].what, "loop") ? 500 : 100000);
  from = now_us();
  for (int i = 0; i < 1000; i++) bf__sandbox_free(state("return 1"));
  (void)printf("%-44s %8.2f µs\n", "a fresh state", (now_us() - from) / 1000);
  return 0;
}
