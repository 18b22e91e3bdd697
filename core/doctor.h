/* Is everything as it should be? What the program can say of itself. */
#ifndef BF_CORE_DOCTOR_H
#define BF_CORE_DOCTOR_H

#include "operation.h"

/* A read handler: { checks: [{ name, ok, zh, en }] }. */
int bf__doctor(struct bf__reading *reading, struct bf_error *err);

#endif
