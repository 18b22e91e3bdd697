/* A table on its way out, as text with commas or as a workbook: rows are written as they come, none is kept. */
#ifndef BF_CORE_TABLE_H
#define BF_CORE_TABLE_H

#include "operation.h"

struct bf__table;

/* FORMAT "csv" or "xlsx"; NULL with ERR otherwise. */
bool bf__table_knows(const char *format);
struct bf__table *bf__table_new(const char *format, struct bf_error *err);
/* The head of a column: FIELD's label. How its cells are shown follows from its type (money, date, choice …). */
void bf__table_label(struct bf__table *table, const json_t *field);
/* The same by its words alone. */
void bf__table_cell(struct bf__table *table, const char *text);
/* VALUE as FIELD says (NULL: as itself). */
void bf__table_field(struct bf__table *table, const json_t *field, const json_t *value);
void bf__table_end_row(struct bf__table *table); /* the first row is the head: it stays in sight */
/* Makes the table the answer of READING, as NAME and its ending, and frees it. */
int bf__table_answer(struct bf__table *table, struct bf__reading *reading, const char *name, struct bf_error *err) BF_WARN_UNUSED;
void bf__table_free(struct bf__table *table); /* one that came to nothing; NULL is accepted */

#endif
