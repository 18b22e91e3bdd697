/* What a notice says: asked of the rules in force (their `notice` templates), with the plain words of this program where they say
 * nothing or fail. */
#ifndef BF_CORE_WORDING_H
#define BF_CORE_WORDING_H

#include "operation.h"
#include "ruleset.h"

struct bf__wording_for {
  const char *case_id; /* or NULL */
  const char *who;     /* name of the person told, or NULL */
  int64_t at_ms;       /* the day that it speaks from */
};

/* What BODY (an outbox row's) says: { zh: { subject, lines, foot }, en: { … }, press?: { zh, en }, link?, fault? }. A template
 * that fails is logged once and counted, and the plain wording stands in: { …, plain: true, fault }. NULL without memory. */
json_t *bf__wording_of(struct bf__reading *reading, const json_t *body, const struct bf__wording_for *whom);
/* The same by template NAME and its values, of the RULES given. */
json_t *bf__wording_say(struct bf__rules *rules, const char *name, json_t *given);
/* The values that BODY gives a template. A new reference. */
json_t *bf__wording_values(struct bf__reading *reading, const json_t *body, const struct bf__wording_for *whom);

/* SAID in LANG as one text: its subject, its lines, its foot; without the subject and what shows LINK when BRIEF. */
json_t *bf__wording_text(const json_t *said, const char *lang, const char *link, bool brief);

/* [ { name, title, at, shows } ] as PLACE words them; and one of them said of GIVEN, made-up values where it has none: the same
 * with zh and en { subject, text }, press?, link?, fault?. *RET is NULL when there is none of that name. */
int bf__wording_list(struct bf__rules *rules, const char *place, json_t **ret, struct bf_error *err) BF_WARN_UNUSED;
int bf__wording_preview(struct bf__rules *rules, const char *name, const json_t *given, json_t **ret,
                        struct bf_error *err) BF_WARN_UNUSED;

/* How many notices went out in plain words because a template failed. Any thread. */
int64_t bf__wording_failures(void);

#endif
