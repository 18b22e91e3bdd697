#include "form.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "calendar.h"
#include "operation.h"

#define MONEY_MOST 9000000000000000LL
#define TEXT_MOST 2000
#define LIST_MOST 1000

struct walk {
  json_t *refusals;
  char path[300]; /* of the value being looked at */
  bool failed;
};

static const char *text(const json_t *object, const char *name) { return json_string_value(json_object_get(object, name)); }

static const char *const types[] = {"text", "money", "int", "percent", "bool", "date", "choice", "list", "record", "ref", "user", "org", "register"};
#define TYPES (sizeof types / sizeof *types)

/* Levenshtein distance, of words up to 63 bytes. */
static size_t distance_of(const char *a, const char *b) {
  size_t row[64], n = strlen(b);
  if (n > 63) return 100;
  for (size_t j = 0; j <= n; j++) row[j] = j;
  for (size_t i = 1; *a; a++, i++) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= n; j++) {
      size_t best = diagonal + (*a != b[j - 1]);
      if (row[j] + 1 < best) best = row[j] + 1;
      if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
      diagonal = row[j];
      row[j] = best;
    }
  }
  return row[n];
}

const char *bf__nearest(const char *word, const char *const *known, size_t count) {
  const char *best = NULL;
  size_t least = strlen(word) / 3 + 1;
  for (size_t i = 0; i < count; i++) {
    size_t distance = distance_of(word, known[i]);
    if (distance <= least && (!best || distance < least)) best = known[i], least = distance;
  }
  return best;
}

static const char *label(const json_t *field, const char *language) {
  const char *title = text(field, language), *name = text(field, "name");
  return title ? title : name ? name : strcmp(language, "zh") == 0 ? "该项" : "this";
}

/* One fault; the tails follow the field's label. */
BF_PRINTF(5, 6)
static void fault(struct walk *walk, const json_t *field, const char *code, const char *zh_tail, const char *en_format, ...) {
  char zh[500], en[500], tail[300];
  va_list args;
  va_start(args, en_format);
  (void)vsnprintf(tail, sizeof tail, en_format, args);
  va_end(args);
  (void)snprintf(zh, sizeof zh, "“%s”%s", label(field, "zh"), zh_tail);
  (void)snprintf(en, sizeof en, "\"%s\" %s", label(field, "en"), tail);
  char where[256]; /* shorter than the path: what it cut in the middle of a character is cut again, between */
  if (json_array_append_new(walk->refusals, json_pack("{ss ss ss ss}", "code", code, "zh", zh, "en", en, "field", bf__short(walk->path, where, sizeof where))) < 0)
    walk->failed = true; /* a fault that cannot be told is still a fault */
}

/* Characters of valid UTF-8, or -1 at a control character. */
static long characters(const char *value, size_t length) {
  long count = 0;
  for (size_t i = 0; i < length; i++) {
    unsigned char c = (unsigned char)value[i];
    if ((c < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7f) return -1;
    count += (c & 0xc0) != 0x80;
  }
  return count;
}

static bool fits_pattern(const char *pattern, const char *value) {
  size_t length = strlen(value);
  if (strcmp(pattern, "code6") == 0) return length == 6 && strspn(value, "0123456789") == 6;
  if (strcmp(pattern, "phone") == 0) return length >= 5 && length <= 20 && strspn(value, "0123456789+- ") == length;
  if (strcmp(pattern, "id") == 0) return length >= 1 && length <= 40 && strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789_.-") == length;
  const char *at = strchr(value, '@'); /* email */
  return at && at != value && strchr(at, '.') && !strpbrk(value, " \t\r\n,;") && length <= 254;
}

static void check_text(struct walk *walk, const json_t *field, const json_t *value) {
  const json_t *least = json_object_get(field, "min"), *most = json_object_get(field, "max");
  long max = json_is_integer(most) ? (long)json_integer_value(most) : TEXT_MOST, min = json_is_integer(least) ? (long)json_integer_value(least) : 0;
  char zh[120];
  if (!json_is_string(value)) {
    fault(walk, field, "form.type", "应为文字", "must be text");
    return;
  }
  long count = characters(json_string_value(value), json_string_length(value));
  const char *pattern = text(field, "pattern"), *choice = text(field, "type");
  if (count < 0) fault(walk, field, "form.text", "含有不可见的控制字符", "has control characters");
  else if (count > max) {
    (void)snprintf(zh, sizeof zh, "过长:最多 %ld 字,现有 %ld 字", max, count);
    fault(walk, field, "form.length", zh, "is too long: %ld characters at most, there are %ld", max, count);
  } else if (count < min || (count == 0 && !json_is_true(json_object_get(field, "optional")) && choice && strcmp(choice, "text") == 0)) {
    (void)snprintf(zh, sizeof zh, "不能为空或过短:至少 %ld 字", min > 1 ? min : 1);
    fault(walk, field, "form.length", zh, "is empty or too short: %ld characters at least", min > 1 ? min : 1);
  } else if (pattern && !fits_pattern(pattern, json_string_value(value))) {
    fault(walk, field, "form.pattern", "格式不对", "does not have the form of %s", pattern);
  }
}

static void check_number(struct walk *walk, const json_t *field, const json_t *value, const char *type) {
  bool money = strcmp(type, "money") == 0, percent = strcmp(type, "percent") == 0;
  json_int_t least = money || percent ? 0 : -MONEY_MOST, most = percent ? 100 : MONEY_MOST;
  const json_t *min = json_object_get(field, "min"), *max = json_object_get(field, "max");
  char zh[160];
  if (!json_is_integer(value)) {
    if (json_is_real(value)) fault(walk, field, "form.type", money ? "应为整数,以分为单位,不带小数" : "应为整数", money ? "must be whole fen, without a fraction" : "must be a whole number");
    else fault(walk, field, "form.type", money ? "应为数,以分为单位,不加引号" : "应为整数,不加引号", money ? "must be a number of fen, without quotes" : "must be a whole number, without quotes");
    return;
  }
  if (json_is_number(min) && (json_int_t)json_number_value(min) > least) least = (json_int_t)json_number_value(min);
  if (json_is_number(max) && (json_int_t)json_number_value(max) < most) most = (json_int_t)json_number_value(max);
  json_int_t number = json_integer_value(value);
  if (number >= least && number <= most) return;
  if (money) (void)snprintf(zh, sizeof zh, "超出范围:%lld 分至 %lld 分", (long long)least, (long long)most);
  else (void)snprintf(zh, sizeof zh, "超出范围:%lld 至 %lld", (long long)least, (long long)most);
  fault(walk, field, "form.range", zh, "is out of range: %lld to %lld%s", (long long)least, (long long)most, money ? " fen" : "");
}

static void check_date(struct walk *walk, const json_t *field, const json_t *value) {
  int32_t date;
  if (!json_is_string(value)) fault(walk, field, "form.type", "应为日期,如 2022-09-30", "must be a date such as \"2022-09-30\"");
  else if (bf__date_parse(json_string_value(value), json_string_length(value), &date) < 0)
    fault(walk, field, "form.date", "不是存在的日期:应写作 2022-09-30", "is no date that exists: write 2022-09-30");
}

static void check_choice(struct walk *walk, const json_t *field, const json_t *value) {
  const json_t *choices = json_object_get(field, "choices");
  const char *known[64], *given = json_string_value(value);
  char zh[500] = "只能是:", en[400] = "";
  size_t i, count = 0;
  json_t *choice;
  json_array_foreach(choices, i, choice) {
    const char *one = text(choice, "value");
    if (given && strcmp(one, given) == 0) return;
    if (count < 64) known[count++] = one;
    size_t z = strlen(zh), e = strlen(en);
    (void)snprintf(zh + z, sizeof zh - z, "%s%s(%s)", i ? "、" : "", one, text(choice, "zh") ? text(choice, "zh") : "");
    (void)snprintf(en + e, sizeof en - e, "%s%s", i ? ", " : "", one);
  }
  const char *near = given ? bf__nearest(given, known, count) : NULL;
  fault(walk, field, "form.choice", zh, "must be one of: %s%s%s%s", en, near ? " (did you mean " : "", near ? near : "", near ? "?)" : "");
}

static void check_value(struct walk *walk, const json_t *field, json_t *value, int partial);

static void check_fields(struct walk *walk, const json_t *form, json_t *value, int partial);

static void check_list(struct walk *walk, const json_t *field, json_t *value, int partial) {
  const json_t *min = json_object_get(field, "min"), *max = json_object_get(field, "max");
  size_t least = json_is_number(min) ? (size_t)json_number_value(min) : 0, most = json_is_number(max) ? (size_t)json_number_value(max) : LIST_MOST;
  size_t i, used = strlen(walk->path), count = json_array_size(value);
  json_t *one;
  char zh[120];
  if (!json_is_array(value)) {
    fault(walk, field, "form.type", "应为列表", "must be a list");
    return;
  }
  if (count < least || count > most) {
    (void)snprintf(zh, sizeof zh, "应有 %zu 至 %zu 项,现有 %zu 项", least, most, count);
    fault(walk, field, "form.count", zh, "must have %zu to %zu entries, there are %zu", least, most, count);
    return;
  }
  json_array_foreach(value, i, one) {
    (void)snprintf(walk->path + used, sizeof walk->path - used, "[%zu]", i);
    json_t *of = json_copy(json_object_get(field, "of"));
    if (of && !text(of, "zh")) { /* an item without a label of its own is called by its list's */
      (void)json_object_set(of, "zh", json_object_get(field, "zh"));
      (void)json_object_set(of, "en", json_object_get(field, "en"));
      (void)json_object_set(of, "name", json_object_get(field, "name"));
    }
    check_value(walk, of, one, partial);
    json_decref(of);
    walk->path[used] = 0;
  }
}

static void check_value(struct walk *walk, const json_t *field, json_t *value, int partial) {
  const char *type = text(field, "type");
  if (!type) fault(walk, field, "form.broken", "的声明有误", "is declared without a type");
  else if (strcmp(type, "text") == 0 || strcmp(type, "ref") == 0 || strcmp(type, "user") == 0 || strcmp(type, "org") == 0 || strcmp(type, "register") == 0)
    check_text(walk, field, value);
  else if (strcmp(type, "money") == 0 || strcmp(type, "int") == 0 || strcmp(type, "percent") == 0) check_number(walk, field, value, type);
  else if (strcmp(type, "bool") == 0) {
    if (!json_is_boolean(value)) fault(walk, field, "form.type", "应为 true 或 false", "must be true or false");
  } else if (strcmp(type, "date") == 0) check_date(walk, field, value);
  else if (strcmp(type, "choice") == 0) check_choice(walk, field, value);
  else if (strcmp(type, "list") == 0) check_list(walk, field, value, partial);
  else if (json_is_object(value)) check_fields(walk, json_object_get(field, "fields"), value, partial);
  else fault(walk, field, "form.type", "应为一组内容({…})", "must be an object");
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

static void unknown(struct walk *walk, const json_t *form, const char *name) {
  const char *known[64], *near;
  size_t i, count = 0;
  char zh[300], word[80];
  json_t *field, *named = json_pack("{ss}", "name", bf__short(name, word, sizeof word));
  json_array_foreach(form, i, field) if (count < 64 && text(field, "name")) known[count++] = text(field, "name");
  near = bf__nearest(name, known, count);
  (void)snprintf(zh, sizeof zh, "不是这里的字段%s%s%s", near ? ",是不是“" : "", near ? near : "", near ? "”?" : "");
  fault(walk, named, "form.unknown", zh, "is not a field here%s%s%s", near ? ", did you mean \"" : "", near ? near : "", near ? "\"?" : "");
  json_decref(named);
}

static void check_fields(struct walk *walk, const json_t *form, json_t *value, int partial) {
  size_t i, used = strlen(walk->path);
  json_t *field, *one;
  const char *name, *dot = used ? "." : "";
  json_object_foreach(value, name, one) {
    (void)snprintf(walk->path + used, sizeof walk->path - used, "%s%s", dot, name);
    if (!field_of(form, name)) unknown(walk, form, name);
  }
  json_array_foreach(form, i, field) {
    if (!(name = text(field, "name"))) continue;
    (void)snprintf(walk->path + used, sizeof walk->path - used, "%s%s", dot, name);
    one = json_object_get(value, name);
    const char *type = text(field, "type");
    if (json_is_null(one)) { /* nothing given: as if it were absent */
      (void)json_object_del(value, name);
      one = NULL;
    }
    if (one && type && strcmp(type, "list") == 0 && json_is_object(one) && json_object_size(one) == 0) {
      (void)json_object_set_new(value, name, json_array());
      one = json_object_get(value, name);
    }
    if (one) check_value(walk, field, one, partial);
    else if (!partial && !json_is_true(json_object_get(field, "optional"))) fault(walk, field, "form.required", "必须填写", "is missing");
  }
  walk->path[used] = 0;
}

int bf__form_check(const json_t *form, json_t *value, int partial, json_t *refusals) {
  struct walk walk = {.refusals = refusals};
  if (!json_is_object(value)) {
    fault(&walk, NULL, "form.type", "应为一组内容({…})", "must be an object");
    return 0;
  }
  check_fields(&walk, form, value, partial);
  return walk.failed ? BF_ENOMEM : 0;
}

int bf__form_check_one(const json_t *field, const char *name, json_t *value, json_t *refusals) {
  struct walk walk = {.refusals = refusals};
  (void)snprintf(walk.path, sizeof walk.path, "%s", name);
  check_value(&walk, field, value, 1);
  return walk.failed ? BF_ENOMEM : 0;
}

/* Declarations -------------------------------------------------------------------------------------------------------------- */

static int valid_field(const json_t *field, const char *name, int depth, struct bf_error *err) {
  const char *type = text(field, "type"), *near;
  bool known = false;
  if (depth > 8) return bf_fail(err, BF_ELIMIT, name, "forms are nested deeper than 8");
  if (!type) return bf_fail(err, BF_EINVAL, name, "the field has no type");
  for (size_t i = 0; i < TYPES; i++) known |= strcmp(types[i], type) == 0;
  if (!known) {
    near = bf__nearest(type, types, TYPES);
    return bf_fail(err, BF_EINVAL, name, "there is no type '%s'%s%s%s", type, near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
  }
  if (strcmp(type, "choice") == 0) {
    size_t i;
    json_t *choice;
    json_array_foreach(json_object_get(field, "choices"), i, choice) if (!text(choice, "value")) return bf_fail(err, BF_EINVAL, name, "a choice has no value");
    if (i == 0) return bf_fail(err, BF_EINVAL, name, "a choice without choices");
  }
  const char *pattern = text(field, "pattern");
  if (pattern && strcmp(pattern, "code6") && strcmp(pattern, "phone") && strcmp(pattern, "email") && strcmp(pattern, "id"))
    return bf_fail(err, BF_EINVAL, name, "there is no pattern '%s': code6, phone, email and id are known", pattern);
  if (strcmp(type, "list") == 0) return valid_field(json_object_get(field, "of"), name, depth + 1, err);
  if (strcmp(type, "record") == 0) return bf__form_valid(json_object_get(field, "fields"), err);
  return 0;
}

int bf__form_valid(const json_t *form, struct bf_error *err) {
  size_t i;
  json_t *field;
  if (!json_is_array(form)) return bf_fail(err, BF_EINVAL, "form", "a list of fields is due");
  json_array_foreach(form, i, field) {
    const char *name = text(field, "name");
    if (!name) return bf_fail(err, BF_EINVAL, "form", "field %zu has no name", i + 1);
    if (field_of(form, name) != field) return bf_fail(err, BF_EINVAL, name, "the field stands twice");
    int r = valid_field(field, name, 0, err);
    if (r < 0) return r;
  }
  return 0;
}
