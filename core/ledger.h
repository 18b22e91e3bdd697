/* Cells of people's ledgers become the values that forms want. Pure. */
#ifndef BF_CORE_LEDGER_H
#define BF_CORE_LEDGER_H

#include <jansson.h>
#include <stdint.h>

/* Takes a currency off the end of a column's heading, "总投资(万元)" → "总投资": *RET_FEN is how many fen one counts, 0 when none
 * is named. HEADING is changed in place. */
void bf__ledger_heading(char *heading, int64_t *ret_fen);

/* CELL as FIELD wants it, or NULL when it cannot be read so: *RET_ZH and *RET_EN then say why. FEN is what one of a sum counts, 0
 * = each cell must name its currency. A choice goes by its value or a label; a list by semicolons; a record's parts, in their
 * order, by colons; both also as JSON. What is text stays text: the form says whether it will do. */
json_t *bf__ledger_value(const json_t *field, const char *cell, int64_t fen, const char **ret_zh, const char **ret_en);

/* TEXT without the spaces around it, in place. */
char *bf__ledger_trim(char *text);

#endif
