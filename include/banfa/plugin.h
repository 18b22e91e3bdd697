/* banfa: what a plugin exports and what the host offers it.
 *
 * A plugin is a shared object that exports one symbol, `banfa_plugin`, of type `const struct bf_plugin`, and links to
 * nothing of banfa's. Everything here runs on the loop thread unless it says otherwise. */
#ifndef BANFA_PLUGIN_H
#define BANFA_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "banfa/error.h"

#define BF_ABI 1u /* raised when a struct below changes other than by growing at its end */

struct uv_loop_s; /* <uv.h> */
struct bf_host;

enum bf_log_level { BF_LOG_DEBUG, BF_LOG_INFO, BF_LOG_WARN, BF_LOG_ERROR };

enum bf_option_type { BF_OPTION_INT, BF_OPTION_TEXT, BF_OPTION_BOOL };

/* One setting of a plugin, under `plugins.<name>` in banfa.json. The host parses and checks it; this table is its manual. */
struct bf_option {
  const char *name; /* NULL ends the table */
  enum bf_option_type type;
  const char *value;   /* default, as text */
  int64_t least, most; /* bounds, BF_OPTION_INT only, both included */
  const char *help;    /* one sentence with the unit */
};

/* The exported descriptor. `needs` and `provides` are NULL-ended lists of "service/version"; a need with a '?' after it is
 * a wish: started before this plugin when it is loaded, and no fault when it is not. */
struct bf_plugin {
  uint32_t abi;  /* write the number you were built for: 1u, not BF_ABI of a later header */
  uint32_t size; /* sizeof(struct bf_plugin) */
  const char *name;
  const char *version;
  const struct bf_option *options; /* may be NULL */
  const char *const *needs;        /* may be NULL */
  const char *const *provides;     /* may be NULL */
  /* Starts the plugin. HOST stays valid until `stop` has returned and the loop has closed. On failure nothing is left behind. */
  int (*start)(const struct bf_host *host, void **ret_self, struct bf_error *err);
  /* Begins to stop: stops accepting, closes handles. The host runs the loop until every handle's close callback has run;
   * SELF is freed by the plugin in the last of them, or here if it has none. */
  void (*stop)(void *self);
};

/* What the host gives each plugin. Append-only: check `size` before using what is newer than your ABI. */
struct bf_host {
  uint32_t size;
  void *context; /* the host's own; pass it back as the first argument */
  struct uv_loop_s *loop;

  /* Structured log: EVENT is a short constant such as "http.listen"; the text adds detail. Any thread. */
  void (*log)(void *context, enum bf_log_level level, const char *event, const char *format, ...) BF_PRINTF(4, 5);

  /* A setting of this plugin, already checked. Text is borrowed for the life of the program. */
  int64_t (*option_int)(void *context, const char *name);
  bool (*option_bool)(void *context, const char *name);
  const char *(*option_text)(void *context, const char *name);

  /* Services. `provide` lends SERVICE (static or owned by the plugin until it stops) under a name the descriptor announced.
   * `service` returns another's, or NULL when it is not there or has another version. */
  int (*provide)(void *context, const char *name, uint32_t version, const void *service, struct bf_error *err);
  const void *(*service)(void *context, const char *name, uint32_t version);

  /* The program's one clock, virtual or real: milliseconds since 1970-01-01T00:00Z. Any thread. */
  int64_t (*now)(void *context);
  /* The data folder, absolute, borrowed for the life of the program. */
  const char *(*data_dir)(void *context);
};

#define BF_PLUGIN_EXPORT __attribute__((visibility("default")))

#endif
