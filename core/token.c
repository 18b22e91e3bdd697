/* Session tokens and passwords: what libsodium does for the directory. */
#include <sodium.h>
#include <string.h>
#include <strings.h>

#include "directory.h"

#define TOKEN_BYTES 32
#define PASSWORD_CHARACTERS 8

int bf__token_new(char ret_token[BF__TOKEN_TEXT], char ret_hash[BF__TOKEN_HASH]) {
  unsigned char bytes[TOKEN_BYTES];
  if (sodium_init() < 0) return BF_EIO;
  randombytes_buf(bytes, sizeof bytes);
  (void)sodium_bin2base64(ret_token, BF__TOKEN_TEXT, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  sodium_memzero(bytes, sizeof bytes);
  bf__token_hash(ret_token, ret_hash);
  return 0;
}

void bf__token_hash(const char *token, char ret_hash[BF__TOKEN_HASH]) {
  unsigned char hash[crypto_hash_sha256_BYTES];
  (void)crypto_hash_sha256(hash, (const unsigned char *)token, strlen(token));
  (void)sodium_bin2hex(ret_hash, BF__TOKEN_HASH, hash, sizeof hash);
}

int bf__password_hash(const char *password, char **ret_text, struct bf_error *err) {
  char text[crypto_pwhash_STRBYTES];
  if (sodium_init() < 0) return bf_fail(err, BF_EIO, "password", "the system gives no random numbers");
  if (crypto_pwhash_str_alg(text, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                            crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) != 0)
    return bf_fail(err, BF_ENOMEM, "password", "no memory for a password hash: it needs 64 MiB for a moment");
  char *copy = strdup(text);
  if (!copy) return bf_fail(err, BF_ENOMEM, "password", "no memory");
  *ret_text = copy;
  return 0;
}

bool bf__password_fits(const char *text, const char *password) {
  return sodium_init() >= 0 && crypto_pwhash_str_verify(text, password, strlen(password)) == 0;
}

static size_t characters(const char *text) {
  size_t count = 0;
  for (; *text; text++) count += ((unsigned char)*text & 0xC0) != 0x80; /* UTF-8: continuation bytes do not count */
  return count;
}

int bf__password_allowed(const char *user, const char *password, struct bf_error *err) {
  if (characters(password) < PASSWORD_CHARACTERS)
    return bf_fail(err, BF_ELIMIT, "password", "The password needs at least %d characters.", PASSWORD_CHARACTERS);
  if (strcasecmp(user, password) == 0)
    return bf_fail(err, BF_EREFUSED, "password", "The password must not be the user's own name.");
  return 0;
}
