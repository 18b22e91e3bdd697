/* A calendar feed for each person (RFC 5545): the deadlines that concern them, in the calendar program they use anyway. Its token
 * opens the feed and nothing else. */
#include <stdlib.h>
#include <string.h>

#include "packed.h"
#include "turn.h"
#include "views_deadlines.h"

#define EVENTS 2000
#define KEPT_DAYS 31 /* what is past or has ended is shown as long */

static const char *text(const json_t *object, const char *name) {
  const char *value = json_string_value(json_object_get(object, name));
  return value ? value : "";
}

struct lines {
  char *text;
  size_t length, size;
  bool failed;
};

static void put(struct lines *lines, const char *bytes, size_t length) {
  if (lines->length + length + 1 > lines->size) {
    size_t size = (lines->length + length + 1) * 2;
    char *grown = realloc(lines->text, size);
    if (!grown) {
      lines->failed = true;
      return;
    }
    lines->text = grown;
    lines->size = size;
  }
  memcpy(lines->text + lines->length, bytes, length);
  lines->length += length;
  lines->text[lines->length] = 0;
}

/* NAME:VALUE, folded after 75 octets between characters (3.1); VALUE is escaped as TEXT (3.3.11) when ESCAPE is set. */
static void line(struct lines *lines, const char *name, const char *value, bool escape) {
  size_t column = strlen(name) + 1;
  put(lines, name, strlen(name));
  put(lines, ":", 1);
  for (const char *at = value; *at;) {
    char unit[8];
    size_t length = 1;
    while (((unsigned char)at[length] & 0xc0) == 0x80) length++;
    if (escape && strchr("\\;,", *at))
      unit[0] = '\\', unit[1] = *at, unit[2] = 0;
    else if (escape && *at == '\n')
      unit[0] = '\\', unit[1] = 'n', unit[2] = 0;
    else {
      if (length > 4) length = 4;
      memcpy(unit, at, length);
      unit[length] = 0;
    }
    if (*at == '\r') {
      at++;
      continue;
    }
    if (column + strlen(unit) > 75) {
      put(lines, "\r\n ", 3);
      column = 1;
    }
    put(lines, unit, strlen(unit));
    column += strlen(unit);
    at += length;
  }
  put(lines, "\r\n", 2);
}

/* "2022-09-30" plus DAYS as "20220930". */
static void compact(const char *date, int days, char out[16]) {
  int32_t day;
  int y = 0, m = 0, d = 0;
  if (bf__date_parse(date, strlen(date), &day) == 0) bf__date_split(day + days, &y, &m, &d);
  (void)snprintf(out, 16, "%04d%02d%02d", y % 10000, m % 100, d % 100);
}

static void utc_text(int64_t ms, char out[32]) {
  time_t seconds = (time_t)(ms / 1000);
  struct tm utc;
  (void)gmtime_r(&seconds, &utc);
  (void)strftime(out, 32, "%Y%m%dT%H%M%SZ", &utc);
}

/* At nine in the morning of DAY, in local time, counted from the midnight with which DUE begins (3.8.6.3). */
static void remind_on(struct lines *lines, int32_t due, int32_t day, const char *title) {
  char trigger[32];
  int before = due - day;
  if (before > 0)
    (void)snprintf(trigger, sizeof trigger, "-P%dDT15H", before - 1);
  else
    (void)snprintf(trigger, sizeof trigger, "PT9H");
  if (before == 1) (void)snprintf(trigger, sizeof trigger, "-PT15H");
  line(lines, "BEGIN", "VALARM", false);
  line(lines, "ACTION", "DISPLAY", false);
  line(lines, "DESCRIPTION", title, true);
  line(lines, "TRIGGER", trigger, false);
  line(lines, "END", "VALARM", false);
}

/* Three working days before, and on the day itself; never on a rest day. */
static void alarms(struct lines *lines, const struct bf__calendar *calendar, const json_t *one) {
  const char *due = text(one, "due"), *title = text(json_object_get(one, "title"), "zh");
  int32_t day;
  if (bf__date_parse(due, strlen(due), &day) < 0) return;
  int32_t last = bf__calendar_last_workday(calendar, day);
  remind_on(lines, day, bf__calendar_before(calendar, day, (struct bf__period){.unit = BF__WORKDAYS, .count = 3}), title);
  remind_on(lines, day, last, title);
}

static void describe(struct lines *lines, const json_t *one, const char *base) {
  char value[1600];
  const json_t *title = json_object_get(one, "title"), *how = json_object_get(one, "how"),
               *article = json_object_get(one, "article");
  (void)snprintf(value, sizeof value, "%s\n%s: %s\n%s%s%s%s", text(one, "case"), text(one, "case_title"), text(title, "en"),
                 text(how, "zh"), how ? "\n" : "", text(how, "en"), how ? "\n" : "");
  size_t used = strlen(value);
  if (json_is_integer(article) && used < sizeof value)
    (void)snprintf(value + used, sizeof value - used, "第 %lld 条 · article %lld", (long long)json_integer_value(article),
                   (long long)json_integer_value(article));
  line(lines, "DESCRIPTION", value, true);
  if (!base) return;
  (void)snprintf(value, sizeof value, "%s/cases/%s", base, text(one, "case"));
  line(lines, "URL", value, false);
}

/* What ended stays for a while as cancelled (3.8.1.11), under the name and with a higher sequence than it had: a program that has
 * copied it takes it back. */
static void event(struct lines *lines, const struct bf__calendar *calendar, const json_t *one, const char *base, bool ended) {
  char value[1200], day[16], changed[32];
  utc_text(json_integer_value(json_object_get(one, "changed_ms")), changed);
  line(lines, "BEGIN", "VEVENT", false);
  (void)snprintf(value, sizeof value, "%s.%s.%s@banfa", text(one, "case"), text(one, "stage"), text(one, "name"));
  line(lines, "UID", value, false);
  line(lines, "DTSTAMP", changed, false);
  line(lines, "LAST-MODIFIED", changed, false);
  (void)snprintf(value, sizeof value, "%lld", (long long)json_integer_value(json_object_get(one, "version")));
  line(lines, "SEQUENCE", value, false);
  compact(text(one, "due"), 0, day);
  line(lines, "DTSTART;VALUE=DATE", day, false);
  compact(text(one, "due"), 1, day);
  line(lines, "DTEND;VALUE=DATE", day, false);
  (void)snprintf(value, sizeof value, "%s:%s", text(one, "case_title"), text(json_object_get(one, "title"), "zh"));
  line(lines, "SUMMARY", value, true);
  describe(lines, one, base);
  line(lines, "STATUS", ended ? "CANCELLED" : "CONFIRMED", false);
  line(lines, "TRANSP", "TRANSPARENT", false);
  if (!ended) alarms(lines, calendar, one);
  line(lines, "END", "VEVENT", false);
}

static char *feed_text(const struct bf__reading *reading, const json_t *items, const json_t *ended) {
  struct lines lines = {0};
  const struct bf__calendar *calendar = reading->reign->now->calendar;
  const char *base = reading->app->config.public_url;
  size_t i;
  json_t *one;
  line(&lines, "BEGIN", "VCALENDAR", false);
  line(&lines, "VERSION", "2.0", false);
  line(&lines, "PRODID", "-//banfa//deadlines//ZH", false);
  line(&lines, "METHOD", "PUBLISH", false);
  line(&lines, "CALSCALE", "GREGORIAN", false);
  line(&lines, "X-WR-CALNAME", "办法 · 我的时限", true);
  line(&lines, "REFRESH-INTERVAL;VALUE=DURATION", "PT1H", false);
  json_array_foreach(items, i, one) event(&lines, calendar, one, base, false);
  json_array_foreach(ended, i, one) event(&lines, calendar, one, base, true);
  line(&lines, "END", "VCALENDAR", false);
  if (!lines.failed) return lines.text;
  free(lines.text);
  return NULL;
}

/* A program that asks every hour is sent the feed only when it has changed. */
static int answer(struct bf__reading *reading, char *feed, struct bf_error *err) {
  if (!feed) return bf_fail(err, BF_ENOMEM, "feed", "no memory");
  bf__etag_of(feed, strlen(feed), reading->etag);
  bool known = bf__etag_known(reading->if_none_match, reading->etag);
  reading->status = known ? 304 : 200;
  reading->type = "text/calendar; charset=utf-8";
  if (known)
    free(feed);
  else
    reading->text = feed;
  return 0;
}

static int feed(struct bf__reading *reading, struct bf_error *err) {
  const char *token = bf__param(reading->params, "token");
  char hash[BF__TOKEN_HASH], from[BF__DATE_TEXT];
  json_t *rows = NULL, *items = NULL, *ended = NULL;
  bf__token_hash(token ? token : "", hash);
  int r = bf__store_rows(reading->store, "SELECT user_id FROM feeds WHERE hash = $1", "user:t", &rows, err, "t", hash);
  if (r < 0) return r;
  const char *user = json_string_value(json_object_get(json_array_get(rows, 0), "user"));
  if (!reading->actor && user) reading->actor = bf__directory_actor_of(reading->app->directory, user);
  json_decref(rows);
  if (!reading->actor || !user)
    return bf__refuse_read(reading, 401, "feed.token", "token", "订阅地址无效或已更换:请在程序里重新获取",
                           "This feed's address is not valid or was replaced: get a new one in the program.");
  bf__date_format(reading->today - KEPT_DAYS, from);
  r = bf__deadline_items(reading, from, NULL, true, EVENTS, &items, err);
  if (r >= 0) r = bf__deadline_ended_items(reading, bf__date_start_ms(reading->today - KEPT_DAYS), EVENTS, &ended, err);
  if (r >= 0) r = answer(reading, feed_text(reading, items, ended), err);
  json_decref(items);
  json_decref(ended);
  return r;
}

/* A new address for the caller's feed; the former one ends. */
static int renew(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) {
  char token[BF__TOKEN_TEXT], hash[BF__TOKEN_HASH], url[200];
  const char *user = text(command->actor, "user");
  if (!*user) return bf__refuse(command, 401, "login", NULL, "请先登录", "Log in first.");
  int r = bf__token_new(token, hash);
  if (r < 0) return bf_fail(err, r, "feed", "no random bytes");
  r = bf__store_run(turn->store,
                    "INSERT INTO feeds (user_id, hash) VALUES ($1, $2) ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash",
                    NULL, err, "tt", user, hash);
  (void)snprintf(url, sizeof url, "/api/v1/calendar.ics?token=%s", token);
  command->status = 200;
  command->body = json_pack("{ss ss}", "token", token, "url", url);
  return r < 0 ? r : 0;
}

const struct bf__operation bf__operations_feed[] = {
    {.name = "calendar.feed", .kind = BF__READ, .access = BF__ANYONE, .read = feed},
    {.name = "me.feed", .kind = BF__WRITE, .access = BF__USER, .write = renew},
    {.name = NULL},
};
