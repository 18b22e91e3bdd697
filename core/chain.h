/* The hash chain: canonical JSON and SM3 (GB/T 32905). */
#ifndef BF_CORE_CHAIN_H
#define BF_CORE_CHAIN_H

#include <jansson.h>
#include <stddef.h>

#include "banfa/error.h"

#define BF__HASH_BYTES 32
#define BF__HASH_HEX 65 /* 64 digits and NUL */

/* Canonical JSON: UTF-8, object keys sorted by their bytes, no white space, integers in decimal, shortest escapes; reals refused.
 * The text is malloc'd; free() it. */
int bf__canonical(const json_t *value, char **ret_text, size_t *ret_length, struct bf_error *err) BF_WARN_UNUSED;
/* The same with the keys in their own order, and reals: what json_dumps makes with JSON_COMPACT, in half the time. */
int bf__compact(const json_t *value, char **ret_text, size_t *ret_length, struct bf_error *err) BF_WARN_UNUSED;

int bf__sm3(const void *bytes, size_t length, unsigned char ret_hash[BF__HASH_BYTES]) BF_WARN_UNUSED;
/* hash(n) = SM3(hash(n-1) ‖ canonical event n); the first link follows 32 zero bytes. PREVIOUS and RET may be the same. */
int bf__chain_next(const unsigned char previous[BF__HASH_BYTES], const void *bytes, size_t length,
                   unsigned char ret_hash[BF__HASH_BYTES]) BF_WARN_UNUSED;
void bf__hex(const unsigned char *bytes, size_t length, char *ret_text);  /* 2 × length + 1 bytes */
int bf__unhex(const char *text, size_t length, unsigned char *ret_bytes); /* length / 2 bytes */

/* Streaming SHA-256 and SM3 for documents and rulesets. */
struct bf__digest;
int bf__digest_new(const char *name /* "SM3" or "SHA256" */, struct bf__digest **ret, struct bf_error *err) BF_WARN_UNUSED;
int bf__digest_add(struct bf__digest *digest, const void *bytes, size_t length) BF_WARN_UNUSED;
int bf__digest_end(struct bf__digest *digest, unsigned char ret_hash[BF__HASH_BYTES]) BF_WARN_UNUSED;
void bf__digest_free(struct bf__digest *digest);

#endif
