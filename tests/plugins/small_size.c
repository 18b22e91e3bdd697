/* Wrong: a descriptor that ends before its start function. */
#include "tiny.h"
BF_PLUGIN_EXPORT const struct bf_plugin banfa_plugin = {
    .abi = 1u, .size = offsetof(struct bf_plugin, start), .name = "small_size", .version = "1"};
