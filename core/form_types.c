/* Plain values of a form: text, numbers, dates, choices; each fault its own sentence. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "calendar.h"
#include "form_internal.h"
#include "operation.h"

#define TEXT_MOST 2000
#define CHOICES_MOST 64 /* of those told and compared */

const char *const bf__form_types[BF__TYPE_NONE] = {"text", "money",  "int", "percent", "bool", "date",    "choice",
                                                   "list", "record", "ref", "user",    "org",  "register"};
const char *const bf__form_patterns[4] = {"code6", "phone", "email", "id"};

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

enum bf__form_type bf__form_type_of(const json_t *field) {
  const char *name = text(field, "type");
  int type = BF__TYPE_TEXT;
  while (name && type < BF__TYPE_NONE && strcmp(bf__form_types[type], name) != 0) type++;
  return name ? (enum bf__form_type)type : BF__TYPE_NONE;
}

bool bf__form_has_pattern(const char *name) {
  for (size_t i = 0; i < sizeof bf__form_patterns / sizeof *bf__form_patterns; i++)
    if (strcmp(bf__form_patterns[i], name) == 0) return true;
  return false;
}

void bf__form_bounds(const json_t *field, enum bf__form_type type, json_int_t *ret_least, json_int_t *ret_most) {
  const json_t *min = json_object_get(field, "min"), *max = json_object_get(field, "max");
  json_int_t least = type == BF__TYPE_INT ? -BF__MONEY_MOST : 0, most = TEXT_MOST;
  if (type == BF__TYPE_MONEY || type == BF__TYPE_INT) most = BF__MONEY_MOST;
  if (type == BF__TYPE_PERCENT) most = 100;
  if (type == BF__TYPE_LIST) most = BF__LIST_MOST;
  bool own_most = type == BF__TYPE_LIST || type == BF__TYPE_TEXT; /* a longer one may be declared; a number's own limits hold */
  if (json_is_integer(min) && json_integer_value(min) > least) least = json_integer_value(min);
  if (json_is_integer(max) && (own_most || json_integer_value(max) < most)) most = json_integer_value(max);
  *ret_least = least;
  *ret_most = most;
}

/* Telling ------------------------------------------------------------------------------------------------------------------ */

static const char *label(const json_t *field, const char *language) {
  const char *title = text(field, language), *name = text(field, "name");
  return title && *title ? title : name && *name ? name : strcmp(language, "zh") == 0 ? "该项" : "this";
}

/* A text that was cut to its buffer may end in half a character, which JSON would not take. */
static const char *mend(char *cut) {
  size_t length = strlen(cut), start = length;
  while (start > 0 && length - start < 3 && ((unsigned char)cut[start - 1] & 0xc0) == 0x80) start--;
  if (start == 0) return cut;
  unsigned char lead = (unsigned char)cut[start - 1];
  size_t due = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
  if (length - start < due) cut[start - 1] = 0;
  return cut;
}

static void tell(struct bf__form_walk *walk, const char *code, char *zh, char *en) {
  char where[sizeof walk->path];
  memcpy(where, walk->path, sizeof where);
  if (walk->faults++ >= BF__FAULTS_MOST) return;
  json_t *refusal = json_pack("{ss ss ss ss}", "code", code, "zh", mend(zh), "en", mend(en), "field", mend(where));
  if (json_array_append_new(walk->refusals, refusal) < 0) walk->failed = true;
}

void bf__form_fault(struct bf__form_walk *walk, const json_t *field, const char *code, const char *zh_tail, const char *en_format,
                    ...) {
  char zh[700], en[700], tail[500], word[160];
  va_list args;
  va_start(args, en_format);
  (void)vsnprintf(tail, sizeof tail, en_format, args);
  va_end(args);
  (void)snprintf(zh, sizeof zh, "“%s”%s", bf__short(label(field, "zh"), word, sizeof word), zh_tail);
  (void)snprintf(en, sizeof en, "“%s” %s", bf__short(label(field, "en"), word, sizeof word), mend(tail));
  tell(walk, code, zh, en);
}

void bf__form_missing(struct bf__form_walk *walk, const json_t *field) {
  char zh[300], en[300], word[160];
  (void)snprintf(zh, sizeof zh, "缺少“%s”", bf__short(label(field, "zh"), word, sizeof word));
  (void)snprintf(en, sizeof en, "“%s” is missing", bf__short(label(field, "en"), word, sizeof word));
  tell(walk, "form.required", zh, en);
}

/* Text --------------------------------------------------------------------------------------------------------------------- */

/* Characters of valid UTF-8, or -1 at a control character other than a tab or the end of a line. */
static json_int_t characters(const char *value, size_t length) {
  json_int_t count = 0;
  for (size_t i = 0; i < length; i++) {
    unsigned char c = (unsigned char)value[i], after = (unsigned char)value[i + 1]; /* a NUL stands behind */
    if ((c < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7f || (c == 0xc2 && after < 0xa0)) return -1;
    count += (c & 0xc0) != 0x80;
  }
  return count;
}

static bool only(const char *value, const char *allowed, size_t least, size_t most) {
  size_t length = strlen(value);
  return length >= least && length <= most && strspn(value, allowed) == length;
}

static bool is_phone(const char *value) {
  size_t digits = 0;
  for (const char *c = value; *c; c++) digits += *c >= '0' && *c <= '9';
  return only(value, "0123456789+- ", 5, 20) && digits >= 5;
}

/* One @ with a name before and a domain with an inner dot behind. */
static bool is_email(const char *value) {
  const char *at = strchr(value, '@'), *dot = at ? strrchr(at, '.') : NULL;
  if (!at || at == value || !dot || !dot[1] || at[1] == '.' || strlen(value) > 254) return false;
  return !strchr(at + 1, '@') && !strstr(value, "..") && !strpbrk(value, " \t\r\n,;<>()[]\"\\");
}

static void check_pattern(struct bf__form_walk *walk, const json_t *field, const char *pattern, const char *value) {
  if (strcmp(pattern, "code6") == 0) {
    if (!only(value, "0123456789", 6, 6)) bf__form_fault(walk, field, "form.pattern", "应为六位数字", "must be six digits");
  } else if (strcmp(pattern, "phone") == 0) {
    if (!is_phone(value))
      bf__form_fault(walk, field, "form.pattern", "应为电话号码:5 至 20 位,只用数字、空格、+ 和 -",
                     "must be a telephone number: 5 to 20 digits, spaces, + and -");
  } else if (strcmp(pattern, "email") == 0) {
    if (!is_email(value))
      bf__form_fault(walk, field, "form.pattern", "应为电子邮箱,如 name@example.cn",
                     "must be a mail address such as name@example.cn");
  } else if (strcmp(pattern, "id") == 0) {
    if (!only(value, "abcdefghijklmnopqrstuvwxyz0123456789_.-", 1, 40))
      bf__form_fault(walk, field, "form.pattern", "只能用小写字母、数字、点、下划线和连字符,最多 40 个",
                     "may have small letters, digits, dots, _ and - only, 40 at most");
  } else {
    bf__form_fault(walk, field, "form.broken", "的声明有误:没有这种格式", "is declared with a pattern that is not there: %s",
                   pattern);
  }
}

static void check_text(struct bf__form_walk *walk, const json_t *field, enum bf__form_type type, const json_t *value) {
  const char *given = json_string_value(value), *pattern = text(field, "pattern");
  json_int_t least, most;
  char zh[160];
  if (!given) {
    bf__form_fault(walk, field, "form.type", "应为文字", "must be text");
    return;
  }
  bf__form_bounds(field, BF__TYPE_TEXT, &least, &most);
  bool optional = json_is_true(json_object_get(field, "optional"));
  if (type == BF__TYPE_TEXT && least == 0 && !optional) least = 1;
  json_int_t count = characters(given, json_string_length(value));
  if (count < 0)
    bf__form_fault(walk, field, "form.text", "含有不可见的控制字符", "has control characters");
  else if (count > most) {
    (void)snprintf(zh, sizeof zh, "过长:最多 %lld 字,现有 %lld 字", (long long)most, (long long)count);
    bf__form_fault(walk, field, "form.length", zh, "is too long: %lld characters at most, there are %lld", (long long)most,
                   (long long)count);
  } else if (count == 0 && least > 0) {
    bf__form_fault(walk, field, "form.length", "不能为空", "must not be empty");
  } else if (count < least) {
    (void)snprintf(zh, sizeof zh, "过短:至少 %lld 字,现有 %lld 字", (long long)least, (long long)count);
    bf__form_fault(walk, field, "form.length", zh, "is too short: %lld characters at least, there are %lld", (long long)least,
                   (long long)count);
  } else if (pattern && (count > 0 || !optional)) {
    check_pattern(walk, field, pattern, given);
  }
}

/* Numbers, dates, choices -------------------------------------------------------------------------------------------------- */

static void tell_no_integer(struct bf__form_walk *walk, const json_t *field, bool money, const json_t *value) {
  if (json_is_real(value) && money)
    bf__form_fault(walk, field, "form.type", "应为整数,以分为单位,不带小数点", "must be whole fen, without a decimal point");
  else if (json_is_real(value))
    bf__form_fault(walk, field, "form.type", "应为整数,不带小数点", "must be a whole number, without a decimal point");
  else if (json_is_string(value) && money)
    bf__form_fault(walk, field, "form.type", "应为数字,以分为单位,不加引号", "must be a number of fen, without quotes");
  else if (json_is_string(value))
    bf__form_fault(walk, field, "form.type", "应为数字,不加引号", "must be a number, without quotes");
  else
    bf__form_fault(walk, field, "form.type", money ? "应为金额,以分为单位的整数" : "应为整数",
                   money ? "must be an amount in whole fen" : "must be a whole number");
}

static void check_number(struct bf__form_walk *walk, const json_t *field, enum bf__form_type type, const json_t *value) {
  bool money = type == BF__TYPE_MONEY;
  json_int_t least, most, number = json_integer_value(value);
  char zh[200];
  if (!json_is_integer(value)) {
    tell_no_integer(walk, field, money, value);
    return;
  }
  bf__form_bounds(field, type, &least, &most);
  const char *unit_zh = money                      ? " 分"
                        : type == BF__TYPE_PERCENT ? "%"
                                                   : "",
             *unit_en = money                      ? " fen"
                        : type == BF__TYPE_PERCENT ? "%"
                                                   : "";
  if (number < 0 && least == 0)
    bf__form_fault(walk, field, "form.range", "不能为负数", "must not be negative");
  else if (number < least) {
    (void)snprintf(zh, sizeof zh, "超出范围:不能小于 %lld%s", (long long)least, unit_zh);
    bf__form_fault(walk, field, "form.range", zh, "is out of range: at least %lld%s", (long long)least, unit_en);
  } else if (number > most) {
    (void)snprintf(zh, sizeof zh, "超出范围:不能大于 %lld%s", (long long)most, unit_zh);
    bf__form_fault(walk, field, "form.range", zh, "is out of range: at most %lld%s", (long long)most, unit_en);
  }
}

static void check_date(struct bf__form_walk *walk, const json_t *field, const json_t *value) {
  int32_t date;
  if (!json_is_string(value))
    bf__form_fault(walk, field, "form.type", "应为日期,如 2022-09-30", "must be a date such as “2022-09-30”");
  else if (bf__date_parse(json_string_value(value), json_string_length(value), &date) < 0)
    bf__form_fault(walk, field, "form.date", "不是存在的日期:应写作 2022-09-30", "is no date that exists: write 2022-09-30");
}

static void check_choice(struct bf__form_walk *walk, const json_t *field, const json_t *value) {
  const char *known[CHOICES_MOST], *given = json_string_value(value);
  char zh[500] = "只能是:", en[400] = "";
  size_t i, count = 0;
  json_t *choice;
  json_array_foreach(json_object_get(field, "choices"), i, choice) {
    const char *one = text(choice, "value");
    if (given && one && strcmp(one, given) == 0) return;
    if (one && count < CHOICES_MOST) known[count++] = one;
  }
  for (i = 0; i < count; i++) {
    const json_t *title = json_object_get(json_array_get(json_object_get(field, "choices"), i), "zh");
    size_t z = strlen(zh), e = strlen(en);
    (void)snprintf(zh + z, sizeof zh - z, "%s%s%s%s%s", i ? "、" : "", known[i], title ? "(" : "",
                   title ? json_string_value(title) : "", title ? ")" : "");
    (void)snprintf(en + e, sizeof en - e, "%s%s", i ? ", " : "", known[i]);
  }
  const char *near = given ? bf__nearest(given, known, count) : NULL;
  if (count == 0)
    bf__form_fault(walk, field, "form.broken", "的声明有误:没有可选的值", "is declared without choices");
  else
    bf__form_fault(walk, field, "form.choice", mend(zh), "must be one of: %s%s%s%s", mend(en), near ? " (did you mean " : "",
                   near ? near : "", near ? "?)" : "");
}

void bf__form_check_plain(struct bf__form_walk *walk, const json_t *field, enum bf__form_type type, const json_t *value) {
  switch (type) {
  case BF__TYPE_TEXT:
  case BF__TYPE_REF:
  case BF__TYPE_USER:
  case BF__TYPE_ORG:
  case BF__TYPE_REGISTER:
    check_text(walk, field, type, value);
    break;
  case BF__TYPE_MONEY:
  case BF__TYPE_INT:
  case BF__TYPE_PERCENT:
    check_number(walk, field, type, value);
    break;
  case BF__TYPE_DATE:
    check_date(walk, field, value);
    break;
  case BF__TYPE_CHOICE:
    check_choice(walk, field, value);
    break;
  case BF__TYPE_BOOL:
    if (!json_is_boolean(value)) bf__form_fault(walk, field, "form.type", "应为 true 或 false", "must be true or false");
    break;
  default:
    bf__form_fault(walk, field, "form.broken", "的声明有误:没有这种类型", "is declared without a known type");
    break;
  }
}
