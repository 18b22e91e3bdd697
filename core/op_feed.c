/* A calendar feed for each person (RFC 5545): the deadlines that concern them, in the calendar program they use anyway. Its token
 * opens the feed and nothing else. */
#include <stdlib.h>
#include <string.h>

#include "turn.h"
#include "views_deadlines.h"

#define EVENTS 2000

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

static void event(struct lines *lines, const json_t *one, const char *stamp) {
  char value[1200], day[16];
  const json_t *title = json_object_get(one, "title"), *how = json_object_get(one, "how");
  line(lines, "BEGIN", "VEVENT", false);
  (void)snprintf(value, sizeof value, "%s.%s.%s@banfa", text(one, "case"), text(one, "stage"), text(one, "name"));
  line(lines, "UID", value, false);
  line(lines, "DTSTAMP", stamp, false);
  (void)snprintf(value, sizeof value, "%lld", (long long)json_integer_value(json_object_get(one, "version")));
  line(lines, "SEQUENCE", value, false);
  compact(text(one, "due"), 0, day);
  line(lines, "DTSTART;VALUE=DATE", day, false);
  compact(text(one, "due"), 1, day);
  line(lines, "DTEND;VALUE=DATE", day, false);
  (void)snprintf(value, sizeof value, "%s:%s", text(one, "case_title"), text(title, "zh"));
  line(lines, "SUMMARY", value, true);
  (void)snprintf(value, sizeof value, "%s\n%s: %s\n%s\n%s\n/api/v1/cases/%s", text(one, "case"), text(one, "case_title"),
                 text(title, "en"), text(how, "zh"), text(how, "en"), text(one, "case"));
  const json_t *article = json_object_get(one, "article");
  size_t used = strlen(value);
  if (json_is_integer(article) && used < sizeof value)
    (void)snprintf(value + used, sizeof value - used, "\n第 %lld 条 · article %lld", (long long)json_integer_value(article),
                   (long long)json_integer_value(article));
  line(lines, "DESCRIPTION", value, true);
  line(lines, "TRANSP", "TRANSPARENT", false);
  line(lines, "BEGIN", "VALARM", false);
  line(lines, "ACTION", "DISPLAY", false);
  line(lines, "DESCRIPTION", text(title, "zh"), true);
  line(lines, "TRIGGER", "-P3D", false);
  line(lines, "END", "VALARM", false);
  line(lines, "END", "VEVENT", false);
}

static char *feed_text(const json_t *items, int64_t now_ms) {
  struct lines lines = {0};
  char stamp[32];
  size_t i;
  json_t *one;
  time_t seconds = (time_t)(now_ms / 1000);
  struct tm utc;
  (void)gmtime_r(&seconds, &utc);
  (void)strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", &utc);
  line(&lines, "BEGIN", "VCALENDAR", false);
  line(&lines, "VERSION", "2.0", false);
  line(&lines, "PRODID", "-//banfa//deadlines//ZH", false);
  line(&lines, "METHOD", "PUBLISH", false);
  line(&lines, "CALSCALE", "GREGORIAN", false);
  line(&lines, "X-WR-CALNAME", "办法 · 我的时限", true);
  line(&lines, "REFRESH-INTERVAL;VALUE=DURATION", "PT1H", false);
  json_array_foreach(items, i, one) event(&lines, one, stamp);
  line(&lines, "END", "VCALENDAR", false);
  if (!lines.failed) return lines.text;
  free(lines.text);
  return NULL;
}

static int feed(struct bf__reading *reading, struct bf_error *err) {
  const char *token = bf__param(reading->params, "token");
  char hash[BF__TOKEN_HASH], from[BF__DATE_TEXT];
  json_t *rows = NULL, *items = NULL;
  bf__token_hash(token ? token : "", hash);
  int r = bf__store_rows(reading->store, "SELECT user_id FROM feeds WHERE hash = $1", "user:t", &rows, err, "t", hash);
  if (r < 0) return r;
  const char *user = json_string_value(json_object_get(json_array_get(rows, 0), "user"));
  if (!reading->actor && user) reading->actor = bf__directory_actor_of(reading->app->directory, user);
  json_decref(rows);
  if (!reading->actor || !user)
    return bf__refuse_read(reading, 401, "feed.token", "token", "订阅地址无效或已更换:请在程序里重新获取",
                           "This feed's address is not valid or was replaced: get a new one in the program.");
  bf__date_format(reading->today - 31, from);
  r = bf__deadline_items(reading, from, NULL, true, EVENTS, &items, err);
  if (r < 0) return r;
  reading->text = feed_text(items, reading->now_ms);
  json_decref(items);
  if (!reading->text) return bf_fail(err, BF_ENOMEM, "feed", "no memory");
  reading->status = 200;
  reading->type = "text/calendar; charset=utf-8";
  return 0;
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
