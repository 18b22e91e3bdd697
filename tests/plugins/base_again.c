/* Wrong beside `base`: provides the same service. */
#include "tiny.h"
TINY_PLUGIN(.name = "base_again", .provides = TINY_LIST("base/1"));
