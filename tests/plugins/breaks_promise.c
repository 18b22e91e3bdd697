/* Wrong: announces a service and never provides it. */
#include "tiny.h"
TINY_PLUGIN(.name = "breaks_promise", .provides = TINY_LIST("promised/1"));
