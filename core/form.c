/* The walk over a value and its form: fields, lists, records, names that are not there. */
#include "form.h"

#include <stdio.h>
#include <string.h>

#include "form_internal.h"
#include "operation.h"

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

static void check_value(struct bf__form_walk *walk, const json_t *field, json_t *value, int partial);

/* An item without a label of its own is called by its list's. A new reference. */
static json_t *item_field(const json_t *field) {
  static const char *const labels[] = {"zh", "en", "name"};
  json_t *of = json_object_get(field, "of");
  if (text(of, "zh") || text(of, "en")) return json_incref(of);
  json_t *item = json_copy(of);
  if (item &&
      json_object_size(item) != json_object_size(of)) { /* jansson says nothing when memory ends in the middle of a copy */
    json_decref(item);
    item = NULL;
  }
  for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
    json_t *label = json_object_get(field, labels[i]);
    if (label && item && json_object_set(item, labels[i], label) < 0) {
      json_decref(item);
      item = NULL;
    }
  }
  return item;
}

/* A script has no other empty list than {}. */
static bool empty_list(const json_t *field, const json_t *value) {
  return json_is_object(value) && json_object_size(value) == 0 && bf__form_type_of(field) == BF__TYPE_LIST;
}

static void check_items(struct bf__form_walk *walk, const json_t *item, json_t *list, int partial) {
  size_t i, used = strlen(walk->path);
  json_t *one;
  json_array_foreach(list, i, one) {
    if (walk->faults >= BF__FAULTS_MOST) break;
    (void)snprintf(walk->path + used, sizeof walk->path - used, "[%zu]", i);
    if (empty_list(item, one)) {
      if (json_array_set_new(list, i, json_array()) < 0) walk->failed = true;
      one = json_array_get(list, i);
    }
    check_value(walk, item, one, partial);
    walk->path[used] = 0;
  }
}

static void check_list(struct bf__form_walk *walk, const json_t *field, json_t *value, int partial) {
  json_int_t least, most, count = (json_int_t)json_array_size(value);
  char zh[160];
  if (!json_is_array(value)) {
    bf__form_fault(walk, field, "form.type", "应为列表", "must be a list");
    return;
  }
  bf__form_bounds(field, BF__TYPE_LIST, &least, &most);
  if (count < least) {
    (void)snprintf(zh, sizeof zh, "至少应有 %lld 项,现有 %lld 项", (long long)least, (long long)count);
    bf__form_fault(walk, field, "form.count", zh, "must have at least %lld entries, there are %lld", (long long)least,
                   (long long)count);
  } else if (count > most) {
    (void)snprintf(zh, sizeof zh, "最多 %lld 项,现有 %lld 项", (long long)most, (long long)count);
    bf__form_fault(walk, field, "form.count", zh, "must have at most %lld entries, there are %lld", (long long)most,
                   (long long)count);
  } else if (count > 0 && !json_is_object(json_object_get(field, "of"))) {
    bf__form_fault(walk, field, "form.broken", "的声明有误:没有说明列表里是什么", "is declared as a list of nothing");
  } else if (count > 0) {
    json_t *item = item_field(field);
    if (item)
      check_items(walk, item, value, partial);
    else
      walk->failed = true;
    json_decref(item);
  }
}

static const json_t *field_of(const json_t *form, const char *name) {
  size_t i;
  json_t *field;
  json_array_foreach(form, i, field) {
    const char *own = text(field, "name");
    if (own && strcmp(own, name) == 0) return field;
  }
  return NULL;
}

static void unknown(struct bf__form_walk *walk, const json_t *form, const char *name) {
  const char *known[64], *near;
  size_t i, count = 0;
  char zh[300], word[80];
  json_t *field, *named = json_pack("{ss}", "name", bf__short(name, word, sizeof word));
  json_array_foreach(form, i, field) if (count < 64 && text(field, "name")) known[count++] = text(field, "name");
  near = bf__nearest(name, known, count);
  (void)snprintf(zh, sizeof zh, "不是这里的字段%s%s%s", near ? ",是不是“" : "", near ? near : "", near ? "”?" : "");
  bf__form_fault(walk, named, "form.unknown", zh, "is not a field here%s%s%s", near ? ", did you mean “" : "", near ? near : "",
                 near ? "”?" : "");
  json_decref(named);
}

/* The value of FIELD in RECORD, put in order: null is as if it were absent, {} where a list is due is []. */
static json_t *given(struct bf__form_walk *walk, const json_t *field, json_t *record, const char *name) {
  json_t *value = json_object_get(record, name);
  if (json_is_null(value)) {
    (void)json_object_del(record, name);
    return NULL;
  }
  if (!value || !empty_list(field, value)) return value;
  if (json_object_set_new(record, name, json_array()) < 0) walk->failed = true;
  return json_object_get(record, name);
}

static void check_fields(struct bf__form_walk *walk, const json_t *form, json_t *record, int partial) {
  size_t i, used = strlen(walk->path);
  json_t *field, *value;
  const char *name, *dot = used ? "." : "";
  json_object_foreach(record, name, value) {
    if (walk->faults >= BF__FAULTS_MOST) break;
    if (field_of(form, name)) continue;
    (void)snprintf(walk->path + used, sizeof walk->path - used, "%s%s", dot, name);
    unknown(walk, form, name);
  }
  json_array_foreach(form, i, field) {
    if (walk->faults >= BF__FAULTS_MOST) break;
    if (!(name = text(field, "name"))) continue;
    (void)snprintf(walk->path + used, sizeof walk->path - used, "%s%s", dot, name);
    value = given(walk, field, record, name);
    if (value)
      check_value(walk, field, value, partial);
    else if (!partial && !json_is_true(json_object_get(field, "optional")))
      bf__form_missing(walk, field);
  }
  walk->path[used] = 0;
}

static void check_value(struct bf__form_walk *walk, const json_t *field, json_t *value, int partial) {
  enum bf__form_type type = bf__form_type_of(field);
  if (type == BF__TYPE_LIST)
    check_list(walk, field, value, partial);
  else if (type != BF__TYPE_RECORD)
    bf__form_check_plain(walk, field, type, value);
  else if (json_is_object(value))
    check_fields(walk, json_object_get(field, "fields"), value, partial);
  else
    bf__form_fault(walk, field, "form.type", "应为一组内容({…})", "must be an object");
}

int bf__form_check(const json_t *form, json_t *value, int partial, json_t *refusals) {
  struct bf__form_walk walk = {.refusals = refusals};
  if (json_is_object(value))
    check_fields(&walk, form, value, partial);
  else
    bf__form_fault(&walk, NULL, "form.type", "应为一组内容({…})", "must be an object");
  return walk.failed ? BF_ENOMEM : 0;
}

int bf__form_check_one(const json_t *field, const char *name, json_t *value, json_t *refusals) {
  struct bf__form_walk walk = {.refusals = refusals};
  (void)snprintf(walk.path, sizeof walk.path, "%s", name);
  check_value(&walk, field, value, 1);
  return walk.failed ? BF_ENOMEM : 0;
}
