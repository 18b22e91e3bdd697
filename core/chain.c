#include "chain.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Fetching an algorithm is slow: once for the program. */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_MD *sm3;
static void fetch(void) {
  sm3 = EVP_MD_fetch(NULL, "SM3", NULL);
}

static __thread EVP_MD_CTX *context; /* reused by its thread; freed at its end */
static pthread_key_t context_key;
static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static void drop_context(void *ctx) {
  EVP_MD_CTX_free(ctx);
}
static void make_key(void) {
  (void)pthread_key_create(&context_key, drop_context);
}

static EVP_MD_CTX *own_context(void) {
  (void)pthread_once(&key_once, make_key);
  if (!context && (context = EVP_MD_CTX_new())) (void)pthread_setspecific(context_key, context);
  return context;
}

struct buffer {
  char *text;
  size_t length, size;
  bool canonical;
};

static int grow(struct buffer *b, size_t more) {
  if (b->length + more <= b->size) return 0;
  size_t size = b->size ? b->size * 2 : 2048;
  while (size < b->length + more) size *= 2;
  char *text = realloc(b->text, size);
  if (!text) return BF_ENOMEM;
  b->text = text;
  b->size = size;
  return 0;
}

static int put_char(struct buffer *b, char c) {
  if (grow(b, 1) < 0) return BF_ENOMEM;
  b->text[b->length++] = c;
  return 0;
}

static int put(struct buffer *b, const char *text, size_t length) {
  if (grow(b, length) < 0) return BF_ENOMEM;
  memcpy(b->text + b->length, text, length);
  b->length += length;
  return 0;
}

/* How a byte is written: 0 as it is, 'u' by its number, else by this letter after a backslash. */
static const char escapes[256] = {
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'b', 't', 'n', 'u', 'f', 'r', 'u', 'u',         'u',
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', ['"'] = '"', ['\\'] = '\\',
};

static char *put_escape(char *at, unsigned char c) {
  static const char hex[] = "0123456789abcdef";
  *at++ = '\\';
  *at++ = escapes[c];
  if (escapes[c] == 'u') *at++ = '0', *at++ = '0', *at++ = hex[c >> 4], *at++ = hex[c & 15];
  return at;
}

static int put_string(struct buffer *b, const char *text, size_t length) {
  if (grow(b, length * 6 + 2) < 0) return BF_ENOMEM;
  char *at = b->text + b->length;
  *at++ = '"';
  for (size_t i = 0; i < length; i++) {
    unsigned char c = (unsigned char)text[i];
    if (escapes[c])
      at = put_escape(at, c);
    else
      *at++ = (char)c;
  }
  *at++ = '"';
  b->length = (size_t)(at - b->text);
  return 0;
}

static int put_integer(struct buffer *b, json_int_t value) {
  char digits[24], *at = digits + sizeof digits;
  uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
  do *--at = (char)('0' + left % 10);
  while (left /= 10);
  if (value < 0) *--at = '-';
  return put(b, at, (size_t)(digits + sizeof digits - at));
}

static int put_real(struct buffer *b, const json_t *value, struct bf_error *err) {
  char number[64];
  if (b->canonical) return bf_fail(err, BF_EINVAL, "canonical", "a number that is not whole: amounts are whole fen");
  size_t length = json_dumpb(value, number, sizeof number, JSON_ENCODE_ANY);
  return length > 0 && length <= sizeof number ? put(b, number, length) : BF_ENOMEM;
}

struct member {
  const char *name;
  size_t length;
  json_t *value;
};

static int by_name(const void *a, const void *b) {
  return strcmp(((const struct member *)a)->name, ((const struct member *)b)->name);
}

/* Objects have few members: putting each in its place beats qsort. */
static void sort_members(struct member *members, size_t count) {
  if (count > 32) {
    qsort(members, count, sizeof *members, by_name);
    return;
  }
  for (size_t i = 1; i < count; i++) {
    struct member one = members[i];
    size_t at = i;
    for (; at > 0 && strcmp(members[at - 1].name, one.name) > 0; at--) members[at] = members[at - 1];
    members[at] = one;
  }
}

static int write_value(struct buffer *b, const json_t *value, int depth, struct bf_error *err);

static int write_member(struct buffer *b, const struct member *member, bool first, int depth, struct bf_error *err) {
  int r = first ? 0 : put_char(b, ',');
  if (r >= 0) r = put_string(b, member->name, member->length);
  if (r >= 0) r = put_char(b, ':');
  return r < 0 ? r : write_value(b, member->value, depth + 1, err);
}

static int write_object(struct buffer *b, const json_t *value, int depth, struct bf_error *err) {
  json_t *object = (json_t *)(uintptr_t)value; /* jansson's iterators are not const-correct */
  size_t count = json_object_size(object), n = 0;
  struct member local[32], *members = count <= 32 ? local : malloc(count * sizeof *members);
  if (!members) return bf_fail(err, BF_ENOMEM, "canonical", "no memory");
  for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at))
    members[n++] = (struct member){json_object_iter_key(at), json_object_iter_key_len(at), json_object_iter_value(at)};
  if (b->canonical) sort_members(members, count);
  int r = put_char(b, '{');
  for (size_t i = 0; i < count && r >= 0; i++) r = write_member(b, &members[i], i == 0, depth, err);
  if (r >= 0) r = put_char(b, '}');
  if (members != local) free(members);
  return r;
}

static int write_array(struct buffer *b, const json_t *array, int depth, struct bf_error *err) {
  int r = put_char(b, '[');
  for (size_t i = 0; i < json_array_size(array) && r >= 0; i++) {
    if (i) r = put_char(b, ',');
    if (r >= 0) r = write_value(b, json_array_get(array, i), depth + 1, err);
  }
  return r < 0 ? r : put_char(b, ']');
}

static int write_value(struct buffer *b, const json_t *value, int depth, struct bf_error *err) {
  if (depth > 200) return bf_fail(err, BF_ELIMIT, "canonical", "nested deeper than 200");
  switch (json_typeof(value)) {
  case JSON_OBJECT:
    return write_object(b, value, depth, err);
  case JSON_ARRAY:
    return write_array(b, value, depth, err);
  case JSON_STRING:
    return put_string(b, json_string_value(value), json_string_length(value));
  case JSON_INTEGER:
    return put_integer(b, json_integer_value(value));
  case JSON_TRUE:
    return put(b, "true", 4);
  case JSON_FALSE:
    return put(b, "false", 5);
  case JSON_NULL:
    return put(b, "null", 4);
  default:
    return put_real(b, value, err);
  }
}

static int write_text(const json_t *value, bool canonical, char **ret_text, size_t *ret_length, struct bf_error *err) {
  struct buffer b = {.canonical = canonical};
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

int bf__canonical(const json_t *value, char **ret_text, size_t *ret_length, struct bf_error *err) {
  return write_text(value, true, ret_text, ret_length, err);
}

int bf__compact(const json_t *value, char **ret_text, size_t *ret_length, struct bf_error *err) {
  return write_text(value, false, ret_text, ret_length, err);
}

int bf__sm3(const void *bytes, size_t length, unsigned char ret_hash[BF__HASH_BYTES]) {
  (void)pthread_once(&once, fetch);
  EVP_MD_CTX *ctx = own_context();
  unsigned size = 0;
  if (!ctx || !sm3) return BF_ENOMEM;
  if (EVP_DigestInit_ex2(ctx, sm3, NULL) != 1 || EVP_DigestUpdate(ctx, bytes, length) != 1 ||
      EVP_DigestFinal_ex(ctx, ret_hash, &size) != 1)
    return BF_EIO;
  return size == BF__HASH_BYTES ? 0 : BF_EIO;
}

int bf__chain_next(const unsigned char previous[BF__HASH_BYTES], const void *bytes, size_t length,
                   unsigned char ret_hash[BF__HASH_BYTES]) {
  (void)pthread_once(&once, fetch);
  EVP_MD_CTX *ctx = own_context();
  unsigned size = 0;
  if (!ctx || !sm3) return BF_ENOMEM;
  if (EVP_DigestInit_ex2(ctx, sm3, NULL) != 1 || EVP_DigestUpdate(ctx, previous, BF__HASH_BYTES) != 1 ||
      EVP_DigestUpdate(ctx, bytes, length) != 1 || EVP_DigestFinal_ex(ctx, ret_hash, &size) != 1)
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

static int digit(char c) {
  return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

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
  bool fits = md && EVP_MD_get_size(md) == BF__HASH_BYTES; /* a longer digest would run past its caller's buffer */
  bool ok = fits && digest->ctx && EVP_DigestInit_ex2(digest->ctx, md, NULL) == 1;
  EVP_MD_free(md);
  if (!ok) {
    bf__digest_free(digest);
    return bf_fail(err, BF_EIO, name, "the digest is not available");
  }
  *ret = digest;
  return 0;
}

int bf__digest_add(struct bf__digest *digest, const void *bytes, size_t length) {
  return EVP_DigestUpdate(digest->ctx, bytes, length) == 1 ? 0 : BF_EIO;
}

int bf__digest_end(struct bf__digest *digest, unsigned char ret_hash[BF__HASH_BYTES]) {
  unsigned size = 0;
  return EVP_DigestFinal_ex(digest->ctx, ret_hash, &size) == 1 && size == BF__HASH_BYTES ? 0 : BF_EIO;
}

void bf__digest_free(struct bf__digest *digest) {
  if (!digest) return;
  EVP_MD_CTX_free(digest->ctx);
  free(digest);
}
