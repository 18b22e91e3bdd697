/* Parts of `banfa rules` that have a file of their own. Each returns an exit code. */
#ifndef BF_CORE_CMD_RULES_H
#define BF_CORE_CMD_RULES_H

#include "commands.h"
#include "ruleset.h"

/* Starts counties/CODE/ in SCRIPTS (NULL: the configured folder) from TEMPLATE (NULL: "blank"). */
int bf__rules_begin(struct bf__cli *cli, const char *code, const char *scripts, const char *template_);
/* Every word of the scripts, from the prelude's own data: text (Markdown), or with --json the data. */
int bf__rules_tell(const struct bf__cli *cli);

#endif
