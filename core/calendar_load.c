/* Calendar files: one JSON object for each State Council notice, laid one over the other by date. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "calendar.h"
#include "form.h"
#include "operation.h"

#define FILE_MOST (256 * 1024)
#define FILES_MOST 400

struct folder {
  struct dirent **entries;
  json_t **files; /* as many */
  int count;
  json_t *dates; /* date → { "work": …, "file": the name of who said so, "provisional": … } */
};

/* Byte order, whatever the locale: the later of two notices must be the same one everywhere. */
static int by_name(const struct dirent **a, const struct dirent **b) {
  return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_json(const struct dirent *entry) {
  size_t length = strlen(entry->d_name);
  return length > 5 && entry->d_name[0] != '.' && strcmp(entry->d_name + length - 5, ".json") == 0;
}

static bool flag(const json_t *file, const char *name) {
  return json_is_true(json_object_get(file, name));
}
static json_int_t year_of(const json_t *file) {
  return json_integer_value(json_object_get(file, "year"));
}

static int check_words(const json_t *file, struct bf_error *err) {
  static const char *const known[] = {"year", "source", "off", "work", "amends", "provisional", "note"};
  const char *name;
  json_t *value;
  json_object_foreach((json_t *)(uintptr_t)file, name, value) {
    bool found = false;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) found |= strcmp(known[i], name) == 0;
    if (found) continue;
    char word[80];
    const char *near = bf__nearest(name, known, sizeof known / sizeof *known);
    return bf_fail(err, BF_EINVAL, "", "unknown word '%s'%s%s%s", bf__short(name, word, sizeof word),
                   near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
  }
  return 0;
}

static int check_dates(const json_t *file, const char *list, struct bf_error *err) {
  const json_t *dates = json_object_get(file, list);
  size_t i;
  json_t *one;
  char word[40];
  if (dates && !json_is_array(dates)) return bf_fail(err, BF_EINVAL, "", "'%s' must be a list of dates", list);
  json_array_foreach(dates, i, one) {
    int32_t date;
    int year, month, day;
    if (!json_is_string(one))
      return bf_fail(err, BF_EINVAL, "", "entry %zu of '%s' must be a date such as \"2026-10-01\"", i + 1, list);
    if (bf__date_parse(json_string_value(one), json_string_length(one), &date) < 0)
      return bf_fail(err, BF_EINVAL, "", "'%s' in '%s': there is no such date",
                     bf__short(json_string_value(one), word, sizeof word), list);
    bf__date_split(date, &year, &month, &day);
    if (year < year_of(file) - 1 || year > year_of(file) + 1)
      return bf_fail(err, BF_EINVAL, "", "%s in '%s' does not belong to a notice for %d", json_string_value(one), list,
                     (int)year_of(file));
  }
  return 0;
}

static int check_file(const json_t *file, struct bf_error *err) {
  const json_t *year = json_object_get(file, "year");
  if (!json_is_object(file) || !json_is_integer(year) || !json_is_array(json_object_get(file, "off")))
    return bf_fail(err, BF_EINVAL, "", "{\"year\": 2026, \"off\": [dates], \"work\": [dates]} is due");
  if (year_of(file) < 1990 || year_of(file) > 2150) return bf_fail(err, BF_EINVAL, "", "the year must be 1990 to 2150");
  int r = check_words(file, err);
  if (r >= 0) r = check_dates(file, "off", err);
  return r < 0 ? r : check_dates(file, "work", err);
}

static int read_file(const char *folder, const char *name, json_t **ret, struct bf_error *err) {
  char path[1024];
  json_error_t fault;
  struct stat info;
  struct bf_error detail = {0};
  if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
    return bf_fail(err, BF_EINVAL, name, "the path is too long");
  if (stat(path, &info) == 0 && info.st_size > FILE_MOST)
    return bf_fail(err, BF_ELIMIT, path, "larger than %d KiB: no calendar is", FILE_MOST / 1024);
  json_t *file = json_load_file(path, JSON_REJECT_DUPLICATES, &fault);
  if (!file) return bf_fail(err, BF_EINVAL, path, "line %d: %s", fault.line, fault.text);
  int r = check_file(file, &detail);
  if (r < 0) {
    json_decref(file);
    return bf_fail(err, r, path, "%s", detail.message);
  }
  *ret = file;
  return 0;
}

/* One date of one file over what earlier files said. */
static int lay_date(struct folder *f, int index, json_t *date, bool work, struct bf_error *err) {
  const char *name = f->entries[index]->d_name, *text = json_string_value(date);
  const json_t *before = json_object_get(f->dates, text);
  const char *who = json_string_value(json_object_get(before, "file"));
  bool differs = before && flag(before, "work") != work;
  if (differs && strcmp(who, name) == 0)
    return bf_fail(err, BF_EINVAL, name, "%s is named both as a day off and as a working day", text);
  if (differs && !flag(before, "provisional") && !flag(f->files[index], "amends"))
    return bf_fail(err, BF_EINVAL, name, "%s is a %s here and a %s in %s: a notice that changes another says \"amends\": true",
                   text, work ? "working day" : "day off", work ? "day off" : "working day", who);
  json_t *said = json_pack("{sb ss sb}", "work", work, "file", name, "provisional", flag(f->files[index], "provisional"));
  return json_object_set_new(f->dates, text, said) < 0 ? bf_fail(err, BF_ENOMEM, name, "no memory") : 0;
}

/* Statutory days give way to the notice of their year. */
static bool superseded(const struct folder *f, int index) {
  for (int i = 0; i < f->count; i++)
    if (!flag(f->files[i], "provisional") && year_of(f->files[i]) == year_of(f->files[index])) return true;
  return false;
}

static int lay_files(struct folder *f, bool provisional, struct bf_error *err) {
  int r = 0;
  for (int i = 0; i < f->count && r >= 0; i++) {
    size_t k;
    json_t *date;
    if (flag(f->files[i], "provisional") != provisional || (provisional && superseded(f, i))) continue;
    json_array_foreach(json_object_get(f->files[i], "off"), k, date) if (r >= 0) r = lay_date(f, i, date, false, err);
    json_array_foreach(json_object_get(f->files[i], "work"), k, date) if (r >= 0) r = lay_date(f, i, date, true, err);
  }
  return r;
}

/* The year's entry, made when it is not there yet. A year is known when it has a notice. */
static json_t *year_entry(const struct folder *f, json_t *years, int year) {
  char key[16];
  bool known = false;
  (void)snprintf(key, sizeof key, "%d", year);
  json_t *entry = json_object_get(years, key);
  if (entry) return entry;
  for (int i = 0; i < f->count; i++) known |= year_of(f->files[i]) == year && !flag(f->files[i], "provisional");
  entry = json_pack("{s[] s[] sb}", "off", "work", "provisional", !known);
  return json_object_set_new(years, key, entry) < 0 ? NULL : entry;
}

static json_t *by_year(const struct folder *f) {
  json_t *years = json_object(), *said;
  const char *text;
  int r = years ? 0 : -1;
  for (int i = 0; i < f->count && r == 0; i++) r = year_entry(f, years, (int)year_of(f->files[i])) ? 0 : -1;
  json_object_foreach(f->dates, text, said) {
    json_t *entry = r == 0 ? year_entry(f, years, (int)strtol(text, NULL, 10)) : NULL;
    r = json_array_append_new(json_object_get(entry, flag(said, "work") ? "work" : "off"), json_string(text));
  }
  if (r == 0) return years;
  json_decref(years);
  return NULL;
}

static void folder_done(struct folder *f) {
  for (int i = 0; i < f->count; i++) {
    if (f->files) json_decref(f->files[i]);
    free(f->entries[i]);
  }
  free(f->files);
  free(f->entries);
  json_decref(f->dates);
}

int bf__calendar_load(const char *folder, struct bf__calendar **ret, struct bf_error *err) {
  struct folder f = {.count = scandir(folder, &f.entries, is_json, by_name)};
  struct bf_error detail = {0};
  char where[1100];
  if (f.count < 0) return bf_fail(err, BF_EIO, folder, "the calendar folder cannot be read: %s", strerror(errno));
  int r = f.count > FILES_MOST ? bf_fail(err, BF_ELIMIT, folder, "more than %d files", FILES_MOST) : 0;
  if (f.count == 0) r = bf_fail(err, BF_ENOTFOUND, folder, "holds no calendar: 2026.json and the like are due");
  f.files = calloc((size_t)f.count + 1, sizeof *f.files);
  f.dates = json_object();
  if (r >= 0 && (!f.files || !f.dates)) r = bf_fail(err, BF_ENOMEM, folder, "no memory");
  for (int i = 0; i < f.count && r >= 0; i++) r = read_file(folder, f.entries[i]->d_name, &f.files[i], err);
  if (r >= 0 && ((r = lay_files(&f, true, &detail)) < 0 || (r = lay_files(&f, false, &detail)) < 0)) {
    (void)snprintf(where, sizeof where, "%s/%s", folder, detail.where);
    (void)bf_fail(err, r, where, "%s", detail.message);
  }
  json_t *years = r >= 0 ? by_year(&f) : NULL;
  if (r >= 0) r = years ? bf__calendar_from_json(years, ret, err) : bf_fail(err, BF_ENOMEM, folder, "no memory");
  json_decref(years);
  folder_done(&f);
  return r;
}
