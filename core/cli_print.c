#include <stdlib.h>
#include <string.h>

#include "commands.h"

#define COLUMNS 24
#define CELL 400

void bf__print_json(const json_t *value) {
  (void)json_dumpf(value, stdout, JSON_INDENT(2) | JSON_ENCODE_ANY);
  (void)fputc('\n', stdout);
}

/* Columns that UTF-8 TEXT takes on a terminal: CJK and full-width characters take two, marks that combine none. */
static int width_of(const char *text) {
  int width = 0;
  for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
    unsigned code = *at;
    if (code >= 0xF0 && at[1] && at[2] && at[3])
      code = 0x20000, at += 3;
    else if (code >= 0xE0 && at[1] && at[2])
      code = (code & 0xFu) << 12 | (at[1] & 0x3Fu) << 6 | (at[2] & 0x3Fu), at += 2;
    else if (code >= 0xC0 && at[1])
      code = (code & 0x1Fu) << 6 | (at[1] & 0x3Fu), at += 1;
    bool wide = (code >= 0x1100 && code <= 0x115F) || (code >= 0x2E80 && code <= 0xA4CF) || (code >= 0xAC00 && code <= 0xD7A3) ||
                (code >= 0xF900 && code <= 0xFAFF) || (code >= 0xFE30 && code <= 0xFE6F) || (code >= 0xFF00 && code <= 0xFF60) ||
                (code >= 0xFFE0 && code <= 0xFFE6) || code >= 0x20000;
    if (code >= 0x300 && code <= 0x36F) continue;
    width += wide ? 2 : 1;
  }
  return width;
}

static bool is_texts(const json_t *value) {
  size_t i;
  json_t *item;
  json_array_foreach(value, i, item) if (!json_is_string(item)) return false;
  return json_is_array(value);
}

/* "a, b, c" of an array of texts. */
static char *joined(const json_t *value) {
  char *text = strdup(""), *longer;
  size_t i;
  json_t *item;
  json_array_foreach(value, i, item) {
    bool fits = text && asprintf(&longer, "%s%s%s", text, i ? ", " : "", json_string_value(item)) >= 0;
    free(text);
    text = fits ? longer : NULL;
  }
  return text;
}

/* One value as a cell: text without line breaks; { zh, en } as "zh · en"; other nested values as compact JSON. malloc'd or NULL.
 */
static char *cell_text(const json_t *value) {
  char *text = NULL;
  const char *zh = json_string_value(json_object_get(value, "zh")), *en = json_string_value(json_object_get(value, "en"));
  if (!value || json_is_null(value)) return strdup("");
  if (json_is_string(value))
    text = strdup(json_string_value(value));
  else if (zh && json_object_size(value) <= 2)
    return asprintf(&text, "%s%s%s", zh, en ? " · " : "", en ? en : "") < 0 ? NULL : text;
  else if (json_is_boolean(value))
    text = strdup(json_is_true(value) ? "是 yes" : "否 no");
  else if (is_texts(value))
    text = joined(value);
  else
    text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
  for (char *at = text; at && *at; at++)
    if ((unsigned char)*at < ' ') *at = ' ';
  if (text && strlen(text) > CELL) {
    size_t cut = CELL;
    while (cut > 0 && ((unsigned char)text[cut] & 0xC0) == 0x80) cut--;
    text[cut] = 0;
  }
  return text;
}

static void pad(int count) {
  while (count-- > 0) (void)fputc(' ', stdout);
}

struct column {
  char name[64], title[64];
  int width;
  bool number;
};

static int columns_from_text(const char *text, struct column columns[COLUMNS]) {
  int count = 0;
  while (*text && count < COLUMNS) {
    size_t length = strcspn(text, " "), name = strcspn(text, " :");
    struct column *column = &columns[count++];
    (void)snprintf(column->name, sizeof column->name, "%.*s", (int)name, text);
    if (name < length)
      (void)snprintf(column->title, sizeof column->title, "%.*s", (int)(length - name - 1), text + name + 1);
    else
      memcpy(column->title, column->name, sizeof column->title);
    text += length;
    while (*text == ' ') text++;
  }
  return count;
}

static int columns_from_rows(const json_t *rows, struct column columns[COLUMNS]) {
  int count = 0;
  size_t i;
  json_t *row, *value;
  const char *name;
  json_array_foreach(rows, i, row) json_object_foreach(row, name, value) {
    int at = 0;
    while (at < count && strncmp(columns[at].name, name, sizeof columns[at].name - 1) != 0) at++;
    if (at < count || count == COLUMNS) continue;
    (void)snprintf(columns[count].name, sizeof columns[count].name, "%s", name);
    (void)snprintf(columns[count].title, sizeof columns[count].title, "%.63s", name);
    count++;
  }
  return count;
}

static void measure(const json_t *rows, struct column *column) {
  size_t i;
  json_t *row;
  column->width = width_of(column->title);
  column->number = true;
  json_array_foreach(rows, i, row) {
    const json_t *value = json_object_get(row, column->name);
    char *text = cell_text(value);
    int width = text ? width_of(text) : 0;
    if (width > column->width) column->width = width;
    if (value && !json_is_null(value) && !json_is_number(value)) column->number = false;
    free(text);
  }
}

static void print_cell(const struct column *column, const char *text, bool last) {
  int room = column->width - width_of(text);
  if (column->number) pad(room);
  (void)fputs(text, stdout);
  if (!column->number && !last) pad(room);
  (void)fputs(last ? "\n" : "  ", stdout);
}

void bf__print_table(const json_t *rows, const char *text) {
  struct column columns[COLUMNS] = {0};
  int count = text ? columns_from_text(text, columns) : columns_from_rows(rows, columns);
  size_t i;
  json_t *row;
  for (int c = 0; c < count; c++) measure(rows, &columns[c]);
  for (int c = 0; c < count; c++) print_cell(&columns[c], columns[c].title, c == count - 1);
  json_array_foreach(rows, i, row) for (int c = 0; c < count; c++) {
    char *cell = cell_text(json_object_get(row, columns[c].name));
    print_cell(&columns[c], cell ? cell : "?", c == count - 1);
    free(cell);
  }
}

static bool is_table(const json_t *value) {
  return json_array_size(value) > 0 && json_is_object(json_array_get(value, 0));
}

static void print_list(const json_t *value) {
  size_t i;
  json_t *item;
  json_array_foreach(value, i, item) {
    char *text = cell_text(item);
    (void)printf("%s\n", text ? text : "?");
    free(text);
  }
}

/* Short members first, aligned; tables and inner objects below, under their names. */
static void print_object(const json_t *object) {
  int width = 0;
  const char *name;
  json_t *value;
  json_object_foreach((json_t *)object, name, value) if (!is_table(value) && width_of(name) > width) width = width_of(name);
  json_object_foreach((json_t *)object, name, value) {
    if (is_table(value) || json_object_size(value) > 2) continue;
    char *text = cell_text(value);
    (void)fputs(name, stdout);
    pad(width - width_of(name) + 2);
    (void)printf("%s\n", text ? text : "?");
    free(text);
  }
  json_object_foreach((json_t *)object, name, value) {
    if (!is_table(value) && json_object_size(value) <= 2) continue;
    (void)printf("\n%s\n", name);
    bf__print_value(value);
  }
}

void bf__print_value(const json_t *value) {
  if (is_table(value))
    bf__print_table(value, NULL);
  else if (json_is_array(value))
    print_list(value);
  else if (json_is_object(value))
    print_object(value);
  else if (json_is_string(value))
    (void)printf("%s\n", json_string_value(value));
  else if (!json_is_null(value))
    bf__print_json(value);
}

void bf__print_problem(const json_t *answer) {
  const json_t *body = json_object_get(answer, "body"), *refusals = json_object_get(body, "refusals");
  const char *title = json_string_value(json_object_get(body, "title")),
             *detail = json_string_value(json_object_get(body, "detail"));
  size_t i;
  json_t *item;
  (void)fprintf(stderr, "banfa: %s (%d)\n", title ? title : "出错了 · Failed",
                (int)json_integer_value(json_object_get(answer, "status")));
  json_array_foreach(refusals, i, item) {
    const char *zh = json_string_value(json_object_get(item, "zh")), *en = json_string_value(json_object_get(item, "en"));
    const char *field = json_string_value(json_object_get(item, "field"));
    json_int_t article = json_integer_value(json_object_get(item, "article"));
    (void)fprintf(stderr, "  %s%s%s%s%s", field ? field : "", field ? ": " : "", zh ? zh : "", zh && en ? " / " : "",
                  en ? en : "");
    if (article) (void)fprintf(stderr, " [第%lld条 · article %lld]", (long long)article, (long long)article);
    (void)fputc('\n', stderr);
  }
  if (json_array_size(refusals) == 0 && detail) (void)fprintf(stderr, "  %s\n", detail);
}
