/* Whatever is read can be written and is read again as the same cells, save the apostrophe before what looks like a formula. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"

/* ROWS without the line numbers, and without rows of one empty cell: written they are empty lines. */
static json_t *cells_of(const json_t *rows, bool guarded) {
  json_t *out = json_array(), *row, *cell;
  size_t i, k;
  json_array_foreach(rows, i, row) {
    json_t *cells = json_array();
    json_array_foreach(json_object_get(row, "cells"), k, cell) {
      const char *text = json_string_value(cell);
      json_t *own = guarded && *text && strchr("=+-@\t\r", *text) ? json_sprintf("'%s", text) : json_string(text);
      if (json_array_append_new(cells, own) < 0) abort();
    }
    bool empty = json_array_size(cells) == 1 && !*json_string_value(json_array_get(cells, 0));
    if (empty)
      json_decref(cells);
    else if (json_array_append_new(out, cells) < 0)
      abort();
  }
  return out;
}

static char *written(const json_t *rows) {
  struct bf__csv csv = {0};
  json_t *row, *cell;
  size_t i, k;
  json_array_foreach(rows, i, row) {
    json_array_foreach(json_object_get(row, "cells"), k, cell) bf__csv_value(&csv, cell);
    bf__csv_end_row(&csv);
  }
  return bf__csv_take(&csv);
}

/* A row of empty cells alone is dropped by the reader too. */
static void drop_empty(json_t *rows) {
  json_t *cell;
  size_t i, k;
  for (i = json_array_size(rows); i-- > 0;) {
    bool any = false;
    json_array_foreach(json_array_get(rows, i), k, cell) any |= json_string_length(cell) > 0;
    if (!any) (void)json_array_remove(rows, i);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct bf_error err = {0};
  json_t *rows = NULL, *again = NULL;
  int r = bf__csv_parse((const char *)data, size, &rows, &err);
  if (r < 0) {
    if (strncmp(err.where, "line ", 5) != 0 || !*err.message) abort();
    return 0;
  }
  char *text = written(rows);
  if (!text || bf__csv_parse(text, strlen(text), &again, &err) < 0) {
    if (err.code != BF_ELIMIT) abort(); /* the apostrophe may be one byte too many */
  } else {
    json_t *a = cells_of(rows, true), *b = cells_of(again, false);
    drop_empty(a);
    drop_empty(b);
    if (!json_equal(a, b)) abort();
    json_decref(a);
    json_decref(b);
  }
  json_decref(rows);
  json_decref(again);
  free(text);
  return 0;
}

#ifdef BF_FUZZ_REPLAY
int main(int argc, char **argv) {
  static uint8_t data[1 << 20];
  for (int i = 1; i < argc; i++) {
    FILE *file = fopen(argv[i], "rb");
    size_t size;
    if (!file) return perror(argv[i]), 1;
    size = fread(data, 1, sizeof data, file);
    (void)fclose(file);
    (void)LLVMFuzzerTestOneInput(data, size);
  }
  return argc > 1 ? 0 : 2;
}
#endif
