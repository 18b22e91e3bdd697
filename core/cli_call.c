#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "admin.h"
#include "app.h"
#include "commands.h"

#define BUSY_TRIES 50 /* of 100 ms: how long another command may hold the data folder before we give up */

int bf__cli_config(struct bf__cli *cli, struct bf_error *err) {
  if (cli->config_loaded) return 0;
  int r = bf__config_load(&cli->overrides, &cli->config, err);
  cli->config_loaded = r >= 0;
  return r;
}

bool bf__cli_server(struct bf__cli *cli) {
  struct bf_error err;
  if (cli->server >= 0) return true;
  return !cli->app && bf__cli_config(cli, &err) >= 0 && bf__admin_connect(cli->config.data, &cli->server, &err) >= 0;
}

/* A program of our own on the data folder, without serving; the configuration moves into it. */
static int start_here(struct bf__cli *cli, struct bf_error *err) {
  struct bf__app *app = calloc(1, sizeof *app);
  if (!app) return bf_fail(err, BF_ENOMEM, "memory", "no memory");
  app->config = cli->config;
  int r = bf__app_start(app, false, err);
  if (r < 0) {
    free(app);
    return r;
  }
  cli->app = app;
  return 0;
}

/* The server, if one answers; else this process. Whoever holds the data folder for a moment only is waited for. */
static int open_way(struct bf__cli *cli, struct bf_error *err) {
  if (cli->app || cli->server >= 0) return 0;
  int r = bf__cli_config(cli, err);
  for (int i = 0; r >= 0 && i < BUSY_TRIES; i++) {
    r = bf__admin_connect(cli->config.data, &cli->server, err);
    if (r == BF_ENOTFOUND) r = start_here(cli, err);
    if (r != BF_EBUSY) return r;
    r = 0;
    (void)nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
  }
  return r < 0 ? r
               : bf_fail(err, BF_EBUSY, cli->config.data,
                         "the data folder is held by another banfa that does not answer: wait until it has started, or end it");
}

static void keep_answer(void *arg, const struct bf_answer *answer) {
  *(json_t **)arg = bf__admin_answer(answer);
}

static int call_here(struct bf__app *app, const char *operation, json_t *params, json_t **ret_answer, struct bf_error *err) {
  json_t *answer = NULL;
  struct bf_call call = {.size = sizeof call,
                         .operation = operation,
                         .params = json_incref(params),
                         .operator_ = true,
                         .if_version = -1,
                         .answer = keep_answer,
                         .arg = &answer};
  bf__api_call(app, &call);
  while (!answer && uv_run(&app->loop, UV_RUN_ONCE)) continue;
  if (!answer) return bf_fail(err, BF_EIO, operation, "it was never answered");
  *ret_answer = answer;
  return 0;
}

int bf__cli_call(struct bf__cli *cli, const char *operation, json_t *params, json_t **ret_answer, struct bf_error *err) {
  int r =
      params ? open_way(cli, err) : bf_fail(err, BF_EINVAL, operation, "an argument is not UTF-8 text, or there is no memory");
  if (r >= 0 && cli->app)
    r = call_here(cli->app, operation, params, ret_answer, err);
  else if (r >= 0)
    r = bf__admin_request(cli->server, operation, params, ret_answer, err);
  json_decref(params);
  return r;
}

void bf__cli_done(struct bf__cli *cli) {
  if (cli->server >= 0) (void)close(cli->server);
  cli->server = -1;
  if (cli->app) {
    bf__app_stop(cli->app);
    cli->config = cli->app->config; /* back to its owner */
    free(cli->app);
    cli->app = NULL;
  }
  if (cli->config_loaded) bf__config_done(&cli->config);
  cli->config_loaded = false;
}

int bf__cli_show(const struct bf__cli *cli, const json_t *answer, void (*print)(const json_t *body)) {
  const json_t *body = json_object_get(answer, "body");
  bool good = json_integer_value(json_object_get(answer, "status")) < 400;
  if (cli->json)
    bf__print_json(body);
  else if (!good)
    bf__print_problem(answer);
  else if (print)
    print(body);
  else
    bf__print_value(body);
  return good ? BF__DONE : BF__FAILED;
}

int bf__cli_run(struct bf__cli *cli, const char *operation, json_t *params, void (*print)(const json_t *body)) {
  struct bf_error err = {0};
  json_t *answer = NULL;
  if (bf__cli_call(cli, operation, params, &answer, &err) < 0) return bf__cli_fail(&err);
  int code = bf__cli_show(cli, answer, print);
  json_decref(answer);
  return code;
}
