/* Wrong beside `base`, which provides version 1. */
#include "tiny.h"
TINY_PLUGIN(.name = "newer_need", .needs = TINY_LIST("base/2"));
