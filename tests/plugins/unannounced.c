/* Wrong: provides what its descriptor does not announce. */
#include "tiny.h"
static int start(const struct bf_host *host, void **ret_self, struct bf_error *err) {
  (void)ret_self;
  return host->provide(host->context, "surprise", 1, host, err);
}
BF_PLUGIN_EXPORT const struct bf_plugin banfa_plugin = {
    .abi = 1u, .size = sizeof(struct bf_plugin), .name = "unannounced", .version = "1", .start = start, .stop = tiny_stop};
