#include <stdlib.h>
#include <string.h>

#include "commands.h"

#define LEDGER_BYTES ((size_t)30 << 20) /* grows by half at most as UTF-8 and JSON: below the socket's 64 MiB */

int bf__cmd_import(struct bf__cli *cli, int argc, char **argv) {
  bool apply = false;
  const struct bf__cli_option own[] = {{"--apply", NULL, &apply}, {0}};
  struct bf_error err = {0};
  json_t *answer = NULL;
  char *text;
  size_t length;
  int code = bf__cli_parse(cli, argc, argv, own, 2, 2);
  if (code >= 0) return code;
  if (bf__read_whole(cli->words[1], LEDGER_BYTES, &text, &length, &err) < 0) return bf__cli_fail(&err);
  int r = bf__to_utf8(&text, &length, &err);
  json_t *params = r < 0 ? NULL : json_pack("{s:s, s:s%, s:b}", "what", cli->words[0], "text", text, length, "apply", apply);
  free(text);
  if (r < 0) {
    (void)snprintf(err.where, sizeof err.where, "%s", cli->words[1]);
    return bf__cli_fail(&err);
  }
  if (bf__cli_call(cli, "import", params, &answer, &err) < 0) return bf__cli_fail(&err);
  code = bf__cli_show(cli, answer, NULL);
  if (code == BF__DONE && json_array_size(json_object_get(json_object_get(answer, "body"), "errors")) > 0)
    code = BF__FAILED;
  else if (code == BF__DONE && !apply && !cli->json)
    (void)printf("\n只是试算:加 --apply 写入 · a dry run: nothing was written, --apply writes it\n");
  json_decref(answer);
  return code;
}
