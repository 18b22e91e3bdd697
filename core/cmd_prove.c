/* banfa rules prove: the red lines of a folder's rules, proved in a child process; what is crossed is told as a dated story. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "commands.h"
#include "prove.h"
#include "ruleset.h"

static const char *word(const json_t *object, const char *name) {
  const char *value = json_string_value(json_object_get(object, name));
  return value ? value : "";
}
static long long number(const json_t *object, const char *name) {
  return (long long)json_number_value(json_object_get(object, name));
}

/* Amounts and texts as JSON: what was filled in. */
static void print_input(const json_t *input) {
  char *text = json_object_size(input) ? json_dumps(input, JSON_COMPACT) : NULL;
  if (text) (void)printf("              %s\n", text);
  free(text);
}

static void print_story(const json_t *story) {
  size_t i;
  json_t *line;
  json_array_foreach(story, i, line) {
    const json_t *who = json_object_get(line, "who");
    const char *zh = word(who, "zh"), *en = word(who, "en");
    (void)printf("  %s  [%s] %s%s%s\n", word(line, "date"), word(line, "case"), zh, *zh ? "  " : "", word(line, "zh"));
    (void)printf("              %s%s%s\n", en, *en ? ": " : "", word(line, "en"));
    print_input(json_object_get(line, "input"));
  }
}

static void print_crossed(const json_t *crossed) {
  size_t i;
  json_t *one;
  json_array_foreach(crossed, i, one) {
    const json_t *title = json_object_get(one, "title");
    (void)printf("\n越过红线 · red line crossed: %s (第%lld条 art. %lld) %s\n  %s\n  %s\n", word(one, "name"),
                 number(one, "article"), number(one, "article"), word(one, "jurisdiction"), word(title, "zh"), word(title, "en"));
    if (json_array_size(json_object_get(one, "story"))) (void)printf("经过 · how it happens\n");
    print_story(json_object_get(one, "story"));
    (void)printf("  → %s\n    %s\n", word(one, "zh"), word(one, "en"));
    if (*word(one, "law_case"))
      (void)printf("重演 · to live it again, as a law case (law/NAME.lua, banfa rules test):\n%s", word(one, "law_case"));
  }
}

static void print_names(const char *zh, const char *en, const json_t *names) {
  size_t i;
  json_t *name;
  if (json_array_size(names) == 0) return;
  (void)printf("      %s · %s (%zu):", zh, en, json_array_size(names));
  json_array_foreach(names, i, name)(void) printf(" %s", json_string_value(name));
  (void)printf("\n");
}

static void print_views(const json_t *views) {
  size_t i, k;
  json_t *view, *kind, *fault;
  const char *name;
  json_array_foreach(views, i, view) {
    (void)printf("  %s%s\n", word(view, "jurisdiction"),
                 json_is_true(json_object_get(view, "reused")) ? "  前已验证,未变 · proved before, unchanged" : "");
    json_object_foreach(json_object_get(view, "kinds"), name, kind) {
      (void)printf("    %-12s 状态 states %lld  走法 moves %lld  深 depth %lld  办理过 actions %zu  环节 stages %zu%s\n", name,
                   number(kind, "states"), number(kind, "moves"), number(kind, "depth"),
                   json_object_size(json_object_get(kind, "taken")), json_object_size(json_object_get(kind, "opened")),
                   json_is_true(json_object_get(kind, "complete")) ? "  已尽 complete" : "");
      print_names("没走到的环节", "stages never opened", json_object_get(kind, "never_opened"));
      print_names("没办过的", "actions never taken", json_object_get(kind, "never_taken"));
      json_array_foreach(json_object_get(kind, "faults"), k, fault)(void)
          printf("      脚本出错 · a script failed %lld times: %s: %s\n", number(fault, "count"), word(fault, "where"),
                 word(fault, "message"));
    }
  }
}

void bf__print_proof(const json_t *proof) {
  const json_t *bounds = json_object_get(proof, "bounds");
  bool ok = json_is_true(json_object_get(proof, "ok"));
  (void)printf("%s\n", ok ? "通过:在界限之内没有越过红线的走法 · passed: within the bound no red line can be crossed"
                          : "不通过 · refused");
  (void)printf("  %s  %.1f s;界限 · bound: %.0f s (processor), %lld states, depth %lld;红线 · lines: %zu\n", word(proof, "hash"),
               json_number_value(json_object_get(proof, "seconds")), json_number_value(json_object_get(bounds, "seconds")),
               number(bounds, "states"), number(bounds, "depth"), json_array_size(json_object_get(proof, "lines")));
  print_views(json_object_get(proof, "views"));
  print_crossed(json_object_get(proof, "crossed"));
}

static void progress(void *arg, const json_t *now) {
  (void)arg;
  (void)fprintf(stderr, "\r  %s %s: %lld states, %lld moves   ", word(now, "jurisdiction"), word(now, "kind"),
                number(now, "states"), number(now, "moves"));
}

int bf__cmd_prove(struct bf__cli *cli, const struct bf__ruleset *set, const char *county, double seconds, int64_t states) {
  struct bf_error err = {0};
  struct bf__child_limits limits;
  bf__prove_limits(seconds, &limits);
  json_t *job = json_pack("{ss so ss* sf sI}", "verb", "prove", "bundle", bf__ruleset_bundle(set), "county", county, "seconds",
                          seconds, "states", (json_int_t)states),
         *proof = NULL;
  bool talk = !cli->json && isatty(2);
  int r = job ? bf__child_run(job, &limits, talk ? progress : NULL, NULL, &proof, &err)
              : bf_fail(&err, BF_ENOMEM, "prove", "no memory");
  json_decref(job);
  if (talk) (void)fprintf(stderr, "\r%60s\r", "");
  if (r < 0) return bf__cli_fail(&err);
  if (cli->json)
    bf__print_json(proof);
  else
    bf__print_proof(proof);
  bool ok = json_is_true(json_object_get(proof, "ok"));
  json_decref(proof);
  return ok ? BF__DONE : BF__FAILED;
}
