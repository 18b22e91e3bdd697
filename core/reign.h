/* Which rules decide a case. Those in force do, unless a change of rules left the case where it stood: then it stays on an older
 * ruleset until the stages that it stood in are closed. A reign is one moment's answer to that: immutable, counted, shared by all
 * threads; whoever holds one sees rules and choices that belong together.
 *
 * A case tells of it in its state: `change` is the number of the last change of rules that it has been measured by, and `stay`
 * { ruleset, stages: { name: round } } is there while it stays. Changes that came later (`changes` below) are laid on when it is
 * read, and written when it is next touched: a change of rules itself touches no case. */
#ifndef BF_CORE_REIGN_H
#define BF_CORE_REIGN_H

#include <jansson.h>
#include <stdatomic.h>

#include "ruleset.h"
#include "store.h"

#define BF__OLDER_MAX 64 /* rulesets that cases stay on at one time */

struct bf__reign {
  atomic_int refs;
  struct bf__ruleset *now; /* in force */
  int64_t number;          /* of the last change of rules */
  json_t *changes; /* those that may not be written on every case: [ { number, from, to, stay: [stages], move: true|[stages],
                    * migrate: [names] } ] */
  json_t *broken;  /* { hash: why it cannot be loaded } of older rulesets that cases stay on */
  struct bf__ruleset *older[BF__OLDER_MAX];
  int older_count;
};

/* The reign kept in storage. NOW is what is in force (a reference is taken). A ruleset that cannot be loaded is no error: it is
 * named in `broken`. */
int bf__reign_load(struct bf__store *store, struct bf__ruleset *now, struct bf__reign **ret, struct bf_error *err) BF_WARN_UNUSED;
/* What REIGN becomes when NOW comes into force with POLICY: { stay: [stages], move: true|[stages] }, both optional. */
int bf__reign_next(const struct bf__reign *reign, struct bf__ruleset *now, const json_t *policy, struct bf__reign **ret,
                   struct bf_error *err) BF_WARN_UNUSED;
/* The same reign after its changes have been written on every case, without the older rulesets that no case stays on. */
int bf__reign_settled(const struct bf__reign *reign, struct bf__store *store, struct bf__reign **ret,
                      struct bf_error *err) BF_WARN_UNUSED;
/* Keeps number and changes, in the caller's transaction. */
int bf__reign_keep(const struct bf__reign *reign, struct bf__store *store, struct bf_error *err) BF_WARN_UNUSED;
struct bf__reign *bf__reign_ref(struct bf__reign *reign);
void bf__reign_unref(struct bf__reign *reign);

/* The case's `stay` as it is under REIGN, a new reference; NULL when the rules in force decide it, or without memory. */
json_t *bf__reign_stay(const struct bf__reign *reign, const json_t *state);
/* The ruleset that decides the case, borrowed; NULL when it stays on one that cannot be loaded. */
struct bf__ruleset *bf__reign_set(const struct bf__reign *reign, const json_t *state);
/* By hash, among those of REIGN; borrowed, or NULL. */
struct bf__ruleset *bf__reign_named(const struct bf__reign *reign, const char *hash);
/* The description that the case follows; that of the rules in force when its own cannot be loaded. */
const json_t *bf__reign_view(const struct bf__reign *reign, const json_t *state);
/* Does any change that is not yet written everywhere bring a migration? */
bool bf__reign_migrates(const struct bf__reign *reign);
/* The names of migrations that changes not yet laid on the case bring, unless it stays: a new array, or NULL for none. */
json_t *bf__reign_migrations(const struct bf__reign *reign, const json_t *state);
/* Lays REIGN's changes on STATE, a copy that may be changed: afterwards its `change` and `stay` tell the truth. */
int bf__reign_stamp(const struct bf__reign *reign, json_t *state, struct bf_error *err) BF_WARN_UNUSED;
/* Says which stages stay when ASKED { stay: true|[…], move: true|[…] } for a change to NOW, with what its stages declare
 * themselves. *RET: { stay?, move? }. BF_EINVAL, with the name in err->where, for a stage that the rules in force do not have. */
int bf__reign_policy(const struct bf__reign *reign, const struct bf__ruleset *now, const json_t *asked, json_t **ret,
                     struct bf_error *err) BF_WARN_UNUSED;

/* One thread's sandboxes of rulesets other than the one it mostly uses: made when first asked for, few kept. */
#define BF__SHELF 3
struct bf__shelf {
  struct bf__rules *rules[BF__SHELF]; /* last used first */
};
int bf__shelf_get(struct bf__shelf *shelf, struct bf__ruleset *set, struct bf__rules **ret, struct bf_error *err) BF_WARN_UNUSED;
void bf__shelf_put(struct bf__shelf *shelf, struct bf__rules *rules); /* stolen, may be NULL */
void bf__shelf_done(struct bf__shelf *shelf);
/* The sandbox for STATE: CURRENT when it is of the right ruleset, else one of SHELF. Borrowed. BF_ESCRIPT when it cannot be
 * loaded. */
int bf__reign_rules(const struct bf__reign *reign, struct bf__rules *current, struct bf__shelf *shelf, const json_t *state,
                    struct bf__rules **ret, struct bf_error *err) BF_WARN_UNUSED;

#endif
