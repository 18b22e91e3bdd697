/* Calendar files: one JSON object for each State Council notice. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calendar.h"

/* Lays one file over what was read before. */
static int take(json_t *years, const char *name, json_t *file, struct bf_error *err) {
  const json_t *year = json_object_get(file, "year");
  char key[16];
  if (!json_is_integer(year) || !json_is_array(json_object_get(file, "off")))
    return bf_fail(err, BF_EINVAL, name, "{\"year\": 2026, \"off\": [dates], \"work\": [dates]} is due");
  (void)snprintf(key, sizeof key, "%d", (int)json_integer_value(year));
  json_t *before = json_object_get(years, key);
  bool provisional = json_is_true(json_object_get(file, "provisional"));
  if (before && provisional) return 0; /* the notice itself is there */
  if (before && json_is_true(json_object_get(before, "provisional"))) before = NULL;
  if (before && !json_is_true(json_object_get(file, "amends")))
    return bf_fail(err, BF_EINVAL, name, "the year %s has a notice already: a second one says \"amends\": true", key);
  if (!before) {
    json_t *one = json_pack("{sO sO*}", "off", json_object_get(file, "off"), "work", json_object_get(file, "work"));
    if (one && provisional) (void)json_object_set_new(one, "provisional", json_true());
    return json_object_set_new(years, key, one) < 0 ? bf_fail(err, BF_ENOMEM, name, "no memory") : 0;
  }
  static const char *const lists[] = {"off", "work"};
  for (int l = 0; l < 2; l++) { /* a date that the second notice names leaves the other list */
    size_t i, k;
    json_t *date, *old, *other = json_object_get(before, lists[1 - l]), *own = json_object_get(before, lists[l]);
    if (!own && json_object_set_new(before, lists[l], own = json_array()) < 0) return bf_fail(err, BF_ENOMEM, name, "no memory");
    json_array_foreach(json_object_get(file, lists[l]), i, date) {
      json_array_foreach(other, k, old) if (json_equal(old, date)) {
        (void)json_array_remove(other, k);
        break;
      }
      if (json_array_append(own, date) < 0) return bf_fail(err, BF_ENOMEM, name, "no memory");
    }
  }
  return 0;
}

static int is_json(const struct dirent *entry) {
  size_t length = strlen(entry->d_name);
  return length > 5 && entry->d_name[0] != '.' && strcmp(entry->d_name + length - 5, ".json") == 0;
}

static int read_file(const char *folder, const char *name, json_t *years, struct bf_error *err) {
  char path[1024];
  json_error_t fault;
  (void)snprintf(path, sizeof path, "%s/%s", folder, name);
  json_t *file = json_load_file(path, JSON_REJECT_DUPLICATES, &fault);
  if (!file) return bf_fail(err, BF_EINVAL, path, "line %d: %s", fault.line, fault.text);
  struct bf_error detail = {0};
  int r = take(years, name, file, &detail);
  struct bf__calendar *probe = NULL; /* so that a bad date is told with its file */
  if (r >= 0 && (r = bf__calendar_from_json(years, &probe, &detail)) >= 0) bf__calendar_free(probe);
  json_decref(file);
  return r < 0 ? bf_fail(err, r, path, "%s", detail.message) : 0;
}

int bf__calendar_load(const char *folder, struct bf__calendar **ret, struct bf_error *err) {
  struct dirent **entries = NULL;
  int count = scandir(folder, &entries, is_json, alphasort);
  if (count < 0) return bf_fail(err, BF_EIO, folder, "the calendar folder cannot be read: %s", strerror(errno));
  json_t *years = json_object();
  int r = years ? 0 : bf_fail(err, BF_ENOMEM, folder, "no memory");
  for (int i = 0; i < count; i++) {
    if (r >= 0) r = read_file(folder, entries[i]->d_name, years, err);
    free(entries[i]);
  }
  free(entries);
  if (r >= 0 && json_object_size(years) == 0) r = bf_fail(err, BF_ENOTFOUND, folder, "holds no calendar: 2026.json and the like are due");
  if (r >= 0) r = bf__calendar_from_json(years, ret, err);
  json_decref(years);
  return r;
}
