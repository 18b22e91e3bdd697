/* Documents on disk: DATA/documents/ab/ab12…(SHA-256), written as a stream through documents/incoming. Disk work happens on
 * worker threads; the calls and callbacks here are the loop thread's. A file whose document.add was refused stays as an orphan:
 * harmless, and found again when the same bytes come once more. */
#ifndef BF_CORE_DOCSTORE_H
#define BF_CORE_DOCSTORE_H

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "banfa/api.h"
#include "banfa/error.h"
#include "operation.h"

#define BF__DOC_HASH 65 /* 64 hex digits and NUL */

/* Makes the folders and removes what an earlier run left in incoming/. Before anything else uses them. */
int bf__docstore_open(const char *data, struct bf_error *err) BF_WARN_UNUSED;
/* The path of a stored file; BF_EINVAL when SHA256 is not 64 hex digits, BF_ELIMIT when the path is too long. */
int bf__docstore_path(const char *data, const char *sha256, char *ret_path, size_t size);
/* Opens a stored file for reading: *ret_fd and its size. BF_ENOTFOUND when it is gone. */
int bf__docstore_read(const char *data, const char *sha256, int *ret_fd, int64_t *ret_bytes, struct bf_error *err) BF_WARN_UNUSED;
/* Hashes a stored file again: 0, BF_ENOTFOUND, BF_EINVAL when its bytes are not what its name says, BF_EIO. Slow: not on the loop
 * thread. */
int bf__docstore_check(const char *data, const char *sha256, int64_t bytes, struct bf_error *err) BF_WARN_UNUSED;

/* One file coming in: write in order, one at a time, then finish or abort; after either the handle is gone. */
struct bf__docput;

int bf__docput_new(uv_loop_t *loop, const char *data, int64_t limit, struct bf__docput **ret,
                   struct bf_error *err) BF_WARN_UNUSED;
/* BYTES are borrowed until DONE, which runs exactly once, later, with 0 or: BF_ELIMIT larger than the limit, BF_EFULL disk full,
 * BF_EIO. After a failure nothing is left on disk and further writes give the same code. BF_ESTATE at once, without DONE, while
 * another write is under way. */
int bf__docput_write(struct bf__docput *put, const char *bytes, size_t length, void (*done)(void *arg, int status),
                     void *arg) BF_WARN_UNUSED;
/* FINISHED runs once: STATUS 0 when the file is durable under its SHA-256, or why not. May be called while a write is under way.
 */
void bf__docput_finish(struct bf__docput *put,
                       void (*finished)(void *arg, int status, const char *sha256, int64_t bytes, const struct bf_error *err),
                       void *arg);
/* GONE (or NULL) runs once, when nothing is left of it; a write under way gets its DONE before. */
void bf__docput_abort(struct bf__docput *put, void (*gone)(void *arg), void *arg);

/* What `struct bf_api` says of uploads (upload.c). A failed write reports its code through DONE; then `finish` answers with it
 * (413, 507, 500) and `abort` answers nothing. */
void bf__upload_begin(const struct bf_api *self, struct bf_call *call, struct bf_upload **ret_upload);
int bf__upload_write(struct bf_upload *upload, const char *data, size_t length, void (*done)(void *arg, int status), void *arg);
void bf__upload_finish(struct bf_upload *upload);
void bf__upload_abort(struct bf_upload *upload);

#endif
