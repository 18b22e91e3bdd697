#include "replay.h"

#include <string.h>

#include "office.h"
#include "state.h"

static const char *text(const json_t *object, const char *name) {
  const char *value = json_string_value(json_object_get(object, name));
  return value ? value : "";
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "replay", "no memory");
}

int bf__replay_events(struct bf__store *store, const char *id, json_t **ret, struct bf_error *err) {
  json_t *rows = NULL, *row, *events = json_array();
  size_t i;
  int r = events ? bf__store_rows(store, "SELECT body FROM events WHERE case_id = $1 ORDER BY seq LIMIT $2", "body:j", &rows, err,
                                  "ti", id, (int64_t)BF__REPLAY_EVENTS + 1)
                 : no_memory(err);
  if (r >= 0 && json_array_size(rows) > BF__REPLAY_EVENTS)
    r = bf_fail(err, BF_ELIMIT, id, "more than %d events", BF__REPLAY_EVENTS);
  json_array_foreach(rows, i, row) if (r >= 0 && json_array_append(events, json_object_get(row, "body")) < 0) r = no_memory(err);
  json_decref(rows);
  if (r < 0)
    json_decref(events);
  else
    *ret = events;
  return r < 0 ? r : 0;
}

/* The fold. ------------------------------------------------------------------------------------------------------------------ */

static void day_of(const json_t *event, char date[BF__DATE_TEXT]) {
  (void)snprintf(date, BF__DATE_TEXT, "%.10s", text(event, "at"));
}

static int begin(const json_t *event, const char *date, json_t **ret) {
  const json_t *facts = json_object_get(event, "facts");
  *ret =
      bf__state_new(text(event, "case"), 0, text(event, "kind"), text(event, "jurisdiction"), text(event, "unit"), facts, date);
  return *ret ? 0 : BF_ENOMEM;
}

static int fired(json_t *state, const json_t *event) {
  size_t i;
  json_t *rung;
  int r = 0;
  json_array_foreach(json_object_get(event, "rungs"), i, rung) {
    if (r >= 0)
      r = bf__state_fired(state, text(event, "stage"), text(event, "deadline"), text(event, "due"), json_string_value(rung));
  }
  return r;
}

/* STATE (a copy to be changed, given back in *RET, since a return puts another in its place) after EVENT. */
static int tell(const json_t *view, const json_t *event, const json_t *states, json_t *state, json_t **ret,
                struct bf_error *err) {
  const char *what = text(event, "do");
  char date[BF__DATE_TEXT];
  int r = 0;
  day_of(event, date);
  *ret = state;
  if (strcmp(what, "act") == 0) {
    r = bf__state_did(state, text(event, "stage"), text(event, "action"));
  } else if (strcmp(what, "due") == 0) {
    r = fired(state, event);
  } else if (strcmp(what, "document") == 0) {
    r = json_array_append(json_object_get(state, "documents"), json_object_get(event, "document"));
  } else if (strcmp(what, "office") == 0 && json_object_get(event, "list")) {
    json_t *value = json_object_get(event, "value");
    r = bf__office_put(state, text(event, "list"), text(event, "key"), json_is_null(value) ? NULL : json_incref(value));
  } else if (strcmp(what, "rewind") == 0) {
    const json_t *before = json_array_get(states, (size_t)json_integer_value(json_object_get(event, "to")) - 1);
    *ret = before ? bf__replay_return(before, state, text(event, "left"), date) : NULL;
    json_decref(state);
    if (!*ret) return bf_fail(err, BF_EINVAL, "replay", "a return to nowhere");
    if (json_object_get(event, "office")) r = json_object_set(*ret, "office", json_object_get(event, "office"));
  }
  if (r < 0) return no_memory(err);
  return bf__state_replay(view, *ret, json_object_get(event, "effects"), date, err);
}

int bf__replay(const json_t *view, const json_t *events, json_t **ret_states, struct bf_error *err) {
  json_t *states = json_array(), *event, *state = NULL;
  size_t i;
  int r = states ? 0 : no_memory(err);
  json_array_foreach(events, i, event) {
    if (r < 0) break;
    char date[BF__DATE_TEXT];
    day_of(event, date);
    if (json_integer_value(json_object_get(event, "version")) != (json_int_t)i + 1 ||
        (i == 0) != !strcmp(text(event, "do"), "create"))
      r = bf_fail(err, BF_EINVAL, "replay", "event %zu is not where it belongs", i + 1);
    else if (i == 0)
      r = begin(event, date, &state) < 0 ? no_memory(err)
                                         : bf__state_replay(view, state, json_object_get(event, "effects"), date, err);
    else if (!(state = bf__state_edit(json_array_get(states, i - 1))))
      r = no_memory(err);
    else
      r = tell(view, event, states, state, &state, err);
    if (r >= 0 && json_array_append_new(states, state) < 0)
      r = no_memory(err);
    else if (r < 0)
      json_decref(state);
  }
  if (r < 0)
    json_decref(states);
  else
    *ret_states = states;
  return r;
}

static bool same(const json_t *a, const json_t *b, const char *name) {
  const json_t *one = json_object_get(a, name), *other = json_object_get(b, name);
  return one == other || json_equal(one, other);
}

bool bf__replay_same(const json_t *told, const json_t *state) {
  return same(told, state, "facts") && same(told, state, "stages") && same(told, state, "clocks") && same(told, state, "ended") &&
         same(told, state, "outcome");
}

json_t *bf__replay_live(const json_t *events) {
  json_t *live = json_array(), *event;
  size_t i;
  json_array_foreach(events, i, event) {
    json_int_t to = json_integer_value(json_object_get(event, "to"));
    while (strcmp(text(event, "do"), "rewind") == 0 && json_array_size(live) &&
           json_integer_value(json_object_get(json_array_get(live, json_array_size(live) - 1), "version")) > to)
      (void)json_array_remove(live, json_array_size(live) - 1);
    if (json_array_append(live, event) < 0) {
      json_decref(live);
      return NULL;
    }
  }
  return live;
}

/* Returning. ----------------------------------------------------------------------------------------------------------------- */

/* Time that a case lay further on does not count against the step it comes back to. */
static int settle_clocks(json_t *clocks, const json_t *now, const char *left, const char *today) {
  const char *key;
  json_t *clock;
  void *next;
  json_object_foreach_safe(clocks, next, key, clock) {
    const json_t *present = json_object_get(now, key);
    if (strcmp(text(clock, "state"), "running") != 0 || strcmp(left, today) == 0) continue;
    if (present && json_equal(present, clock)) continue;
    json_t *copy = json_deep_copy(clock);
    if (!copy || json_array_append_new(json_object_get(copy, "pauses"), json_pack("[ss]", left, today)) < 0 ||
        json_object_set_new(clocks, key, copy) < 0)
      return BF_ENOMEM;
  }
  return 0;
}

json_t *bf__replay_return(const json_t *before, const json_t *now, const char *left, const char *today) {
  static const char *const back[] = {"facts", "stages", "clocks", "title"};
  json_t *out = bf__state_edit(now);
  int failed = !out;
  for (size_t i = 0; i < sizeof back / sizeof *back && !failed; i++) {
    json_t *copy = json_copy(json_object_get(before, back[i]));
    failed = json_object_set_new(out, back[i], copy) < 0;
  }
  if (!failed) failed = settle_clocks(json_object_get(out, "clocks"), json_object_get(now, "clocks"), left, today) < 0;
  if (!failed) return out;
  json_decref(out);
  return NULL;
}
