/* Wrong: built for an ABI this host does not speak. */
#include "tiny.h"
BF_PLUGIN_EXPORT const struct bf_plugin banfa_plugin = {.abi = 2u, .size = sizeof(struct bf_plugin)};
