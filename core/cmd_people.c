#include <stdlib.h>
#include <string.h>

#include "commands.h"

static const char *const user_verbs[] = {"add", "list", "passwd", "disable", "enable", "deputy", "vacant", NULL};
static const char *const org_verbs[] = {"add", "list", NULL};

static bool is(const struct bf__cli *cli, const char *verb) {
  return strcmp(cli->words[0], verb) == 0;
}

/* Whether VERB is one of KNOWN and has its id where it wants one; otherwise *RET_CODE is the exit code. */
static bool verb_fits(struct bf__cli *cli, const char *const *known, int *ret_code) {
  int at = 0;
  while (known[at] && !is(cli, known[at])) at++;
  int wanted = is(cli, "list") || is(cli, "vacant") ? 1 : 2;
  if (!known[at])
    *ret_code = bf__cli_unknown(cli, cli->verb->name, cli->words[0], known);
  else if (cli->word_count == wanted)
    return true;
  else {
    (void)fprintf(stderr, "banfa: %s\n", wanted == 2 ? "缺少代号 · the id is missing" : "多余的参数 · one word too many");
    *ret_code = bf__cli_usage(cli, stderr, BF__USAGE);
  }
  return false;
}

static void print_list(const json_t *body) {
  const json_t *items = json_object_get(body, "items");
  bf__print_value(items ? items : body);
}

/* Adds the password to PARAMS (stolen), then calls. */
static int run_with_password(struct bf__cli *cli, const char *operation, json_t *params, const char *file) {
  struct bf_error err = {0};
  char *password = NULL;
  if (bf__read_password(file, &password, &err) < 0) {
    json_decref(params);
    return bf__cli_fail(&err);
  }
  if (params && json_object_set_new(params, "password", json_string(password)) < 0) {
    json_decref(params);
    params = NULL;
  }
  explicit_bzero(password, strlen(password));
  free(password);
  return bf__cli_run(cli, operation, params, NULL);
}

static int add_user(struct bf__cli *cli, const char *name, const char *org, const char *clearance, bool admin, const char *file) {
  char *end = NULL;
  long level = clearance ? strtol(clearance, &end, 10) : 0;
  const char *missing = !name ? "--name" : !org ? "--org" : NULL;
  if (missing)
    (void)fprintf(stderr, "banfa: 缺少 · missing: %s\n", missing);
  else if (end && (*end || end == clearance))
    (void)fprintf(stderr, "banfa: --clearance %s: 应为数字 · must be a number\n", clearance);
  else {
    json_t *params = json_pack("{s:s, s:s, s:s, s:I, s:b}", "id", cli->words[1], "name", name, "org", org, "clearance",
                               (json_int_t)level, "admin", admin);
    return run_with_password(cli, "user.add", params, file);
  }
  return bf__cli_usage(cli, stderr, BF__USAGE);
}

/* Who acts in the place of a user, from one day to another. */
static int set_deputy(struct bf__cli *cli, const char *from, const char *to, const char *deputy, const char *why,
                      const char *cancel) {
  const char *missing = cancel ? NULL : !from ? "--from" : !to ? "--to" : NULL;
  if (missing) {
    (void)fprintf(stderr, "banfa: 缺少 · missing: %s\n", missing);
    return bf__cli_usage(cli, stderr, BF__USAGE);
  }
  json_t *params = cancel ? json_pack("{s:s, s:s}", "id", cli->words[1], "cancel", cancel)
                          : json_pack("{s:s, s:s, s:s, s:s*, s:s*}", "id", cli->words[1], "from", from, "to", to, "deputy",
                                      deputy, "why", why);
  return bf__cli_run(cli, "user.deputy", params, NULL);
}

int bf__cmd_user(struct bf__cli *cli, int argc, char **argv) {
  const char *name = NULL, *org = NULL, *clearance = NULL, *file = NULL;
  const char *from = NULL, *to = NULL, *deputy = NULL, *why = NULL, *cancel = NULL;
  bool admin = false;
  const struct bf__cli_option own[] = {{"--name", &name, NULL},
                                       {"--org", &org, NULL},
                                       {"--clearance", &clearance, NULL},
                                       {"--admin", NULL, &admin},
                                       {"--password-file", &file, NULL},
                                       {"--from", &from, NULL},
                                       {"--to", &to, NULL},
                                       {"--deputy", &deputy, NULL},
                                       {"--why", &why, NULL},
                                       {"--cancel", &cancel, NULL},
                                       {0}};
  int code = bf__cli_parse(cli, argc, argv, own, 1, 2);
  if (code >= 0 || !verb_fits(cli, user_verbs, &code)) return code;
  const char *id = cli->words[1];
  if (is(cli, "list")) return bf__cli_run(cli, "user.list", json_object(), print_list);
  if (is(cli, "vacant")) return bf__cli_run(cli, "office.vacant", json_object(), print_list);
  if (is(cli, "deputy")) return set_deputy(cli, from, to, deputy, why, cancel);
  if (is(cli, "add")) return add_user(cli, name, org, clearance, admin, file);
  if (is(cli, "passwd")) return run_with_password(cli, "user.passwd", json_pack("{s:s}", "id", id), file);
  return bf__cli_run(cli, "user.disable", json_pack("{s:s, s:b}", "id", id, "disabled", is(cli, "disable")), NULL);
}

/* "a,b,c" as an array. */
static json_t *split(const char *text) {
  json_t *list = json_array();
  for (size_t length; text && *text; text += length + (text[length] == ',')) {
    length = strcspn(text, ",");
    if (length && json_array_append_new(list, json_stringn(text, length)) < 0) {
      json_decref(list);
      return NULL;
    }
  }
  return list;
}

int bf__cmd_org(struct bf__cli *cli, int argc, char **argv) {
  const char *zh = NULL, *en = NULL, *jurisdiction = NULL, *roles = NULL, *parent = NULL;
  const struct bf__cli_option own[] = {
      {"--zh", &zh, NULL},       {"--en", &en, NULL},         {"--jurisdiction", &jurisdiction, NULL},
      {"--roles", &roles, NULL}, {"--parent", &parent, NULL}, {0}};
  int code = bf__cli_parse(cli, argc, argv, own, 1, 2);
  if (code >= 0 || !verb_fits(cli, org_verbs, &code)) return code;
  if (is(cli, "list")) return bf__cli_run(cli, "org.list", json_object(), print_list);
  const char *missing = !zh ? "--zh" : !en ? "--en" : !jurisdiction ? "--jurisdiction" : NULL;
  if (missing) {
    (void)fprintf(stderr, "banfa: 缺少 · missing: %s\n", missing);
    return bf__cli_usage(cli, stderr, BF__USAGE);
  }
  json_t *params = json_pack("{s:s, s:s, s:s, s:s, s:o, s:s*}", "id", cli->words[1], "zh", zh, "en", en, "jurisdiction",
                             jurisdiction, "roles", split(roles), "parent", parent);
  return bf__cli_run(cli, "org.add", params, NULL);
}
