/* Parts and values of rules in the words of the people who work by them. */
#ifndef BF_CORE_DIFF_WORDS_H
#define BF_CORE_DIFF_WORDS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* PART is "stage.actions.name.attribute" or "papers.name…"; VIEW the description it stands in. LANGUAGE "zh" or "en". */
void bf__diff_label(const json_t *view, const char *part, const char *language, char *out, size_t size);
/* A value that stands at PART, as a person reads it; malloc'd, NULL without memory. */
char *bf__diff_value(const json_t *view, const char *part, const json_t *value, const char *language);
/* "10 → 7 个工作日": malloc'd; NULL when the two are not periods of one unit. */
char *bf__diff_periods(const json_t *before, const json_t *after, const char *language);

#endif
