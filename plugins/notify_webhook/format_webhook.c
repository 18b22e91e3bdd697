/* A webhook for other programs, signed as the Standard Webhooks specification says: the signature covers id, moment and body, so
 * that a receiver can tell who sent it, that it is whole, and that it is not an old one sent again. */
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "signing.h"

#define PREFIX "whsec_"

/* The key is base64 after "whsec_", or the text itself. */
static int signature(const char *secret, const char *id, const char *moment, const char *body, char ret[BF__SIGNATURE]) {
  unsigned char key[512];
  char *text = NULL;
  int bytes = strncmp(secret, PREFIX, strlen(PREFIX)) == 0 ? bf__base64_bytes(secret + strlen(PREFIX), key, sizeof key) : -1;
  int length = asprintf(&text, "%s.%s.%s", id, moment, body);
  if (length < 0) return BF_ENOMEM;
  int r = bytes >= 0 ? bf__sign(key, (size_t)bytes, text, (size_t)length, ret)
                     : bf__sign(secret, strlen(secret), text, (size_t)length, ret);
  free(text);
  return r;
}

static int build(const json_t *target, const json_t *notice, int64_t now, struct bf__post *post, struct bf_error *err) {
  const char *secret = json_string_value(json_object_get(target, "secret")),
             *key = json_string_value(json_object_get(notice, "key"));
  char moment[32], mac[BF__SIGNATURE], header[BF__SIGNATURE + 4];
  json_t *body = json_pack("{ss ss sO* sI sO* sO* sO*}", "type", "banfa.notice", "id", key ? key : "", "case",
                           json_object_get(notice, "case"), "at_ms", json_integer_value(json_object_get(notice, "at_ms")), "to",
                           json_object_get(notice, "to"), "notice", json_object_get(notice, "body"), "text",
                           json_object_get(notice, "text"));
  int r = bf__post_json(post, body, err);
  if (r >= 0) r = bf__post_header(post, "webhook-id", key ? key : "", err);
  (void)snprintf(moment, sizeof moment, "%lld", (long long)(now / 1000));
  if (r >= 0) r = bf__post_header(post, "webhook-timestamp", moment, err);
  if (r < 0 || !secret) return r;
  if (signature(secret, key ? key : "", moment, post->body, mac) < 0)
    return bf_fail(err, BF_EIO, "webhook", "the signature could not be made");
  (void)snprintf(header, sizeof header, "v1,%s", mac);
  return bf__post_header(post, "webhook-signature", header, err);
}

static const char *refused(const json_t *target, const struct bf_transferred *how, bool *give_up, char why[200]) {
  (void)target, (void)how, (void)give_up, (void)why;
  return NULL; /* 2xx is all that the specification asks */
}

const struct bf__format bf__format_webhook = {
    .channel = "channel.webhook", .targets = "webhook", .build = build, .refused = refused};
