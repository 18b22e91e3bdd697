#include "metrics.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vacancy.h"
#include "wording.h"

#define KEEP 20

static struct { /* the counted part, shared by the readers */
  pthread_mutex_t lock;
  const struct bf__app *app;
  char *text;
  uint64_t until_ns;
} kept = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void head(FILE *out, const char *name, const char *type, const char *help) {
  (void)fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void plain(FILE *out, const char *name, const char *type, const char *help, int64_t value) {
  head(out, name, type, help);
  (void)fprintf(out, "%s %lld\n", name, (long long)value);
}

/* name="value" with the three escapes of the format. */
static void label(FILE *out, const char *name, const char *value) {
  (void)fprintf(out, "%s=\"", name);
  for (; value && *value; value++) {
    if (*value == '\n')
      (void)fputs("\\n", out);
    else if (*value == '"' || *value == '\\')
      (void)fprintf(out, "\\%c", *value);
    else
      (void)putc(*value, out);
  }
  (void)putc('"', out);
}

/* Rows { a, b, count } under two labels. */
static void table(FILE *out, const char *name, const char *help, const char *first, const char *second, const json_t *rows) {
  size_t i;
  json_t *row;
  head(out, name, "gauge", help);
  json_array_foreach(rows, i, row) {
    (void)fprintf(out, "%s{", name);
    label(out, first, json_string_value(json_object_get(row, "a")));
    (void)putc(',', out);
    label(out, second, json_string_value(json_object_get(row, "b")));
    (void)fprintf(out, "} %lld\n", (long long)json_integer_value(json_object_get(row, "count")));
  }
}

static int count_of(struct bf__store *store, const char *sql, int64_t at, int64_t *ret, struct bf_error *err) {
  struct bf_stmt *stmt;
  int r = bf__store_run(store, sql, &stmt, err, "i", at);
  if (r < 0) return r;
  *ret = r == BF_ROW ? bf__store_calls(store)->column_int(stmt, 0) : 0;
  bf__store_calls(store)->reset(stmt);
  return 0;
}

/* Dates that have passed and are not met, by how long. */
static void overdue(struct bf__reading *reading, FILE *out) {
  static const char sql[] =
      "SELECT SUM(CASE WHEN due >= $2 THEN 1 ELSE 0 END), SUM(CASE WHEN due < $2 AND due >= $3 THEN 1 ELSE 0 END),"
      " SUM(CASE WHEN due < $3 THEN 1 ELSE 0 END) FROM deadlines WHERE rung = 'alive' AND due < $1";
  static const char *const ages[] = {"week", "month", "longer"};
  char today[BF__DATE_TEXT], week[BF__DATE_TEXT], month[BF__DATE_TEXT];
  struct bf_error err = {0};
  struct bf_stmt *stmt;
  bf__date_format(reading->today, today);
  bf__date_format(reading->today - 7, week);
  bf__date_format(reading->today - 30, month);
  if (bf__store_run(reading->store, sql, &stmt, &err, "ttt", today, week, month) != BF_ROW) return;
  head(out, "banfa_deadlines_overdue", "gauge", "Dates that have passed and are not met: up to a week, up to 30 days, longer.");
  for (int i = 0; i < 3; i++)
    (void)fprintf(out, "banfa_deadlines_overdue{age=\"%s\"} %lld\n", ages[i],
                  (long long)bf__store_calls(reading->store)->column_int(stmt, i));
  bf__store_calls(reading->store)->reset(stmt);
}

/* What should be out by now, by channel, and for how long the oldest has waited. */
static void late(struct bf__reading *reading, FILE *out) {
  static const char sql[] =
      "SELECT channel, COUNT(*), MIN(next_ms) FROM outbox WHERE state = 'waiting' AND next_ms <= $1 GROUP BY channel";
  struct bf_error err = {0};
  json_t *rows = NULL, *row;
  size_t i;
  if (bf__store_rows(reading->store, sql, "channel:t count:i since:i", &rows, &err, "i", reading->now_ms) < 0) return;
  head(out, "banfa_outbox_due", "gauge", "Notices whose time has come and that wait, by channel.");
  json_array_foreach(rows, i, row) {
    (void)fputs("banfa_outbox_due{", out);
    label(out, "channel", json_string_value(json_object_get(row, "channel")));
    (void)fprintf(out, "} %lld\n", (long long)json_integer_value(json_object_get(row, "count")));
  }
  head(out, "banfa_outbox_due_seconds", "gauge", "How long the oldest of them has waited.");
  json_array_foreach(rows, i, row) {
    (void)fputs("banfa_outbox_due_seconds{", out);
    label(out, "channel", json_string_value(json_object_get(row, "channel")));
    (void)fprintf(out, "} %lld\n", (long long)(reading->now_ms - json_integer_value(json_object_get(row, "since"))) / 1000);
  }
  json_decref(rows);
}

static int write_counts(struct bf__reading *reading, FILE *out, struct bf_error *err) {
  struct bf__store *store = reading->store;
  json_t *cases = NULL, *outbox = NULL;
  int64_t events = 0, pending = 0, due = 0;
  /* the numbers of events have no gaps: the last one is their count */
  int r = count_of(store, "SELECT COALESCE(MAX(seq), 0) FROM events WHERE seq > $1", 0, &events, err);
  if (r >= 0)
    r = count_of(store, "SELECT COUNT(*) FROM deadlines WHERE at_ms > $1 AND rung <> 'alive'", reading->now_ms, &pending, err);
  if (r >= 0) r = count_of(store, "SELECT COUNT(*) FROM deadlines WHERE at_ms <= $1", reading->now_ms, &due, err);
  if (r >= 0)
    r = bf__store_rows(store,
                       "SELECT kind, CASE WHEN open = 1 THEN 'open' ELSE 'ended' END, COUNT(*) FROM cases GROUP BY kind, open "
                       "ORDER BY kind, open DESC",
                       "a:t b:t count:i", &cases, err, "");
  if (r >= 0)
    r = bf__store_rows(store, "SELECT channel, state, COUNT(*) FROM outbox GROUP BY channel, state ORDER BY channel, state",
                       "a:t b:t count:i", &outbox, err, "");
  if (r >= 0) {
    plain(out, "banfa_events_total", "counter", "Events in the audit chain.", events);
    table(out, "banfa_cases", "Cases by kind; open or ended.", "kind", "state", cases);
    plain(out, "banfa_deadlines_pending", "gauge", "Reminders and dates still to come.", pending + due);
    plain(out, "banfa_deadlines_due", "gauge", "Of these, due now and not fired yet.", due);
    char date[BF__DATE_TEXT];
    bf__date_format(reading->today, date);
    json_t *vacant = bf__vacancies(reading->app->directory, date, false);
    plain(out, "banfa_posts_vacant", "gauge", "Organisations with a role and nobody there.", (int64_t)json_array_size(vacant));
    json_decref(vacant);
    plain(out, "banfa_notice_wording_failures_total", "counter", "Times that a template failed and plain words stood in.",
          bf__wording_failures());
    overdue(reading, out);
    late(reading, out);
    table(out, "banfa_outbox", "Notices by channel; waiting, sent, recalled or set aside.", "channel", "state", outbox);
  }
  json_decref(cases);
  json_decref(outbox);
  return r;
}

static int count_anew(struct bf__reading *reading, char **ret_text, struct bf_error *err) {
  char *text = NULL;
  size_t length = 0;
  FILE *out = open_memstream(&text, &length);
  if (!out) return bf_fail(err, BF_ENOMEM, "metrics", "no memory");
  int r = write_counts(reading, out, err);
  if (fclose(out) != 0 && r >= 0) r = bf_fail(err, BF_ENOMEM, "metrics", "no memory");
  if (r < 0)
    free(text);
  else
    *ret_text = text;
  return r;
}

/* The counts go to OUT. Two scrapes at once: the second waits and takes what the first has counted. */
static int counts(struct bf__reading *reading, FILE *out, struct bf_error *err) {
  uint64_t start = uv_hrtime();
  char *fresh = NULL;
  int r = 0;
  (void)pthread_mutex_lock(&kept.lock);
  if (!kept.text || kept.app != reading->app || start > kept.until_ns) {
    r = count_anew(reading, &fresh, err);
    if (r >= 0) {
      uint64_t now = uv_hrtime();
      free(kept.text);
      kept.text = fresh;
      kept.app = reading->app;
      kept.until_ns = now + (now - start) * KEEP;
    }
  }
  if (r >= 0) (void)fputs(kept.text, out);
  (void)pthread_mutex_unlock(&kept.lock);
  return r;
}

/* Resident pages, in bytes; 0 where the system does not say. */
static int64_t memory_bytes(void) {
  long long whole = 0, resident = 0;
  FILE *in = fopen("/proc/self/statm", "re");
  if (!in) return 0;
  if (fscanf(in, "%lld %lld", &whole, &resident) != 2) resident = 0;
  (void)fclose(in);
  return resident * sysconf(_SC_PAGESIZE);
}

static int write_all(struct bf__reading *reading, FILE *out, struct bf_error *err) {
  int r = counts(reading, out, err);
  if (r < 0) return r;
  plain(out, "banfa_memory_bytes", "gauge", "Resident memory of the process.", memory_bytes());
  plain(out, "banfa_uptime_seconds", "gauge", "Seconds since the start, by the program's clock.",
        (reading->now_ms - reading->app->started_ms) / 1000);
  head(out, "banfa_ruleset_info", "gauge", "The ruleset in force.");
  (void)fputs("banfa_ruleset_info{", out);
  label(out, "hash", bf__rules_set(reading->rules)->hash);
  (void)fputs("} 1\n", out);
  return 0;
}

int bf__metrics(struct bf__reading *reading, struct bf_error *err) {
  size_t length = 0;
  FILE *out = open_memstream(&reading->text, &length);
  if (!out) return bf_fail(err, BF_ENOMEM, "metrics", "no memory");
  int r = write_all(reading, out, err);
  if (fclose(out) != 0 && r >= 0) r = bf_fail(err, BF_ENOMEM, "metrics", "no memory");
  reading->status = 200;
  reading->type = r >= 0 ? "text/plain; version=0.0.4; charset=utf-8" : NULL;
  return r;
}
