#include "impact.h"

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

/* What differs for the case between the rules it follows now and the candidate: { stranded, deadlines, actions, papers, told },
 * or NULL. */
static int compare(const struct bf__impact_sides *sides, struct bf__ruleset *set, json_t *state, json_t **ret,
                   struct bf_error *err) {
  struct side before, after;
  struct bf__rules *rules = sides->before;
  bool current = set == sides->reign->now;
  derive(&before, set, state, sides->today);
  derive(&after, sides->then->now, state, sides->today);
  json_t *deadlines = deadline_changes(&before, &after), *actions = json_array(), *papers = json_array(), *was = NULL, *is = NULL;
  int r = deadlines && actions && papers ? 0 : no_memory(err);
  bool lost = stranded(after.view, state);
  if (r >= 0 && (!current || touched(sides, state))) {
    if (!current) r = bf__shelf_get(sides->shelf, set, &rules, err);
    if (r >= 0) r = ask(rules, before.view, sides->store, state, sides->today, &was, err);
    if (r >= 0) r = ask(sides->after, after.view, sides->store, state, sides->today, &is, err);
    if (r >= 0) action_changes(actions, papers, was, is, before.view, after.view);
    json_decref(was);
    json_decref(is);
  }
  *ret = NULL;
  if (r >= 0 && (lost || json_array_size(deadlines) || json_array_size(actions) || json_array_size(papers))) {
    *ret = json_pack("{sb sO sO sO so}", "stranded", lost, "deadlines", deadlines, "actions", actions, "papers", papers, "told",
                     told(deadlines));
    if (!*ret) r = no_memory(err);
  }
  json_decref(deadlines);
  json_decref(actions);
  json_decref(papers);
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
      json_t *none = json_pack("{sb s[] s[] s[] s[]}", "stranded", 0, "deadlines", "actions", "papers", "told");
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
  return !json_equal(json_object_get(before, "kinds"), json_object_get(after, "kinds")) ||
         !json_equal(json_object_get(before, "papers"), json_object_get(after, "papers"));
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
