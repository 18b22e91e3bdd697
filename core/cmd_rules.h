/* Parts of `banfa rules` that have a file of their own. Each returns an exit code. */
#ifndef BF_CORE_CMD_RULES_H
#define BF_CORE_CMD_RULES_H

#include "commands.h"
#include "ruleset.h"

/* Starts counties/CODE/ in SCRIPTS (NULL: the configured folder) from TEMPLATE (NULL: "blank"). */
int bf__rules_begin(struct bf__cli *cli, const char *code, const char *scripts, const char *template_);
/* Every word of the scripts, from the prelude's own data: text (Markdown), or with --json the data. */
int bf__rules_tell(const struct bf__cli *cli);

/* What the notice NAME (NULL: which there are) says by SET: of made-up values, or of a case of the running program, which words
 * it by its own rules unless SET is of a FOLDER that was named. */
int bf__rules_notice(struct bf__cli *cli, struct bf__ruleset *set, bool folder, const char *name, const char *case_id,
                     const char *lang, const char *county);

#endif
