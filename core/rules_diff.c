#include "rules_diff.h"

#include <stdlib.h>
#include <string.h>

#include "diff_words.h"

#define LINES 500

struct diff {
  json_t *out, *base;           /* lines; and what of the base was said: { part: [before, after] } */
  const json_t *before, *after; /* the descriptions */
  const char *place;
  const json_t *article; /* of the part being looked at */
};

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

/* What the county repeats of the base is said once. */
static bool said_of_base(const struct diff *diff, const char *part, const json_t *before, const json_t *after) {
  char key[700];
  (void)snprintf(key, sizeof key, "%s%s", part, before && after ? "" : before ? " -" : " +");
  const json_t *pair = json_object_get(diff->base, key);
  json_t *own = json_pack("[O? O?]", before, after);
  bool same = pair && own && json_equal(pair, own);
  if (!*diff->place && own) (void)json_object_set(diff->base, key, own);
  json_decref(own);
  return *diff->place && same;
}

static char *sentence(const struct diff *diff, const char *part, const json_t *before, const json_t *after,
                      const char *language) {
  char label[400];
  bool zh = language[0] == 'z';
  const json_t *view = after ? diff->after : diff->before;
  char *was = before ? bf__diff_value(diff->before, part, before, language) : NULL,
       *is = after ? bf__diff_value(diff->after, part, after, language) : NULL;
  char *both = before && after ? bf__diff_periods(before, after, language) : NULL, *out = NULL;
  bf__diff_label(view, part, language, label, sizeof label);
  if (was && is && strcmp(was, is) == 0) { /* only the other language's words differ */
    free(was);
    free(is);
    was = bf__diff_value(diff->before, part, before, zh ? "en" : "zh");
    is = bf__diff_value(diff->after, part, after, zh ? "en" : "zh");
  }
  int r = 0;
  if (both)
    r = asprintf(&out, zh ? "%s:%s" : "%s: %s", label, both);
  else if (before && after)
    r = asprintf(&out, zh ? "%s:%s → %s" : "%s: %s → %s", label, was ? was : "", is ? is : "");
  else if (after)
    r = asprintf(&out, zh ? "%s:新增 %s" : "%s: new: %s", label, is ? is : "");
  else
    r = asprintf(&out, zh ? "%s:取消 %s" : "%s: dropped: %s", label, was ? was : "");
  free(was);
  free(is);
  free(both);
  return r < 0 ? NULL : out;
}

static void line(struct diff *diff, const char *part, const json_t *before, const json_t *after) {
  if (json_array_size(diff->out) >= LINES || said_of_base(diff, part, before, after)) return;
  char *zh = sentence(diff, part, before, after, "zh"), *en = sentence(diff, part, before, after, "en");
  json_t *one = json_pack("{ss ss sO* ss sO* sO*}", "place", diff->place, "part", part, "article", diff->article, "zh",
                          zh ? zh : part, "before", before, "after", after);
  if (one) (void)json_object_set_new(one, "en", json_string(en ? en : part));
  if (one) (void)json_array_append_new(diff->out, one);
  free(zh);
  free(en);
}

static bool plain(const json_t *value) {
  if (json_is_array(value) && text(json_array_get(value, 0), "unit")) return true; /* a ladder of reminders is one thing */
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
  if (json_is_array(before) && json_is_array(after) &&
      !(plain(before) && plain(after) && text(json_array_get(after, 0), "unit"))) {
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
  static const char *const parts[] = {"stages",        "kinds",      "papers",  "roles",   "registers", "reports",
                                      "jurisdictions", "migrations", "letters", "notices", "redlines"};
  diff->before = before;
  diff->after = after;
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    /* stages are called by their own names: approval.limits.decide_within */
    const json_t *was = json_object_get(before, parts[i]), *is = json_object_get(after, parts[i]);
    diff->article = NULL;
    if (was && is) walk(diff, i == 0 ? "" : parts[i], was, is, 0);
  }
}

/* Files ---------------------------------------------------------------------------------------------------------------------- */

static void file_line(struct diff *diff, const char *path, const char *zh, const char *en) {
  static const char *const sorts[][3] = {
      {"redlines/", "红线", "red lines"}, {"law/", "法条用例", "law cases"}, {"lib/", "共用脚本", "shared scripts"}};
  const char *sort_zh = "脚本", *sort_en = "script";
  for (size_t i = 0; i < 3; i++)
    if (strstr(path, sorts[i][0])) sort_zh = sorts[i][1], sort_en = sorts[i][2];
  (void)json_array_append_new(diff->out, json_pack("{ss ss so so}", "place", "", "part", path, "zh",
                                                   json_sprintf("%s文件 %s %s", sort_zh, path, zh), "en",
                                                   json_sprintf("%s, file %s %s", sort_en, path, en)));
}

/* How many of the dates in LIST are not in OTHER, and the first and last of them. */
static int dates_only(const json_t *list, const json_t *other, const char **ret_first, const char **ret_last) {
  size_t i, k;
  json_t *one, *there;
  int count = 0;
  json_array_foreach(list, i, one) {
    bool found = false;
    json_array_foreach(other, k, there) if (json_equal(one, there)) found = true;
    if (found) continue;
    if (!count++) *ret_first = json_string_value(one);
    *ret_last = json_string_value(one);
  }
  return count;
}

static void days_line(struct diff *diff, const char *year, const char *key, const json_t *from, const json_t *to, bool added) {
  const char *first = "", *last = "", *rest = strcmp(key, "off") == 0 ? "休息日" : "调休上班日",
             *en = strcmp(key, "off") == 0 ? "days off" : "made-up working days";
  int count = dates_only(to, from, &first, &last);
  char part[80];
  if (count == 0) return;
  (void)snprintf(part, sizeof part, "calendar.%s.%s", year, key);
  (void)json_array_append_new(diff->out,
                              json_pack("{ss ss so so}", "place", "", "part", part, "zh",
                                        json_sprintf("%s 年日历:%s %d 个%s(%s%s%s)", year, added ? "新增" : "取消", count, rest,
                                                     first, count > 1 ? " 至 " : "", count > 1 ? last : ""),
                                        "en",
                                        json_sprintf("calendar of %s: %d %s %s (%s%s%s)", year, count, added ? "more" : "fewer",
                                                     en, first, count > 1 ? " to " : "", count > 1 ? last : "")));
}

static void walk_calendar(struct diff *diff, const json_t *before, const json_t *after) {
  json_t *years = json_object(), *one;
  const char *year;
  (void)json_object_update(years, (json_t *)(uintptr_t)before);
  (void)json_object_update(years, (json_t *)(uintptr_t)after);
  json_object_foreach(years, year, one) {
    const json_t *was = json_object_get(before, year), *is = json_object_get(after, year);
    for (int i = 0; i < 2; i++) {
      const char *key = i ? "work" : "off";
      days_line(diff, year, key, json_object_get(was, key), json_object_get(is, key), true);
      days_line(diff, year, key, json_object_get(is, key), json_object_get(was, key), false);
    }
  }
  json_decref(years);
}

json_t *bf__rules_diff(const struct bf__ruleset *before, const struct bf__ruleset *after) {
  struct diff diff = {.out = json_array(), .base = json_object(), .place = ""};
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
  walk_calendar(&diff, before->years, after->years);
  json_object_foreach(after->files, name, one) {
    if (json_equal(one, json_object_get(before->files, name))) continue;
    file_line(&diff, name, json_object_get(before->files, name) ? "有改动" : "新文件",
              json_object_get(before->files, name) ? "has changed" : "is new");
  }
  json_object_foreach(before->files, name, one) if (!json_object_get(after->files, name))
      file_line(&diff, name, "已删除", "is gone");
  json_decref(diff.base);
  return diff.out;
}
