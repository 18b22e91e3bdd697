/* The command line: one table of commands, what they share, and how results are printed. */
#ifndef BF_CORE_COMMANDS_H
#define BF_CORE_COMMANDS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "config.h"

#define BF__CLI_WORDS 16

enum { BF__DONE = 0, BF__FAILED = 1, BF__USAGE = 2 }; /* exit codes */

struct bf__app;

/* One run of the program. */
struct bf__cli {
  const struct bf__verb *verb;
  struct bf__overrides overrides;
  bool json;                        /* --json: the answer itself instead of text */
  const char *words[BF__CLI_WORDS]; /* what is not an option, the command's own name left out */
  int word_count;
  /* where calls go: opened by the first call, closed by `bf__cli_done` */
  struct bf__config config;
  bool config_loaded;
  int server;          /* socket of a running server, or -1 */
  struct bf__app *app; /* or the program in this process */
};

/* An option of a command's own. TEXT takes a value, FLAG none; with both it may stand alone or have a list of names. */
struct bf__cli_option {
  const char *name; /* "--apply"; NULL ends the list */
  const char **text;
  bool *flag;
};

struct bf__verb {
  const char *name;
  int (*run)(struct bf__cli *cli, int argc, char **argv); /* argv[0] is the first argument after the name; returns an exit code */
  const char *usage;                                      /* what follows "banfa NAME" */
  const char *summary;                                    /* one line, Chinese first; NULL: not for people */
  const char *help;                                       /* the rest of --help */
};

extern const struct bf__verb bf__verbs[]; /* NULL-ended, in the order of `banfa --help` */

int bf__cmd_serve(struct bf__cli *cli, int argc, char **argv);
int bf__cmd_clock(struct bf__cli *cli, int argc, char **argv);
int bf__cmd_rules(struct bf__cli *cli, int argc, char **argv);
int bf__cmd_rules_worker(struct bf__cli *cli, int argc, char **argv); /* child_worker.c */
int bf__cmd_simulate(struct bf__cli *cli, int argc, char **argv);
int bf__cmd_why(struct bf__cli *cli, int argc, char **argv);
int bf__cmd_import(struct bf__cli *cli, int argc, char **argv);
int bf__cmd_user(struct bf__cli *cli, int argc, char **argv);
int bf__cmd_org(struct bf__cli *cli, int argc, char **argv);
int bf__cmd_backup(struct bf__cli *cli, int argc, char **argv);
int bf__cmd_restore(struct bf__cli *cli, int argc, char **argv);
int bf__cmd_audit(struct bf__cli *cli, int argc, char **argv);
int bf__cmd_outbox(struct bf__cli *cli, int argc, char **argv);
int bf__cmd_doctor(struct bf__cli *cli, int argc, char **argv);
int bf__cmd_version(struct bf__cli *cli, int argc, char **argv);
int bf__cmd_call(struct bf__cli *cli, int argc, char **argv);

/* The red lines of SET, proved in a child process and told; an exit code. 0 stands for the usual bound. */
struct bf__ruleset;
int bf__cmd_prove(struct bf__cli *cli, const struct bf__ruleset *set, const char *county, double seconds, int64_t states);
void bf__print_proof(const json_t *proof);

/* Arguments (cli_args.c). ------------------------------------------------------------------------------------------------ */

/* Sorts the arguments into options (the shared ones, and OWN, which may be NULL) and words; LEAST to MOST words are wanted.
 * Returns -1 to go on; otherwise the exit code: --help has been printed, or what is wrong. */
int bf__cli_parse(struct bf__cli *cli, int argc, char **argv, const struct bf__cli_option *own, int least, int most);
/* The nearest of the NULL-ended KNOWN words is told with the usage; returns BF__USAGE. */
int bf__cli_unknown(const struct bf__cli *cli, const char *what, const char *word, const char *const *known);
int bf__cli_usage(const struct bf__cli *cli, FILE *out, int code);
/* "banfa: WHERE: MESSAGE" on stderr; returns BF__FAILED. */
int bf__cli_fail(const struct bf_error *err);

/* Calls (cli_call.c). ---------------------------------------------------------------------------------------------------- */

/* Reads the configuration, once. */
int bf__cli_config(struct bf__cli *cli, struct bf_error *err) BF_WARN_UNUSED;
/* Is a server running on the data folder? The first call settles it for this run. */
bool bf__cli_server(struct bf__cli *cli);
/* One call as the operator: to the server that runs on the data folder, else in this process. PARAMS is stolen. The answer is
 * { status, body, version?, location? }, a new reference. */
int bf__cli_call(struct bf__cli *cli, const char *operation, json_t *params, json_t **ret_answer,
                 struct bf_error *err) BF_WARN_UNUSED;
void bf__cli_done(struct bf__cli *cli);
/* The same, its answer printed; returns the exit code. PRINT prints the body of a good answer as text; NULL prints it as it
 * comes. */
int bf__cli_run(struct bf__cli *cli, const char *operation, json_t *params, void (*print)(const json_t *body));
/* Prints an answer of `bf__cli_call` (borrowed) in the same way. */
int bf__cli_show(const struct bf__cli *cli, const json_t *answer, void (*print)(const json_t *body));

/* Printing (cli_print.c). ------------------------------------------------------------------------------------------------ */

void bf__print_json(const json_t *value);  /* indented, one line break at the end */
void bf__print_value(const json_t *value); /* any value as text: objects as "name  value", arrays of objects as tables */
/* ROWS (array of objects) under a heading, columns aligned, wide characters counted as two. COLUMNS: "id zh:名称 roles", or NULL
 * for all columns in the order of the first row. */
void bf__print_table(const json_t *rows, const char *columns);
/* The refusals of a problem body, one a line, on stderr. */
void bf__print_problem(const json_t *answer);

/* Files (cli_file.c). ---------------------------------------------------------------------------------------------------- */

/* The whole of a file ("-" = standard input) of at most LIMIT bytes, NUL added; free() it. */
int bf__read_whole(const char *path, size_t limit, char **ret_text, size_t *ret_length, struct bf_error *err) BF_WARN_UNUSED;
/* Text as UTF-8: what already is (a byte order mark is taken off), else from GB18030. *TEXT may be replaced. */
int bf__to_utf8(char **text, size_t *length, struct bf_error *err) BF_WARN_UNUSED;
/* A password: from FILE, or asked for twice without echo on a terminal, or the first line of standard input. free() it. */
int bf__read_password(const char *file, char **ret, struct bf_error *err) BF_WARN_UNUSED;
/* PATH from the current folder, absolute, for a server that has another. free() it; NULL without memory. */
char *bf__full_path(const char *path);

#endif
