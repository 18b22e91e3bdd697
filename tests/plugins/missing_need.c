/* Wrong where nothing provides it. */
#include "tiny.h"
TINY_PLUGIN(.name = "missing_need", .needs = TINY_LIST("nowhere/1"));
