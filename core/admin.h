/* The operator's door: a Unix socket `banfa.sock` in the data folder, open to the same user and to root (peer credentials).
 * One JSON object a line, {"operation", "params"?, "idempotency_key"?, "if_version"?}; one line back for each, in order:
 * {"status", "body", "version"?, "location"?}. A line holds at most 64 MiB, in both directions. */
#ifndef BF_CORE_ADMIN_H
#define BF_CORE_ADMIN_H

#include <jansson.h>

#include "banfa/error.h"

#define BF__ADMIN_LINE ((size_t)64 << 20)

struct bf__app;
struct bf__admin;

/* The server's side, loop thread. Call it only while this program holds the data folder: an old socket file is removed. */
int bf__admin_start(struct bf__app *app, struct bf__admin **ret, struct bf_error *err) BF_WARN_UNUSED;
/* Closes the socket and every connection and frees ADMIN; runs the loop until that is done, so never from a uv callback. Calls
 * that wait for an answer are forgotten. NULL is accepted. */
void bf__admin_stop(struct bf__admin *admin);

/* The client's side, blocking. BF_ENOTFOUND when no server runs on the data folder. Close the descriptor with close(). */
int bf__admin_connect(const char *data, int *ret_fd, struct bf_error *err) BF_WARN_UNUSED;
/* One request and its answer { status, body, version?, location? }, a new reference. PARAMS is borrowed. */
int bf__admin_request(int fd, const char *operation, const json_t *params, json_t **ret_answer,
                      struct bf_error *err) BF_WARN_UNUSED;

/* Opens the data folder and writes a name for its socket that is short whatever the folder's own path is: a Unix socket's path
 * may only have 107 bytes. The name is good while *ret_folder is open. */
int bf__admin_path(const char *data, int *ret_folder, char ret_path[64], struct bf_error *err) BF_WARN_UNUSED;

/* ANSWER as the socket's reply, also used in-process. A new reference; takes the answer's file. */
struct bf_answer;
json_t *bf__admin_answer(const struct bf_answer *answer);

#endif
