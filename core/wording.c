#include "wording.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "ruleset.h"

#define REPORTED 64 /* different faults that are told once each */

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

static atomic_llong failures;
static struct { /* faults that were logged, by their hash */
  pthread_mutex_t lock;
  uint64_t seen[REPORTED];
  size_t count;
} reported = {.lock = PTHREAD_MUTEX_INITIALIZER};

int64_t bf__wording_failures(void) {
  return atomic_load(&failures);
}

static bool is_new(const char *ruleset, const char *fault) {
  uint64_t hash = 1469598103934665603u;
  for (const char *c = ruleset; *c; c++) hash = (hash ^ (unsigned char)*c) * 1099511628211u;
  for (const char *c = fault; *c; c++) hash = (hash ^ (unsigned char)*c) * 1099511628211u;
  (void)pthread_mutex_lock(&reported.lock);
  size_t i = 0;
  while (i < reported.count && reported.seen[i] != hash) i++;
  bool fresh = i == reported.count;
  if (fresh && reported.count < REPORTED) reported.seen[reported.count++] = hash;
  (void)pthread_mutex_unlock(&reported.lock);
  return fresh;
}

/* In words that need no rules: what it is about, and when. */
static json_t *plain_subject(const json_t *given, bool english) {
  const char *lang = english ? "en" : "zh", *of = text(given, "case"), *due = text(given, "due"),
             *own = text(json_object_get(given, "said"), lang), *org = text(json_object_get(given, "org"), lang),
             *duty = text(json_object_get(given, "duty"), lang);
  json_int_t count = json_integer_value(json_object_get(given, "count"));
  char title[400];
  if (own) return json_string(own);
  if (count > 0) return json_sprintf(english ? "%lld notices" : "通知 %lld 条", (long long)count);
  if (!of && org) return json_sprintf(english ? "%s: a notice" : "%s:有一条通知", bf__short(org, title, sizeof title));
  if (!of) return json_string(english ? "A notice: log in to read what it is about" : "有一条通知:请登录查看");
  (void)bf__short(of, title, sizeof title);
  if (duty && due) return json_sprintf(english ? "%s: %s (%s)" : "%s:“%s”(%s)", title, duty, due);
  return json_sprintf(english ? "%s: there is news" : "%s:有新情况", title);
}

static json_t *plain_foot(const json_t *given, bool english) {
  const char *number = text(given, "number"), *of = text(given, "case"), *due = text(given, "due"), *link = text(given, "link");
  json_int_t article = json_integer_value(json_object_get(given, "article"));
  json_t *foot = json_array();
  char title[400];
  if (number)
    (void)json_array_append_new(
        foot, json_sprintf(english ? "Case: %s (%s)" : "事项:%s(%s)", bf__short(of ? of : "", title, sizeof title), number));
  if (due) (void)json_array_append_new(foot, json_sprintf(english ? "Due: %s" : "期限:%s", due));
  if (article > 0)
    (void)json_array_append_new(foot, json_sprintf(english ? "Source: article %lld" : "依据:第%lld条", (long long)article));
  if (link) (void)json_array_append_new(foot, json_string(link));
  return foot;
}

/* What went wrong is never kept back, however plain the rest. */
static json_t *plain_lines(const json_t *given, bool english) {
  const char *fault = text(json_object_get(given, "fault"), english ? "en" : "zh");
  return json_pack("[s*]", fault);
}

static json_t *plain(const json_t *given) {
  return json_pack("{s{so so so} s{so so so} sb}", "zh", "subject", plain_subject(given, false), "lines",
                   plain_lines(given, false), "foot", plain_foot(given, false), "en", "subject", plain_subject(given, true),
                   "lines", plain_lines(given, true), "foot", plain_foot(given, true), "plain", 1);
}

static bool is_whole(const json_t *said) {
  return json_is_object(json_object_get(said, "zh")) && json_is_object(json_object_get(said, "en"));
}

json_t *bf__wording_say(struct bf__rules *rules, const char *name, json_t *given) {
  struct bf_error err = {0};
  json_t *said = NULL;
  int r = bf__rules_call(rules, "notice", json_pack("[s O [s s]]", name, given, "zh", "en"), &said, &err);
  if (r >= 0 && is_whole(said)) return said;
  json_decref(said);
  said = plain(given);
  if (r >= 0) return said; /* these rules word nothing */
  atomic_fetch_add(&failures, 1);
  if (is_new(bf__rules_set(rules)->hash, err.message))
    bf__log(BF_LOG_ERROR, "notice.wording", "%s: %s%s%s: it goes out in plain words", name, err.where, *err.where ? ": " : "",
            err.message);
  if (said) (void)json_object_set_new(said, "fault", json_sprintf("%s%s%s", err.where, *err.where ? ": " : "", err.message));
  return said;
}

/* What it is called; rows written by earlier versions only say which rung they are. */
static const char *name_of(const json_t *body) {
  const char *own = text(body, "as"), *when = text(body, "when");
  if (own) return own;
  if (!when) return "told";
  return *when == 'w' ? "before" : *when == 'd' ? "due" : *when == 'a' ? "overdue" : "to_supervisor";
}

static json_t *org_name(struct bf__reading *reading, const char *id) {
  json_t *org = id ? bf__directory_org(reading->app->directory, id) : NULL;
  json_t *out = org ? json_pack("{sO* sO*}", "zh", json_object_get(org, "zh"), "en", json_object_get(org, "en")) : NULL;
  json_decref(org);
  return out;
}

/* How many days before DUE, negative after. */
static json_t *left_of(const char *due, int64_t at_ms) {
  int32_t date;
  if (!due || bf__date_parse(due, strlen(due), &date) < 0) return NULL;
  return json_integer(date - bf__date_of_ms(at_ms));
}

json_t *bf__wording_values(struct bf__reading *reading, const json_t *body, const struct bf__wording_for *whom) {
  static const char *const same[] = {"due", "article", "source", "duty", "doers"};
  const char *base = reading->app->config.public_url;
  json_t *given = json_object(), *own = json_object_get(body, "values");
  if (!given) return NULL;
  for (size_t i = 0; i < sizeof same / sizeof *same; i++)
    if (json_object_get(body, same[i])) (void)json_object_set(given, same[i], json_object_get(body, same[i]));
  json_t *more = json_pack("{sO* ss* sO* sO* sO* ss* so* so*}", "case", json_object_get(body, "title"), "number", whom->case_id,
                           "jurisdiction", json_object_get(body, "place"), "stage_name", json_object_get(body, "stage"),
                           "action_name", json_object_get(body, "action"), "who", whom->who, "unit",
                           org_name(reading, text(body, "unit")), "left", left_of(text(body, "due"), whom->at_ms));
  if (more) (void)json_object_update(given, more);
  json_decref(more);
  if (own) (void)json_object_update(given, own);
  if (text(body, "zh"))
    (void)json_object_set_new(given, "said",
                              json_pack("{sO sO*}", "zh", json_object_get(body, "zh"), "en", json_object_get(body, "en")));
  if (base && *base && whom->case_id) (void)json_object_set_new(given, "link", json_sprintf("%s/cases/%s", base, whom->case_id));
  return given;
}

json_t *bf__wording_of(struct bf__reading *reading, const json_t *body, const struct bf__wording_for *whom) {
  json_t *given = bf__wording_values(reading, body, whom);
  json_t *said = given ? bf__wording_say(reading->rules, name_of(body), given) : NULL;
  if (said && json_object_get(given, "link")) (void)json_object_set(said, "link", json_object_get(given, "link"));
  json_decref(given);
  return said;
}

json_t *bf__wording_text(const json_t *said, const char *lang, const char *link, bool brief) {
  static const char *const parts[] = {"lines", "foot"};
  const json_t *own = json_object_get(said, lang);
  const char *subject = text(own, "subject");
  json_t *out = NULL, *line;
  char *written = NULL;
  size_t length = 0, i, k;
  FILE *file = open_memstream(&written, &length);
  if (!file) return NULL;
  if (subject && !brief) (void)fprintf(file, "%s\n", subject);
  for (i = 0; i < 2; i++) {
    const json_t *lines = json_object_get(own, parts[i]);
    if (i == 1 && json_array_size(lines) && !brief) (void)fputc('\n', file);
    json_array_foreach(lines, k, line) {
      const char *one = json_string_value(line);
      if (one && !(brief && link && strstr(one, link))) (void)fprintf(file, "%s\n", one);
    }
  }
  if (fclose(file) == 0) {
    while (length && written[length - 1] == '\n') length--;
    out = json_stringn(written, length);
  }
  free(written);
  return out;
}
