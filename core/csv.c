#include "csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reading
 * ------------------------------------------------------------------------------------------------------------------------ */

struct reader {
  const char *at, *end;
  int line;
  char *cell; /* being read; BF__CSV_CELL bytes */
  size_t used;
  struct bf_error *err;
};

static int fault(struct reader *reader, int code, int line, const char *message) {
  char where[32];
  (void)snprintf(where, sizeof where, "line %d", line);
  return bf_fail(reader->err, code, where, "%s", message);
}

static int put(struct reader *reader, char c) {
  if (reader->used == BF__CSV_CELL) return fault(reader, BF_ELIMIT, reader->line, "a cell is longer than 64 KiB");
  if (((unsigned char)c < ' ' && c != '\t' && c != '\n') || c == 0x7f)
    return fault(reader, BF_EINVAL, reader->line, "a control character");
  reader->cell[reader->used++] = c;
  return 0;
}

/* Passes over one end of line when READER stands on it. */
static bool line_end(struct reader *reader) {
  if (reader->at == reader->end || (*reader->at != '\n' && *reader->at != '\r')) return false;
  if (*reader->at == '\r' && reader->at + 1 < reader->end && reader->at[1] == '\n') reader->at++;
  reader->at++;
  reader->line++;
  return true;
}

static int quoted(struct reader *reader) {
  int from = reader->line, r = 0;
  for (reader->at++; r >= 0;) {
    if (reader->at == reader->end) return fault(reader, BF_EINVAL, from, "a quote that begins here never ends");
    if (line_end(reader)) {
      r = put(reader, '\n');
    } else if (*reader->at != '"') {
      r = put(reader, *reader->at++);
    } else if (reader->at + 1 < reader->end && reader->at[1] == '"') {
      reader->at += 2;
      r = put(reader, '"');
    } else {
      reader->at++;
      break;
    }
  }
  if (r >= 0 && reader->at < reader->end && !memchr(",\r\n", *reader->at, 3))
    return fault(reader, BF_EINVAL, reader->line, "text stands after a closing quote");
  return r;
}

static int plain(struct reader *reader) {
  int r = 0;
  while (r >= 0 && reader->at < reader->end && *reader->at != ',' && *reader->at != '\r' && *reader->at != '\n') {
    if (*reader->at == '"')
      return fault(reader, BF_EINVAL, reader->line,
                   "a quote in the middle of a cell: put the whole cell in quotes and double those inside");
    r = put(reader, *reader->at++);
  }
  return r;
}

/* One row, its end of line passed over. *FILLED tells whether it holds anything. */
static int read_row(struct reader *reader, json_t *cells, bool *filled) {
  int line = reader->line;
  *filled = false;
  for (;;) {
    reader->used = 0;
    bool in_quotes = reader->at < reader->end && *reader->at == '"';
    int r = in_quotes ? quoted(reader) : plain(reader);
    if (r < 0) return r;
    *filled |= in_quotes || reader->used > 0;
    json_t *cell = json_stringn(reader->cell, reader->used);
    if (!cell) return fault(reader, BF_EINVAL, line, "the text is not UTF-8");
    if (json_array_append_new(cells, cell) < 0) return fault(reader, BF_ENOMEM, line, "no memory");
    if (json_array_size(cells) > BF__CSV_COLUMNS) return fault(reader, BF_ELIMIT, line, "more than 200 columns");
    if (reader->at == reader->end || line_end(reader)) return 0;
    reader->at++; /* the comma */
  }
}

int bf__csv_parse(const char *text, size_t length, json_t **ret_rows, struct bf_error *err) {
  struct reader reader = {.at = text, .end = text + length, .line = 1, .cell = malloc(BF__CSV_CELL), .err = err};
  json_t *rows = json_array();
  int r = rows && reader.cell ? 0 : fault(&reader, BF_ENOMEM, 1, "no memory");
  if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) reader.at += 3;
  while (r >= 0 && reader.at < reader.end) {
    int line = reader.line;
    bool filled;
    json_t *cells = json_array();
    r = cells ? read_row(&reader, cells, &filled) : fault(&reader, BF_ENOMEM, line, "no memory");
    if (r >= 0 && filled && json_array_size(rows) == BF__CSV_ROWS)
      r = fault(&reader, BF_ELIMIT, line, "more than 50,000 rows: send them in parts");
    if (r >= 0 && filled && json_array_append_new(rows, json_pack("{si sO}", "line", line, "cells", cells)) < 0)
      r = fault(&reader, BF_ENOMEM, line, "no memory");
    json_decref(cells);
  }
  free(reader.cell);
  if (r < 0) {
    json_decref(rows);
    return r;
  }
  *ret_rows = rows;
  return 0;
}

/* Writing
 * ------------------------------------------------------------------------------------------------------------------------ */

static void write_bytes(struct bf__csv *csv, const char *bytes, size_t length) {
  if (csv->failed) return;
  if (csv->length + length + 1 > csv->room) {
    size_t room = csv->room ? csv->room * 2 : 4096;
    while (room < csv->length + length + 1) room *= 2;
    char *text = realloc(csv->text, room);
    if (!text) {
      csv->failed = true;
      return;
    }
    csv->text = text;
    csv->room = room;
  }
  memcpy(csv->text + csv->length, bytes, length);
  csv->length += length;
  csv->text[csv->length] = 0;
}

static void begin_cell(struct bf__csv *csv) {
  if (csv->length == 0) write_bytes(csv, "\xef\xbb\xbf", 3); /* without it spreadsheets take UTF-8 for something else */
  if (csv->in_row) write_bytes(csv, ",", 1);
  csv->in_row = true;
}

void bf__csv_cell(struct bf__csv *csv, const char *cell) {
  if (!cell) cell = "";
  bool formula = *cell && strchr("=+-@\t\r", *cell);
  begin_cell(csv);
  if (!strpbrk(cell, ",\"\r\n") && !formula) {
    write_bytes(csv, cell, strlen(cell));
    return;
  }
  write_bytes(csv, "\"", 1);
  if (formula) write_bytes(csv, "'", 1);
  for (; *cell; cell++) write_bytes(csv, *cell == '"' ? "\"\"" : cell, *cell == '"' ? 2 : 1);
  write_bytes(csv, "\"", 1);
}

/* A list of plain values: "a; b". */
static void list_cell(struct bf__csv *csv, const json_t *list) {
  char *text = NULL;
  size_t length = 0, i;
  json_t *one;
  FILE *out = open_memstream(&text, &length);
  if (!out) {
    csv->failed = true;
    return;
  }
  json_array_foreach(list, i, one) {
    char *dumped = json_is_string(one) ? NULL : json_dumps(one, JSON_COMPACT | JSON_ENCODE_ANY);
    (void)fprintf(out, "%s%s", i ? "; " : "", json_is_string(one) ? json_string_value(one) : dumped ? dumped : "");
    free(dumped);
  }
  if (fclose(out) != 0)
    csv->failed = true;
  else
    bf__csv_cell(csv, text);
  free(text);
}

void bf__csv_value(struct bf__csv *csv, const json_t *value) {
  if (!value || json_is_null(value))
    bf__csv_cell(csv, "");
  else if (json_is_string(value))
    bf__csv_cell(csv, json_string_value(value));
  else if (json_is_array(value))
    list_cell(csv, value);
  else {
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    if (!text)
      csv->failed = true;
    else if (json_is_number(value)) { /* a minus is no formula in a number of our own */
      begin_cell(csv);
      write_bytes(csv, text, strlen(text));
    } else
      bf__csv_cell(csv, text);
    free(text);
  }
}

static bool is_money(const json_t *field) {
  const char *type = json_string_value(json_object_get(field, "type"));
  return type && strcmp(type, "money") == 0;
}

void bf__csv_field(struct bf__csv *csv, const json_t *field, const json_t *value) {
  size_t i;
  json_t *choice;
  json_array_foreach(json_object_get(field, "choices"), i, choice) {
    if (!value || !json_equal(json_object_get(choice, "value"), value)) continue;
    bf__csv_value(csv, json_object_get(choice, "zh"));
    return;
  }
  if (is_money(field) && json_is_integer(value)) {
    char yuan[40];
    long long fen = json_integer_value(value);
    int n = snprintf(yuan, sizeof yuan, "%s%lld.%02lld", fen < 0 ? "-" : "", llabs(fen) / 100, llabs(fen) % 100);
    begin_cell(csv);
    write_bytes(csv, yuan, (size_t)n);
  } else {
    bf__csv_value(csv, value);
  }
}

void bf__csv_label(struct bf__csv *csv, const json_t *field) {
  char label[300];
  const char *zh = json_string_value(json_object_get(field, "zh")), *name = json_string_value(json_object_get(field, "name"));
  (void)snprintf(label, sizeof label, "%.250s%s", zh ? zh : name ? name : "", is_money(field) ? "(元)" : "");
  bf__csv_cell(csv, label);
}

void bf__csv_end_row(struct bf__csv *csv) {
  write_bytes(csv, "\r\n", 2);
  csv->in_row = false;
}

char *bf__csv_take(struct bf__csv *csv) {
  char *text = csv->text;
  if (csv->failed) {
    free(text);
    text = NULL;
  } else if (!text) {
    text = strdup("\xef\xbb\xbf");
  }
  *csv = (struct bf__csv){0};
  return text;
}
