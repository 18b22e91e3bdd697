/* What every tiny plugin of the host's tests shares: a start and a stop that say so in the log, and the descriptor. */
#ifndef BF_TESTS_TINY_H
#define BF_TESTS_TINY_H

#include "banfa/plugin.h"

extern const struct bf_plugin banfa_plugin;

static inline int tiny_start(const struct bf_host *host, void **ret_self, struct bf_error *err) {
  (void)err;
  host->log(host->context, BF_LOG_INFO, "start", "%s", banfa_plugin.name);
  *ret_self = (void *)host;
  return 0;
}

static inline void tiny_stop(void *self) {
  const struct bf_host *host = self;
  host->log(host->context, BF_LOG_INFO, "stop", "%s", banfa_plugin.name);
}

#define TINY_LIST(...) ((const char *const[]){__VA_ARGS__, NULL})
#define TINY_PLUGIN(...)                                                                                                         \
  BF_PLUGIN_EXPORT const struct bf_plugin banfa_plugin = {                                                                       \
      .abi = 1u, .size = sizeof(struct bf_plugin), .version = "1", .start = tiny_start, .stop = tiny_stop, __VA_ARGS__}

#endif
