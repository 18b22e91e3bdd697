/* Dates and moments: what is read is written again as it was; periods, clocks and their way back hold together for any numbers.
 *
 * CC=clang cmake -S . -B build/fuzz -G Ninja -DBUILD_TESTING=OFF -DBF_SANITIZE=fuzzer-no-link,address,undefined && ninja -C
 * build/fuzz banfa_core
 * clang -g -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -Icore -Iinclude tests/fuzz/fuzz_date.c
 * build/fuzz/core/libbanfa_core.a \
 *   $(pkg-config --cflags --libs jansson libcrypto libsodium libuv lua5.4) -lm -o build/fuzz/fuzz_date
 * build/fuzz/fuzz_date -max_total_time=60 tests/fuzz/corpus/date */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calendar.h"

static void must(bool holds) {
  if (!holds) abort();
}

static struct bf__calendar *some_calendar(void) {
  struct bf__calendar *calendar = NULL;
  json_t *years = json_loads(
      "{\"2024\":{\"off\":[\"2024-01-01\",\"2024-02-12\",\"2024-02-13\",\"2024-02-14\",\"2024-02-15\",\"2024-02-16\",\"2024-10-"
      "01\"],"
      "\"work\":[\"2024-02-04\",\"2024-02-18\",\"2024-09-29\"]},\"2025\":{\"off\":[\"2024-12-31\"],\"work\":[\"2025-01-26\"]}}",
      0, NULL);
  must(years && bf__calendar_from_json(years, &calendar, NULL) == 0);
  json_decref(years);
  return calendar;
}

static void check_text(const char *text, size_t size) {
  int32_t date;
  int64_t ms, again;
  char own[32];
  if (bf__date_parse(text, size, &date) == 0) {
    bf__date_format(date, own);
    must(size == 10 && memcmp(own, text, 10) == 0);
  }
  if (bf__moment_parse(text, size, &ms) < 0) return;
  bf__moment_format(ms, own);
  must(bf__moment_parse(own, strlen(own), &again) == 0 && again == ms);
  bf__date_format(bf__date_of_ms(ms), own + 12); /* the day in the text is the day of the moment */
  must(memcmp(own, own + 12, 10) == 0);
}

/* The rule day by day, over a span short enough to walk. */
static void check_clock(const struct bf__calendar *calendar, int32_t started, const struct bf__pause *pauses, size_t n, int count,
                        int32_t today) {
  int used, total = 0, walked = 0;
  bool provisional;
  int32_t due = bf__calendar_clock(calendar, started, pauses, n, count, today, &used, &provisional),
          slow = count == 0 ? started : INT32_MAX;
  for (int32_t day = started + 1; day < started + 1500; day++) {
    bool stands = !bf__calendar_works(calendar, day);
    for (size_t i = 0; i < n; i++) stands |= pauses[i].paused < day && day <= pauses[i].resumed;
    if (stands) continue;
    walked += day <= today;
    if (++total == count) slow = day;
  }
  must(due == slow && used == walked);
}

static void check_numbers(const struct bf__calendar *calendar, const uint8_t *data, size_t size) {
  struct {
    int32_t date;
    uint16_t count, unit;
    uint8_t limit, today, gaps[8];
  } in = {0};
  struct bf__pause pauses[4];
  bool provisional, unsure;
  memcpy(&in, data, size < sizeof in ? size : sizeof in);
  (void)bf__date_weekday(in.date); /* any number at all */
  bf__date_split(in.date, &(int){0}, &(int){0}, &(int){0});
  int32_t date = (int32_t)((uint32_t)in.date % (376199 + 25568)) - 25567;
  struct bf__period period = {in.count % 36501, (enum bf__unit)(in.unit % 4)};
  int32_t end = bf__calendar_add(calendar, date, period, false, &unsure),
          rolled = bf__calendar_add(calendar, date, period, true, &provisional);
  must(end >= date && rolled >= end && end <= 376199 && rolled <= 376199);
  must(bf__calendar_before(calendar, date, period) <= date && bf__calendar_before(calendar, date, period) >= -25567);
  if (period.unit == BF__WORKDAYS && end < 376199) must(bf__calendar_workdays(calendar, date, end) == period.count);
  must(bf__calendar_works(calendar, bf__calendar_next_workday(calendar, date)) &&
       bf__calendar_works(calendar, bf__calendar_last_workday(calendar, date)));
  if (date > 370000) return; /* clocks end where dates do */
  int32_t at = date - 4;
  for (int i = 0; i < 4; i++) {
    pauses[i].paused = at += in.gaps[2 * i] % 32;
    pauses[i].resumed = in.gaps[2 * i + 1] == 255 ? INT32_MAX : at + in.gaps[2 * i + 1] % 64;
  }
  check_clock(calendar, date, pauses, in.unit / 4 % 5, in.limit, date + in.today * 4 - 20);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static struct bf__calendar *calendar;
  if (!calendar) calendar = some_calendar();
  char *text = malloc(size ? size : 1); /* of its own length, so that a byte read past it shows */
  must(text != NULL);
  if (size) memcpy(text, data, size);
  check_text(text, size);
  check_numbers(calendar, data, size);
  free(text);
  return 0;
}

#ifdef BF_FUZZ_REPLAY
int main(int argc, char **argv) {
  static uint8_t data[1 << 20];
  for (int i = 1; i < argc; i++) {
    FILE *file = fopen(argv[i], "rb");
    size_t size;
    if (!file) return perror(argv[i]), 1;
    size = fread(data, 1, sizeof data, file);
    (void)fclose(file);
    (void)LLVMFuzzerTestOneInput(data, size);
  }
  return argc > 1 ? 0 : 2;
}
#endif
