#include "chain.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Fetching an algorithm is slow: once for the program. */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_MD *sm3;
static void fetch(void) { sm3 = EVP_MD_fetch(NULL, "SM3", NULL); }

static __thread EVP_MD_CTX *context; /* reused by its thread; freed at its end */
static pthread_key_t context_key;
static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static void drop_context(void *ctx) { EVP_MD_CTX_free(ctx); }
static void make_key(void) { (void)pthread_key_create(&context_key, drop_context); }

static EVP_MD_CTX *own_context(void) {
  (void)pthread_once(&key_once, make_key);
  if (!context && (context = EVP_MD_CTX_new())) (void)pthread_setspecific(context_key, context);
  return context;
}

struct buffer {
  char *text;
  size_t length, size;
};

static int grow(struct buffer *b, size_t more) {
  if (b->length + more <= b->size) return 0;
  size_t size = b->size ? b->size * 2 : 512;
  while (size < b->length + more) size *= 2;
  char *text = realloc(b->text, size);
  if (!text) return BF_ENOMEM;
  b->text = text;
  b->size = size;
  return 0;
}

static int put(struct buffer *b, const char *text, size_t length) {
  if (grow(b, length) < 0) return BF_ENOMEM;
  memcpy(b->text + b->length, text, length);
  b->length += length;
  return 0;
}

static int put_string(struct buffer *b, const char *text, size_t length) {
  static const char hex[] = "0123456789abcdef";
  if (grow(b, length * 6 + 2) < 0) return BF_ENOMEM;
  char *at = b->text + b->length;
  *at++ = '"';
  for (size_t i = 0; i < length; i++) {
    unsigned char c = (unsigned char)text[i];
    if (c == '"' || c == '\\') *at++ = '\\', *at++ = (char)c;
    else if (c >= 0x20) *at++ = (char)c;
    else if (c == '\n') *at++ = '\\', *at++ = 'n';
    else if (c == '\t') *at++ = '\\', *at++ = 't';
    else if (c == '\r') *at++ = '\\', *at++ = 'r';
    else if (c == '\b') *at++ = '\\', *at++ = 'b';
    else if (c == '\f') *at++ = '\\', *at++ = 'f';
    else *at++ = '\\', *at++ = 'u', *at++ = '0', *at++ = '0', *at++ = hex[c >> 4], *at++ = hex[c & 15];
  }
  *at++ = '"';
  b->length = (size_t)(at - b->text);
  return 0;
}

static int by_bytes(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

static int write_value(struct buffer *b, const json_t *value, int depth, struct bf_error *err);

static int write_object(struct buffer *b, const json_t *object, int depth, struct bf_error *err) {
  size_t count = json_object_size(object), n = 0;
  const char *local[32], **keys = count <= 32 ? local : malloc(count * sizeof *keys), *key;
  json_t *value;
  if (!keys) return bf_fail(err, BF_ENOMEM, "canonical", "no memory");
  json_object_foreach((json_t *)(uintptr_t)object, key, value) keys[n++] = key;
  qsort(keys, count, sizeof *keys, by_bytes);
  int r = put(b, "{", 1);
  for (size_t i = 0; i < count && r >= 0; i++) {
    if (i) r = put(b, ",", 1);
    if (r >= 0) r = put_string(b, keys[i], strlen(keys[i]));
    if (r >= 0) r = put(b, ":", 1);
    if (r >= 0) r = write_value(b, json_object_get(object, keys[i]), depth + 1, err);
  }
  if (r >= 0) r = put(b, "}", 1);
  if (keys != local) free(keys);
  return r;
}

static int write_value(struct buffer *b, const json_t *value, int depth, struct bf_error *err) {
  char number[32];
  int r;
  if (depth > 200) return bf_fail(err, BF_ELIMIT, "canonical", "nested deeper than 200");
  switch (json_typeof(value)) {
  case JSON_OBJECT: return write_object(b, value, depth, err);
  case JSON_ARRAY:
    r = put(b, "[", 1);
    for (size_t i = 0; i < json_array_size(value) && r >= 0; i++) {
      if (i) r = put(b, ",", 1);
      if (r >= 0) r = write_value(b, json_array_get(value, i), depth + 1, err);
    }
    return r < 0 ? r : put(b, "]", 1);
  case JSON_STRING: return put_string(b, json_string_value(value), json_string_length(value));
  case JSON_INTEGER: return put(b, number, (size_t)snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value)));
  case JSON_TRUE: return put(b, "true", 4);
  case JSON_FALSE: return put(b, "false", 5);
  case JSON_NULL: return put(b, "null", 4);
  default: return bf_fail(err, BF_EINVAL, "canonical", "a number that is not whole: amounts are whole fen");
  }
}

int bf__canonical(const json_t *value, char **ret_text, size_t *ret_length, struct bf_error *err) {
  struct buffer b = {0};
  int r = value ? write_value(&b, value, 0, err) : BF_ENOMEM;
  if (r >= 0) r = put(&b, "", 1); /* the NUL behind it */
  if (r < 0) {
    free(b.text);
    return r == BF_ENOMEM ? bf_fail(err, BF_ENOMEM, "canonical", "no memory") : r;
  }
  *ret_text = b.text;
  *ret_length = b.length - 1;
  return 0;
}

int bf__sm3(const void *bytes, size_t length, unsigned char ret_hash[BF__HASH_BYTES]) {
  (void)pthread_once(&once, fetch);
  EVP_MD_CTX *ctx = own_context();
  unsigned size = 0;
  if (!ctx || !sm3) return BF_ENOMEM;
  if (EVP_DigestInit_ex2(ctx, sm3, NULL) != 1 || EVP_DigestUpdate(ctx, bytes, length) != 1 || EVP_DigestFinal_ex(ctx, ret_hash, &size) != 1) return BF_EIO;
  return size == BF__HASH_BYTES ? 0 : BF_EIO;
}

int bf__chain_next(const unsigned char previous[BF__HASH_BYTES], const void *bytes, size_t length, unsigned char ret_hash[BF__HASH_BYTES]) {
  (void)pthread_once(&once, fetch);
  EVP_MD_CTX *ctx = own_context();
  unsigned size = 0;
  if (!ctx || !sm3) return BF_ENOMEM;
  if (EVP_DigestInit_ex2(ctx, sm3, NULL) != 1 || EVP_DigestUpdate(ctx, previous, BF__HASH_BYTES) != 1 || EVP_DigestUpdate(ctx, bytes, length) != 1 ||
      EVP_DigestFinal_ex(ctx, ret_hash, &size) != 1)
    return BF_EIO;
  return size == BF__HASH_BYTES ? 0 : BF_EIO;
}

void bf__hex(const unsigned char *bytes, size_t length, char *ret_text) {
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < length; i++) {
    ret_text[2 * i] = digits[bytes[i] >> 4];
    ret_text[2 * i + 1] = digits[bytes[i] & 15];
  }
  ret_text[2 * length] = 0;
}

static int digit(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; }

int bf__unhex(const char *text, size_t length, unsigned char *ret_bytes) {
  if (length % 2) return BF_EINVAL;
  for (size_t i = 0; i < length; i += 2) {
    int high = digit(text[i]), low = digit(text[i + 1]);
    if (high < 0 || low < 0) return BF_EINVAL;
    ret_bytes[i / 2] = (unsigned char)(high << 4 | low);
  }
  return 0;
}

struct bf__digest {
  EVP_MD_CTX *ctx;
};

int bf__digest_new(const char *name, struct bf__digest **ret, struct bf_error *err) {
  struct bf__digest *digest = calloc(1, sizeof *digest);
  EVP_MD *md = digest ? EVP_MD_fetch(NULL, name, NULL) : NULL;
  if (md) digest->ctx = EVP_MD_CTX_new();
  bool ok = md && digest->ctx && EVP_DigestInit_ex2(digest->ctx, md, NULL) == 1;
  EVP_MD_free(md);
  if (!ok) {
    bf__digest_free(digest);
    return bf_fail(err, BF_EIO, name, "the digest is not available");
  }
  *ret = digest;
  return 0;
}

int bf__digest_add(struct bf__digest *digest, const void *bytes, size_t length) { return EVP_DigestUpdate(digest->ctx, bytes, length) == 1 ? 0 : BF_EIO; }

int bf__digest_end(struct bf__digest *digest, unsigned char ret_hash[BF__HASH_BYTES]) {
  unsigned size = 0;
  return EVP_DigestFinal_ex(digest->ctx, ret_hash, &size) == 1 && size == BF__HASH_BYTES ? 0 : BF_EIO;
}

void bf__digest_free(struct bf__digest *digest) {
  if (!digest) return;
  EVP_MD_CTX_free(digest->ctx);
  free(digest);
}
