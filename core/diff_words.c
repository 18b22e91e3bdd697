#include "diff_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PARTS 12
#define LONG 240 /* bytes of a value; what is longer is cut */

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}
static bool is_zh(const char *language) {
  return language[0] == 'z';
}

/* Words ---------------------------------------------------------------------------------------------------------------------- */

struct word {
  const char *name, *zh, *en;
};

/* What a ruleset is made of; a name follows. */
static const struct word groups[] = {
    {"kinds", "事项种类", "kind"},       {"papers", "材料", "paper"},      {"roles", "岗位", "role"},
    {"registers", "名册", "register"},   {"reports", "报表", "report"},    {"jurisdictions", "辖区", "jurisdiction"},
    {"migrations", "迁移", "migration"}, {"redlines", "红线", "red line"}, {"actions", "操作", "action"},
    {"deadlines", "期限", "deadline"},   {"facts", "信息项", "fact"},      {"limits", "限值", "limit"},
    {"leads", "去向", "leads"},
};

static const struct word attributes[] = {
    {"by", "由谁办理", "done by"},
    {"needs", "所需材料", "papers needed"},
    {"form", "表单", "form"},
    {"title", "名称", "title"},
    {"help", "说明", "help"},
    {"guard", "前提条件", "guard"},
    {"check", "检查", "check"},
    {"effect", "办理结果", "effect"},
    {"when", "适用条件", "applies when"},
    {"once", "只办一次", "once"},
    {"bulk", "可批量办理", "in bulk"},
    {"clock", "计时", "clock"},
    {"reads", "所读事项", "reads"},
    {"tell", "告知", "tells"},
    {"warn", "到期前提醒", "reminders before"},
    {"after", "逾期提醒", "reminders after"},
    {"limit", "时限", "limit"},
    {"from", "起算", "counted from"},
    {"unless", "完成标志", "done once set"},
    {"on_due", "到期后", "when past"},
    {"nature", "性质", "nature"},
    {"owner", "主办", "owner"},
    {"articles", "条文", "articles"},
    {"article", "条文", "article"},
    {"in_flight", "在办事项", "open cases"},
    {"zh", "中文", "in Chinese"},
    {"en", "英文", "in English"},
    {"optional", "可不填", "optional"},
    {"min", "最小值", "least"},
    {"max", "最大值", "most"},
    {"type", "类型", "type"},
    {"choices", "选项", "choices"},
    {"scope", "办理范围", "scope"},
    {"pays", "付款额", "pays"},
    {"create", "新建", "opening"},
    {"columns", "列", "columns"},
    {"public", "公开", "public"},
    {"why", "理由", "why"},
    {"read", "谁可查看", "read by"},
    {"parent", "上级", "parent"},
    {"order", "顺序", "order"},
    {"usual", "通常次序", "usual order"},
};

static const struct word *find(const struct word *words, size_t count, const char *name) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(words[i].name, name) == 0) return &words[i];
  return NULL;
}
#define FIND(words, name) find(words, sizeof(words) / sizeof *(words), name)

/* Labels --------------------------------------------------------------------------------------------------------------------- */

struct path {
  char buffer[600];
  const char *parts[PARTS];
  int count;
};

static void split(const char *part, struct path *out) {
  char *save = NULL;
  (void)snprintf(out->buffer, sizeof out->buffer, "%s", part);
  out->count = 0;
  for (char *at = strtok_r(out->buffer, ".", &save); at && out->count < PARTS; at = strtok_r(NULL, ".", &save))
    out->parts[out->count++] = at;
}

static const json_t *member(const json_t *value, const char *name) {
  size_t i;
  json_t *one;
  if (!json_is_array(value)) return json_object_get(value, name);
  json_array_foreach(value, i, one) if (text(one, "name") && strcmp(text(one, "name"), name) == 0) return one;
  return NULL;
}

static const char *title_of(const json_t *value, const char *language) {
  const char *own = text(json_object_get(value, "title"), language);
  return own ? own : text(value, language);
}

static void append(char *out, size_t size, const char *more) {
  size_t used = strlen(out);
  if (used < size) (void)snprintf(out + used, size - used, "%s", more);
}

/* One step of a path: what it is called, and whether it is a name of the rules' own. */
static void say(char *out, size_t size, const struct path *path, int at, const json_t *value, const char *language) {
  const char *name = path->parts[at], *title = title_of(value, language), *open = is_zh(language) ? "“" : "\"",
             *close = is_zh(language) ? "”" : "\"";
  const struct word *group = at > 0 ? FIND(groups, path->parts[at - 1]) : NULL, *word = FIND(attributes, name);
  if (*out) append(out, size, is_zh(language) ? " " : ", ");
  if (group) { /* limits and leads have names only, and no title */
    append(out, size, is_zh(language) ? group->zh : group->en);
    append(out, size, is_zh(language) && title ? "" : " ");
    append(out, size, title ? open : "");
    append(out, size, title ? title : name);
    append(out, size, title ? close : "");
  } else if (word && at > 0) {
    append(out, size, is_zh(language) ? word->zh : word->en);
  } else {
    append(out, size, title ? title : name);
  }
}

void bf__diff_label(const json_t *view, const char *part, const char *language, char *out, size_t size) {
  struct path path;
  split(part, &path);
  *out = 0;
  /* stages are called by their own names: approval.limits.decide_within */
  const json_t *value = path.count ? json_object_get(view, path.parts[0]) : NULL;
  bool stage = path.count && !FIND(groups, path.parts[0]);
  if (stage) value = json_object_get(json_object_get(view, "stages"), path.parts[0]);
  if (stage) say(out, size, &path, 0, value, language);
  for (int i = 1; i < path.count; i++) {
    value = member(value, path.parts[i]);
    if (FIND(groups, path.parts[i]) && i + 1 < path.count) continue; /* said with the name that follows */
    const struct word *group = FIND(groups, path.parts[i]);
    if (group) {
      append(out, size, *out ? (is_zh(language) ? " " : ", ") : "");
      append(out, size, is_zh(language) ? group->zh : group->en);
    } else {
      say(out, size, &path, i, value, language);
    }
  }
  if (!*out) append(out, size, part);
}

/* Values --------------------------------------------------------------------------------------------------------------------- */

static const char *unit_of(const char *unit, json_int_t count, const char *language) {
  static const char *const units[][4] = {{"workdays", "个工作日", "working days", "working day"},
                                         {"days", "天", "days", "day"},
                                         {"months", "个月", "months", "month"},
                                         {"years", "年", "years", "year"}};
  for (size_t i = 0; i < 4; i++)
    if (strcmp(units[i][0], unit) == 0) return units[i][is_zh(language) ? 1 : count == 1 ? 3 : 2];
  return unit;
}

char *bf__diff_periods(const json_t *before, const json_t *after, const char *language) {
  const char *was = text(before, "unit"), *is = text(after, "unit");
  json_int_t count = json_integer_value(json_object_get(after, "count"));
  char *out = NULL;
  if (!was || !is || strcmp(was, is) != 0) return NULL;
  return asprintf(&out, "%lld → %lld %s", (long long)json_integer_value(json_object_get(before, "count")), (long long)count,
                  unit_of(is, count, language)) < 0
             ? NULL
             : out;
}

/* What a bare name stands for where it stands: a role, a paper, a stage, a fact. */
static const char *named(const json_t *view, const char *part, const char *name, const char *language) {
  static const char *const parts[] = {"roles", "papers", "stages"};
  const char *last = strrchr(part, '.'), *title = NULL;
  last = last ? last + 1 : part;
  bool form = strstr(part, ".facts") || strcmp(last, "zh") == 0 || strcmp(last, "en") == 0;
  for (size_t i = 0; i < sizeof parts / sizeof *parts && !title && !form; i++)
    title = title_of(json_object_get(json_object_get(view, parts[i]), name), language);
  return title ? title : name;
}

static void money(char *out, size_t size, json_int_t fen, const char *language) {
  double yuan = (double)fen / 100;
  if (is_zh(language))
    (void)snprintf(out, size, yuan >= 1e8 ? "%.10g 亿元" : "%.10g 万元", yuan >= 1e8 ? yuan / 1e8 : yuan / 1e4);
  else
    (void)snprintf(out, size, yuan >= 1e6 ? "%.10g million yuan" : "%.10g yuan", yuan >= 1e6 ? yuan / 1e6 : yuan);
}

static void put(const json_t *view, const char *part, const json_t *value, const char *language, int depth, char *out,
                size_t size);

static void put_list(const json_t *view, const char *part, const json_t *list, const char *language, int depth, char *out,
                     size_t size) {
  size_t i;
  json_t *one;
  json_array_foreach(list, i, one) {
    if (i) append(out, size, is_zh(language) ? "、" : ", ");
    put(view, part, one, language, depth + 1, out, size);
  }
  if (json_array_size(list) == 0) append(out, size, is_zh(language) ? "(无)" : "(none)");
}

/* A condition: { op, fact, value } or { op, of }. */
static void put_condition(const json_t *view, const char *part, const json_t *c, const char *language, int depth, char *out,
                          size_t size) {
  static const struct word ops[] = {{"set", "已填", "is set"},
                                    {"unset", "未填", "is not set"},
                                    {"all", "同时满足", "all of"},
                                    {"any", "满足其一", "any of"},
                                    {"none", "均不", "none of"}};
  const char *op = text(c, "op"), *fact = text(c, "fact");
  const struct word *word = FIND(ops, op);
  if (fact) append(out, size, fact);
  append(out, size, fact ? " " : "");
  append(out, size, !word ? op : is_zh(language) ? word->zh : word->en);
  if (json_object_get(c, "value")) {
    append(out, size, " ");
    put(view, part, json_object_get(c, "value"), language, depth + 1, out, size);
  }
  if (json_object_get(c, "of")) {
    append(out, size, " ");
    put_list(view, part, json_object_get(c, "of"), language, depth, out, size);
  }
}

static void put_object(const json_t *view, const char *part, const json_t *value, const char *language, int depth, char *out,
                       size_t size) {
  const char *unit = text(value, "unit"), *own = title_of(value, language), *paper = text(value, "paper");
  char number[64];
  if (unit) {
    json_int_t count = json_integer_value(json_object_get(value, "count"));
    (void)snprintf(number, sizeof number, "%lld %s", (long long)count, unit_of(unit, count, language));
    append(out, size, number);
  } else if (paper) {
    append(out, size, named(view, part, paper, language));
    if (json_object_get(value, "when")) append(out, size, is_zh(language) ? "(视情况)" : " (in some cases)");
  } else if (own) {
    append(out, size, own);
  } else if (text(value, "op")) {
    put_condition(view, part, value, language, depth, out, size);
  } else if (text(value, "limit")) {
    append(out, size, text(value, "limit"));
  } else if (text(value, "$fn")) {
    append(out, size, is_zh(language) ? "脚本" : "a script");
  } else if (text(value, "name")) {
    append(out, size, text(value, "name"));
  } else {
    char *dump = json_dumps(value, JSON_COMPACT);
    append(out, size, dump && strlen(dump) < 80 ? dump : is_zh(language) ? "(内容较多)" : "(a longer text)");
    free(dump);
  }
}

static void put(const json_t *view, const char *part, const json_t *value, const char *language, int depth, char *out,
                size_t size) {
  char number[80];
  if (depth > 6) return;
  if (json_is_array(value)) {
    put_list(view, part, value, language, depth, out, size);
  } else if (json_is_object(value)) {
    put_object(view, part, value, language, depth, out, size);
  } else if (json_is_string(value)) {
    append(out, size, named(view, part, json_string_value(value), language));
  } else if (json_is_boolean(value)) {
    append(out, size, json_is_true(value) ? (is_zh(language) ? "是" : "yes") : is_zh(language) ? "否" : "no");
  } else if (json_is_integer(value)) {
    json_int_t whole = json_integer_value(value);
    if (whole >= 1000000 && whole % 100 == 0)
      money(number, sizeof number, whole, language);
    else
      (void)snprintf(number, sizeof number, "%lld", (long long)whole);
    append(out, size, number);
  } else if (json_is_real(value)) {
    (void)snprintf(number, sizeof number, "%.10g", json_real_value(value));
    append(out, size, number);
  }
}

/* Cut between characters. */
static void cut(char *out, size_t size) {
  size_t length = strlen(out);
  if (length < size - 1) return;
  length = size - 5;
  while (length && ((unsigned char)out[length] & 0xc0) == 0x80) length--;
  memcpy(out + length, "…", sizeof "…");
}

char *bf__diff_value(const json_t *view, const char *part, const json_t *value, const char *language) {
  char out[LONG] = "";
  put(view, part, value, language, 0, out, sizeof out);
  cut(out, sizeof out);
  return strdup(out);
}
