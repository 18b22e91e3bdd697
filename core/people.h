/* Organisations, users and sessions in storage: what the engine writes, and how the directory is filled at start. */
#ifndef BF_CORE_PEOPLE_H
#define BF_CORE_PEOPLE_H

#include "operation.h"

/* Reads organisations, users and sessions into DIRECTORY. */
int bf__people_load(struct bf__store *store, struct bf__directory *directory, struct bf_error *err) BF_WARN_UNUSED;

/* The moment that sessions are compared with: with a virtual clock they do not end, for a jump of a year would log everybody out.
 */
int64_t bf__people_session_now(struct bf__app *app);

/* Write handlers, internal:
 * session.add { hash, user, expires }   session.drop { hash }   org.put { org }
 * user.put { id, set: { members }, new: bool, was?: password hash that must still hold, keep?: session hash that stays }
 * A new password or a disabled user ends the user's sessions. Passwords never come into the event. */
int bf__people_session_add(struct bf__turn *turn, struct bf__command *command, struct bf_error *err);
int bf__people_session_drop(struct bf__turn *turn, struct bf__command *command, struct bf_error *err);
int bf__people_org_put(struct bf__turn *turn, struct bf__command *command, struct bf_error *err);
int bf__people_user_put(struct bf__turn *turn, struct bf__command *command, struct bf_error *err);

/* For handlers that change a part of a user: the stored body (*RET may be NULL), and writing it with its event. */
int bf__people_stored_user(struct bf__turn *turn, const char *id, json_t **ret, struct bf_error *err) BF_WARN_UNUSED;
int bf__people_write_user(struct bf__turn *turn, struct bf__command *command, json_t *user, struct bf_error *err) BF_WARN_UNUSED;

#endif
