#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <string.h>
#include <time.h>

#include "clock.h"

#define START INT64_C(1661961600000) /* 2022-09-01T00:00+08:00 */

static void real_follows_the_system(void **state) {
  (void)state;
  struct bf__clock clock;
  struct timespec before, after;
  bf__clock_real(&clock);
  assert_int_equal(clock_gettime(CLOCK_REALTIME, &before), 0);
  int64_t now = bf__clock_now(&clock);
  assert_int_equal(clock_gettime(CLOCK_REALTIME, &after), 0);
  assert_true(now >= (int64_t)before.tv_sec * 1000 + before.tv_nsec / 1000000);
  assert_true(now <= (int64_t)after.tv_sec * 1000 + after.tv_nsec / 1000000);
}

static void real_never_goes_back(void **state) {
  (void)state;
  struct bf__clock clock;
  bf__clock_real(&clock);
  int64_t ahead = bf__clock_now(&clock) + 3600000; /* as if the system clock had been set back by an hour */
  atomic_store(&clock.last, ahead);
  assert_int_equal(bf__clock_now(&clock), ahead);
}

static void real_cannot_be_set(void **state) {
  (void)state;
  struct bf__clock clock;
  struct bf_error err = {0};
  bf__clock_real(&clock);
  assert_int_equal(bf__clock_set(&clock, INT64_MAX, &err), BF_EREFUSED);
  assert_non_null(strstr(err.message, "--clock"));
}

static void virtual_stands_until_moved(void **state) {
  (void)state;
  struct bf__clock clock;
  struct bf_error err = {0};
  bf__clock_virtual(&clock, START);
  assert_int_equal(bf__clock_now(&clock), START);
  assert_int_equal(bf__clock_set(&clock, START + 5, &err), 0);
  assert_int_equal(bf__clock_now(&clock), START + 5);
  assert_int_equal(bf__clock_set(&clock, START + 5, &err), 0); /* to where it stands: nothing to refuse */
}

static void virtual_refuses_the_past(void **state) {
  (void)state;
  struct bf__clock clock;
  struct bf_error err = {0};
  bf__clock_virtual(&clock, START);
  assert_int_equal(bf__clock_set(&clock, START - 1, &err), BF_EREFUSED);
  assert_non_null(strstr(err.message, "2022-09-01T00:00:00"));
  assert_non_null(strstr(err.message, "2022-08-31T23:59:59"));
  assert_int_equal(bf__clock_now(&clock), START);
}

static void *watch(void *arg) {
  struct bf__clock *clock = arg;
  int64_t last = 0;
  while (last < START + 20000) {
    int64_t now = bf__clock_now(clock);
    if (now < last) return clock;
    last = now;
  }
  return NULL;
}

static void threads_see_time_pass_forward(void **state) {
  (void)state;
  struct bf__clock clock;
  struct bf_error err = {0};
  pthread_t threads[2];
  void *fault;
  bf__clock_virtual(&clock, START);
  for (int i = 0; i < 2; i++) assert_int_equal(pthread_create(&threads[i], NULL, watch, &clock), 0);
  for (int i = 1; i <= 20000; i++) assert_int_equal(bf__clock_set(&clock, START + i, &err), 0);
  for (int i = 0; i < 2; i++) {
    assert_int_equal(pthread_join(threads[i], &fault), 0);
    assert_null(fault);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(real_follows_the_system),  cmocka_unit_test(real_never_goes_back),
      cmocka_unit_test(real_cannot_be_set),       cmocka_unit_test(virtual_stands_until_moved),
      cmocka_unit_test(virtual_refuses_the_past), cmocka_unit_test(threads_see_time_pass_forward),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
