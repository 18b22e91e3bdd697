/* Who has a case open just now. Kept in memory alone and for a minute: nothing is decided by it, it only tells two people of each
 * other. */
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "operation.h"
#include "permit.h"

#define PLACES 2048    /* the oldest makes room */
#define STAYS_MS 60000 /* a page says it again more often than that */
#define TOLD 20

struct place {
  char id[80], user[80];
  json_t *actor; /* { user, name, org } */
  char doing[160];
  int64_t until;
};

static struct place places[PLACES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static const char *text(const json_t *object, const char *name) {
  const char *found = json_string_value(json_object_get(object, name));
  return found ? found : "";
}

/* Not the program's clock: people's minutes pass by the wall. */
static int64_t wall_ms(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The place of USER at case ID, or the one that has been free longest. */
static struct place *place_of(const char *id, const char *user) {
  struct place *oldest = places;
  for (struct place *one = places; one < places + PLACES; one++) {
    if (strcmp(one->user, user) == 0 && strcmp(one->id, id) == 0) return one;
    if (one->until < oldest->until) oldest = one;
  }
  return oldest;
}

static void sit(const char *id, const json_t *actor, const char *doing, int64_t until) {
  struct place *place = place_of(id, text(actor, "user"));
  json_t *who = json_pack("{ss ss ss}", "user", text(actor, "user"), "name", text(actor, "name"), "org", text(actor, "org"));
  if (!who) return; /* then nobody is told: no harm */
  json_decref(place->actor);
  place->actor = who;
  (void)bf__short(id, place->id, sizeof place->id);
  (void)bf__short(text(actor, "user"), place->user, sizeof place->user);
  (void)bf__short(doing, place->doing, sizeof place->doing);
  place->until = until;
}

static json_t *others_at(const char *id, const char *user, int64_t now) {
  json_t *out = json_array();
  for (struct place *one = places; out && one < places + PLACES && json_array_size(out) < TOLD; one++) {
    if (one->until <= now || strcmp(one->id, id) != 0 || strcmp(one->user, user) == 0) continue;
    json_t *who = json_deep_copy(one->actor); /* a reference would be counted by two threads */
    if (*one->doing) (void)json_object_set_new(who, "doing", json_string(one->doing));
    (void)json_array_append_new(out, who);
  }
  return out;
}

/* "I am here, doing this": answers who else is. Who goes says leave. */
static int here(struct bf__reading *reading, struct bf_error *err) {
  const json_t *body = json_object_get(reading->params, "body");
  const char *id = text(reading->params, "id"), *user = text(reading->actor, "user");
  json_t *state = NULL;
  int r = bf__store_case_get(reading->store, id, &state, err);
  if (r < 0 && r != BF_ENOTFOUND) return r;
  bool may = r >= 0 && bf__may_see(reading, state);
  json_int_t version = json_integer_value(json_object_get(state, "version"));
  json_decref(state);
  if (!may)
    return bf__refuse_read(reading, 404, "case.unknown", "id", "没有这个事项,或者您无权查看",
                           "There is no such case, or you may not see it.");
  int64_t now = wall_ms();
  (void)pthread_mutex_lock(&lock);
  if (*user) sit(id, reading->actor, text(body, "doing"), json_is_true(json_object_get(body, "leave")) ? 0 : now + STAYS_MS);
  json_t *others = others_at(id, user, now);
  (void)pthread_mutex_unlock(&lock);
  reading->status = 200;
  reading->body = json_pack("{so sI}", "others", others, "version", version);
  return reading->body ? 0 : bf_fail(err, BF_ENOMEM, "presence", "no memory");
}

const struct bf__operation bf__operations_presence[] = {
    {.name = "case.here", .kind = BF__READ, .access = BF__USER, .read = here},
    {.name = NULL},
};
