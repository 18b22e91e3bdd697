/* Wrong: its table's default is outside its own bounds. */
#include "tiny.h"
static const struct bf_option options[] = {{"size", BF_OPTION_INT, "9", 1, 5, "How large, in rooms."}, {0}};
TINY_PLUGIN(.name = "bad_option", .options = options);
