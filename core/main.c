/* The program: finds the command, lets it run. */
#include <string.h>
#include <sys/stat.h>

#include "commands.h"
#include "form.h"
#include "pool.h"

#define VERBS 32

static int overview(FILE *out, int code) {
  (void)fprintf(out, "banfa " BF_VERSION
                     "  政府投资信息化项目管理 · runs government-invested IT projects under rules written as scripts\n\n");
  for (const struct bf__verb *verb = bf__verbs; verb->name; verb++)
    if (verb->summary) (void)fprintf(out, "  banfa %-9s %s\n", verb->name, verb->summary);
  (void)fprintf(out, "\n  banfa COMMAND --help   各命令说明 · help on each\n");
  return code;
}

static int unknown(const char *name) {
  const char *known[VERBS];
  size_t count = 0;
  for (const struct bf__verb *verb = bf__verbs; verb->name && count < VERBS; verb++)
    if (verb->summary) known[count++] = verb->name;
  const char *near = bf__nearest(name, known, count);
  (void)fprintf(stderr, "banfa: \"%s\": 没有这个命令 · no such command%s%s%s\n  banfa --help\n", name,
                near ? "; 是否要 · did you mean " : "", near ? near : "", near ? " ?" : "");
  return BF__USAGE;
}

int main(int argc, char **argv) {
  const char *name = argc > 1 ? argv[1] : "";
  const struct bf__verb *verb = bf__verbs;
  struct bf__cli cli = {.server = -1};
  bf__pool_use();
  (void)umask(077); /* data, backups and exports are for their owner */
  if (!*name) return overview(stderr, BF__USAGE);
  if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) return overview(stdout, BF__DONE);
  if (strcmp(name, "--version") == 0) name = "version";
  while (verb->name && strcmp(verb->name, name) != 0) verb++;
  if (!verb->name) return unknown(name);
  cli.verb = verb;
  int code = verb->run(&cli, argc - 2, argv + 2);
  bf__cli_done(&cli);
  if (fflush(stdout) != 0 && code == BF__DONE) code = BF__FAILED; /* a full disk behind `>` */
  return code;
}
