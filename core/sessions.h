/* The sessions in memory: token hash → user, of a bounded number. Has no lock: the directory's covers it. */
#ifndef BF_CORE_SESSIONS_H
#define BF_CORE_SESSIONS_H

#include <stddef.h>
#include <stdint.h>

#define BF__SESSIONS 65536        /* of everybody: beyond it the one that ends first goes */
#define BF__SESSIONS_OF_A_USER 64 /* the same for one user, so that nobody pushes out the others */

struct bf__sessions;

struct bf__sessions *bf__sessions_new(void); /* NULL: no memory */
void bf__sessions_free(struct bf__sessions *sessions);
int bf__sessions_put(struct bf__sessions *sessions, const char *hash, const char *user, int64_t expires_ms); /* 0 or BF_ENOMEM */
void bf__sessions_drop(struct bf__sessions *sessions, const char *hash);
void bf__sessions_drop_user(struct bf__sessions *sessions, const char *user,
                            const char *keep); /* all but KEEP's, which may be NULL */
void bf__sessions_sweep(struct bf__sessions *sessions, int64_t now_ms);
/* The user, borrowed until the next change, when the session exists and lives at NOW. */
const char *bf__sessions_user(const struct bf__sessions *sessions, const char *hash, int64_t now_ms);
size_t bf__sessions_count(const struct bf__sessions *sessions);

#endif
