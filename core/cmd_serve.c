#include <signal.h>
#include <stdlib.h>

#include "app.h"
#include "commands.h"
#include "log.h"

/* The handles close themselves, so that a second signal, while we stop, ends the program at once. */
struct stopper {
  uv_signal_t signals[2];
  bool stopping;
};

static void on_signal(uv_signal_t *signal, int number) {
  struct stopper *stopper = signal->data;
  if (stopper->stopping) return;
  stopper->stopping = true;
  bf__log(BF_LOG_INFO, "stop", "%s: finishing what is under way", number == SIGINT ? "SIGINT" : "SIGTERM");
  for (int i = 0; i < 2; i++) uv_close((uv_handle_t *)&stopper->signals[i], NULL);
  uv_stop(signal->loop);
}

static int catch (struct stopper *stopper, uv_loop_t *loop, struct bf_error *err) {
  static const int numbers[2] = {SIGTERM, SIGINT};
  int r = 0;
  for (int i = 0; i < 2; i++) {
    (void)uv_signal_init(loop, &stopper->signals[i]);
    stopper->signals[i].data = stopper;
    if (r >= 0) r = uv_signal_start(&stopper->signals[i], on_signal, numbers[i]);
  }
  if (r >= 0) return 0;
  for (int i = 0; i < 2; i++) uv_close((uv_handle_t *)&stopper->signals[i], NULL);
  return bf_fail(err, BF_EIO, "signals", "they cannot be caught: %s", uv_strerror(r));
}

static void tell_ready(const struct bf__app *app) {
  const char *listen = json_string_value(json_object_get(json_object_get(app->config.plugins, "http"), "listen"));
  char now[32];
  bf__moment_format(bf__clock_now((struct bf__clock *)&app->clock), now);
  bf__log(BF_LOG_INFO, "ready", "%s%s, data %s, rules %.12s, %s clock %s", listen ? "http://" : "no http plugin",
          listen ? listen : "", app->config.data, app->reign->now->hash, app->clock.is_virtual ? "virtual" : "real", now);
}

static int serve(struct bf__app *app, struct bf_error *err) {
  struct stopper stopper = {0};
  int r = bf__app_start(app, true, err);
  if (r < 0) return r;
  r = catch (&stopper, &app->loop, err);
  if (r >= 0) {
    tell_ready(app);
    (void)uv_run(&app->loop, UV_RUN_DEFAULT);
  }
  bf__app_stop(app);
  if (r >= 0) bf__log(BF_LOG_INFO, "stopped", "everything that was answered is on disk");
  return r;
}

int bf__cmd_serve(struct bf__cli *cli, int argc, char **argv) {
  const struct bf__cli_option own[] = {{"--listen", &cli->overrides.listen, NULL}, {"--clock", &cli->overrides.clock, NULL}, {0}};
  struct bf_error err = {0};
  int code = bf__cli_parse(cli, argc, argv, own, 0, 0);
  if (code >= 0) return code;
  if (bf__cli_config(cli, &err) < 0) return bf__cli_fail(&err);
  struct bf__app *app = calloc(1, sizeof *app);
  if (!app) return BF__FAILED;
  (void)signal(SIGPIPE, SIG_IGN); /* a peer that went away is an error code, not our end */
  (void)signal(SIGXFSZ, SIG_IGN); /* nor is a limit on the size of files: it is a full disk */
  app->config = cli->config;      /* still freed by its owner, CLI */
  int r = serve(app, &err);
  free(app);
  return r < 0 ? bf__cli_fail(&err) : BF__DONE;
}
