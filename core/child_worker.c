/* The child's side of child.h: limits first, then the job, then one answer. */
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <signal.h>
#include <unistd.h>

#include "chain.h"
#include "child.h"
#include "commands.h"
#include "law.h"
#include "prove.h"
#include "ruleset.h"

#define JOB_BYTES ((size_t)64 << 20)

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

static void answer(json_t *line) {
  char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;
  if (text) (void)printf("%s\n", text);
  (void)fflush(stdout);
  free(text);
  json_decref(line);
}

void bf__child_tell(json_t *progress) {
  answer(json_pack("{so}", "progress", progress));
}

/* The verbs --------------------------------------------------------------------------------------------------------------------
 */

static int do_check(const json_t *job, json_t **ret_result, struct bf_error *err) {
  struct bf__ruleset *set = NULL;
  int r = bf__ruleset_from_bundle(json_object_get(job, "bundle"), &set, err);
  if (r >= 0) *ret_result = json_pack("{sb ss}", "ok", 1, "hash", set->hash);
  bf__ruleset_unref(set);
  return r;
}

static int do_test(const json_t *job, json_t **ret_result, struct bf_error *err) {
  struct bf__ruleset *set = NULL;
  int r = bf__ruleset_from_bundle(json_object_get(job, "bundle"), &set, err);
  if (r >= 0) r = bf__law_run(set, ret_result, err);
  bf__ruleset_unref(set);
  return r;
}

static void say_prove(void *arg, const json_t *now) {
  (void)arg;
  bf__child_tell(json_deep_copy(now));
}

static int do_prove(const json_t *job, json_t **ret_result, struct bf_error *err) {
  struct bf__ruleset *set = NULL;
  struct bf__prove_options options = {.county = json_string_value(json_object_get(job, "county")),
                                      .seconds = json_number_value(json_object_get(job, "seconds")),
                                      .states = (size_t)json_integer_value(json_object_get(job, "states")),
                                      .known = json_object_get(job, "known")};
  int r = bf__ruleset_from_bundle(json_object_get(job, "bundle"), &set, err);
  if (r >= 0) r = bf__prove(set, &options, say_prove, NULL, ret_result, err);
  bf__ruleset_unref(set);
  return r;
}

static const struct {
  const char *name;
  bf__child_verb run;
} verbs[] = {{"check", do_check}, {"test", do_test}, {"prove", do_prove}};

/* Limits -----------------------------------------------------------------------------------------------------------------------
 */

static void limit(int what, rlim_t most) {
  struct rlimit both = {most, most};
  (void)setrlimit(what, &both);
}

/* What the libraries open at their first use is opened before the number of files is limited. */
static void confine(const char *cpu, const char *memory) {
  unsigned char hash[BF__HASH_BYTES];
  int r = bf__sm3("", 0, hash);
  (void)r; /* said by whoever needs it */
  (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
  (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  rlim_t seconds = cpu ? (rlim_t)strtoull(cpu, NULL, 10) : 60;
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_CPU, seconds);
  if (SANITIZED) return;
  limit(RLIMIT_NOFILE, 3); /* no file, no socket */
  limit(RLIMIT_NPROC, 0);
  if (memory) limit(RLIMIT_AS, (rlim_t)strtoull(memory, NULL, 10));
}

static char *read_job(size_t *ret_length) {
  size_t room = 1 << 20, length = 0;
  char *text = malloc(room);
  while (text) {
    size_t count = fread(text + length, 1, room - length, stdin);
    length += count;
    if (count == 0 || length > JOB_BYTES) break;
    if (length < room) continue;
    char *grown = realloc(text, room *= 2);
    if (!grown) free(text);
    text = grown;
  }
  *ret_length = length;
  return text;
}

static int work(const json_t *job, json_t **ret_result, struct bf_error *err) {
  const char *verb = json_string_value(json_object_get(job, "verb"));
  for (size_t i = 0; verb && i < sizeof verbs / sizeof *verbs; i++)
    if (strcmp(verbs[i].name, verb) == 0) return verbs[i].run(job, ret_result, err);
  return bf_fail(err, BF_EINVAL, "child", "there is no job '%s'", verb ? verb : "");
}

int bf__child_main(void) {
  struct bf_error err = {0};
  size_t length = 0;
  char *text = read_job(&length);
  json_t *job = text ? json_loadb(text, length, 0, NULL) : NULL, *result = NULL;
  free(text);
  int r = job ? work(job, &result, &err) : bf_fail(&err, BF_EINVAL, "child", "the job is no JSON");
  if (r >= 0)
    answer(json_pack("{so}", "result", result));
  else
    answer(json_pack("{s{si ss ss}}", "error", "code", r, "where", err.where, "message", err.message));
  json_decref(job);
  return r < 0 ? BF__FAILED : BF__DONE;
}

int bf__cmd_rules_worker(struct bf__cli *cli, int argc, char **argv) {
  (void)cli;
  confine(argc > 0 ? argv[0] : NULL, argc > 1 ? argv[1] : NULL);
  return bf__child_main();
}
