/* Passwords and keys: from a file that only we may read, or from the environment; never from banfa.json, never in a log. */
#ifndef BF_TRANSFER_SECRET_H
#define BF_TRANSFER_SECRET_H

#include "banfa/error.h"

/* As bf_transfer.secret. */
int bf__secret(const char *file, const char *variable, char **ret, struct bf_error *err) BF_WARN_UNUSED;

#endif
