/* Who there is: organisations, users, sessions. In memory, loaded at start, changed only by the engine after a commit; read by
 * any thread. What it hands out are counted JSON objects that nobody changes. */
#ifndef BF_CORE_DIRECTORY_H
#define BF_CORE_DIRECTORY_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "banfa/error.h"

struct bf__directory;

int bf__directory_new(struct bf__directory **ret, struct bf_error *err) BF_WARN_UNUSED;
void bf__directory_free(struct bf__directory *directory);

/* An organisation: { id, zh, en, jurisdiction, roles: [..], parent? }. A user: { id, name, org, clearance, disabled, admin,
 * password (argon2id string), absences?: [ { from, to, deputy?, why?, by } ] }. `put` replaces by id; VALUE is borrowed and
 * copied. Called at load and by the engine after its commit. */
int bf__directory_put_org(struct bf__directory *directory, const json_t *org);
int bf__directory_put_user(struct bf__directory *directory, const json_t *user);
int bf__directory_put_session(struct bf__directory *directory, const char *token_hash, const char *user, int64_t expires_ms);
void bf__directory_drop_session(struct bf__directory *directory, const char *token_hash);
void bf__directory_drop_sessions_of(struct bf__directory *directory, const char *user,
                                    const char *keep_hash);                /* KEEP may be NULL */
void bf__directory_sweep(struct bf__directory *directory, int64_t now_ms); /* sessions that are over */

/* New references, or NULL. `users` and `orgs` give arrays without passwords, sorted by id. */
json_t *bf__directory_org(struct bf__directory *directory, const char *id);
json_t *bf__directory_user(struct bf__directory *directory, const char *id); /* with the password: never let it out */
json_t *bf__directory_orgs(struct bf__directory *directory);
json_t *bf__directory_users(struct bf__directory *directory);

/* The actor behind a session token at NOW, or NULL: { user, name, org, org_zh, org_en, jurisdiction, roles: [..], above: [org ids
 * up to the root, own first], clearance, admin, deputy_of?: [ { user, from, to } ] }. A counted object, built once and kept until
 * the user or an organisation changes. */
json_t *bf__directory_actor(struct bf__directory *directory, const char *token, int64_t now_ms);
json_t *bf__directory_actor_of(struct bf__directory *directory, const char *user); /* the same by user id */

/* The same for somebody whom a deputy acts for: also when he has left. NULL when there is no such user. */
json_t *bf__directory_principal(struct bf__directory *directory, const char *user);

/* Users of ORG who are enabled: array of ids, new reference, maybe empty. */
json_t *bf__directory_staff(struct bf__directory *directory, const char *org);
/* On DATE ("YYYY-MM-DD"): USER is enabled and not away; somebody of ORG is, or has a deputy who is. */
bool bf__directory_there(struct bf__directory *directory, const char *user, const char *date);
bool bf__directory_staffed(struct bf__directory *directory, const char *org, const char *date);

/* Organisations that hold ROLE in JURISDICTION: array of ids, new reference, maybe empty. */
json_t *bf__directory_holders(struct bf__directory *directory, const char *role, const char *jurisdiction);
/* True when ORG is ANCESTOR or lies below it. */
bool bf__directory_below(struct bf__directory *directory, const char *org, const char *ancestor);
/* Counts every change; lets caches know. */
uint64_t bf__directory_generation(struct bf__directory *directory);

/* Tokens: 32 random bytes as base64url; what is stored is its SHA-256 in hex. */
#define BF__TOKEN_TEXT 48
#define BF__TOKEN_HASH 65
int bf__token_new(char ret_token[BF__TOKEN_TEXT], char ret_hash[BF__TOKEN_HASH]) BF_WARN_UNUSED;
void bf__token_hash(const char *token, char ret_hash[BF__TOKEN_HASH]);

/* argon2id (libsodium, interactive limits): slow on purpose; call from a worker thread. */
int bf__password_hash(const char *password, char **ret_text, struct bf_error *err) BF_WARN_UNUSED;
bool bf__password_fits(const char *text, const char *password);
/* At least 8 characters and not the user's own name: nothing more is asked (NIST SP 800-63B). */
int bf__password_allowed(const char *user, const char *password, struct bf_error *err);

/* Failed logins: after 5 within 15 minutes for a user name or 50 for an address the next ones are refused for 15 minutes. */
bool bf__directory_locked(struct bf__directory *directory, const char *user, const char *peer, int64_t now_ms);
void bf__directory_failed(struct bf__directory *directory, const char *user, const char *peer, int64_t now_ms);
void bf__directory_passed(struct bf__directory *directory, const char *user);

/* At most 32 passwords are hashed or wait for it, 64 MiB each: false when there is no room. */
bool bf__directory_enter(struct bf__directory *directory);
void bf__directory_leave(struct bf__directory *directory);

#endif
