/* The directory: what it knows, what it forgets, and readers beside a writer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "directory.h"
#include "sessions.h"

#define MINUTE 60000

static struct bf__directory *fresh(void) {
  struct bf__directory *directory = NULL;
  struct bf_error err;
  assert_int_equal(bf__directory_new(&directory, &err), 0);
  return directory;
}

static void put_org(struct bf__directory *directory, const char *id, const char *parent, const char *jurisdiction,
                    const char *role) {
  json_t *org = json_pack("{s:s, s:s, s:s, s:s, s:[s], s:s*}", "id", id, "zh", "单位", "en", "Unit", "jurisdiction", jurisdiction,
                          "roles", role, "parent", parent);
  assert_int_equal(bf__directory_put_org(directory, org), 0);
  json_decref(org);
}

static void put_user(struct bf__directory *directory, const char *id, const char *org, int clearance, bool disabled) {
  json_t *user = json_pack("{s:s, s:s, s:s, s:i, s:b, s:b, s:s}", "id", id, "name", "名", "org", org, "clearance", clearance,
                           "disabled", disabled, "admin", false, "password", "$argon2id$secret");
  assert_int_equal(bf__directory_put_user(directory, user), 0);
  json_decref(user);
}

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

static void test_actor(void **state) {
  (void)state;
  struct bf__directory *directory = fresh();
  char token[BF__TOKEN_TEXT], hash[BF__TOKEN_HASH], again[BF__TOKEN_HASH];
  put_org(directory, "city", NULL, "10", "keeper");
  put_org(directory, "town", "city", "11", "maker");
  put_user(directory, "anna", "town", 2, false);
  assert_int_equal(bf__token_new(token, hash), 0);
  bf__token_hash(token, again);
  assert_string_equal(hash, again);
  assert_int_equal(strlen(token), 43);
  assert_null(bf__directory_actor(directory, token, 0));
  assert_int_equal(bf__directory_put_session(directory, hash, "anna", 1000), 0);

  json_t *actor = bf__directory_actor(directory, token, 999);
  assert_non_null(actor);
  assert_string_equal(text(actor, "user"), "anna");
  assert_string_equal(text(actor, "jurisdiction"), "11");
  assert_string_equal(json_string_value(json_array_get(json_object_get(actor, "above"), 0)), "town");
  assert_string_equal(json_string_value(json_array_get(json_object_get(actor, "above"), 1)), "city");
  assert_int_equal(json_integer_value(json_object_get(actor, "clearance")), 2);
  assert_null(json_object_get(actor, "password"));
  json_t *same = bf__directory_actor(directory, token, 0);
  assert_ptr_equal(same, actor); /* built once */
  json_decref(same);
  assert_null(bf__directory_actor(directory, token, 1000)); /* over */

  uint64_t before = bf__directory_generation(directory);
  put_user(directory, "anna", "city", 3, false);
  assert_true(bf__directory_generation(directory) > before);
  same = bf__directory_actor_of(directory, "anna");
  assert_ptr_not_equal(same, actor);
  assert_string_equal(text(same, "org"), "city");
  assert_string_equal(text(actor, "org"), "town"); /* what was handed out stays as it was */
  json_decref(same);
  json_decref(actor);

  put_user(directory, "anna", "city", 3, true);
  assert_null(bf__directory_actor(directory, token, 0)); /* disabled */
  put_user(directory, "anna", "nowhere", 3, false);
  assert_null(bf__directory_actor(directory, token, 0)); /* of no organisation */
  put_user(directory, "anna", "city", 3, false);
  bf__directory_drop_session(directory, hash);
  assert_null(bf__directory_actor(directory, token, 0));
  bf__directory_free(directory);
}

static void test_lists(void **state) {
  (void)state;
  struct bf__directory *directory = fresh();
  put_org(directory, "b", "a", "10", "maker");
  put_org(directory, "a", NULL, "10", "maker");
  put_org(directory, "c", "b", "11", "maker");
  put_user(directory, "zoe", "b", 0, false);
  put_user(directory, "adam", "a", 0, false);

  json_t *orgs = bf__directory_orgs(directory), *users = bf__directory_users(directory);
  assert_int_equal(json_array_size(orgs), 3);
  assert_string_equal(text(json_array_get(orgs, 0), "id"), "a");
  assert_string_equal(text(json_array_get(users, 1), "id"), "zoe");
  assert_null(json_object_get(json_array_get(users, 1), "password"));
  json_decref(orgs);
  json_decref(users);
  json_t *user = bf__directory_user(directory, "zoe");
  assert_non_null(json_object_get(user, "password")); /* the list took it from a copy */
  json_decref(user);
  assert_null(bf__directory_org(directory, "d"));

  assert_true(bf__directory_below(directory, "c", "a"));
  assert_true(bf__directory_below(directory, "a", "a"));
  assert_false(bf__directory_below(directory, "a", "c"));
  assert_false(bf__directory_below(directory, "unknown", "a"));

  json_t *holders = bf__directory_holders(directory, "maker", "10");
  assert_int_equal(json_array_size(holders), 2);
  put_org(directory, "d", NULL, "10", "maker");
  assert_int_equal(json_array_size(holders), 2);
  json_decref(holders);
  holders = bf__directory_holders(directory, "maker", "10");
  assert_int_equal(json_array_size(holders), 3);
  json_decref(holders);
  holders = bf__directory_holders(directory, "nothing", "10");
  assert_int_equal(json_array_size(holders), 0);
  json_decref(holders);
  bf__directory_free(directory);
}

static void test_circle(void **state) { /* damaged data must not hang the program */
  (void)state;
  struct bf__directory *directory = fresh();
  put_org(directory, "a", "b", "10", "maker");
  put_org(directory, "b", "a", "10", "maker");
  put_user(directory, "anna", "a", 0, false);
  assert_false(bf__directory_below(directory, "a", "c"));
  json_t *actor = bf__directory_actor_of(directory, "anna");
  assert_non_null(actor);
  json_decref(actor);
  bf__directory_free(directory);
}

static void hash_of(int number, char hash[BF__TOKEN_HASH]) {
  char name[32];
  (void)snprintf(name, sizeof name, "session %d", number);
  bf__token_hash(name, hash);
}

static void test_sessions(void **state) {
  (void)state;
  struct bf__sessions *sessions = bf__sessions_new();
  char hash[BF__TOKEN_HASH], user[32];
  assert_int_equal(bf__sessions_put(sessions, "short", "anna", 1), BF_EINVAL);
  for (int i = 0; i < BF__SESSIONS_OF_A_USER + 10; i++) {
    hash_of(i, hash);
    assert_int_equal(bf__sessions_put(sessions, hash, "anna", 1000 + i), 0);
  }
  assert_int_equal(bf__sessions_count(sessions), BF__SESSIONS_OF_A_USER);
  hash_of(9, hash);
  assert_null(bf__sessions_user(sessions, hash, 0)); /* the first to end went first */
  hash_of(10, hash);
  assert_non_null(bf__sessions_user(sessions, hash, 0));
  bf__sessions_drop_user(sessions, "anna", hash);
  assert_int_equal(bf__sessions_count(sessions), 1);
  bf__sessions_sweep(sessions, 1009);
  assert_int_equal(bf__sessions_count(sessions), 1);
  bf__sessions_sweep(sessions, 1010);
  assert_int_equal(bf__sessions_count(sessions), 0);

  for (int i = 0; i < BF__SESSIONS + 5; i++) {
    (void)snprintf(user, sizeof user, "u%d", i / 32);
    hash_of(i, hash);
    assert_int_equal(bf__sessions_put(sessions, hash, user, i), 0);
  }
  assert_int_equal(bf__sessions_count(sessions), BF__SESSIONS);
  bf__sessions_free(sessions);
}

static void test_passwords(void **state) {
  (void)state;
  struct bf_error err;
  char *hash = NULL;
  assert_int_equal(bf__password_hash("正确的马电池", &hash, &err), 0);
  assert_memory_equal(hash, "$argon2id$v=19$m=65536,t=2,p=1$", 31);
  assert_true(bf__password_fits(hash, "正确的马电池"));
  assert_false(bf__password_fits(hash, "正确的马电汇"));
  assert_false(bf__password_fits("nonsense", "x"));
  free(hash);
  assert_int_equal(bf__password_allowed("anna", "1234567", &err), BF_ELIMIT);
  assert_int_equal(bf__password_allowed("anna", "一二三四五六七", &err), BF_ELIMIT); /* characters, not bytes */
  assert_int_equal(bf__password_allowed("anna", "一二三四五六七八", &err), 0);
  assert_int_equal(bf__password_allowed("anna.smith", "Anna.Smith", &err), BF_EREFUSED);
}

static void test_lockout(void **state) {
  (void)state;
  struct bf__directory *directory = fresh();
  for (int i = 0; i < 4; i++) bf__directory_failed(directory, "anna", "192.0.2.1", i * MINUTE);
  assert_false(bf__directory_locked(directory, "anna", "192.0.2.1", 4 * MINUTE));
  bf__directory_failed(directory, "anna", "192.0.2.1", 15 * MINUTE);              /* the fifth, the first still counts */
  assert_true(bf__directory_locked(directory, "anna", "192.0.2.9", 15 * MINUTE)); /* from anywhere */
  assert_false(bf__directory_locked(directory, "bert", "192.0.2.1", 15 * MINUTE));
  assert_true(bf__directory_locked(directory, "anna", NULL, 30 * MINUTE - 1));
  assert_false(bf__directory_locked(directory, "anna", NULL, 30 * MINUTE));

  for (int i = 0; i < 5; i++)
    bf__directory_failed(directory, "slow", NULL, (int64_t)i * 4 * MINUTE); /* over 16 minutes: no lock */
  assert_false(bf__directory_locked(directory, "slow", NULL, 16 * MINUTE));
  bf__directory_passed(directory, "slow");
  for (int i = 0; i < 4; i++) bf__directory_failed(directory, "slow", NULL, 16 * MINUTE);
  assert_false(bf__directory_locked(directory, "slow", NULL, 16 * MINUTE)); /* a login had wiped the slate */

  char user[32];
  for (int i = 0; i < 50; i++) {
    (void)snprintf(user, sizeof user, "guess%d", i);
    assert_false(bf__directory_locked(directory, user, "192.0.2.7", 0));
    bf__directory_failed(directory, user, "192.0.2.7", 0);
  }
  assert_true(bf__directory_locked(directory, "anybody", "192.0.2.7", 15 * MINUTE - 1));
  assert_false(bf__directory_locked(directory, "anybody", "192.0.2.8", 0));
  assert_false(bf__directory_locked(directory, "anybody", "192.0.2.7", 15 * MINUTE));
  bf__directory_free(directory);
}

static void
test_lockout_flood(void **state) { /* invented names take room from old entries; a lock that holds is the last to go */
  (void)state;
  struct bf__directory *directory = fresh();
  char user[32];
  for (int i = 0; i < 5; i++) bf__directory_failed(directory, "victim", NULL, 0);
  for (int i = 0; i < 20000; i++) {
    (void)snprintf(user, sizeof user, "noise%d", i);
    bf__directory_failed(directory, user, NULL, 1);
  }
  assert_true(bf__directory_locked(directory, "victim", NULL, 2));
  bf__directory_free(directory);
}

struct crowd {
  struct bf__directory *directory;
  char token[BF__TOKEN_TEXT];
  _Atomic bool stop;
  _Atomic long seen, wrong;
};

/* Every snapshot must be of one moment: town, jurisdiction and role change together. */
static void *reader(void *arg) {
  struct crowd *crowd = arg;
  while (!atomic_load(&crowd->stop)) {
    json_t *actor = bf__directory_actor(crowd->directory, crowd->token, 0);
    json_t *holders = bf__directory_holders(crowd->directory, "odd", "1");
    const char *role = json_string_value(json_array_get(json_object_get(actor, "roles"), 0));
    const char *place = text(actor, "jurisdiction");
    if (!role || !place || (strcmp(role, "odd") == 0) != (strcmp(place, "1") == 0) || json_array_size(holders) > 1)
      atomic_fetch_add(&crowd->wrong, 1);
    atomic_fetch_add(&crowd->seen, 1);
    json_decref(holders);
    json_decref(actor);
    json_decref(bf__directory_users(crowd->directory));
  }
  return NULL;
}

static void test_threads(void **state) {
  (void)state;
  struct crowd crowd = {.directory = fresh()};
  char hash[BF__TOKEN_HASH];
  pthread_t threads[3];
  put_org(crowd.directory, "town", NULL, "0", "even");
  put_user(crowd.directory, "anna", "town", 0, false);
  assert_int_equal(bf__token_new(crowd.token, hash), 0);
  assert_int_equal(bf__directory_put_session(crowd.directory, hash, "anna", INT64_MAX), 0);
  for (int i = 0; i < 3; i++) assert_int_equal(pthread_create(&threads[i], NULL, reader, &crowd), 0);
  for (int i = 1; i < 3000 || atomic_load(&crowd.seen) < 500; i++) {
    put_org(crowd.directory, "town", NULL, i % 2 ? "1" : "0", i % 2 ? "odd" : "even");
    put_user(crowd.directory, "anna", "town", i % 4, false);
  }
  atomic_store(&crowd.stop, true);
  for (int i = 0; i < 3; i++) assert_int_equal(pthread_join(threads[i], NULL), 0);
  assert_int_equal(atomic_load(&crowd.wrong), 0);
  bf__directory_free(crowd.directory);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_actor),         cmocka_unit_test(test_lists),     cmocka_unit_test(test_circle),
      cmocka_unit_test(test_sessions),      cmocka_unit_test(test_passwords), cmocka_unit_test(test_lockout),
      cmocka_unit_test(test_lockout_flood), cmocka_unit_test(test_threads),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
