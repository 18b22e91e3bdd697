/* Wrong: nothing to start. */
#include "tiny.h"
BF_PLUGIN_EXPORT const struct bf_plugin banfa_plugin = {
    .abi = 1u, .size = sizeof(struct bf_plugin), .name = "no_start", .version = "1"};
