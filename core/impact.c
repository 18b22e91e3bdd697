#include "impact.h"

#include <stdlib.h>
#include <string.h>

#include "deadline.h"
#include "reads.h"
#include "state.h"

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "impact", "no memory");
}

/* One case under one side's rules. */
struct side {
  const json_t *view;
  const struct bf__calendar *calendar;
  struct bf__deadline deadlines[BF__DEADLINES_MAX];
  int count;
};

static void derive(struct side *side, const struct bf__ruleset *set, const json_t *state, int32_t today) {
  side->view = bf__ruleset_view(set, text(state, "jurisdiction"));
  side->calendar = set->calendar;
  side->count = bf__deadlines(side->view, set->calendar, state, today, side->deadlines, BF__DEADLINES_MAX);
}

static const struct bf__deadline *same(const struct side *side, const struct bf__deadline *deadline) {
  for (int i = 0; i < side->count; i++)
    if (strcmp(side->deadlines[i].name, deadline->name) == 0 && strcmp(side->deadlines[i].stage, deadline->stage) == 0)
      return &side->deadlines[i];
  return NULL;
}

static void due_text(const struct bf__deadline *deadline, char out[BF__DATE_TEXT]) {
  if (deadline->due == INT32_MAX)
    (void)snprintf(out, BF__DATE_TEXT, "paused");
  else
    bf__date_format(deadline->due, out);
}

static json_t *deadline_change(const struct bf__deadline *before, const struct bf__deadline *after) {
  const struct bf__deadline *one = after ? after : before;
  char was[BF__DATE_TEXT] = "", is[BF__DATE_TEXT] = "";
  if (before) due_text(before, was);
  if (after) due_text(after, is);
  return json_pack("{ss ss sO* sO* ss ss* ss* sO*}", "stage", one->stage, "name", one->name, "title",
                   json_object_get(one->spec, "title"), "article", json_object_get(one->spec, "article"), "change",
                   !before  ? "appears"
                   : !after ? "vanishes"
                            : "moved",
                   "before", before ? was : NULL, "after", after ? is : NULL, "tell", json_object_get(one->spec, "tell"));
}

static json_t *deadline_changes(const struct side *before, const struct side *after) {
  json_t *out = json_array();
  for (int i = 0; i < before->count; i++) {
    const struct bf__deadline *other = same(after, &before->deadlines[i]);
    if (!other || other->due != before->deadlines[i].due)
      (void)json_array_append_new(out, deadline_change(&before->deadlines[i], other));
  }
  for (int i = 0; i < after->count; i++)
    if (!same(before, &after->deadlines[i])) (void)json_array_append_new(out, deadline_change(NULL, &after->deadlines[i]));
  return out;
}

static int ask(struct bf__rules *rules, const json_t *view, struct bf__store *store, json_t *state, int32_t today, json_t **ret,
               struct bf_error *err) {
  char date[BF__DATE_TEXT];
  json_t *cases = json_object();
  bf__date_format(today, date);
  int r = cases ? bf__reads_collect(store, view, state, cases, err) : no_memory(err);
  if (r >= 0)
    r = bf__rules_call(rules, "actions",
                       json_pack("[O {ss sO s{ss ss ss s[]} sb}]", state, "date", date, "cases", cases, "actor", "user", "plan",
                                 "name", "plan", "org", "plan", "roles", "asking", 1),
                       ret, err);
  json_decref(cases);
  return r;
}

static const json_t *find(const json_t *said, const char *stage, const char *action) {
  size_t i;
  json_t *one;
  json_array_foreach(said, i,
                     one) if (strcmp(text(one, "stage"), stage) == 0 && strcmp(text(one, "action"), action) == 0) return one;
  return NULL;
}

static bool is_open(const json_t *said) {
  return json_array_size(json_object_get(said, "refusals")) == 0;
}

static void action_change(json_t *out, const json_t *view, const json_t *one, const char *change) {
  const char *stage = text(one, "stage"), *action = text(one, "action");
  (void)json_array_append_new(out, json_pack("{ss ss sO* ss sO*}", "stage", stage, "action", action, "title",
                                             json_object_get(bf__view_action(view, stage, action), "title"), "change", change,
                                             "reasons", json_object_get(one, "refusals")));
}

static bool names_paper(const json_t *refusals, const char *paper) {
  size_t i;
  json_t *one;
  json_array_foreach(refusals, i, one) if (text(one, "paper") && strcmp(text(one, "paper"), paper) == 0) return true;
  return false;
}

/* Papers that FROM's refusals ask for and TO's do not. */
static void paper_changes(json_t *out, const json_t *from, const json_t *to, const char *change) {
  size_t i;
  json_t *one;
  json_array_foreach(json_object_get(from, "refusals"), i, one) {
    const char *paper = text(one, "paper");
    if (paper && !names_paper(json_object_get(to, "refusals"), paper))
      (void)json_array_append_new(out, json_pack("{sO sO ss ss}", "stage", json_object_get(from, "stage"), "action",
                                                 json_object_get(from, "action"), "paper", paper, "change", change));
  }
}

static void action_changes(json_t *actions, json_t *papers, const json_t *before, const json_t *after, const json_t *before_view,
                           const json_t *after_view) {
  size_t i;
  json_t *one;
  json_array_foreach(before, i, one) {
    const json_t *other = find(after, text(one, "stage"), text(one, "action"));
    if (!other) {
      action_change(actions, before_view, one, "vanishes");
      continue;
    }
    if (is_open(one) && !is_open(other)) action_change(actions, after_view, other, "closes");
    if (!is_open(one) && is_open(other)) action_change(actions, after_view, other, "opens");
    paper_changes(papers, other, one, "needed");
    paper_changes(papers, one, other, "dropped");
  }
  json_array_foreach(after, i, one) if (!find(before, text(one, "stage"), text(one, "action")))
      action_change(actions, after_view, one, "appears");
}

/* True when some open stage is not there any more, or no open stage has an action left. */
static bool stranded(const json_t *view, const json_t *state) {
  const char *name;
  json_t *record;
  bool any = false, way = false;
  json_object_foreach(json_object_get(state, "stages"), name, record) {
    if (!bf__state_is_open(state, name)) continue;
    const json_t *stage = bf__view_stage(view, name);
    any = true;
    if (!stage) return true;
    if (json_object_size(json_object_get(stage, "actions"))) way = true;
  }
  return any && !way;
}

static json_t *told(const json_t *deadlines) {
  json_t *seen = json_object(), *out = json_array(), *one, *role;
  size_t i, k;
  const char *name;
  json_array_foreach(deadlines, i, one) {
    json_t *tell = json_object_get(one, "tell");
    if (json_is_string(tell)) (void)json_object_set_new(seen, json_string_value(tell), json_true());
    json_array_foreach(tell, k, role)(void) json_object_set_new(seen, json_string_value(role), json_true());
  }
  json_object_foreach(seen, name, one)(void) json_array_append_new(out, json_string(name));
  json_decref(seen);
  return out;
}

static bool touched(const struct bf__impact_sides *sides, const json_t *state) {
  const char *name;
  json_t *record;
  if (!sides->stages) return true;
  const json_t *of = json_object_get(sides->stages, text(state, "jurisdiction"));
  if (!of) of = json_object_get(sides->stages, "");
  json_object_foreach(json_object_get(state, "stages"), name,
                      record) if (bf__state_is_open(state, name) && json_object_get(of, name)) return true;
  return false;
}

static json_t *now_of(int32_t today, json_t *cases) {
  char date[BF__DATE_TEXT];
  bf__date_format(today, date);
  return json_pack("{ss sO s{ss ss ss s[]} sb}", "date", date, "cases", cases, "actor", "user", "plan", "name", "plan", "org",
                   "plan", "roles", "asking", 1);
}

/* The case as the candidate's migration would leave it: *RET_STATE and *RET_WHAT stay NULL when there is none for it. */
static int migrate(const struct bf__impact_sides *sides, const json_t *state, json_t **ret_state, json_t **ret_what,
                   struct bf_error *err) {
  json_t *names = bf__reign_migrations(sides->then, state), *said = NULL, *cases, *copy = NULL;
  char date[BF__DATE_TEXT];
  if (!names) return 0;
  cases = json_object();
  bf__date_format(sides->today, date);
  int r =
      cases ? bf__rules_call(sides->after, "migrate", json_pack("[O O o]", state, names, now_of(sides->today, cases)), &said, err)
            : no_memory(err);
  const char *name = text(said, "name");
  const json_t *view = bf__ruleset_view(sides->then->now, text(state, "jurisdiction"));
  if (r >= 0 && name) {
    copy = bf__state_edit(state);
    r = copy ? bf__state_apply(view, copy, json_object_get(said, "effects"), date, err) : no_memory(err);
  }
  if (r >= 0 && copy) {
    const json_t *rule = json_object_get(json_object_get(view, "migrations"), name);
    *ret_state = copy;
    *ret_what = json_pack("{ss sO* sO* sO*}", "name", name, "title", json_object_get(rule, "title"), "from",
                          json_object_get(rule, "from"), "to", json_object_get(rule, "to"));
  } else {
    json_decref(copy);
  }
  json_decref(cases);
  json_decref(said);
  json_decref(names);
  return r;
}

/* Payments --------------------------------------------------------------------------------------------------------------------
 */

static bool has_payments(const json_t *view, const json_t *state) {
  const char *name, *action_name;
  json_t *record, *action;
  json_object_foreach(json_object_get(state, "stages"), name, record) {
    if (!bf__state_is_open(state, name)) continue;
    json_object_foreach(json_object_get(bf__view_stage(view, name), "actions"), action_name,
                        action) if (json_object_get(action, "pays")) return true;
  }
  return false;
}

static int payments_of(struct bf__rules *rules, const json_t *view, struct bf__store *store, json_t *state, int32_t today,
                       json_t **ret, struct bf_error *err) {
  if (!has_payments(view, state)) {
    *ret = json_array();
    return *ret ? 0 : no_memory(err);
  }
  json_t *cases = json_object();
  int r = cases ? bf__reads_collect(store, view, state, cases, err) : no_memory(err);
  if (r >= 0) r = bf__rules_call(rules, "payments", json_pack("[O o]", state, now_of(today, cases)), ret, err);
  json_decref(cases);
  return r;
}

static void payment_change(json_t *out, const json_t *view, const json_t *one, const json_t *before, const json_t *after) {
  const char *stage = text(one, "stage"), *action = text(one, "action");
  const json_t *article = json_integer_value(json_object_get(bf__view_action(view, stage, action), "article"))
                              ? json_object_get(bf__view_action(view, stage, action), "article")
                              : NULL;
  (void)json_array_append_new(
      out, json_pack("{ss ss sO* sO* ss sO* sO*}", "stage", stage, "action", action, "title",
                     json_object_get(bf__view_action(view, stage, action), "title"), "article", article, "change",
                     !before  ? "appears"
                     : !after ? "vanishes"
                              : "changes",
                     "before", json_object_get(before, "amount"), "after", json_object_get(after, "amount")));
}

static json_t *payment_changes(const json_t *was, const json_t *is, const json_t *before_view, const json_t *after_view) {
  json_t *out = json_array(), *one;
  size_t i;
  json_array_foreach(was, i, one) {
    const json_t *other = find(is, text(one, "stage"), text(one, "action"));
    if (!other || !json_equal(json_object_get(one, "amount"), json_object_get(other, "amount")))
      payment_change(out, other ? after_view : before_view, one, one, other);
  }
  json_array_foreach(is, i, one) if (!find(was, text(one, "stage"), text(one, "action")))
      payment_change(out, after_view, one, NULL, one);
  return out;
}

/* Reminders -------------------------------------------------------------------------------------------------------------------
 */

static void count_for(json_t *out, const char *role, const char *which, const char *first) {
  json_t *one = json_object_get(out, role);
  if (!one) {
    (void)json_object_set_new(out, role, json_pack("{si si}", "new", 0, "gone", 0));
    one = json_object_get(out, role);
  }
  (void)json_object_set_new(one, which, json_integer(json_integer_value(json_object_get(one, which)) + 1));
  if (strcmp(which, "new") == 0 && (!text(one, "first") || strcmp(text(one, "first"), first) > 0))
    (void)json_object_set_new(one, "first", json_string(first));
}

static const struct bf__deadline *deadline_of(const struct side *side, const struct bf__rung *rung) {
  for (int i = 0; i < side->count; i++)
    if (side->deadlines[i].name == rung->name && side->deadlines[i].stage == rung->stage) return &side->deadlines[i];
  return NULL;
}

/* Does ROLE hear of DEADLINE? */
static bool tells(const json_t *tell, const char *role) {
  size_t i;
  json_t *one;
  if (json_is_string(tell)) return strcmp(json_string_value(tell), role) == 0;
  json_array_foreach(tell, i, one) if (strcmp(json_string_value(one), role) == 0) return true;
  return false;
}

/* Whom RUNG tells: the deadline's own, or those of an escalation. */
static json_t *told_of(const json_t *spec, const char *rung) {
  if (*rung != 'u') return json_object_get(spec, "tell");
  return json_object_get(json_array_get(json_object_get(spec, "escalate"), (size_t)strtoul(rung + 2, NULL, 10)), "tell");
}

static bool told_then(const struct bf__rung *rungs, int count, const struct side *side, const struct bf__rung *rung,
                      const char *role) {
  for (int i = 0; i < count; i++)
    if (rungs[i].at == rung->at && strcmp(rungs[i].rung, rung->rung) == 0 && strcmp(rungs[i].name, rung->name) == 0 &&
        strcmp(rungs[i].stage, rung->stage) == 0)
      return tells(told_of(deadline_of(side, &rungs[i])->spec, rung->rung), role);
  return false;
}

static void add_reminders(json_t *out, const struct side *mine, const struct bf__rung *own, int count, const struct side *other,
                          const struct bf__rung *theirs, int their_count, const char *which) {
  char day[BF__DATE_TEXT];
  for (int i = 0; i < count; i++) {
    json_t *tell = told_of(deadline_of(mine, &own[i])->spec, own[i].rung), *role;
    json_t *list = json_is_string(tell) ? json_pack("[O]", tell) : json_incref(tell);
    size_t k;
    bf__date_format(bf__date_of_ms(own[i].at), day);
    json_array_foreach(list, k, role) if (!told_then(theirs, their_count, other, &own[i], json_string_value(role)))
        count_for(out, json_string_value(role), which, day);
    json_decref(list);
  }
}

/* What two rulesets have in common is held once, so that the same declaration is the same object. */
static bool same_deadlines(const struct side *before, const struct side *after) {
  if (before->count != after->count) return false;
  for (int i = 0; i < before->count; i++)
    if (before->deadlines[i].spec != after->deadlines[i].spec || before->deadlines[i].due != after->deadlines[i].due)
      return false;
  return true;
}

/* { role: { new, gone, first? } }: reminders to come that a post would not have had, or has no longer. */
static json_t *reminder_changes(const struct side *before, const json_t *state_before, const struct side *after,
                                const json_t *state_after, bool same_calendar) {
  struct bf__rung was[BF__RUNGS_MAX], is[BF__RUNGS_MAX];
  json_t *out = json_object();
  if (same_calendar && state_before == state_after && same_deadlines(before, after)) return out;
  int were = bf__rungs(before->calendar, state_before, before->deadlines, before->count, was, BF__RUNGS_MAX);
  int are = bf__rungs(after->calendar, state_after, after->deadlines, after->count, is, BF__RUNGS_MAX);
  add_reminders(out, after, is, are, before, was, were, "new");
  add_reminders(out, before, was, were, after, is, are, "gone");
  return out;
}

/* All of it --------------------------------------------------------------------------------------------------------------------
 */

struct found {
  json_t *deadlines, *actions, *papers, *payments, *reminders, *migrates;
  bool lost;
};

static void found_done(struct found *found) {
  json_decref(found->deadlines);
  json_decref(found->actions);
  json_decref(found->papers);
  json_decref(found->payments);
  json_decref(found->reminders);
  json_decref(found->migrates);
}

/* What scripts must be asked: which actions are open, what they would pay. */
static int ask_both(const struct bf__impact_sides *sides, struct bf__rules *rules, const struct side *before, json_t *state,
                    const struct side *after, json_t *state_after, struct found *found, struct bf_error *err) {
  json_t *was = NULL, *is = NULL, *paid = NULL, *pays = NULL;
  int r = ask(rules, before->view, sides->store, state, sides->today, &was, err);
  if (r >= 0) r = ask(sides->after, after->view, sides->store, state_after, sides->today, &is, err);
  if (r >= 0) action_changes(found->actions, found->papers, was, is, before->view, after->view);
  if (r >= 0) r = payments_of(rules, before->view, sides->store, state, sides->today, &paid, err);
  if (r >= 0) r = payments_of(sides->after, after->view, sides->store, state_after, sides->today, &pays, err);
  if (r >= 0) found->payments = payment_changes(paid, pays, before->view, after->view);
  json_decref(was);
  json_decref(is);
  json_decref(paid);
  json_decref(pays);
  return r;
}

static bool nothing(const struct found *found) {
  return !found->lost && !found->migrates && !json_array_size(found->deadlines) && !json_array_size(found->actions) &&
         !json_array_size(found->papers) && !json_array_size(found->payments) && !json_object_size(found->reminders);
}

/* What differs for the case between the rules it follows now and the candidate: { stranded, deadlines, actions, papers, payments,
 * reminders, migrates?, told }, or NULL. */
static int compare(const struct bf__impact_sides *sides, struct bf__ruleset *set, json_t *state, json_t **ret,
                   struct bf_error *err) {
  struct side before, after;
  struct found found = {.actions = json_array(), .papers = json_array()};
  struct bf__rules *rules = sides->before;
  json_t *moved = NULL;
  bool current = set == sides->reign->now;
  int r = found.actions && found.papers ? migrate(sides, state, &moved, &found.migrates, err) : no_memory(err);
  json_t *state_after = moved ? moved : state;
  if (r >= 0) {
    derive(&before, set, state, sides->today);
    derive(&after, sides->then->now, state_after, sides->today);
    found.deadlines = deadline_changes(&before, &after);
    found.reminders = reminder_changes(&before, state, &after, state_after, set->years == sides->then->now->years);
    found.lost = stranded(after.view, state_after);
    if (!found.deadlines || !found.reminders) r = no_memory(err);
  }
  if (r >= 0 && (!current || moved || touched(sides, state))) {
    if (!current) r = bf__shelf_get(sides->shelf, set, &rules, err);
    if (r >= 0) r = ask_both(sides, rules, &before, state, &after, state_after, &found, err);
  }
  *ret = NULL;
  if (r >= 0 && !nothing(&found)) {
    if (!found.payments) found.payments = json_array();
    *ret = json_pack("{sb sO sO sO sO sO sO* so}", "stranded", found.lost, "deadlines", found.deadlines, "actions", found.actions,
                     "papers", found.papers, "payments", found.payments, "reminders", found.reminders, "migrates", found.migrates,
                     "told", told(found.deadlines));
    if (!*ret) r = no_memory(err);
  }
  found_done(&found);
  json_decref(moved);
  return r;
}

static json_t *head_of(const json_t *state) {
  return json_pack("{sO sO sO sO}", "case", json_object_get(state, "id"), "title", json_object_get(state, "title"), "unit",
                   json_object_get(state, "unit"), "jurisdiction", json_object_get(state, "jurisdiction"));
}

int bf__impact(const struct bf__impact_sides *sides, json_t *state, bool *ret_stays, json_t **ret, struct bf_error *err) {
  struct bf__ruleset *set = bf__reign_set(sides->reign, state);
  json_t *stay = bf__reign_stay(sides->then, state), *differs = NULL, *out = NULL;
  int r = set ? compare(sides, set, state, &differs, err)
              : bf_fail(err, BF_ESCRIPT, text(state, "id"), "the case stays on a ruleset that cannot be loaded");
  if (differs && (out = head_of(state))) {
    if (stay) { /* nothing happens to it now; what would, is told beside it */
      json_t *none = json_pack("{sb s[] s[] s[] s[] s{} s[]}", "stranded", 0, "deadlines", "actions", "papers", "payments",
                               "reminders", "told");
      if (json_object_update_new(out, none) < 0 || json_object_set(out, "stays", stay) < 0 ||
          json_object_set(out, "if_moved", differs) < 0)
        r = no_memory(err);
    } else if (json_object_update(out, differs) < 0) {
      r = no_memory(err);
    }
  } else if (differs) {
    r = no_memory(err);
  }
  *ret_stays = stay != NULL;
  json_decref(differs);
  json_decref(stay);
  if (r < 0)
    json_decref(out);
  else
    *ret = out;
  return r;
}

/* Stages
 * -------------------------------------------------------------------------------------------------------------------------- */

/* Does a part of the description hold a function that stands in one of CHANGED's files? */
static bool holds_changed(const json_t *value, const json_t *changed) {
  const char *key;
  json_t *one;
  size_t i;
  if (json_is_array(value)) json_array_foreach(value, i, one) if (holds_changed(one, changed)) return true;
  if (!json_is_object(value)) return false;
  const char *function = text(value, "$fn");
  if (function) {
    const char *colon = strrchr(function, ':');
    char path[200];
    if (!colon || (size_t)(colon - function) >= sizeof path) return true;
    (void)snprintf(path, sizeof path, "%.*s", (int)(colon - function), function);
    return json_object_get(changed, path) != NULL;
  }
  json_object_foreach((json_t *)(uintptr_t)value, key, one) if (holds_changed(one, changed)) return true;
  return false;
}

static json_t *changed_files(const struct bf__ruleset *before, const struct bf__ruleset *after) {
  json_t *out = json_object(), *file;
  const char *path;
  json_object_foreach(before->files, path, file) if (!json_equal(file, json_object_get(after->files, path)))(void)
      json_object_set_new(out, path, json_true());
  json_object_foreach(after->files, path, file) if (!json_object_get(before->files, path))(void)
      json_object_set_new(out, path, json_true());
  return out;
}

static json_t *view_stages(const json_t *before, const json_t *after, const json_t *changed) {
  json_t *out = json_object(), *stage;
  const char *name;
  json_object_foreach(json_object_get(after, "stages"), name, stage) {
    if (!json_equal(stage, bf__view_stage(before, name)) || holds_changed(stage, changed))
      (void)json_object_set_new(out, name, json_true());
  }
  json_object_foreach(json_object_get(before, "stages"), name, stage) if (!bf__view_stage(after, name))(void)
      json_object_set_new(out, name, json_true());
  return out;
}

/* Numbers that any script may ask for by name: when one differs, any stage may. */
static bool limits_differ(const json_t *before, const json_t *after) {
  const char *name;
  json_t *stage;
  json_object_foreach(json_object_get(after, "stages"), name, stage) {
    const json_t *old = json_object_get(bf__view_stage(before, name), "limits"), *new = json_object_get(stage, "limits");
    if ((old || new) && (!old || !new || !json_equal(old, new))) return true;
  }
  json_object_foreach(json_object_get(after, "kinds"), name, stage) {
    const json_t *old = json_object_get(bf__view_kind(before, name), "limits"), *new = json_object_get(stage, "limits");
    if ((old || new) && (!old || !new || !json_equal(old, new))) return true;
  }
  return false;
}

json_t *bf__impact_stages(const struct bf__ruleset *before, const struct bf__ruleset *after) {
  json_t *changed = changed_files(before, after), *out = json_object(), *view;
  const char *path;
  bool any = !json_equal(before->years, after->years) || limits_differ(before->base, after->base);
  json_object_foreach(changed, path, view) if (strncmp(path, "lib/", 4) == 0 || strstr(path, "/lib/")) any = true;
  (void)json_object_set_new(out, "", view_stages(before->base, after->base, changed));
  json_object_foreach(after->views, path, view) {
    const json_t *old = bf__ruleset_view(before, path);
    any |= limits_differ(old, view);
    (void)json_object_set_new(out, path, view_stages(old, view, changed));
  }
  json_object_foreach(before->views, path, view) if (!json_object_get(after->views, path)) {
    any |= limits_differ(view, after->base);
    (void)json_object_set_new(out, path, view_stages(view, after->base, changed));
  }
  json_decref(changed);
  if (!any) return out;
  json_decref(out);
  return NULL;
}
