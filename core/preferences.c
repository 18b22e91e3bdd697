#include "preferences.h"

#include <string.h>

#include "calendar.h"
#include "host.h"
#include "people_job.h"

#define MINUTE_MS 60000
#define DAY_MINUTES 1440
#define QUIET_FROM (21 * 60) /* 21:00 to 08:00, for who says nothing else */
#define QUIET_TO (8 * 60)
#define DIGEST_AFTER 30 /* minutes into the waking hours */

static const char form[] =
    "[{\"name\":\"channels\",\"type\":\"list\",\"max\":8,\"zh\":\"渠道\",\"en\":\"Channels\",\"of\":{\"type\":\"record\","
    "\"fields\":["
    "{\"name\":\"channel\",\"type\":\"text\",\"max\":40,\"zh\":\"渠道\",\"en\":\"Channel\"},"
    "{\"name\":\"address\",\"type\":\"text\",\"max\":254,\"zh\":\"地址\",\"en\":\"Address\"}]}},"
    "{\"name\":\"lang\",\"type\":\"choice\",\"optional\":true,\"zh\":\"语言\",\"en\":\"Language\",\"choices\":["
    "{\"value\":\"zh\",\"zh\":\"中文\",\"en\":\"Chinese\"},{\"value\":\"en\",\"zh\":\"英文\",\"en\":\"English\"}]},"
    "{\"name\":\"digest\",\"type\":\"bool\",\"optional\":true,\"zh\":\"每天早上合并为一条\",\"en\":\"One a morning\"},"
    "{\"name\":\"quiet\",\"type\":\"record\",\"optional\":true,\"zh\":\"免打扰时间\",\"en\":\"Quiet hours\",\"fields\":["
    "{\"name\":\"from\",\"type\":\"text\",\"max\":5,\"zh\":\"起\",\"en\":\"From\"},"
    "{\"name\":\"to\",\"type\":\"text\",\"max\":5,\"zh\":\"止\",\"en\":\"To\"}]}]";

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

/* "21:30" → minutes of the day, or -1. */
static int minutes(const char *clock) {
  int hour, minute;
  char rest;
  if (!clock || strlen(clock) != 5 || sscanf(clock, "%2d:%2d%c", &hour, &minute, &rest) != 2) return -1;
  return hour >= 0 && hour < 24 && minute >= 0 && minute < 60 ? hour * 60 + minute : -1;
}

int64_t bf__preferences_when(const struct bf__calendar *calendar, const json_t *preferences, int64_t now_ms, bool urgent,
                             bool digest) {
  const json_t *quiet = json_object_get(preferences, "quiet");
  int from = quiet ? minutes(text(quiet, "from")) : QUIET_FROM, to = quiet ? minutes(text(quiet, "to")) : QUIET_TO;
  if (urgent) return now_ms;
  if (from < 0 || to < 0) from = QUIET_FROM, to = QUIET_TO;
  int32_t date = bf__date_of_ms(now_ms), first = bf__calendar_next_workday(calendar, date);
  int minute = (int)((now_ms - bf__date_start_ms(date)) / MINUTE_MS), morning = to + (digest ? DIGEST_AFTER : 0);
  bool over_night = from > to;
  bool asleep = from != to && (over_night ? minute >= from || minute < to : minute >= from && minute < to);
  if (first == date && !asleep && !digest) return now_ms;
  /* this morning still to come, or that of the next working day */
  if (first == date && minute >= morning) first = bf__calendar_next_workday(calendar, date + 1);
  return bf__date_start_ms(first) + (int64_t)(morning % DAY_MINUTES) * MINUTE_MS;
}

bool bf__preferences_digest(const json_t *preferences) {
  return json_is_true(json_object_get(preferences, "digest"));
}

/* A person's own account of it. ------------------------------------------------------------------------------------------- */

/* The channels that this program has loaded, but for the inbox, which everybody reads anyway. */
static json_t *channels_there(struct bf__app *app) {
  json_t *out = json_array();
  const char *name;
  for (size_t i = 0; (name = bf__host_service_name(app->host, i)); i++)
    if (strncmp(name, "channel.", 8) == 0 && strcmp(name, "channel.inbox") != 0)
      (void)json_array_append_new(out, json_string(name + 8));
  return out;
}

void bf__op_me_notices(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor) {
  (void)params;
  json_t *user = actor ? bf__directory_user(app->directory, text(actor, "user")) : NULL;
  json_t *own = json_incref(json_object_get(user, "notices"));
  json_decref(user);
  if (!actor) {
    bf__people_refuse(call, 401, "login.needed", NULL, "请先登录", "Log in first.");
    return;
  }
  if (!own) own = json_pack("{s[]}", "channels");
  bf__answer_json(call, 200, json_pack("{so so}", "preferences", own, "available", channels_there(app)));
}

static bool is_there(const json_t *available, const char *channel) {
  size_t i;
  json_t *one;
  json_array_foreach(available, i, one) if (channel && strcmp(json_string_value(one), channel) == 0) return true;
  return false;
}

static void check(struct bf__app *app, const json_t *in, json_t *refusals) {
  json_t *available = channels_there(app), *one;
  const json_t *quiet = json_object_get(in, "quiet");
  size_t i;
  json_array_foreach(json_object_get(in, "channels"), i, one) if (!is_there(available, text(one, "channel")))
      bf__people_fault(refusals, "channel.unknown", "channels", "没有启用这个渠道:请联系管理员,或选择已启用的渠道",
                       "This channel is not loaded: choose one of those that are, or ask the administrator.");
  if (quiet && (minutes(text(quiet, "from")) < 0 || minutes(text(quiet, "to")) < 0))
    bf__people_fault(refusals, "quiet.time", "quiet", "时间应写作 21:00", "A time is written 21:00.");
  json_decref(available);
}

void bf__op_me_notices_put(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor) {
  if (!actor) {
    bf__people_refuse(call, 401, "login.needed", NULL, "请先登录", "Log in first.");
    return;
  }
  json_t *in = bf__people_input(call, params, form), *refusals = json_array();
  if (in) check(app, in, refusals);
  if (!in || !bf__people_clean(call, 422, refusals)) {
    if (!in) json_decref(refusals);
    json_decref(in);
    return;
  }
  json_t *put = json_pack("{ss s{sO}}", "id", text(actor, "user"), "set", "notices", in);
  struct bf__people_job *job = bf__people_job_new(app, call, actor, in);
  if (job)
    bf__people_job_submit(job, "user.put", put, bf__people_submitted);
  else
    json_decref(put);
}
