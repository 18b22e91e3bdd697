#include "cases.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "chain.h"
#include "notice.h"
#include "register.h"
#include "ruleset.h"
#include "state.h"
#include "turn.h"
#include "vacancy.h"
#include "work.h"

#define KEPT 20000 /* cases in memory; past that the cache starts anew */

struct row { /* one stored rung */
  char *stage, *name;
  char rung[12];
  int64_t at;
  int32_t due;
};

struct entry {
  char *id;
  json_t *state; /* what is stored */
  struct row *rows;
  int count;
  char *stages; /* the open ones, as last stored: "a|b" */
  UT_hash_handle hh;
};

struct bf__cases {
  struct entry *table;
};

struct piece { /* one case of a change set */
  char *id;
  json_t *state;
  char *text; /* after writing */
  bool is_new;
  struct piece *next;
};

struct bf__change {
  struct bf__turn *turn;
  struct piece *pieces;
  json_t *events; /* [ { id, event } ] in order */
};

struct bf__cases *bf__cases_new(void) {
  return calloc(1, sizeof(struct bf__cases));
}

static void rows_free(struct row *rows, int count) {
  for (int i = 0; i < count; i++) {
    free(rows[i].stage);
    free(rows[i].name);
  }
  free(rows);
}

static void entry_free(struct entry *entry) {
  json_decref(entry->state);
  rows_free(entry->rows, entry->count);
  free(entry->stages);
  free(entry->id);
  free(entry);
}

void bf__cases_clear(struct bf__cases *cases) {
  struct entry *entry, *next;
  HASH_ITER(hh, cases->table, entry, next) {
    HASH_DEL(cases->table, entry);
    entry_free(entry);
  }
}

void bf__cases_free(struct bf__cases *cases) {
  if (!cases) return;
  bf__cases_clear(cases);
  free(cases);
}

static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "cases", "no memory");
}

/* The names of the open stages, joined: tells whether the filter table must change. */
static char *open_stages(const json_t *state) {
  size_t size = 1;
  const char *name;
  json_t *stage, *stages = json_object_get(state, "stages");
  json_object_foreach(stages, name, stage) size += strlen(name) + 1;
  char *text = calloc(1, size), *at = text;
  if (!text) return NULL;
  json_object_foreach(stages, name, stage) {
    if (!bf__state_is_open(state, name)) continue;
    at = stpcpy(at, name);
    *at++ = '|';
  }
  return text;
}

static int load_rows(struct bf__turn *turn, struct entry *entry, struct bf_error *err) {
  json_t *rows, *row;
  size_t i;
  int r = bf__store_rows(turn->store, "SELECT stage, name, rung, at_ms, due FROM deadlines WHERE case_id = $1",
                         "stage:t name:t rung:t at:i due:t", &rows, err, "t", entry->id);
  if (r < 0) return r;
  entry->rows = calloc(json_array_size(rows) + 1, sizeof *entry->rows);
  if (!entry->rows) r = no_memory(err);
  json_array_foreach(rows, i, row) {
    if (r < 0) break;
    struct row *to = &entry->rows[entry->count++];
    const json_t *due = json_object_get(row, "due");
    to->stage = strdup(json_string_value(json_object_get(row, "stage")));
    to->name = strdup(json_string_value(json_object_get(row, "name")));
    (void)snprintf(to->rung, sizeof to->rung, "%s", json_string_value(json_object_get(row, "rung")));
    to->at = json_integer_value(json_object_get(row, "at"));
    if (!to->stage || !to->name)
      r = no_memory(err);
    else
      (void)bf__date_parse(json_string_value(due), json_string_length(due), &to->due);
  }
  json_decref(rows);
  return r;
}

static int load(struct bf__turn *turn, const char *id, struct entry **ret, struct bf_error *err) {
  struct bf__cases *cases = turn->cases;
  struct entry *entry;
  HASH_FIND_STR(cases->table, id, entry);
  if (entry) {
    *ret = entry;
    return 0;
  }
  if (!(entry = calloc(1, sizeof *entry)) || !(entry->id = strdup(id))) {
    free(entry);
    return no_memory(err);
  }
  int r = bf__store_case_get(turn->store, id, &entry->state, err);
  if (r >= 0) r = load_rows(turn, entry, err);
  if (r >= 0 && !(entry->stages = open_stages(entry->state))) r = no_memory(err);
  if (r < 0) {
    entry_free(entry);
    return r;
  }
  HASH_ADD_KEYPTR(hh, cases->table, entry->id, strlen(entry->id), entry);
  *ret = entry;
  return 0;
}

struct bf__change *bf__change_new(struct bf__turn *turn) {
  struct bf__change *change = calloc(1, sizeof *change);
  if (!change) return NULL;
  change->turn = turn;
  /* between two commands nobody holds a borrowed state: the moment to let the cache go */
  if (HASH_COUNT(turn->cases->table) > KEPT) bf__cases_clear(turn->cases);
  if (!(change->events = json_array())) {
    free(change);
    return NULL;
  }
  return change;
}

void bf__change_free(struct bf__change *change) {
  if (!change) return;
  for (struct piece *piece = change->pieces, *next; piece; piece = next) {
    next = piece->next;
    json_decref(piece->state);
    free(piece->text);
    free(piece->id);
    free(piece);
  }
  json_decref(change->events);
  free(change);
}

static struct piece *find(struct bf__change *change, const char *id) {
  for (struct piece *piece = change->pieces; piece; piece = piece->next)
    if (strcmp(piece->id, id) == 0) return piece;
  return NULL;
}

static int add_piece(struct bf__change *change, const char *id, json_t *state, bool is_new, struct bf_error *err) {
  struct piece *piece = calloc(1, sizeof *piece);
  if (!piece || !state || !(piece->id = strdup(id))) {
    free(piece);
    json_decref(state);
    return no_memory(err);
  }
  piece->state = state;
  piece->is_new = is_new;
  struct piece **last = &change->pieces;
  while (*last) last = &(*last)->next;
  *last = piece;
  return 0;
}

int bf__change_see(struct bf__change *change, const char *id, const json_t **ret, struct bf_error *err) {
  struct piece *piece = find(change, id);
  struct entry *entry;
  if (piece) {
    *ret = piece->state;
    return 0;
  }
  int r = load(change->turn, id, &entry, err);
  if (r >= 0) *ret = entry->state;
  return r;
}

int bf__change_edit(struct bf__change *change, const char *id, json_t **ret, struct bf_error *err) {
  struct piece *piece = find(change, id);
  struct entry *entry;
  if (!piece) {
    int r = load(change->turn, id, &entry, err);
    if (r >= 0) r = add_piece(change, id, bf__state_edit(entry->state), false, err);
    if (r < 0) return r;
    piece = find(change, id);
    if ((r = bf__reign_stamp(change->turn->reign, piece->state, err)) < 0) return r;
  }
  *ret = piece->state;
  return 0;
}

int bf__change_add(struct bf__change *change, json_t *state, struct bf_error *err) {
  const char *id = json_string_value(json_object_get(state, "id"));
  int64_t number = change->turn->reign->number; /* born under it: no earlier change of rules concerns this case */
  if (number && json_object_set_new(state, "change", json_integer(number)) < 0) id = NULL;
  return id ? add_piece(change, id, state, true, err) : no_memory(err);
}

/* Notes on EVENT which rules decided it. A case whose stages are closed now, which it stayed for, moves with this event. */
static int name_rules(struct bf__turn *turn, json_t *state, json_t *event, struct bf_error *err) {
  const char *hash = json_string_value(json_object_get(json_object_get(state, "stay"), "ruleset"));
  json_t *decided = json_string(hash ? hash : turn->reign->now->hash);
  int failed = json_object_set(state, "ruleset", decided) < 0 || json_object_set_new(event, "ruleset", decided) < 0;
  if (!failed && hash) {
    int r = bf__reign_stamp(turn->reign, state, err);
    if (r < 0) return r;
    if (!json_object_get(state, "stay")) failed = json_object_set_new(event, "moves_to", json_string(turn->reign->now->hash)) < 0;
  }
  return failed ? no_memory(err) : 0;
}

int bf__change_event(struct bf__change *change, const char *id, json_t *event, struct bf_error *err) {
  struct piece *piece = find(change, id);
  if (!event || !piece) {
    json_decref(event);
    return no_memory(err);
  }
  json_int_t version = json_integer_value(json_object_get(piece->state, "version")) + 1;
  int r = name_rules(change->turn, piece->state, event, err);
  if (r < 0) {
    json_decref(event);
    return r;
  }
  if (json_object_set_new(piece->state, "version", json_integer(version)) < 0 ||
      json_object_set_new(event, "version", json_integer(version)) < 0 ||
      json_array_append_new(change->events, json_pack("{ss so}", "id", id, "event", event)) < 0)
    return no_memory(err);
  return 0;
}

static bool same_row(const struct row *row, const struct bf__rung *rung) {
  return strcmp(row->rung, rung->rung) == 0 && strcmp(row->name, rung->name) == 0 && strcmp(row->stage, rung->stage) == 0;
}

static bool same_rows(const struct entry *entry, const struct bf__rung *rungs, int count) {
  if (entry->count != count) return false;
  for (int i = 0; i < count; i++)
    if (!same_row(&entry->rows[i], &rungs[i]) || entry->rows[i].at != rungs[i].at || entry->rows[i].due != rungs[i].due)
      return false;
  return true;
}

static int drop_row(struct bf__turn *turn, const char *id, const struct row *row, struct bf_error *err) {
  char due[BF__DATE_TEXT];
  int r = bf__store_rung_drop(turn->store, id, row->stage, row->name, row->rung, err);
  if (r < 0 || strcmp(row->rung, "alive") != 0) return r;
  bf__date_format(row->due, due);
  return bf__store_deadline_ended(turn->store, id, row->stage, row->name, due, turn->now_ms, err);
}

/* Brings the stored rungs of a case in line with what is derived: only differences are written. */
static int write_rungs(struct bf__turn *turn, struct entry *entry, const json_t *state, struct bf_error *err) {
  struct bf__rung rungs[BF__RUNGS_MAX];
  char due[BF__DATE_TEXT];
  const struct bf__ruleset *set = bf__reign_set(turn->reign, state);
  if (!set) return 0; /* nobody knows its deadlines: /readyz says so */
  int64_t next = INT64_MAX;
  int r = 0, count = bf__rows(set, state, turn->today, rungs, BF__RUNGS_MAX, &next);
  if (next != INT64_MAX) bf__turn_next(turn, next);
  if (same_rows(entry, rungs, count)) return 0; /* most actions move no deadline */
  for (int i = 0; i < entry->count; i++) {
    bool found = false;
    for (int k = 0; k < count && !found; k++) found = same_row(&entry->rows[i], &rungs[k]);
    if (!found && (r = drop_row(turn, entry->id, &entry->rows[i], err)) < 0) return r;
  }
  struct row *rows = calloc((size_t)count + 1, sizeof *rows);
  if (!rows) return no_memory(err);
  for (int k = 0; k < count; k++) {
    const struct row *old = NULL;
    for (int i = 0; i < entry->count && !old; i++)
      if (same_row(&entry->rows[i], &rungs[k])) old = &entry->rows[i];
    rows[k].stage = strdup(rungs[k].stage);
    rows[k].name = strdup(rungs[k].name);
    if (!rows[k].stage || !rows[k].name) r = no_memory(err);
    memcpy(rows[k].rung, rungs[k].rung, sizeof rows[k].rung);
    rows[k].at = rungs[k].at;
    rows[k].due = rungs[k].due;
    bf__date_format(rungs[k].due, due);
    if (r >= 0 && (!old || old->at != rungs[k].at || old->due != rungs[k].due))
      r = bf__store_rung_put(turn->store, entry->id, rungs[k].stage, rungs[k].name, rungs[k].rung, rungs[k].at, due, err);
    if (r >= 0 && !old && strcmp(rungs[k].rung, "alive") == 0)
      r = bf__store_deadline_runs(turn->store, entry->id, rungs[k].stage, rungs[k].name, err);
    if (r < 0) {
      rows_free(rows, k + 1);
      return r;
    }
  }
  rows_free(entry->rows, entry->count);
  entry->rows = rows;
  entry->count = count;
  return 0;
}

static int entry_for(struct bf__change *change, struct piece *piece, struct entry **ret, struct bf_error *err) {
  if (!piece->is_new) return load(change->turn, piece->id, ret, err);
  struct entry *entry = calloc(1, sizeof *entry);
  if (!entry || !(entry->id = strdup(piece->id)) || !(entry->stages = strdup(""))) {
    if (entry) entry_free(entry);
    return no_memory(err);
  }
  HASH_ADD_KEYPTR(hh, change->turn->cases->table, entry->id, strlen(entry->id), entry);
  *ret = entry;
  return 0;
}

static const char *stays_on(const json_t *state) {
  return json_string_value(json_object_get(json_object_get(state, "stay"), "ruleset"));
}

/* Who stays on which ruleset is kept beside the cases, so that a start loads what they need. */
static int write_stay(struct bf__turn *turn, const char *id, const json_t *before, const json_t *after, struct bf_error *err) {
  const char *was = stays_on(before), *is = stays_on(after);
  int r = 0;
  if (was && (!is || strcmp(was, is) != 0))
    r = bf__store_run(turn->store, "DELETE FROM case_stays WHERE case_id = $1", NULL, err, "t", id);
  if (r >= 0 && is && (!was || strcmp(was, is) != 0))
    r = bf__store_run(turn->store, "INSERT INTO case_stays (case_id, ruleset) VALUES ($1, $2)", NULL, err, "tt", id, is);
  return r < 0 ? r : 0;
}

static int write_piece(struct bf__change *change, struct piece *piece, struct bf_error *err) {
  struct bf__turn *turn = change->turn;
  struct entry *entry;
  size_t length;
  int r = bf__compact(piece->state, &piece->text, &length, err);
  if (r >= 0) r = entry_for(change, piece, &entry, err);
  if (r >= 0) r = bf__store_case_put(turn->store, piece->state, piece->is_new, piece->text, turn->now_ms, err);
  if (r >= 0) r = write_stay(turn, piece->id, entry->state, piece->state, err);
  char *stages = open_stages(piece->state);
  if (r >= 0 && !stages) r = no_memory(err);
  if (r >= 0 && strcmp(stages, entry->stages) != 0) {
    r = bf__store_case_stages(turn->store, piece->state, err);
    if (r >= 0) r = bf__vacancy_arrived(turn, bf__turn_view(turn, piece->state), piece->state, err);
  }
  if (r >= 0) {
    free(entry->stages);
    entry->stages = stages;
    stages = NULL;
    r = write_rungs(turn, entry, piece->state, err);
  }
  free(stages);
  if (r < 0) return r;
  json_decref(entry->state);
  entry->state = json_incref(piece->state);
  return 0;
}

static const json_t *view_of(const struct bf__change *change, const json_t *state) {
  return bf__turn_view(change->turn, state);
}

int bf__change_write(struct bf__change *change, struct bf_error *err) {
  size_t i, k;
  json_t *item, *effect;
  int r = 0;
  change->turn->wrote = true;
  json_array_foreach(change->events, i, item) {
    const char *id = json_string_value(json_object_get(item, "id"));
    json_t *event = json_object_get(item, "event");
    const json_t *state = find(change, id)->state;
    int64_t seq = bf__turn_seq(change->turn);
    int number = 0;
    json_array_foreach(json_object_get(event, "effects"), k, effect) {
      if (r >= 0) r = bf__notice_write(change->turn, state, event, effect, seq, &number, err);
      if (r >= 0) r = bf__register_effect(change->turn, state, effect, err);
    }
    r = bf__work_placed(r, view_of(change, state), event, err);
    if (r >= 0) r = bf__turn_event(change->turn, id, json_incref(event), err);
    if (r < 0) return r;
  }
  for (struct piece *piece = change->pieces; piece && r >= 0; piece = piece->next) r = write_piece(change, piece, err);
  return r;
}

char *bf__change_take_text(struct bf__change *change, const char *id) {
  struct piece *piece = find(change, id);
  char *taken = piece ? piece->text : NULL;
  if (piece) piece->text = NULL;
  return taken;
}

json_t *bf__change_ids(const struct bf__change *change) {
  json_t *ids = json_array();
  for (const struct piece *piece = change->pieces; piece && ids; piece = piece->next)
    if (json_array_append_new(ids, json_string(piece->id)) < 0) break;
  return ids;
}

int bf__cases_drop_rung(struct bf__turn *turn, const char *id, const char *stage, const char *name, const char *rung,
                        struct bf_error *err) {
  struct entry *entry;
  int r = bf__store_rung_drop(turn->store, id, stage, name, rung, err);
  HASH_FIND_STR(turn->cases->table, id, entry);
  if (!entry) return r;
  for (int i = 0; i < entry->count && r >= 0; i++) {
    if (strcmp(entry->rows[i].rung, rung) || strcmp(entry->rows[i].name, name) || strcmp(entry->rows[i].stage, stage)) continue;
    free(entry->rows[i].stage);
    free(entry->rows[i].name);
    entry->rows[i] = entry->rows[--entry->count];
    break;
  }
  return r;
}

/* A case that a change of rules left where it was, or let go: written without an event, since the change's own says it. */
static int settle(struct bf__turn *turn, struct entry *entry, struct bf_error *err) {
  json_t *stay = bf__reign_stay(turn->reign, entry->state), *own = json_object_get(entry->state, "stay");
  bool same = (!stay && !own) || (stay && own && json_equal(stay, own));
  json_decref(stay);
  if (same) return 0;
  json_t *state = bf__state_edit(entry->state);
  char *text = NULL;
  size_t length;
  int r = state ? bf__reign_stamp(turn->reign, state, err) : no_memory(err);
  if (r >= 0) r = bf__compact(state, &text, &length, err);
  if (r >= 0) r = bf__store_case_put(turn->store, state, false, text, turn->now_ms, err);
  if (r >= 0) r = write_stay(turn, entry->id, entry->state, state, err);
  free(text);
  if (r < 0) {
    json_decref(state);
    return r;
  }
  json_decref(entry->state);
  entry->state = state;
  return 0;
}

int bf__cases_reconcile(struct bf__turn *turn, const char *id, struct bf_error *err) {
  struct entry *entry, *before;
  HASH_FIND_STR(turn->cases->table, id, before);
  int r = load(turn, id, &entry, err);
  if (r < 0) return r;
  r = settle(turn, entry, err);
  if (r >= 0) r = write_rungs(turn, entry, entry->state, err);
  if (before) return r;
  HASH_DEL(turn->cases->table, entry); /* a hundred thousand that nobody asks for would only take room */
  entry_free(entry);
  return r;
}
