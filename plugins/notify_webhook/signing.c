#include "signing.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

#include "banfa/error.h"

int bf__sign(const void *key, size_t key_bytes, const void *text, size_t length, char ret[BF__SIGNATURE]) {
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (!HMAC(EVP_sha256(), key, (int)key_bytes, text, length, mac, &size) || size != 32) return BF_EIO;
  (void)EVP_EncodeBlock((unsigned char *)ret, mac, 32);
  return 0;
}

void bf__percent(const char *text, char *ret) {
  static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  for (; *text; text++) {
    if (strchr(plain, *text))
      *ret++ = *text;
    else
      ret += snprintf(ret, 4, "%%%02X", (unsigned)(unsigned char)*text);
  }
  *ret = 0;
}

int bf__base64_bytes(const char *text, unsigned char *ret, size_t room) {
  size_t length = strlen(text);
  if (length % 4 || length == 0 || length / 4 * 3 > room) return BF_EINVAL;
  int bytes = EVP_DecodeBlock(ret, (const unsigned char *)text, (int)length);
  if (bytes < 0) return BF_EINVAL;
  return bytes - (text[length - 1] == '=') - (text[length - 2] == '=');
}
