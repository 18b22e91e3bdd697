/* Tables as text (RFC 4180): read with the line of every fault, written so that no spreadsheet takes a cell for a formula. */
#ifndef BF_CORE_CSV_H
#define BF_CORE_CSV_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "banfa/error.h"

#define BF__CSV_ROWS 50000
#define BF__CSV_COLUMNS 200
#define BF__CSV_CELL (64 << 10) /* bytes */

/* TEXT as [ { "line": n, "cells": [text, …] } ]; lines that hold nothing are left out, a byte order mark is passed over. Lines
 * end with LF, CRLF or CR. A quote that never ends, one in the middle of a cell, a control character and what is not UTF-8 are
 * BF_EINVAL; too many rows, columns or bytes BF_ELIMIT. Err->where is "line N" of where the fault begins. */
int bf__csv_parse(const char *text, size_t length, json_t **ret_rows, struct bf_error *err) BF_WARN_UNUSED;

/* A table being written. Start with zeroes; a failure is kept and comes out of `bf__csv_take`. */
struct bf__csv {
  char *text;
  size_t length, room;
  bool in_row, failed;
};

void bf__csv_cell(struct bf__csv *csv, const char *cell); /* NULL is an empty one */
/* Text, a number, true or false as themselves, null as nothing, a list with semicolons between; other values as JSON. */
void bf__csv_value(struct bf__csv *csv, const json_t *value);
/* What a person reads of FIELD's VALUE: the Chinese label of a choice, yuan in place of fen; and FIELD's own label, with the
 * currency. */
void bf__csv_field(struct bf__csv *csv, const json_t *field, const json_t *value);
void bf__csv_label(struct bf__csv *csv, const json_t *field);
void bf__csv_end_row(struct bf__csv *csv);
/* The whole text with its byte order mark, the caller's to free; NULL when memory ran out. CSV is empty afterwards. */
char *bf__csv_take(struct bf__csv *csv);

#endif
