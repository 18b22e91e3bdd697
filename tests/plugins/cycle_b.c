/* Wrong beside cycle_a: each needs the other. */
#include "tiny.h"
TINY_PLUGIN(.name = "cycle_b", .needs = TINY_LIST("a/1"), .provides = TINY_LIST("b/1"));
