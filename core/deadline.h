/* Deadlines, derived: a pure function of a case's facts, the calendar and the rules. Nothing here remembers. */
#ifndef BF_CORE_DEADLINE_H
#define BF_CORE_DEADLINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "calendar.h"

#define BF__DEADLINES_MAX 64 /* alive at once on one case */
#define BF__RUNGS_MAX 256
#define BF__REMIND_MS (9 * 3600 * 1000) /* reminders fall at 09:00, the date itself at 24:00 */

struct bf__deadline {
  const char *stage, *name; /* borrowed from the rules */
  const json_t *spec;       /* borrowed from the rules */
  int32_t anchor;           /* the day from which it is counted, which does not count */
  int32_t due;              /* the last day; INT32_MAX while its clock is paused */
  bool provisional;         /* rests on a year without a notice */
  bool by_clock;
  int used, total; /* working days, when by clock */
};

/* One thing that will happen: "warn0", "warn1", … before, "due" at 24:00 of the last day, "after0", … afterwards, and "up0", …
 * when others hear that it is not done. */
struct bf__rung {
  const char *stage, *name;
  char rung[12];
  int64_t at; /* ms */
  int32_t due;
};

/* The deadlines alive on STATE. Returns how many (at most MAX). */
int bf__deadlines(const json_t *view, const struct bf__calendar *calendar, const json_t *state, int32_t today,
                  struct bf__deadline *out, int max);
/* What of them is still to happen (what STATE.fired names for the same date is left out), sorted by moment. */
int bf__rungs(const struct bf__calendar *calendar, const json_t *state, const struct bf__deadline *deadlines, int count,
              struct bf__rung *out, int max);
/* What is stored for a case that follows SET: the rungs still to happen, then a row "alive" for each deadline with a date, whose
 * moment never comes: lists find it by its date also when every rung has fired. *RET_NEXT: the first rung's moment, when there is
 * one. */
struct bf__ruleset;
int bf__rows(const struct bf__ruleset *set, const json_t *state, int32_t today, struct bf__rung *out, int max, int64_t *ret_next);
/* { stage, name, title, article, nature, due?, state: "running"|"paused"|"overdue", left_days?, provisional, tell, action?, how:
 * {zh, en} } */
json_t *bf__deadline_json(const json_t *view, const struct bf__calendar *calendar, const json_t *state,
                          const struct bf__deadline *deadline, int32_t today);
/* Does a condition of the rules hold for these facts? NULL holds. */
bool bf__condition(const json_t *view, const char *stage, const json_t *condition, const json_t *facts);
/* limits.NAME of STAGE, or of the stage named in "stage.name"; borrowed. */
const json_t *bf__limit(const json_t *view, const char *stage, const char *name);

#endif
