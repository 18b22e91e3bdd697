/* Wrong: needs a service without a version. */
#include "tiny.h"
TINY_PLUGIN(.name = "bad_service", .needs = TINY_LIST("base"));
