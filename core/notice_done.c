#include "notice_done.h"

#include <string.h>

#include "deadline.h"
#include "reign.h"
#include "ruleset.h"

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

/* STAGE is absent in notices of earlier versions: then the name alone must do. */
static const struct bf__deadline *find(const struct bf__deadline *all, int count, const char *stage, const char *name) {
  for (int i = 0; i < count; i++)
    if (strcmp(all[i].name, name) == 0 && (!stage || strcmp(all[i].stage, stage) == 0)) return &all[i];
  return NULL;
}

int bf__notice_done(const struct bf__reading *reading, const json_t *state, const json_t *body, json_t *out) {
  const char *name = text(body, "deadline"), *due = text(body, "due");
  if (!name || !due || !json_is_object(state)) return 0;
  const struct bf__ruleset *set = bf__reign_set(reading->reign, state);
  if (!set) return 0;
  struct bf__deadline all[BF__DEADLINES_MAX];
  char date[BF__DATE_TEXT];
  int count = bf__deadlines(bf__ruleset_view(set, text(state, "jurisdiction")), set->calendar, state, reading->today, all,
                            BF__DEADLINES_MAX);
  const struct bf__deadline *still = find(all, count, text(body, "stage"), name);
  if (!still) return json_object_set_new(out, "done", json_true()) < 0 ? BF_ENOMEM : 0;
  if (still->due == INT32_MAX) return 0; /* its clock rests: neither done nor moved */
  bf__date_format(still->due, date);
  if (strcmp(date, due) == 0) return 0;
  return json_object_set_new(out, "moved_to", json_string(date)) < 0 ? BF_ENOMEM : 0;
}
