/* Wrong beside cycle_b: each needs the other. */
#include "tiny.h"
TINY_PLUGIN(.name = "cycle_a", .needs = TINY_LIST("b/1"), .provides = TINY_LIST("a/1"));
