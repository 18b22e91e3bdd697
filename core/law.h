/* Law cases: small stories (given, steps, expect) beside the scripts, run in the same sandbox under a clock of their own. Pure:
 * no storage. */
#ifndef BF_CORE_LAW_H
#define BF_CORE_LAW_H

#include <jansson.h>

#include "ruleset.h"

/* Runs every law case of SET (files under law/ and counties/CODE/law/). *RET_REPORT: { passed, failed, cases: [ { name, article,
 * sort, path, ok, why? } ], articles: { "14": { title, plain, boundary, refusal, exception, failed, reason? } }, branches? }. A
 * case that expects nothing is a failure. */
int bf__law_run(struct bf__ruleset *set, json_t **ret_report, struct bf_error *err) BF_WARN_UNUSED;

/* The same, the report with coverage: { lines, run, files: [ { path, lines, run, left: [ { line, text } ] } ] }: the lines with
 * code that no law case ran. */
int bf__law_cover(struct bf__ruleset *set, json_t **ret_report, struct bf_error *err) BF_WARN_UNUSED;

/* Looks at them without living them: what tests nothing or names what is not there fails, with its place. */
int bf__law_check(struct bf__ruleset *set, int64_t *ret_count, struct bf_error *err) BF_WARN_UNUSED;

#endif
