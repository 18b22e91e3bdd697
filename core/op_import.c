/* Ledger files into registers and cases. */
#include "operation.h"

const struct bf__operation bf__operations_import[] = {
    {.name = NULL},
};
