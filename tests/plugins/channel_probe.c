/* A host for channels without a server: loads the transfer plugin and one channel plugin, hands it notices, tells how each
 * delivery ended. For tests/api/test_channels.py.
 *
 *   channel_probe PLUGIN_DIR PLUGIN [option=value …] < { "channel": "channel.mail", "notices": [ … ], "stop_after_ms"?: 50 }
 *   → one line of JSON per delivery: { "n", "status", "fault", "give_up", "retry_after_ms" } */
#include <dlfcn.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <uv.h>

#include "banfa/channel.h"
#include "banfa/plugin.h"

struct loaded {
  const struct bf_plugin *plugin;
  void *self;
  struct bf_host host;
};

static struct probe {
  uv_loop_t loop;
  struct loaded plugins[2];
  char **settings;
  struct {
    char name[40];
    const void *service;
  } services[16];
  int count;
  size_t left;
  uv_timer_t timer;
} probe;

static void no(const char *what, const char *why) {
  (void)fprintf(stderr, "%s: %s\n", what, why);
  exit(3);
}

static void log_line(void *context, enum bf_log_level level, const char *event, const char *format, ...) {
  va_list args;
  (void)context, (void)level;
  va_start(args, format);
  (void)fprintf(stderr, "%s ", event);
  (void)vfprintf(stderr, format, args);
  (void)fprintf(stderr, "\n");
  va_end(args);
}

static const char *text_of(void *context, const char *name) {
  const struct loaded *loaded = context;
  size_t length = strlen(name);
  for (char **s = probe.settings; *s; s++)
    if (strncmp(*s, name, length) == 0 && (*s)[length] == '=') return *s + length + 1;
  for (const struct bf_option *o = loaded->plugin->options; o && o->name; o++)
    if (strcmp(o->name, name) == 0) return o->value;
  return NULL;
}
static int64_t int_of(void *context, const char *name) {
  return strtoll(text_of(context, name), NULL, 10);
}
static bool bool_of(void *context, const char *name) {
  return strcmp(text_of(context, name), "true") == 0;
}

static int provide(void *context, const char *name, uint32_t version, const void *service, struct bf_error *err) {
  (void)context, (void)version, (void)err;
  (void)snprintf(probe.services[probe.count].name, sizeof probe.services[0].name, "%s", name);
  probe.services[probe.count++].service = service;
  return 0;
}
static const void *service(void *context, const char *name, uint32_t version) {
  (void)context, (void)version;
  for (int i = 0; i < probe.count; i++)
    if (strcmp(probe.services[i].name, name) == 0) return probe.services[i].service;
  return NULL;
}
static int64_t now(void *context) {
  struct timespec at;
  (void)context;
  (void)clock_gettime(CLOCK_REALTIME, &at);
  return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
}
static const char *data_dir(void *context) {
  (void)context;
  return "/nonexistent";
}

static void load(struct loaded *loaded, const char *folder, const char *name) {
  char path[500];
  struct bf_error err = {0};
  (void)snprintf(path, sizeof path, "%s/%s.so", folder, name);
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) no(path, dlerror());
  loaded->plugin = dlsym(library, "banfa_plugin");
  loaded->host = (struct bf_host){.size = sizeof loaded->host,
                                  .context = loaded,
                                  .loop = &probe.loop,
                                  .log = log_line,
                                  .option_int = int_of,
                                  .option_bool = bool_of,
                                  .option_text = text_of,
                                  .provide = provide,
                                  .service = service,
                                  .now = now,
                                  .data_dir = data_dir};
  if (loaded->plugin->start(&loaded->host, &loaded->self, &err) < 0) {
    (void)printf("{\"refused\": true}\n");
    no(err.where, err.message);
  }
}

static void on_done(void *arg, const struct bf_delivered *how) {
  json_t *line = json_pack("{sI si ss* sb sI}", "n", (json_int_t)(intptr_t)arg, "status", how->status, "fault", how->fault,
                           "give_up", how->give_up, "retry_after_ms", (json_int_t)how->retry_after_ms);
  char *text = json_dumps(line, JSON_COMPACT);
  if (!text || puts(text) < 0) no("probe", "cannot tell");
  free(text);
  json_decref(line);
  if (--probe.left == 0) (void)uv_timer_stop(&probe.timer), uv_stop(&probe.loop);
}

static void on_stop(uv_timer_t *timer) {
  uv_stop(timer->loop);
}

static void stop(struct loaded *loaded) {
  loaded->plugin->stop(loaded->self);
}

int main(int argc, char **argv) {
  if (argc < 3) no("probe", "channel_probe PLUGIN_DIR PLUGIN [option=value …]");
  probe.settings = argv + 3;
  json_t *job = json_loadf(stdin, 0, NULL), *notice;
  size_t i;
  if (!job || uv_loop_init(&probe.loop) < 0 || uv_timer_init(&probe.loop, &probe.timer) < 0) no("probe", "no job");
  load(&probe.plugins[0], argv[1], "transfer");
  load(&probe.plugins[1], argv[1], argv[2]);
  const char *name = json_string_value(json_object_get(job, "channel"));
  const struct bf_channel *channel = service(NULL, name ? name : "", 1);
  if (!channel) no("probe", "no such channel");
  const json_t *notices = json_object_get(job, "notices"), *after = json_object_get(job, "stop_after_ms");
  (void)uv_timer_start(&probe.timer, on_stop, after ? (uint64_t)json_integer_value(after) : 60000, 0);
  probe.left = json_array_size(notices);
  json_array_foreach(notices, i, notice) channel->deliver(channel, notice, on_done, (void *)(intptr_t)i);
  if (probe.left) (void)uv_run(&probe.loop, UV_RUN_DEFAULT);
  stop(&probe.plugins[1]);
  stop(&probe.plugins[0]);
  uv_close((uv_handle_t *)&probe.timer, NULL);
  while (uv_run(&probe.loop, UV_RUN_DEFAULT)) continue; /* a delivery that ended only now has asked the loop to stop once */
  json_decref(job);
  return uv_loop_close(&probe.loop) < 0 ? 4 : 0;
}
