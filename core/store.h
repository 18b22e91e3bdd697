/* The tables, as calls: the one place with SQL. A store is one connection with its prepared statements; one thread's. */
#ifndef BF_CORE_STORE_H
#define BF_CORE_STORE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "banfa/error.h"
#include "banfa/storage.h"
#include "chain.h"

#define BF__SCHEMA_VERSION 7 /* one more for each step of `upgrades` in store.c */

struct bf__store;

/* Opens a connection. The writer creates or checks the tables: BF_EVERSION for a database of a newer program. */
int bf__store_open(const struct bf_storage *storage, bool write, struct bf__store **ret, struct bf_error *err) BF_WARN_UNUSED;
void bf__store_close(struct bf__store *store);
int bf__store_begin(struct bf__store *store, struct bf_error *err) BF_WARN_UNUSED;
int bf__store_commit(struct bf__store *store, struct bf_error *err) BF_WARN_UNUSED;
void bf__store_rollback(struct bf__store *store);
int bf__store_backup(struct bf__store *store, const char *path, struct bf_error *err) BF_WARN_UNUSED;

/* A statement by its SQL (a string literal: its address is the key), prepared once for each store; reset and ready to bind. */
struct bf_stmt *bf__store_sql(struct bf__store *store, const char *sql, struct bf_error *err);
const struct bf_storage *bf__store_calls(const struct bf__store *store);

/* Binds by a short format: i int64_t, t NUL-terminated text or NULL, j json_t* as compact text, b bytes with size_t length. Then
 * steps once: BF_ROW, BF_DONE or a negative code. The row is read with `bf__store_calls`; call bf__store_sql again to reuse the
 * statement. */
int bf__store_run(struct bf__store *store, const char *sql, struct bf_stmt **ret_stmt, struct bf_error *err, const char *format,
                  ...);
/* Every row as an array of objects: COLUMNS is "id:t version:i state:j" (t text, i int, j JSON text parsed). */
int bf__store_rows(struct bf__store *store, const char *sql, const char *columns, json_t **ret, struct bf_error *err,
                   const char *format, ...);

/* meta: small named values. */
int bf__store_meta_get(struct bf__store *store, const char *key, char **ret,
                       struct bf_error *err) BF_WARN_UNUSED; /* *ret NULL when absent; free() */
int bf__store_meta_put(struct bf__store *store, const char *key, const char *value, struct bf_error *err) BF_WARN_UNUSED;
/* The next number of a sequence (1, 2, …), kept in the same transaction. */
int bf__store_next(struct bf__store *store, const char *sequence, int64_t *ret, struct bf_error *err) BF_WARN_UNUSED;

/* cases. `state` is the whole case as JSON; the columns beside it are for lists. */
int bf__store_case_get(struct bf__store *store, const char *id, json_t **ret_state,
                       struct bf_error *err) BF_WARN_UNUSED; /* BF_ENOTFOUND */
int bf__store_case_put(struct bf__store *store, const json_t *state, bool is_new, const char *text, int64_t now_ms,
                       struct bf_error *err) BF_WARN_UNUSED;
/* The open stages of a case, for filters: replaces what was there. */
int bf__store_case_stages(struct bf__store *store, const json_t *state, struct bf_error *err) BF_WARN_UNUSED;

/* events. TEXT is canonical JSON; HASH its link. */
int bf__store_event_put(struct bf__store *store, int64_t seq, const char *case_id, int64_t at_ms, const char *text, size_t length,
                        const unsigned char hash[BF__HASH_BYTES], struct bf_error *err) BF_WARN_UNUSED;
int bf__store_head(struct bf__store *store, int64_t *ret_seq, int64_t *ret_at_ms, unsigned char ret_hash[BF__HASH_BYTES],
                   struct bf_error *err) BF_WARN_UNUSED;

/* deadlines: one row for each rung still to fire. */
int bf__store_rung_put(struct bf__store *store, const char *case_id, const char *stage, const char *name, const char *rung,
                       int64_t at_ms, const char *due, struct bf_error *err) BF_WARN_UNUSED;
int bf__store_rung_drop(struct bf__store *store, const char *case_id, const char *stage, const char *name, const char *rung,
                        struct bf_error *err) BF_WARN_UNUSED;
/* A deadline that ran until AT_MS and is no more, with the date that it had last; RUNS: it is again. */
int bf__store_deadline_ended(struct bf__store *store, const char *case_id, const char *stage, const char *name, const char *due,
                             int64_t at_ms, struct bf_error *err) BF_WARN_UNUSED;
int bf__store_deadline_runs(struct bf__store *store, const char *case_id, const char *stage, const char *name,
                            struct bf_error *err) BF_WARN_UNUSED;
/* The earliest pending moment, INT64_MAX when there is none. */
int bf__store_rung_next(struct bf__store *store, int64_t *ret_at, struct bf_error *err) BF_WARN_UNUSED;

#endif
