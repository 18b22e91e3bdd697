/* Right: provides base/1, with an option of each type. */
#include <inttypes.h>

#include "tiny.h"

static const struct bf_option options[] = {
    {"rooms", BF_OPTION_INT, "3", 1, 5, "How many rooms."},
    {"door", BF_OPTION_TEXT, "门", 0, 0, "What the door is called."},
    {"open", BF_OPTION_BOOL, "true", 0, 0, "Whether the door is open."},
    {0},
};

static int start(const struct bf_host *host, void **ret_self, struct bf_error *err) {
  void *context = host->context;
  host->log(context, BF_LOG_INFO, "options", "%" PRId64 " %s %d", host->option_int(context, "rooms"),
            host->option_text(context, "door"), host->option_bool(context, "open"));
  host->log(context, BF_LOG_INFO, "world", "%" PRId64 " %s %d", host->now(context), host->data_dir(context), host->loop != NULL);
  int r = host->provide(context, "base", 1, &banfa_plugin, err);
  return r < 0 ? r : tiny_start(host, ret_self, err);
}

BF_PLUGIN_EXPORT const struct bf_plugin banfa_plugin = {.abi = 1u,
                                                        .size = sizeof(struct bf_plugin),
                                                        .name = "base",
                                                        .version = "1",
                                                        .options = options,
                                                        .provides = TINY_LIST("base/1"),
                                                        .start = start,
                                                        .stop = tiny_stop};
