#include "ledger.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calendar.h"

/* What a Chinese keyboard writes. */
#define WIDE_OPEN "\xef\xbc\x88"
#define WIDE_CLOSE "\xef\xbc\x89"
#define WIDE_COLON "\xef\xbc\x9a"
#define WIDE_SEMICOLON "\xef\xbc\x9b"
#define WIDE_PERCENT "\xef\xbc\x85"
#define WIDE_YUAN "\xef\xbf\xa5"
#define YUAN "\xc2\xa5"

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

static bool ends(const char *word, const char *tail, size_t *ret_at) {
  size_t a = strlen(word), b = strlen(tail);
  if (a < b || strcmp(word + a - b, tail) != 0) return false;
  *ret_at = a - b;
  return true;
}

char *bf__ledger_trim(char *word) {
  while (*word == ' ' || *word == '\t' || *word == '\n' || strncmp(word, "\xe3\x80\x80", 3) == 0)
    word += *word == '\xe3' ? 3 : 1; /* the wide space too */
  for (size_t at = strlen(word); at > 0;) {
    if (strchr(" \t\n", word[at - 1]))
      at -= 1;
    else if (at >= 3 && strncmp(word + at - 3, "\xe3\x80\x80", 3) == 0)
      at -= 3;
    else
      break;
    word[at] = 0;
  }
  return word;
}

static const struct {
  const char *word;
  int64_t fen;
} currencies[] = {{"万元", 1000000}, {"万", 1000000}, {"元", 100}, {"分", 1}};

void bf__ledger_heading(char *heading, int64_t *ret_fen) {
  char tail[40];
  size_t at;
  *ret_fen = 0;
  for (size_t i = 0; i < sizeof currencies / sizeof *currencies; i++) {
    (void)snprintf(tail, sizeof tail, "(%s)", currencies[i].word);
    bool found = ends(heading, tail, &at);
    (void)snprintf(tail, sizeof tail, WIDE_OPEN "%s" WIDE_CLOSE, currencies[i].word);
    if (!found && !ends(heading, tail, &at)) continue;
    heading[at] = 0;
    *ret_fen = currencies[i].fen;
    return;
  }
}

/* Exactly: no binary fractions come near money. */
static json_t *money(const char *cell, int64_t fen) {
  char word[64];
  size_t at;
  if (snprintf(word, sizeof word, "%s", cell) >= (int)sizeof word) return NULL;
  for (size_t i = 0; i < sizeof currencies / sizeof *currencies; i++) {
    if (!ends(word, currencies[i].word, &at)) continue;
    word[at] = 0;
    fen = currencies[i].fen;
    break;
  }
  const char *c = bf__ledger_trim(word);
  if (strncmp(c, YUAN, strlen(YUAN)) == 0)
    c += strlen(YUAN);
  else if (strncmp(c, WIDE_YUAN, strlen(WIDE_YUAN)) == 0)
    c += strlen(WIDE_YUAN);
  int64_t whole = 0, scale = fen;
  int digits = 0;
  if (fen == 0) return NULL;
  for (; isdigit((unsigned char)*c) || *c == ','; c++) {
    if (*c == ',') continue;
    if (++digits > 14) return NULL;
    whole = whole * 10 + (*c - '0');
  }
  if (digits == 0 || __builtin_mul_overflow(whole, fen, &whole)) return NULL;
  if (*c == '.') {
    for (c++; isdigit((unsigned char)*c); c++) {
      if (*c == '0' && scale % 10 != 0) continue; /* zeroes beyond the fen say nothing */
      if (scale % 10 != 0) return NULL;
      scale /= 10;
      whole += (*c - '0') * scale;
    }
  }
  return *c ? NULL : json_integer(whole);
}

static json_t *integer(const char *cell) {
  char *end;
  long long number = strtoll(cell, &end, 10);
  if (end == cell) return NULL;
  if (strcmp(end, "%") == 0 || strcmp(end, WIDE_PERCENT) == 0 || strcmp(end, "年") == 0) end += strlen(end);
  return *end ? NULL : json_integer(number);
}

static json_t *yes_no(const char *cell) {
  static const char *const yes[] = {"是", "有", "√", "true", "yes", "1"}, *const no[] = {"否", "无", "×", "false", "no", "0"};
  for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
    if (strcasecmp(cell, yes[i]) == 0) return json_true();
    if (strcasecmp(cell, no[i]) == 0) return json_false();
  }
  return NULL;
}

/* 2022-9-30, 2022/9/30, 2022.9.30, 2022年9月30日 → 2022-09-30; anything else stays as it is. */
static json_t *date(const char *cell) {
  int year, month, day, used = 0;
  int32_t made;
  char out[BF__DATE_TEXT];
  if ((sscanf(cell, "%4d-%2d-%2d%n", &year, &month, &day, &used) == 3 ||
       sscanf(cell, "%4d/%2d/%2d%n", &year, &month, &day, &used) == 3 ||
       sscanf(cell, "%4d.%2d.%2d%n", &year, &month, &day, &used) == 3 ||
       sscanf(cell, "%4d年%2d月%2d日%n", &year, &month, &day, &used) == 3) &&
      (size_t)used == strlen(cell) && bf__date_make(year, month, day, &made) == 0) {
    bf__date_format(made, out);
    return json_string(out);
  }
  return json_string(cell);
}

static json_t *choice(const json_t *field, const char *cell) {
  size_t i;
  json_t *one;
  json_array_foreach(json_object_get(field, "choices"), i, one) {
    const char *value = text(one, "value"), *zh = text(one, "zh"), *en = text(one, "en");
    if ((value && strcmp(value, cell) == 0) || (zh && strcmp(zh, cell) == 0) || (en && strcasecmp(en, cell) == 0))
      return json_incref(json_object_get(one, "value"));
  }
  return json_string(cell); /* the form lists what there is */
}

/* The next part of *AT up to one of two marks, cut off and trimmed; NULL at the end. */
static char *part(char **at, const char *mark, const char *wide) {
  char *from = *at;
  if (!from) return NULL;
  char *narrow_at = strstr(from, mark), *wide_at = strstr(from, wide);
  if (narrow_at && (!wide_at || narrow_at < wide_at))
    *narrow_at = 0, *at = narrow_at + strlen(mark);
  else if (wide_at)
    *wide_at = 0, *at = wide_at + strlen(wide);
  else
    *at = NULL;
  return bf__ledger_trim(from);
}

static json_t *record(const json_t *field, char *cell, int64_t fen, const char **ret_zh, const char **ret_en) {
  json_t *out = json_object(), *own;
  const json_t *fields = json_object_get(field, "fields");
  size_t i = 0;
  for (char *one; (one = part(&cell, ":", WIDE_COLON)); i++) {
    const json_t *of = json_array_get(fields, i);
    if (of && !*one) continue;
    own = of ? bf__ledger_value(of, one, fen, ret_zh, ret_en) : NULL;
    if (!of) *ret_zh = "用冒号分开的部分多于应有的", *ret_en = "has more parts between colons than it should";
    if (!own || json_object_set_new(out, text(of, "name"), own) < 0) {
      json_decref(out);
      return NULL;
    }
  }
  return out;
}

static json_t *list(const json_t *field, char *cell, int64_t fen, const char **ret_zh, const char **ret_en) {
  json_t *out = json_array(), *own;
  for (char *one; (one = part(&cell, ";", WIDE_SEMICOLON));) {
    if (!*one) continue;
    own = bf__ledger_value(json_object_get(field, "of"), one, fen, ret_zh, ret_en);
    if (!own || json_array_append_new(out, own) < 0) {
      json_decref(out);
      return NULL;
    }
  }
  return out;
}

static json_t *nested(const json_t *field, const char *type, const char *cell, int64_t fen, const char **ret_zh,
                      const char **ret_en) {
  if (*cell == '[' || *cell == '{') {
    *ret_zh = "以 [ 或 { 开头,却不是正确的 JSON";
    *ret_en = "begins like JSON but is none";
    return json_loads(cell, JSON_REJECT_DUPLICATES, NULL);
  }
  char *own = strdup(cell);
  *ret_zh = "内存不足";
  *ret_en = "cannot be read: no memory";
  json_t *out = !own                        ? NULL
                : strcmp(type, "list") == 0 ? list(field, own, fen, ret_zh, ret_en)
                                            : record(field, own, fen, ret_zh, ret_en);
  free(own);
  return out;
}

json_t *bf__ledger_value(const json_t *field, const char *cell, int64_t fen, const char **ret_zh, const char **ret_en) {
  const char *type = text(field, "type");
  if (!type) type = "text";
  if (strcmp(type, "list") == 0 || strcmp(type, "record") == 0) return nested(field, type, cell, fen, ret_zh, ret_en);
  if (strcmp(type, "money") == 0) {
    *ret_zh =
        fen ? "应为金额,如 1200000.00 或 120万元,最小到分" : "未说明单位:请把表头写作“…(元)”或“…(万元)”,或在数后写明元、万元";
    *ret_en = fen ? "must be a sum such as 1200000.00 or 120万元, exact to the fen"
                  : "has no currency: write it in the heading, as in …(元) or …(万元), or after the number";
    return money(cell, fen);
  }
  if (strcmp(type, "int") == 0 || strcmp(type, "percent") == 0) {
    *ret_zh = "应为整数";
    *ret_en = "must be a whole number";
    return integer(cell);
  }
  if (strcmp(type, "bool") == 0) {
    *ret_zh = "应为“是”或“否”";
    *ret_en = "must be 是 (yes) or 否 (no)";
    return yes_no(cell);
  }
  if (strcmp(type, "date") == 0) return date(cell);
  return strcmp(type, "choice") == 0 ? choice(field, cell) : json_string(cell);
}
