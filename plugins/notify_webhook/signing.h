/* HMAC-SHA256 in the two spellings that receivers ask for. */
#ifndef BF_NOTIFY_WEBHOOK_SIGNING_H
#define BF_NOTIFY_WEBHOOK_SIGNING_H

#include <stddef.h>

#define BF__SIGNATURE 48 /* 32 bytes in base64, and its end */

int bf__sign(const void *key, size_t key_bytes, const void *text, size_t length, char ret[BF__SIGNATURE]);
/* TEXT for a query: everything but letters, digits and -._~ as %XX. RET holds 3 times as much, and its end. */
void bf__percent(const char *text, char *ret);
/* Base64 text into bytes; how many, or negative when it is none. */
int bf__base64_bytes(const char *text, unsigned char *ret, size_t room);

#endif
