/* Failed logins by user name and by address, in tables of a fixed size. Any thread. */
#ifndef BF_CORE_LOCKOUT_H
#define BF_CORE_LOCKOUT_H

#include <stdbool.h>
#include <stdint.h>

struct bf__lockout;

struct bf__lockout *bf__lockout_new(void); /* NULL: no memory */
void bf__lockout_free(struct bf__lockout *lockout);
/* USER and PEER may be NULL. */
bool bf__lockout_locked(struct bf__lockout *lockout, const char *user, const char *peer, int64_t now_ms);
void bf__lockout_failed(struct bf__lockout *lockout, const char *user, const char *peer, int64_t now_ms);
void bf__lockout_passed(struct bf__lockout *lockout, const char *user);

#endif
