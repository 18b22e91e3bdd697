/* Right: needs base/1 and the core's service core/7; asks, too, for what it never listed. */
#include "tiny.h"

static int start(const struct bf_host *host, void **ret_self, struct bf_error *err) {
  void *context = host->context;
  const char *core = host->service(context, "core", 7);
  bool found = host->service(context, "base", 1) && !host->service(context, "base", 2);
  host->log(context, BF_LOG_INFO, "found", "%s %d", core ? core : "nothing", found);
  return tiny_start(host, ret_self, err);
}

BF_PLUGIN_EXPORT const struct bf_plugin banfa_plugin = {.abi = 1u,
                                                        .size = sizeof(struct bf_plugin),
                                                        .name = "user",
                                                        .version = "1",
                                                        .needs = TINY_LIST("base/1", "core/7"),
                                                        .start = start,
                                                        .stop = tiny_stop};
