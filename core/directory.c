#include "directory.h"

#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "lockout.h"
#include "sessions.h"

#define DEPTH 32          /* organisations above one another: a circle in damaged data ends here */
#define HASHING 32        /* passwords under way */
#define HOLDERS_KEPT 4096 /* answers of `holders` that are kept */

struct bf__directory {
  pthread_rwlock_t lock;
  json_t *orgs, *users; /* { id: object }; the objects are replaced, never changed */
  json_t *actors;       /* { user: actor }, built when first asked for */
  json_t *holders;      /* { "role jurisdiction": [ids] }, the same */
  json_t *staff;        /* { org: [users who are enabled] }, the same; emptied when a user changes */
  json_t *absent;       /* { user: absences } of those who have any */
  struct bf__sessions *sessions;
  struct bf__lockout *lockout; /* has its own lock */
  _Atomic uint64_t generation;
  atomic_int hashing;
};

/* A writer must not wait for ever behind readers that overlap. */
static int lock_init(pthread_rwlock_t *lock) {
  pthread_rwlockattr_t attr;
  if (pthread_rwlockattr_init(&attr) != 0) return BF_ENOMEM;
  (void)pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
  int r = pthread_rwlock_init(lock, &attr) == 0 ? 0 : BF_ENOMEM;
  (void)pthread_rwlockattr_destroy(&attr);
  return r;
}

int bf__directory_new(struct bf__directory **ret, struct bf_error *err) {
  if (sodium_init() < 0) return bf_fail(err, BF_EIO, "directory", "the system gives no random numbers");
  struct bf__directory *directory = calloc(1, sizeof *directory);
  if (!directory || lock_init(&directory->lock) < 0) {
    free(directory);
    return bf_fail(err, BF_ENOMEM, "directory", "no memory");
  }
  directory->orgs = json_object();
  directory->users = json_object();
  directory->actors = json_object();
  directory->holders = json_object();
  directory->staff = json_object();
  directory->absent = json_object();
  directory->sessions = bf__sessions_new();
  directory->lockout = bf__lockout_new();
  if (!directory->orgs || !directory->users || !directory->actors || !directory->holders || !directory->staff ||
      !directory->absent || !directory->sessions || !directory->lockout) {
    bf__directory_free(directory);
    return bf_fail(err, BF_ENOMEM, "directory", "no memory");
  }
  *ret = directory;
  return 0;
}

void bf__directory_free(struct bf__directory *directory) {
  if (!directory) return;
  bf__lockout_free(directory->lockout);
  bf__sessions_free(directory->sessions);
  json_decref(directory->absent);
  json_decref(directory->staff);
  json_decref(directory->holders);
  json_decref(directory->actors);
  json_decref(directory->users);
  json_decref(directory->orgs);
  (void)pthread_rwlock_destroy(&directory->lock);
  free(directory);
}

static void for_reading(struct bf__directory *directory) {
  (void)pthread_rwlock_rdlock(&directory->lock);
}
static void for_writing(struct bf__directory *directory) {
  (void)pthread_rwlock_wrlock(&directory->lock);
}
static void unlock(struct bf__directory *directory) {
  (void)pthread_rwlock_unlock(&directory->lock);
}

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

/* Changes. --------------------------------------------------------------------------------------------------------------- */

int bf__directory_put_org(struct bf__directory *directory, const json_t *org) {
  const char *id = text(org, "id");
  json_t *copy = id ? json_deep_copy(org) : NULL;
  if (!copy) return id ? BF_ENOMEM : BF_EINVAL;
  for_writing(directory);
  int r = json_object_set_new_nocheck(directory->orgs, text(copy, "id"), copy) < 0 ? BF_ENOMEM : 0;
  (void)json_object_clear(directory->actors);
  (void)json_object_clear(directory->holders);
  atomic_fetch_add(&directory->generation, 1);
  unlock(directory);
  return r;
}

int bf__directory_put_user(struct bf__directory *directory, const json_t *user) {
  const char *id = text(user, "id");
  json_t *copy = id ? json_deep_copy(user) : NULL;
  if (!copy) return id ? BF_ENOMEM : BF_EINVAL;
  for_writing(directory);
  json_t *absences = json_object_get(copy, "absences");
  int r = json_object_set_new_nocheck(directory->users, text(copy, "id"), copy) < 0 ? BF_ENOMEM : 0;
  (void)json_object_del(directory->absent, id);
  if (r == 0 && json_array_size(absences) && json_object_set(directory->absent, id, absences) < 0) r = BF_ENOMEM;
  (void)json_object_clear(directory->actors); /* a deputy's actor tells of others */
  (void)json_object_clear(directory->staff);
  atomic_fetch_add(&directory->generation, 1);
  unlock(directory);
  return r;
}

int bf__directory_put_session(struct bf__directory *directory, const char *token_hash, const char *user, int64_t expires_ms) {
  for_writing(directory);
  int r = bf__sessions_put(directory->sessions, token_hash, user, expires_ms);
  unlock(directory);
  return r;
}

void bf__directory_drop_session(struct bf__directory *directory, const char *token_hash) {
  for_writing(directory);
  bf__sessions_drop(directory->sessions, token_hash);
  unlock(directory);
}

void bf__directory_drop_sessions_of(struct bf__directory *directory, const char *user, const char *keep_hash) {
  for_writing(directory);
  bf__sessions_drop_user(directory->sessions, user, keep_hash);
  unlock(directory);
}

void bf__directory_sweep(struct bf__directory *directory, int64_t now_ms) {
  for_writing(directory);
  bf__sessions_sweep(directory->sessions, now_ms);
  unlock(directory);
}

uint64_t bf__directory_generation(struct bf__directory *directory) {
  return atomic_load(&directory->generation);
}

/* Organisations and users. ----------------------------------------------------------------------------------------------- */

static json_t *one(struct bf__directory *directory, const json_t *map, const char *id) {
  for_reading(directory);
  json_t *found = json_incref(json_object_get(map, id));
  unlock(directory);
  return found;
}

json_t *bf__directory_org(struct bf__directory *directory, const char *id) {
  return one(directory, directory->orgs, id);
}
json_t *bf__directory_user(struct bf__directory *directory, const char *id) {
  return one(directory, directory->users, id);
}

static int by_id(const void *a, const void *b) {
  return strcmp(text(*(json_t *const *)a, "id"), text(*(json_t *const *)b, "id"));
}

/* The values of MAP by id. They are shared: `without_password` makes copies where one has a password. Lock held. */
static json_t *sorted(json_t *map) {
  size_t count = 0, size = json_object_size(map);
  json_t *array = json_array(), *value;
  json_t **values = calloc(size ? size : 1, sizeof *values);
  const char *id;
  if (values) json_object_foreach(map, id, value) values[count++] = value;
  if (values) qsort(values, count, sizeof *values, by_id);
  int r = values && array ? 0 : -1;
  for (size_t i = 0; i < count && r == 0; i++) r = json_array_append(array, values[i]);
  free(values);
  if (r == 0) return array;
  json_decref(array);
  return NULL;
}

static int without_password(json_t *users) {
  size_t i;
  json_t *user;
  json_array_foreach(users, i, user) {
    json_t *copy = json_copy(user);
    if (!copy) return -1;
    (void)json_object_del(copy, "password");
    if (json_array_set_new(users, i, copy) < 0) return -1;
  }
  return 0;
}

json_t *bf__directory_orgs(struct bf__directory *directory) {
  for_reading(directory);
  json_t *orgs = sorted(directory->orgs);
  unlock(directory);
  return orgs;
}

json_t *bf__directory_users(struct bf__directory *directory) {
  for_reading(directory);
  json_t *users = sorted(directory->users);
  unlock(directory);
  if (users && without_password(users) < 0) {
    json_decref(users);
    return NULL;
  }
  return users;
}

bool bf__directory_below(struct bf__directory *directory, const char *org, const char *ancestor) {
  bool found = false;
  for_reading(directory);
  for (int depth = 0; org && !found && depth < DEPTH; depth++) {
    found = strcmp(org, ancestor) == 0;
    org = text(json_object_get(directory->orgs, org), "parent");
  }
  unlock(directory);
  return found;
}

static bool holds(const json_t *org, const char *role, const char *jurisdiction) {
  const char *where = text(org, "jurisdiction");
  const json_t *roles = json_object_get(org, "roles");
  if (!where || strcmp(where, jurisdiction) != 0) return false;
  for (size_t i = 0; i < json_array_size(roles); i++) {
    const char *name = json_string_value(json_array_get(roles, i));
    if (name && strcmp(name, role) == 0) return true;
  }
  return false;
}

/* Lock held for writing: the answer is kept under KEY. */
static json_t *find_holders(struct bf__directory *directory, const char *key, const char *role, const char *jurisdiction) {
  json_t *orgs = sorted(directory->orgs), *ids = json_array();
  size_t i;
  json_t *org;
  int r = orgs && ids ? 0 : -1;
  json_array_foreach(orgs, i, org) {
    if (r == 0 && holds(org, role, jurisdiction)) r = json_array_append(ids, json_object_get(org, "id"));
  }
  json_decref(orgs);
  if (r < 0) {
    json_decref(ids);
    return NULL;
  }
  if (json_object_size(directory->holders) >= HOLDERS_KEPT) (void)json_object_clear(directory->holders);
  (void)json_object_set(directory->holders, key, ids); /* not kept when there is no memory: found again next time */
  return ids;
}

json_t *bf__directory_holders(struct bf__directory *directory, const char *role, const char *jurisdiction) {
  char key[160];
  int length = snprintf(key, sizeof key, "%s %s", role, jurisdiction);
  if (length < 0 || (size_t)length >= sizeof key) return json_array(); /* no role has such a name */
  json_t *ids = one(directory, directory->holders, key);
  if (ids) return ids;
  for_writing(directory);
  ids = json_incref(json_object_get(directory->holders, key)); /* another thread may have been first */
  if (!ids) ids = find_holders(directory, key, role, jurisdiction);
  unlock(directory);
  return ids;
}

/* Who is there. ------------------------------------------------------------------------------------------------------------ */

/* An absence that somebody noted for himself ends when he leaves; one that an administrator noted holds. */
static bool counts(const struct bf__directory *directory, const char *user, const json_t *absence) {
  const char *by = text(absence, "by");
  return !json_is_true(json_object_get(json_object_get(directory->users, user), "disabled")) || !by || strcmp(by, user) != 0;
}

/* The absence of USER on DATE, with a deputy when there is one that names any; NULL when he is there. Lock held. */
static const json_t *absence_on(const struct bf__directory *directory, const char *user, const char *date) {
  const json_t *found = NULL;
  json_t *one;
  size_t i;
  json_array_foreach(json_object_get(directory->absent, user), i, one) {
    if (strcmp(date, text(one, "from")) < 0 || strcmp(date, text(one, "to")) > 0 || !counts(directory, user, one)) continue;
    if (!found || !text(found, "deputy")) found = one;
  }
  return found;
}

static bool enabled(const struct bf__directory *directory, const char *user) {
  const json_t *record = json_object_get(directory->users, user);
  return record && !json_is_true(json_object_get(record, "disabled"));
}

static bool there(const struct bf__directory *directory, const char *user, const char *date) {
  return enabled(directory, user) && !absence_on(directory, user, date);
}

/* { org: [users who are enabled] }. Lock held for writing. */
static void count_staff(struct bf__directory *directory) {
  const char *id;
  json_t *user;
  json_object_foreach(directory->users, id, user) {
    const char *org = text(user, "org");
    if (!org || json_is_true(json_object_get(user, "disabled"))) continue;
    json_t *list = json_object_get(directory->staff, org);
    if (!list && json_object_set_new(directory->staff, org, list = json_array()) < 0) continue;
    (void)json_array_append_new(list, json_string(id));
  }
  if (json_object_size(directory->staff) == 0) (void)json_object_set_new(directory->staff, "", json_array()); /* counted */
}

json_t *bf__directory_staff(struct bf__directory *directory, const char *org) {
  for_reading(directory);
  bool counted = json_object_size(directory->staff) > 0;
  json_t *staff = json_incref(json_object_get(directory->staff, org));
  unlock(directory);
  if (counted) return staff ? staff : json_array();
  for_writing(directory);
  if (json_object_size(directory->staff) == 0) count_staff(directory);
  staff = json_incref(json_object_get(directory->staff, org));
  unlock(directory);
  return staff ? staff : json_array();
}

bool bf__directory_there(struct bf__directory *directory, const char *user, const char *date) {
  for_reading(directory);
  bool found = there(directory, user, date);
  unlock(directory);
  return found;
}

/* Somebody of ORG is away or has left, and a deputy who is there acts for him. Lock held. */
static bool has_deputy(const struct bf__directory *directory, const char *org, const char *date) {
  const char *user;
  json_t *absences;
  json_object_foreach(directory->absent, user, absences) {
    const char *own = text(json_object_get(directory->users, user), "org");
    const json_t *absence = own && strcmp(own, org) == 0 ? absence_on(directory, user, date) : NULL;
    const char *deputy = text(absence, "deputy");
    if (deputy && there(directory, deputy, date)) return true;
  }
  return false;
}

bool bf__directory_staffed(struct bf__directory *directory, const char *org, const char *date) {
  json_t *staff = bf__directory_staff(directory, org), *user;
  bool found = false;
  size_t i;
  for_reading(directory);
  json_array_foreach(staff, i, user) found = found || there(directory, json_string_value(user), date);
  found = found || has_deputy(directory, org, date);
  unlock(directory);
  json_decref(staff);
  return found;
}

/* Actors. ---------------------------------------------------------------------------------------------------------------- */

/* ORG and what is above it, own first. */
static json_t *chain_up(const struct bf__directory *directory, const char *org) {
  json_t *above = json_array();
  for (int depth = 0; above && org && depth < DEPTH; depth++) {
    if (json_array_append_new(above, json_string(org)) < 0) {
      json_decref(above);
      return NULL;
    }
    org = text(json_object_get(directory->orgs, org), "parent");
  }
  return above;
}

/* Whom USER acts for, and when: [ { user, from, to } ]; NULL when nobody. Lock held. */
static json_t *deputy_of(const struct bf__directory *directory, const char *user) {
  json_t *out = NULL, *absences, *one;
  const char *who;
  size_t i;
  json_object_foreach(directory->absent, who, absences) {
    json_array_foreach(absences, i, one) {
      const char *deputy = text(one, "deputy");
      if (!deputy || strcmp(deputy, user) != 0 || !counts(directory, who, one) || (!out && !(out = json_array()))) continue;
      (void)json_array_append_new(
          out, json_pack("{s:s, s:O, s:O}", "user", who, "from", json_object_get(one, "from"), "to", json_object_get(one, "to")));
    }
  }
  return out;
}

/* NULL for a user who may not come in: unknown, of no organisation, disabled (unless EVEN_LEFT). Lock held for writing. */
static json_t *build_actor(const struct bf__directory *directory, const char *id, bool even_left) {
  const json_t *user = json_object_get(directory->users, id);
  if (!user || (!even_left && json_is_true(json_object_get(user, "disabled")))) return NULL;
  const char *org_id = text(user, "org"), *name = text(user, "name");
  json_t *org = org_id ? json_object_get(directory->orgs, org_id) : NULL;
  if (!org) return NULL;
  return json_pack("{s:s, s:s, s:s, s:s*, s:s*, s:s*, s:O*, s:o, s:I, s:b, s:o*}", "user", id, "name", name ? name : id, "org",
                   org_id, "org_zh", text(org, "zh"), "org_en", text(org, "en"), "jurisdiction", text(org, "jurisdiction"),
                   "roles", json_object_get(org, "roles"), "above", chain_up(directory, org_id), "clearance",
                   json_integer_value(json_object_get(user, "clearance")), "admin", json_is_true(json_object_get(user, "admin")),
                   "deputy_of", deputy_of(directory, id));
}

json_t *bf__directory_principal(struct bf__directory *directory, const char *user) {
  for_reading(directory);
  json_t *actor = build_actor(directory, user, true);
  unlock(directory);
  return actor;
}

json_t *bf__directory_actor_of(struct bf__directory *directory, const char *user) {
  json_t *actor = one(directory, directory->actors, user);
  if (actor) return actor;
  for_writing(directory);
  actor = json_incref(json_object_get(directory->actors, user));
  if (!actor) {
    actor = build_actor(directory, user, false);
    if (actor) (void)json_object_set(directory->actors, user, actor); /* not kept when there is no memory */
  }
  unlock(directory);
  return actor;
}

json_t *bf__directory_actor(struct bf__directory *directory, const char *token, int64_t now_ms) {
  char hash[BF__TOKEN_HASH];
  char *built_for = NULL;
  bf__token_hash(token, hash);
  for_reading(directory);
  const char *user = bf__sessions_user(directory->sessions, hash, now_ms);
  json_t *actor = user ? json_incref(json_object_get(directory->actors, user)) : NULL;
  if (user && !actor) built_for = strdup(user); /* USER is borrowed under the lock */
  unlock(directory);
  if (built_for) actor = bf__directory_actor_of(directory, built_for);
  free(built_for);
  return actor;
}

/* Failed logins. --------------------------------------------------------------------------------------------------------- */

bool bf__directory_locked(struct bf__directory *directory, const char *user, const char *peer, int64_t now_ms) {
  return bf__lockout_locked(directory->lockout, user, peer, now_ms);
}
void bf__directory_failed(struct bf__directory *directory, const char *user, const char *peer, int64_t now_ms) {
  bf__lockout_failed(directory->lockout, user, peer, now_ms);
}
void bf__directory_passed(struct bf__directory *directory, const char *user) {
  bf__lockout_passed(directory->lockout, user);
}

bool bf__directory_enter(struct bf__directory *directory) {
  if (atomic_fetch_add(&directory->hashing, 1) < HASHING) return true;
  bf__directory_leave(directory);
  return false;
}
void bf__directory_leave(struct bf__directory *directory) {
  atomic_fetch_sub(&directory->hashing, 1);
}
