#include "table.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "calendar.h"
#include "csv.h"

#define COLUMN_WIDTH 18
#define CELL_MAX 8000 /* bytes of one cell of a workbook: spreadsheets take 32,767 characters */

struct bf__table {
  bool sheets; /* a workbook, else text */
  struct bf__csv csv;
  char path[64]; /* of the workbook while it is made; "" none */
  lxw_workbook *book;
  lxw_worksheet *sheet;
  lxw_format *bold, *money, *date;
  lxw_row_t row;
  lxw_col_t column;
  bool failed;
};

bool bf__table_knows(const char *format) {
  return format && (strcmp(format, "csv") == 0 || strcmp(format, "xlsx") == 0);
}

/* The library wants a name to write to: a file of ours alone, gone from the folder before anybody reads it. */
static int open_book(struct bf__table *table, struct bf_error *err) {
  (void)snprintf(table->path, sizeof table->path, "/tmp/banfa-table-XXXXXX");
  int fd = mkstemp(table->path);
  if (fd < 0) {
    table->path[0] = 0;
    return bf_fail(err, BF_EIO, "table", "no file can be made in /tmp for the workbook");
  }
  (void)close(fd);
  lxw_workbook_options options = {.constant_memory = LXW_TRUE};
  table->book = workbook_new_opt(table->path, &options);
  table->sheet = table->book ? workbook_add_worksheet(table->book, NULL) : NULL;
  if (!table->sheet) return bf_fail(err, BF_ENOMEM, "table", "no memory");
  table->bold = workbook_add_format(table->book);
  table->money = workbook_add_format(table->book);
  table->date = workbook_add_format(table->book);
  format_set_bold(table->bold);
  format_set_num_format(table->money, "#,##0.00");
  format_set_num_format(table->date, "yyyy-mm-dd");
  worksheet_freeze_panes(table->sheet, 1, 0);
  worksheet_set_column(table->sheet, 0, LXW_COL_MAX - 1, COLUMN_WIDTH, NULL);
  return 0;
}

struct bf__table *bf__table_new(const char *format, struct bf_error *err) {
  struct bf__table *table = calloc(1, sizeof *table);
  if (!table) {
    (void)bf_fail(err, BF_ENOMEM, "table", "no memory");
    return NULL;
  }
  table->sheets = strcmp(format, "xlsx") == 0;
  if (table->sheets && open_book(table, err) < 0) {
    bf__table_free(table);
    return NULL;
  }
  return table;
}

static void put_text(struct bf__table *table, const char *text) {
  char cut[CELL_MAX];
  if (*text && worksheet_write_string(table->sheet, table->row, table->column, bf__short(text, cut, sizeof cut),
                                      table->row ? NULL : table->bold) != LXW_NO_ERROR)
    table->failed = true;
  table->column++;
}

static void put_number(struct bf__table *table, double number, lxw_format *format) {
  if (worksheet_write_number(table->sheet, table->row, table->column++, number, format) != LXW_NO_ERROR) table->failed = true;
}

static bool put_date(struct bf__table *table, const char *text) {
  lxw_datetime date = {0};
  int32_t day;
  if (bf__date_parse(text, strlen(text), &day) < 0 || sscanf(text, "%4d-%2d-%2d", &date.year, &date.month, &date.day) != 3)
    return false;
  if (worksheet_write_datetime(table->sheet, table->row, table->column++, &date, table->date) != LXW_NO_ERROR)
    table->failed = true;
  return true;
}

/* Lists and the like are written as the text table writes them. */
static void put_other(struct bf__table *table, const json_t *value) {
  char *text = NULL;
  size_t length = 0, i;
  json_t *one;
  FILE *out = open_memstream(&text, &length);
  if (!out) {
    table->failed = true;
    return;
  }
  json_array_foreach(value, i, one) {
    if (i) (void)fputs("; ", out);
    if (json_is_string(one))
      (void)fputs(json_string_value(one), out);
    else
      (void)json_dumpf(one, out, JSON_COMPACT | JSON_ENCODE_ANY);
  }
  if (!json_is_array(value)) (void)json_dumpf(value, out, JSON_COMPACT | JSON_ENCODE_ANY);
  if (fclose(out) != 0)
    table->failed = true;
  else
    put_text(table, text);
  free(text);
}

static void put_field(struct bf__table *table, const json_t *field, const json_t *value) {
  const char *type = json_string_value(json_object_get(field, "type"));
  size_t i;
  json_t *choice;
  json_array_foreach(json_object_get(field, "choices"), i,
                     choice) if (value && json_equal(json_object_get(choice, "value"), value)) {
    const json_t *zh = json_object_get(choice, "zh");
    put_text(table, json_is_string(zh) ? json_string_value(zh) : "");
    return;
  }
  bool money = type && strcmp(type, "money") == 0, date = type && strcmp(type, "date") == 0;
  if (!value || json_is_null(value))
    put_text(table, "");
  else if (json_is_integer(value))
    put_number(table, (double)json_integer_value(value) / (money ? 100 : 1), money ? table->money : NULL);
  else if (json_is_real(value))
    put_number(table, json_real_value(value), NULL);
  else if (json_is_string(value)) {
    if (!date || !put_date(table, json_string_value(value))) put_text(table, json_string_value(value));
  } else
    put_other(table, value);
}

void bf__table_label(struct bf__table *table, const json_t *field) {
  if (!table->sheets) {
    bf__csv_label(&table->csv, field);
    return;
  }
  char label[300];
  const char *zh = json_string_value(json_object_get(field, "zh")), *name = json_string_value(json_object_get(field, "name")),
             *type = json_string_value(json_object_get(field, "type"));
  (void)snprintf(label, sizeof label, "%.250s%s", zh ? zh : name ? name : "", type && strcmp(type, "money") == 0 ? "(元)" : "");
  put_text(table, label);
}

void bf__table_cell(struct bf__table *table, const char *text) {
  if (table->sheets)
    put_text(table, text ? text : "");
  else
    bf__csv_cell(&table->csv, text);
}

void bf__table_field(struct bf__table *table, const json_t *field, const json_t *value) {
  if (table->sheets)
    put_field(table, field, value);
  else
    bf__csv_field(&table->csv, field, value);
}

void bf__table_end_row(struct bf__table *table) {
  if (!table->sheets) bf__csv_end_row(&table->csv);
  table->row++;
  table->column = 0;
}

static int answer_book(struct bf__table *table, struct bf__reading *reading, struct bf_error *err) {
  struct stat found;
  lxw_error closed = workbook_close(table->book);
  table->book = NULL;
  int fd = closed == LXW_NO_ERROR && !table->failed ? open(table->path, O_RDONLY | O_CLOEXEC) : -1;
  if (fd < 0 || fstat(fd, &found) < 0) {
    if (fd >= 0) (void)close(fd);
    return bf_fail(err, BF_EIO, "table", "the workbook could not be written: %s", lxw_strerror(closed));
  }
  reading->file = fd;
  reading->file_bytes = found.st_size;
  reading->type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
  return 0;
}

int bf__table_answer(struct bf__table *table, struct bf__reading *reading, const char *name, struct bf_error *err) {
  int r = 0;
  if (table->sheets) {
    r = answer_book(table, reading, err);
    if (r >= 0 && asprintf(&reading->file_name, "%s.xlsx", name) < 0) reading->file_name = NULL;
  } else {
    reading->type = "text/csv; charset=utf-8";
    reading->text = bf__csv_take(&table->csv);
    if (!reading->text) r = bf_fail(err, BF_ENOMEM, "table", "no memory");
  }
  if (r >= 0) reading->status = 200;
  bf__table_free(table);
  return r;
}

void bf__table_free(struct bf__table *table) {
  if (!table) return;
  if (table->book) lxw_workbook_free(table->book);
  if (table->path[0]) (void)unlink(table->path);
  free(bf__csv_take(&table->csv));
  free(table);
}
