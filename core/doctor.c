#include "doctor.h"

#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "vacancy.h"

#define FREE_BYTES ((uint64_t)1 << 30)
#define BACKUP_MS ((int64_t)7 * 24 * 3600 * 1000) /* a backup older than this is told */
#define BACKUP_NOTE "last_backup"

struct checks {
  struct bf__reading *reading;
  json_t *list;
  bool failed; /* no memory for a line */
};

BF_PRINTF(5, 6)
static void check(struct checks *checks, const char *name, bool ok, const char *zh, const char *en_format, ...) {
  char en[500];
  va_list args;
  va_start(args, en_format);
  (void)vsnprintf(en, sizeof en, en_format, args);
  va_end(args);
  if (json_array_append_new(checks->list, json_pack("{ss sb ss ss}", "name", name, "ok", ok, "zh", zh, "en", en)) < 0)
    checks->failed = true;
}

static void storage(struct checks *checks) {
  struct bf_error err = {0};
  char *version = NULL;
  bool good = bf__store_meta_get(checks->reading->store, "schema", &version, &err) >= 0 && version;
  if (good)
    check(checks, "storage", true, "存储正常", "%s answers, version %s", bf__store_calls(checks->reading->store)->dialect,
          version);
  else
    check(checks, "storage", false, "存储无法读取:请检查数据库,必要时恢复备份",
          "storage does not answer: %s. Check the database, or restore a backup", err.message);
  free(version);
}

static void disk(struct checks *checks) {
  struct statvfs info;
  const char *data = checks->reading->app->config.data;
  if (statvfs(data, &info) < 0) {
    check(checks, "disk", false, "无法得知磁盘剩余空间", "the free space below %s cannot be read", data);
    return;
  }
  uint64_t left = (uint64_t)info.f_bavail * info.f_frsize;
  bool ok = left > FREE_BYTES;
  check(checks, "disk", ok, ok ? "磁盘空间充足" : "磁盘剩余不足 1 GiB:请清理或扩容", "%llu MiB are free%s",
        (unsigned long long)(left >> 20), ok ? "" : ": make room, 1 GiB at least");
}

static void time_of_day(struct checks *checks) {
  unsigned char hash[BF__HASH_BYTES];
  struct bf_error err = {0};
  int64_t seq, at = 0;
  char now[32], last[32];
  bool read = bf__store_head(checks->reading->store, &seq, &at, hash, &err) >= 0, ok = read && checks->reading->now_ms >= at;
  bf__moment_format(checks->reading->now_ms, now);
  bf__moment_format(at, last);
  if (!read)
    check(checks, "clock", false, "无法读取最后一个事件", "the last event cannot be read: %s", err.message);
  else if (ok)
    check(checks, "clock", true, "时钟正常", "it is %s%s", now,
          checks->reading->app->clock.is_virtual ? ", by a virtual clock" : "");
  else
    check(checks, "clock", false, "时钟早于最后一个事件:请校准系统时间",
          "it is %s, but the last event was at %s: set the system's time", now, last);
}

/* The notice of the coming year is expected from 1 November. */
static void calendar(struct checks *checks) {
  const struct bf__calendar *known = bf__rules_set(checks->reading->rules)->calendar;
  int year, month, day;
  int32_t next;
  bf__date_split(checks->reading->today, &year, &month, &day);
  bool now = bf__calendar_known(known, checks->reading->today);
  check(checks, "calendar", now, now ? "今年的节假日安排已载入" : "缺少今年的节假日安排:期限按周末推算,仅供参考",
        now ? "the notice for %d is loaded" : "the notice for %d is missing: working days are by weekends, provisional", year);
  if (month < 11 || bf__date_make(year + 1, 7, 1, &next) < 0) return;
  bool then = bf__calendar_known(known, next);
  check(checks, "calendar.next", then, then ? "明年的节假日安排已载入" : "缺少明年的节假日安排:通知发布后请载入",
        then ? "the notice for %d is loaded" : "the notice for %d is missing: load it once it is published", year + 1);
}

static void rules(struct checks *checks) {
  const struct bf__ruleset *set = bf__rules_set(checks->reading->rules);
  check(checks, "rules", true, "规则已载入", "ruleset %.12s, %zu files", set->hash, json_object_size(set->files));
}

static void documents(struct checks *checks) {
  char path[4096];
  bool fits = snprintf(path, sizeof path, "%s/documents", checks->reading->app->config.data) < (int)sizeof path;
  bool ok = fits && access(path, R_OK | W_OK | X_OK) == 0;
  check(checks, "documents", ok, ok ? "材料文件夹可写" : "材料文件夹不可写:请检查权限", "%.400s", path);
}

static void administrator(struct checks *checks) {
  size_t i, count = 0;
  json_t *user, *users = bf__directory_users(checks->reading->app->directory);
  json_array_foreach(users, i, user) count +=
      json_is_true(json_object_get(user, "admin")) && !json_is_true(json_object_get(user, "disabled"));
  json_decref(users);
  check(checks, "admin", count > 0, count ? "有可用的管理员" : "没有可用的管理员:请用 banfa user add 添加一个",
        count ? "%zu administrators are enabled" : "%zu administrators are enabled: add one with banfa user add", count);
}

static void posts(struct checks *checks) {
  char date[BF__DATE_TEXT], names[300];
  size_t i, used = 0;
  json_t *org;
  bf__date_format(checks->reading->today, date);
  json_t *vacant = bf__vacancies(checks->reading->app->directory, date, false);
  *names = 0;
  json_array_foreach(vacant, i, org) {
    int n = snprintf(names + used, sizeof names - used, "%s%s", i ? " " : "", json_string_value(json_object_get(org, "id")));
    if (n < 0 || (size_t)n >= sizeof names - used) break;
    used += (size_t)n;
  }
  size_t count = json_array_size(vacant);
  check(checks, "posts", count == 0, count ? "有单位无人在岗,也无人代理:请指定人员" : "各单位均有人在岗",
        count ? "%zu posts are vacant: %s. Add a user or name a deputy (banfa call office.vacant lists what waits)"
              : "every post has somebody",
        count, names);
  json_decref(vacant);
}

static bool note_path(const struct bf__reading *reading, const char *suffix, char *path, size_t size) {
  return snprintf(path, size, "%s/" BACKUP_NOTE "%s", reading->app->config.data, suffix) < (int)size;
}

void bf__doctor_note_backup(const struct bf__reading *reading) {
  char path[4096], fresh[4096], at[32];
  if (!note_path(reading, "", path, sizeof path) || !note_path(reading, ".new", fresh, sizeof fresh)) return;
  FILE *out = fopen(fresh, "we");
  if (!out) return;
  bf__moment_format(reading->now_ms, at);
  bool good = fprintf(out, "%s\n", at) > 0;
  if (fclose(out) != 0 || !good || rename(fresh, path) < 0) (void)unlink(fresh);
}

/* Nothing is said where none is known: copies may be made by other means. */
static void last_backup(struct checks *checks) {
  char path[4096], at[40] = "";
  int64_t ms;
  FILE *in = note_path(checks->reading, "", path, sizeof path) ? fopen(path, "re") : NULL;
  if (!in) return;
  bool read = fgets(at, sizeof at, in) != NULL;
  (void)fclose(in);
  at[strcspn(at, "\n")] = 0;
  if (!read || bf__moment_parse(at, strlen(at), &ms) < 0) return;
  bool ok = checks->reading->now_ms - ms <= BACKUP_MS;
  check(checks, "backup", ok, ok ? "最近一周内做过备份" : "最近一次备份已超过一周:请用 banfa backup 备份",
        "the last backup was made at %s%s", at, ok ? "" : ", more than a week ago: make one with banfa backup");
}

/* What each channel has sent and not sent. */
static void channels(struct checks *checks) {
  json_t *rows = NULL, *row;
  struct bf_error err = {0};
  char name[80];
  size_t i;
  static const char sql[] =
      "SELECT channel, SUM(CASE WHEN state = 'sent' THEN 1 ELSE 0 END), SUM(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END),"
      " SUM(CASE WHEN state = 'aside' THEN 1 ELSE 0 END) FROM outbox GROUP BY channel ORDER BY channel";
  if (bf__store_rows(checks->reading->store, sql, "channel:t sent:i waiting:i aside:i", &rows, &err, "") < 0) return;
  json_array_foreach(rows, i, row) {
    json_int_t aside = json_integer_value(json_object_get(row, "aside"));
    (void)snprintf(name, sizeof name, "outbox.%s", json_string_value(json_object_get(row, "channel")));
    check(checks, name, aside == 0, aside ? "有通知发不出去:请看 banfa outbox" : "通知正常发出",
          "%lld sent, %lld waiting, %lld set aside%s", (long long)json_integer_value(json_object_get(row, "sent")),
          (long long)json_integer_value(json_object_get(row, "waiting")), (long long)aside,
          aside ? ": banfa outbox tells why, banfa outbox again sends them again" : "");
  }
  json_decref(rows);
}

int bf__doctor(struct bf__reading *reading, struct bf_error *err) {
  struct checks checks = {.reading = reading, .list = json_array()};
  if (!checks.list) return bf_fail(err, BF_ENOMEM, "doctor", "no memory");
  storage(&checks);
  disk(&checks);
  time_of_day(&checks);
  calendar(&checks);
  rules(&checks);
  documents(&checks);
  administrator(&checks);
  posts(&checks);
  channels(&checks);
  last_backup(&checks);
  reading->status = 200;
  reading->body = json_pack("{so}", "checks", checks.list);
  return reading->body && !checks.failed ? 0 : bf_fail(err, BF_ENOMEM, "doctor", "no memory");
}
