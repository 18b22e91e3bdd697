/* outbox: what goes out by each channel, what waits or was set aside and why, and another try. */
#include <string.h>

#include "commands.h"

static const char *text(const json_t *object, const char *name) {
  const char *value = json_string_value(json_object_get(object, name));
  return value ? value : "";
}

/* One row a channel, its states beside each other. NULL without memory. */
static json_t *by_channel(const json_t *counts) {
  json_t *rows = json_array(), *row = NULL, *one;
  size_t i;
  json_array_foreach(counts, i, one) {
    if (!row || strcmp(text(row, "channel"), text(one, "channel")) != 0) {
      row = json_pack("{sO si si si si si}", "channel", json_object_get(one, "channel"), "waiting", 0, "due", 0, "sent", 0,
                      "recalled", 0, "aside", 0);
      if (!row || json_array_append_new(rows, row) < 0) break;
    }
    (void)json_object_set(row, text(one, "state"), json_object_get(one, "count"));
    if (strcmp(text(one, "state"), "waiting") == 0) (void)json_object_set(row, "due", json_object_get(one, "due"));
  }
  return rows;
}

static json_t *troubled(const json_t *all) {
  json_t *rows = json_array(), *one;
  size_t i;
  json_array_foreach(all, i, one) {
    const json_t *body = json_object_get(one, "body");
    (void)json_array_append_new(
        rows, json_pack("{sO sO sO sO sO* ss}", "id", json_object_get(one, "id"), "channel", json_object_get(one, "channel"),
                        "state", json_object_get(one, "state"), "attempts", json_object_get(one, "attempts"), "fault",
                        json_object_get(one, "fault"), "what", *text(body, "zh") ? text(body, "zh") : text(body, "title")));
  }
  return rows;
}

static void print_list(const json_t *body) {
  json_t *channels = by_channel(json_object_get(body, "counts")), *rows = troubled(json_object_get(body, "troubled"));
  bf__print_table(channels, "channel:渠道·channel waiting:待发·waiting due:其中已到时·due sent:已发·sent recalled:撤回·recalled "
                            "aside:搁置·aside");
  if (json_array_size(rows)) {
    (void)puts("");
    bf__print_table(rows, "id channel state attempts:次数·tries fault:原因·why what:内容·what");
  }
  json_decref(channels);
  json_decref(rows);
}

int bf__cmd_outbox(struct bf__cli *cli, int argc, char **argv) {
  static const char *const known[] = {"list", "retry", "again", NULL};
  int code = bf__cli_parse(cli, argc, argv, NULL, 0, 2);
  if (code >= 0) return code;
  const char *verb = cli->word_count ? cli->words[0] : "list", *what = cli->word_count > 1 ? cli->words[1] : NULL;
  if (strcmp(verb, "list") == 0 && !what) return bf__cli_run(cli, "outbox.list", json_object(), print_list);
  if (strcmp(verb, "retry") == 0 && what) return bf__cli_run(cli, "outbox.retry", json_pack("{s:s}", "id", what), NULL);
  if (strcmp(verb, "again") == 0) return bf__cli_run(cli, "outbox.again", json_pack("{s:s*}", "channel", what), NULL);
  for (size_t i = 0; known[i]; i++)
    if (strcmp(verb, known[i]) == 0) return bf__cli_usage(cli, stderr, BF__USAGE);
  return bf__cli_unknown(cli, "outbox", verb, known);
}
