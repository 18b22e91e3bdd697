/* Wrong: calls itself otherwise than its file. */
#include "tiny.h"
TINY_PLUGIN(.name = "someone_else");
