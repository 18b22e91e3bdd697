/* The plugin host: loads shared objects, checks what they say of themselves, starts them in the order of their needs. Loop
 * thread. */
#ifndef BF_CORE_HOST_H
#define BF_CORE_HOST_H

#include <jansson.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "banfa/error.h"
#include "banfa/plugin.h"

struct bf__host;

struct bf__host_config {
  struct uv_loop_s *loop;    /* lent to plugins; the host opens no handle on it */
  const char *plugin_dir;    /* where <name>.so lie, absolute; copied */
  const char *data_dir;      /* absolute; copied */
  int64_t (*now)(void *arg); /* the program's clock, ms; any thread */
  void *now_arg;
  /* Takes what plugins and the host log; any thread. NULL: the program's log. */
  void (*log)(enum bf_log_level level, const char *event, const char *format, va_list args) BF_PRINTF(3, 0);
};

int bf__host_new(const struct bf__host_config *config, struct bf__host **ret, struct bf_error *err) BF_WARN_UNUSED;

/* Lends a service of the core's own to plugins, under NAME and VERSION. SERVICE is borrowed until the host is freed. */
int bf__host_provide(struct bf__host *host, const char *name, uint32_t version, const void *service,
                     struct bf_error *err) BF_WARN_UNUSED;

/* Maps <plugin_dir>/NAME.so, checks its descriptor and its options (OPTIONS: the object `plugins.NAME`, borrowed; NULL for none).
 * Nothing of the plugin runs yet. */
int bf__host_load(struct bf__host *host, const char *name, const json_t *options, struct bf_error *err) BF_WARN_UNUSED;

/* Starts what is loaded and not started yet, providers first; where needs leave it open, in the order of loading. A missing need
 * or a cycle is found before anything starts. May be called again after more was loaded or provided. On failure what this call
 * started has been stopped: run the loop until the handles are closed. */
int bf__host_start(struct bf__host *host, struct bf_error *err) BF_WARN_UNUSED;

/* A service of a started plugin or of the core; NULL when there is none of that name and version. */
const void *bf__host_service(const struct bf__host *host, const char *name, uint32_t version);
/* The name of the I-th service that there is, or NULL after the last. */
const char *bf__host_service_name(const struct bf__host *host, size_t i);

/* Stops everything, the last started first. The owner then runs the loop until every handle is closed, and frees the host after
 * uv_loop_close: plugins' close callbacks still need their code and their `struct bf_host`. */
void bf__host_stop(struct bf__host *host);
/* The same, the last started first, until COUNT are left: who uses storage stops before the core's own connections are closed. */
void bf__host_stop_to(struct bf__host *host, size_t count);
void bf__host_free(struct bf__host *host); /* NULL is accepted */

#endif
