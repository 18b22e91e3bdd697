/* Wrong: provides its service, then fails to start. */
#include "tiny.h"
static int fails(const struct bf_host *host, void **ret_self, struct bf_error *err) {
  (void)ret_self;
  int r = host->provide(host->context, "late", 1, host, err);
  return r < 0 ? r : bf_fail(err, BF_EBUSY, "port 80", "somebody else has it");
}

BF_PLUGIN_EXPORT const struct bf_plugin banfa_plugin = {.abi = 1u,
                                                        .size = sizeof(struct bf_plugin),
                                                        .name = "fails_start",
                                                        .version = "1",
                                                        .needs = TINY_LIST("base/1"),
                                                        .provides = TINY_LIST("late/1"),
                                                        .start = fails,
                                                        .stop = tiny_stop};
