/* `banfa rules reference`: the prelude's own data as Markdown. */
#include "cmd_rules.h"

static const char *at(const json_t *row, size_t index) {
  const char *text = json_string_value(json_array_get(row, index));
  return text ? text : "";
}

/* A cell of a table: no bar may end it early. */
static void cell(const char *text, bool code) {
  (void)printf(code && *text ? " `" : " ");
  for (; *text; text++) (void)printf(*text == '|' ? "\\%c" : "%c", *text);
}

static void print_words(const json_t *part) {
  size_t i;
  json_t *row;
  (void)printf("\n## %s · %s\n\n| 写法 · how | 说明 | what | 例 · example |\n| --- | --- | --- | --- |\n",
               json_string_value(json_object_get(part, "zh")), json_string_value(json_object_get(part, "en")));
  json_array_foreach(json_object_get(part, "rows"), i, row) {
    (void)printf("|");
    cell(at(row, 1), true);
    (void)printf("` | %s | %s |", at(row, 2), at(row, 3));
    cell(at(row, 4), true);
    (void)printf("` |\n");
  }
}

/* Rows of declarations are objects: "1" to "5" and due. */
static const char *member(const json_t *row, const char *name) {
  const json_t *value = json_object_get(row, name);
  return json_is_string(value) ? json_string_value(value) : "";
}

static void print_declaration(const json_t *one) {
  size_t i;
  json_t *row;
  (void)printf("\n### `%s`\n\n%s · %s\n\n| 名 · name | 类型 · type | 必须 · due | 说明 | what | 例 · example |\n"
               "| --- | --- | --- | --- | --- | --- |\n",
               member(one, "how"), member(one, "zh"), member(one, "en"));
  json_array_foreach(json_object_get(one, "rows"), i, row) {
    (void)printf("|");
    cell(member(row, "name"), true);
    (void)printf("` |");
    cell(member(row, "type"), false);
    (void)printf(" | %s | %s | %s |", json_is_true(json_object_get(row, "due")) ? "是 · yes" : "", member(row, "zh"),
                 member(row, "en"));
    cell(member(row, "example"), true);
    (void)printf("` |\n");
  }
}

int bf__rules_tell(const struct bf__cli *cli) {
  struct bf_error err = {0};
  json_t *told = NULL, *one;
  size_t i;
  if (bf__rules_reference(&told, &err) < 0) return bf__cli_fail(&err);
  if (cli->json) {
    bf__print_json(told);
  } else {
    (void)printf("# 规则脚本词语总表 · Every word of the scripts\n\n由程序自己的数据生成,请勿手改 · generated, do not edit: "
                 "`banfa rules reference > scripts/REFERENCE.md`。\n怎样用 · how to use them: [GUIDE.md](GUIDE.md)。\n");
    json_array_foreach(json_object_get(told, "words"), i, one) print_words(one);
    (void)printf("\n## 各种声明里的词 · Words within declarations\n");
    json_array_foreach(json_object_get(told, "declarations"), i, one) print_declaration(one);
  }
  json_decref(told);
  return BF__DONE;
}
