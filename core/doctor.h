/* Is everything as it should be? What the program can say of itself. */
#ifndef BF_CORE_DOCTOR_H
#define BF_CORE_DOCTOR_H

#include "operation.h"

/* A read handler: { checks: [{ name, ok, zh, en }] }. */
int bf__doctor(struct bf__reading *reading, struct bf_error *err);

/* Notes in the data folder that a backup was made just now. The backup stands whether or not this succeeds. */
void bf__doctor_note_backup(const struct bf__reading *reading);

#endif
