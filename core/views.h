/* Rendered answers of reads that are asked again and again, kept on the loop thread. An answer is dropped when its case changes,
 * and all are when people, rules or the day change: what is served is always what a reader would say now. */
#ifndef BF_CORE_VIEWS_H
#define BF_CORE_VIEWS_H

#include "operation.h"

struct bf__view_key;

/* True when a kept answer is there (borrowed until the loop goes on). Otherwise *RET_KEY tells where the answer of this call may
 * be kept, or is NULL when it may not; give it to `bf__views_keep` or `bf__views_drop`, which free it. */
bool bf__views_find(struct bf__app *app, const struct bf__operation *operation, const json_t *params, const json_t *actor,
                    bool operator_, struct bf_answer *ret, struct bf__view_key **ret_key);
void bf__views_keep(struct bf__app *app, struct bf__view_key *key, const struct bf_answer *answer);
void bf__views_drop(struct bf__app *app, struct bf__view_key *key); /* NULL is accepted */
/* A case changed: its kept answers go, and those being rendered just now will not be kept. */
void bf__views_forget(struct bf__app *app, const char *case_id);
void bf__views_free(struct bf__app *app);

#endif
