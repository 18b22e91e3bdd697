#include "prove_key.h"

#include <stdlib.h>
#include <string.h>

#include "deadline.h"
#include "state.h"

#define LIST_MOST 6   /* items of a list that are told apart */
#define ROUNDS_MOST 3 /* of a stage */
#define DID_MOST 2    /* of an action within one round */
#define BESIDE 8      /* amounts to compare with */
#define SMALL 20      /* counts below are themselves */
#define SEEN_MOST ((size_t)1 << 23)

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

uint64_t bf__key_mix(uint64_t a, uint64_t b) {
  uint64_t x = a * 0x9e3779b97f4a7c15u + b + 0x632be59bd9b4e019u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

uint64_t bf__key_text(const char *text_) {
  uint64_t h = 0xcbf29ce484222325u;
  for (; text_ && *text_; text_++) h = (h ^ (unsigned char)*text_) * 0x100000001b3u;
  return h;
}

/* Thresholds ------------------------------------------------------------------------------------------------------------------
 */

static void put(json_int_t *list, size_t *count, json_int_t value) {
  size_t at = 0;
  while (at < *count && list[at] < value) at++;
  if ((at < *count && list[at] == value) || *count == BF__MARKS_MAX) return;
  memmove(list + at + 1, list + at, (*count - at) * sizeof *list);
  list[at] = value;
  ++*count;
}

static void put_number(struct bf__marks *marks, json_int_t value) {
  if (value >= BF__AMOUNT_FROM)
    put(marks->amounts, &marks->amount_count, value);
  else
    put(marks->counts, &marks->count_count, value);
}

static void put_period(struct bf__marks *marks, const json_t *period) {
  const char *unit = text(period, "unit");
  json_int_t count = json_integer_value(json_object_get(period, "count"));
  json_int_t days = unit[0] == 'w' ? count * 7 / 5 : unit[0] == 'm' ? count * 61 / 2 : unit[0] == 'y' ? count * 1461 / 4 : count;
  put(marks->days, &marks->day_count, days);
}

static void look(struct bf__marks *marks, const json_t *value, bool limits) {
  const char *key;
  json_t *inner;
  size_t i;
  if (limits && json_is_integer(value)) put_number(marks, json_integer_value(value));
  if (json_is_object(value) && json_object_get(value, "count") && text(value, "unit")) {
    put_period(marks, value);
    return;
  }
  if (json_is_object(value) && text(value, "op") && json_is_integer(json_object_get(value, "value")))
    put_number(marks, json_integer_value(json_object_get(value, "value")));
  json_object_foreach((json_t *)(uintptr_t)value, key, inner) look(marks, inner, limits || strcmp(key, "limits") == 0);
  json_array_foreach(value, i, inner) look(marks, inner, limits);
}

void bf__marks_collect(const json_t *view, struct bf__marks *marks) {
  look(marks, json_object_get(view, "stages"), false);
  look(marks, json_object_get(view, "kinds"), false);
}

/* How many marks lie below VALUE, and whether it is one: v < m1, v == m1, m1 < v < m2, … */
static uint64_t interval(const json_int_t *list, size_t count, json_int_t value) {
  size_t at = 0;
  while (at < count && list[at] < value) at++;
  return (uint64_t)(2 * at + (at < count && list[at] == value));
}

/* Atoms -----------------------------------------------------------------------------------------------------------------------
 */

struct keying {
  const struct bf__lab *lab;
  const struct bf__marks *marks;
  int32_t today;
  struct bf__key *key;
  json_int_t
      beside[BESIDE]; /* amounts that stand as facts of the case: what is written in lists counts by its share of them, too */
  size_t beside_count;
};

static void add(struct keying *k, uint64_t atom) {
  if (!atom) atom = 1;
  k->key->sum[0] += bf__key_mix(atom, 1);
  k->key->sum[1] += bf__key_mix(atom, 2);
  if (k->key->count < BF__ATOMS_MAX) k->key->atoms[k->key->count++] = atom;
}

static uint64_t of_date(const struct keying *k, int32_t date) {
  int32_t ago = k->today - date;
  if (ago == 0) return 0;
  uint64_t at = interval(k->marks->days, k->marks->day_count, ago < 0 ? -ago : ago);
  return 2 * at + (ago < 0 ? 1 : 2);
}

static uint64_t of_number(const struct keying *k, json_int_t value, bool within) {
  if (value >= BF__AMOUNT_FROM) {
    uint64_t h = bf__key_mix(7, interval(k->marks->amounts, k->marks->amount_count, value));
    for (size_t i = 0; within && i < k->beside_count; i++) {
      json_int_t percent = value / (k->beside[i] / 100 + 1);
      h = bf__key_mix(h, percent > 100 ? 999 : interval(k->marks->counts, k->marks->count_count, percent));
    }
    return h;
  }
  if (value < SMALL || (value > 1900 && value < 2200)) return bf__key_mix(8, (uint64_t)value);
  return bf__key_mix(9, interval(k->marks->counts, k->marks->count_count, value));
}

/* One value as one number. */
static uint64_t of_value(const struct keying *k, const json_t *value, bool within) {
  uint64_t h = 3;
  const char *key;
  json_t *inner;
  size_t i;
  int32_t date;
  switch (json_typeof(value)) {
  case JSON_STRING:
    if (bf__date_parse(json_string_value(value), json_string_length(value), &date) == 0) return bf__key_mix(4, of_date(k, date));
    return bf__key_text(json_string_value(value));
  case JSON_INTEGER:
    return of_number(k, json_integer_value(value), within);
  case JSON_OBJECT:
    json_object_foreach((json_t *)(uintptr_t)value, key, inner) h += bf__key_mix(bf__key_text(key), of_value(k, inner, true));
    return h;
  case JSON_ARRAY: /* as a set, with a small count */
    json_array_foreach(value, i, inner) if (i < LIST_MOST) h += bf__key_mix(i ? 5 : 6, of_value(k, inner, true));
    return h + json_array_size(value) % LIST_MOST;
  default:
    return (uint64_t)json_typeof(value) + 100;
  }
}

static void add_members(struct keying *k, uint64_t path, const json_t *object) {
  const char *key;
  json_t *value;
  json_object_foreach((json_t *)(uintptr_t)object, key, value)
      add(k, bf__key_mix(bf__key_mix(path, bf__key_text(key)), of_value(k, value, false)));
}

static uint64_t least(json_int_t value, json_int_t most) {
  return (uint64_t)(value < most ? value : most);
}

static void add_stages(struct keying *k, uint64_t path, const json_t *state) {
  const char *name, *action;
  json_t *record, *count;
  json_object_foreach(json_object_get(state, "stages"), name, record) {
    uint64_t at = bf__key_mix(path, bf__key_text(name));
    bool open = bf__state_is_open(state, name);
    add(k, bf__key_mix(at, (open ? 10 : 20) + least(json_integer_value(json_object_get(record, "round")), ROUNDS_MOST)));
    json_object_foreach(json_object_get(record, "did"), action, count)
        add(k, bf__key_mix(bf__key_mix(at, bf__key_text(action)), least(json_integer_value(count), DID_MOST)));
  }
}

static void add_deadlines(struct keying *k, uint64_t path, const json_t *state) {
  struct bf__deadline all[BF__DEADLINES_MAX];
  int count = bf__deadlines(k->lab->view, k->lab->calendar, state, k->today, all, BF__DEADLINES_MAX);
  for (int i = 0; i < count; i++) {
    uint64_t at = bf__key_mix(bf__key_mix(path, bf__key_text(all[i].stage)), bf__key_text(all[i].name));
    add(k, bf__key_mix(at, all[i].due == INT32_MAX ? 1 : k->today < all[i].due ? 2 : k->today == all[i].due ? 3 : 4));
  }
}

static void add_case(struct keying *k, uint64_t path, const json_t *state, const json_t *pasts) {
  const char *key;
  json_t *one;
  size_t i;
  add(k, bf__key_mix(path, bf__key_text(text(state, "kind"))));
  k->beside_count = 0;
  json_object_foreach(json_object_get(state, "facts"), key, one) {
    if (json_integer_value(one) >= BF__AMOUNT_FROM && k->beside_count < BESIDE)
      k->beside[k->beside_count++] = json_integer_value(one);
  }
  add_members(k, bf__key_mix(path, 31), json_object_get(state, "facts"));
  add_members(k, bf__key_mix(path, 32), pasts);
  add_stages(k, bf__key_mix(path, 33), state);
  json_object_foreach(json_object_get(state, "clocks"), key, one)
      add(k, bf__key_mix(bf__key_mix(path, bf__key_text(key)), bf__key_text(text(one, "state"))));
  json_array_foreach(json_object_get(state, "documents"), i, one)
      add(k, bf__key_mix(bf__key_mix(path, 34), bf__key_text(text(one, "kind"))));
  add(k, bf__key_mix(bf__key_mix(path, 35), (uint64_t)json_integer_value(json_object_get(state, "secret"))));
  if (json_object_get(state, "ended"))
    add(k, bf__key_mix(bf__key_mix(path, 36), bf__key_text(text(state, "outcome"))));
  else
    add_deadlines(k, bf__key_mix(path, 37), state);
}

void bf__key_make(const struct bf__lab *lab, const struct bf__marks *marks, const struct bf__world *world, struct bf__key *ret) {
  struct keying k = {.lab = lab, .marks = marks, .today = world->today, .key = ret};
  const char *name;
  json_t *of;
  ret->sum[0] = ret->sum[1] = 0;
  ret->count = 0;
  for (int i = 0; i < world->count; i++) add_case(&k, bf__key_mix(40, (uint64_t)i), world->cases[i], world->pasts[i]);
  json_object_foreach(world->entries, name, of)
      add(&k, bf__key_mix(bf__key_mix(41, bf__key_text(name)), of_value(&k, of, false)));
}

/* Sets ------------------------------------------------------------------------------------------------------------------------
 */

static bool grow(struct bf__seen *seen) {
  size_t room = seen->room ? seen->room * 2 : 4096;
  uint64_t *slots = room > SEEN_MOST * 2 ? NULL : calloc(room, sizeof *slots);
  if (!slots) return false;
  for (size_t i = 0; i < seen->room; i++) {
    size_t at = seen->slots[i] & (room - 1);
    if (!seen->slots[i]) continue;
    while (slots[at]) at = (at + 1) & (room - 1);
    slots[at] = seen->slots[i];
  }
  free(seen->slots);
  seen->slots = slots;
  seen->room = room;
  return true;
}

bool bf__seen_has(const struct bf__seen *seen, uint64_t value) {
  if (!seen->room) return false;
  size_t at = value & (seen->room - 1);
  for (; seen->slots[at]; at = (at + 1) & (seen->room - 1))
    if (seen->slots[at] == value) return true;
  return false;
}

bool bf__seen_add(struct bf__seen *seen, uint64_t value) {
  if (!value) value = 1;
  if (seen->count * 2 >= seen->room && !grow(seen) && seen->count * 8 >= seen->room * 7) return false; /* full: as if seen */
  size_t at = value & (seen->room - 1);
  for (; seen->slots[at]; at = (at + 1) & (seen->room - 1))
    if (seen->slots[at] == value) return false;
  seen->slots[at] = value;
  seen->count++;
  return true;
}

void bf__seen_done(struct bf__seen *seen) {
  free(seen->slots);
  *seen = (struct bf__seen){0};
}

int bf__key_novelty(const struct bf__key *key, struct bf__seen *atoms, struct bf__seen *pairs, struct bf__seen *last) {
  int novelty = 3;
  for (size_t i = 0; i < key->count; i++)
    if (bf__seen_add(atoms, key->atoms[i])) novelty = 1;
  /* pairs between what the world before did not hold and all else: the others were noted with it */
  for (size_t i = 0; i < key->count; i++) {
    uint64_t a = key->atoms[i];
    if (last && bf__seen_has(last, a)) continue;
    for (size_t j = 0; j < key->count; j++) {
      uint64_t b = key->atoms[j];
      if (j != i && bf__seen_add(pairs, bf__key_mix(a < b ? a : b, a < b ? b : a)) && novelty > 2) novelty = 2;
    }
  }
  return novelty;
}
