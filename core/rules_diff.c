#include "rules_diff.h"

#include <stdlib.h>
#include <string.h>

#define LINES 500

struct diff {
  json_t *out;
  const char *place;
  const json_t *article; /* of the part being looked at */
};

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

/* A value as a person reads it. */
static char *said(const json_t *value, const char *language) {
  static const char *const units[][3] = {
      {"workdays", "个工作日", "working days"}, {"days", "天", "days"}, {"months", "个月", "months"}, {"years", "年", "years"}};
  const char *unit = text(value, "unit"), *zh = text(value, "zh"), *own = text(value, language);
  char *out = NULL;
  bool chinese = strcmp(language, "zh") == 0;
  if (unit)
    for (size_t i = 0; i < 4; i++)
      if (strcmp(units[i][0], unit) == 0 &&
          asprintf(&out, "%lld %s", (long long)json_integer_value(json_object_get(value, "count")),
                   chinese ? units[i][1] : units[i][2]) >= 0)
        return out;
  if (json_is_integer(value) && json_integer_value(value) >= 1000000 && json_integer_value(value) % 100 == 0) {
    double wan = (double)json_integer_value(value) / 1e6;
    if (asprintf(&out, chinese ? "%.10g 万元" : "%.10g x 10,000 yuan", wan) >= 0) return out;
  }
  if (json_is_string(value)) return strdup(json_string_value(value));
  if (zh && own) return strdup(own);
  if (text(value, "name")) return strdup(text(value, "name"));
  if (text(value, "paper")) return strdup(text(value, "paper"));
  if (text(value, "$fn")) return strdup(chinese ? "函数" : "a function");
  out = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
  if (out && strlen(out) > 200) {
    free(out);
    out = strdup(chinese ? "(内容较长)" : "(long)");
  }
  return out;
}

static void line(struct diff *diff, const char *part, const json_t *before, const json_t *after) {
  if (json_array_size(diff->out) >= LINES) return;
  char *was_zh = before ? said(before, "zh") : NULL, *was_en = before ? said(before, "en") : NULL;
  char *is_zh = after ? said(after, "zh") : NULL, *is_en = after ? said(after, "en") : NULL, *zh = NULL, *en = NULL;
  int ok;
  if (before && after)
    ok = asprintf(&zh, "%s:%s → %s", part, was_zh ? was_zh : "?", is_zh ? is_zh : "?") >= 0 &&
         asprintf(&en, "%s: %s → %s", part, was_en ? was_en : "?", is_en ? is_en : "?") >= 0;
  else if (after)
    ok =
        asprintf(&zh, "%s:新增 %s", part, is_zh ? is_zh : "") >= 0 && asprintf(&en, "%s: new: %s", part, is_en ? is_en : "") >= 0;
  else
    ok = asprintf(&zh, "%s:取消 %s", part, was_zh ? was_zh : "") >= 0 &&
         asprintf(&en, "%s: dropped: %s", part, was_en ? was_en : "") >= 0;
  if (ok) {
    json_t *one = json_pack("{ss ss sO* ss ss sO* sO*}", "place", diff->place, "part", part, "article", diff->article, "zh", zh,
                            "en", en, "before", before, "after", after);
    if (one) (void)json_array_append_new(diff->out, one);
  }
  free(was_zh), free(was_en), free(is_zh), free(is_en);
  if (ok) free(zh), free(en);
}

static bool plain(const json_t *value) {
  return !json_is_object(value) || text(value, "unit") || text(value, "$fn") ||
         (text(value, "zh") && json_object_size(value) <= 3);
}

static bool same_function(const json_t *before, const json_t *after) {
  return text(before, "$fn") && text(after, "$fn");
}

/* What an array's entry is called, so that entries are matched by name and not by place. */
static const char *key_of(const json_t *entry, char *buffer, size_t size) {
  const char *name = json_is_string(entry)  ? json_string_value(entry)
                     : text(entry, "name")  ? text(entry, "name")
                     : text(entry, "paper") ? text(entry, "paper")
                                            : text(entry, "value");
  if (name) (void)snprintf(buffer, size, "%s", name);
  return name ? buffer : NULL;
}

static void walk(struct diff *diff, const char *part, const json_t *before, const json_t *after, int depth);

static const json_t *entry_named(const json_t *list, const char *key) {
  size_t i;
  json_t *one;
  char name[200];
  json_array_foreach(list, i, one) if (key_of(one, name, sizeof name) && strcmp(name, key) == 0) return one;
  return NULL;
}

static void walk_list(struct diff *diff, const char *part, const json_t *before, const json_t *after, int depth) {
  size_t i;
  json_t *one;
  char name[200], inner[600];
  json_array_foreach(before, i, one) {
    if (!key_of(one, name, sizeof name)) {
      if (!json_equal(before, after)) line(diff, part, before, after);
      return;
    }
    const json_t *other = entry_named(after, name);
    (void)snprintf(inner, sizeof inner, "%s.%s", part, name);
    if (!other)
      line(diff, part, one, NULL);
    else
      walk(diff, inner, one, other, depth + 1);
  }
  json_array_foreach(after, i, one) {
    if (!key_of(one, name, sizeof name)) {
      line(diff, part, before, after);
      return;
    }
    if (!entry_named(before, name)) line(diff, part, NULL, one);
  }
}

static void walk(struct diff *diff, const char *part, const json_t *before, const json_t *after, int depth) {
  const char *name;
  json_t *one;
  char inner[600];
  if (json_equal(before, after) || same_function(before, after) || depth > 12) return;
  if (json_is_array(before) && json_is_array(after)) {
    walk_list(diff, part, before, after, depth);
    return;
  }
  if (plain(before) || plain(after)) {
    line(diff, part, before, after);
    return;
  }
  const json_t *outer = diff->article, *own = json_object_get(after, "article");
  if (!own) own = json_array_get(json_object_get(after, "articles"), 0);
  if (own) diff->article = own;
  json_object_foreach((json_t *)(uintptr_t)before, name, one) {
    const json_t *other = json_object_get(after, name);
    (void)snprintf(inner, sizeof inner, "%s%s%s", part, *part ? "." : "", name);
    if (!other)
      line(diff, inner, json_object_get(one, "title") ? json_object_get(one, "title") : one, NULL);
    else
      walk(diff, inner, one, other, depth + 1);
  }
  json_object_foreach((json_t *)(uintptr_t)after, name, one) {
    if (json_object_get(before, name)) continue;
    (void)snprintf(inner, sizeof inner, "%s%s%s", part, *part ? "." : "", name);
    line(diff, inner, NULL, json_object_get(one, "title") ? json_object_get(one, "title") : one);
  }
  diff->article = outer;
}

static void walk_view(struct diff *diff, const json_t *before, const json_t *after) {
  static const char *const parts[] = {"stages",    "kinds",   "papers",        "roles",
                                      "registers", "reports", "jurisdictions", "migrations"};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    /* stages are called by their own names: approval.limits.decide_within */
    const json_t *was = json_object_get(before, parts[i]), *is = json_object_get(after, parts[i]);
    diff->article = NULL;
    if (was && is) walk(diff, i == 0 ? "" : parts[i], was, is, 0);
  }
}

static void file_line(struct diff *diff, const char *path, const char *zh, const char *en) {
  (void)json_array_append_new(diff->out,
                              json_pack("{ss ss so so}", "place", "", "part", path, "zh", json_sprintf("文件 %s %s", path, zh),
                                        "en", json_sprintf("file %s %s", path, en)));
}

json_t *bf__rules_diff(const struct bf__ruleset *before, const struct bf__ruleset *after) {
  struct diff diff = {.out = json_array(), .place = ""};
  const char *name;
  json_t *one;
  if (!diff.out) return NULL;
  walk_view(&diff, before->base, after->base);
  json_object_foreach(after->views, name, one) {
    const json_t *own = json_object_get(before->views, name);
    if (!own && json_equal(one, after->base)) continue;
    diff.place = name;
    if (own)
      walk_view(&diff, own, one);
    else
      walk_view(&diff, before->base, one);
  }
  json_object_foreach(before->views, name, one) if (!json_object_get(after->views, name)) {
    diff.place = name;
    walk_view(&diff, one, after->base);
  }
  diff.place = "";
  diff.article = NULL;
  walk(&diff, "calendar", before->years, after->years, 0);
  json_object_foreach(after->files, name, one) {
    if (json_equal(one, json_object_get(before->files, name))) continue;
    file_line(&diff, name, json_object_get(before->files, name) ? "有改动" : "新文件",
              json_object_get(before->files, name) ? "has changed" : "is new");
  }
  json_object_foreach(before->files, name, one) if (!json_object_get(after->files, name))
      file_line(&diff, name, "已删除", "is gone");
  return diff.out;
}
