/* A DingTalk (钉钉) robot: markdown; signed by HMAC-SHA256 of "milliseconds\nsecret" under the secret, in the query; 20 messages
 * a minute, then ten minutes of silence. */
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "signing.h"

static int sign_url(const json_t *target, int64_t now, struct bf__post *post, struct bf_error *err) {
  const char *secret = json_string_value(json_object_get(target, "secret"));
  char *text = NULL, *url = NULL, mac[BF__SIGNATURE], quoted[3 * BF__SIGNATURE];
  if (!secret) return 0; /* a robot kept by keyword or by address */
  int length = asprintf(&text, "%lld\n%s", (long long)now, secret);
  if (length < 0) return bf_fail(err, BF_ENOMEM, "dingtalk", "no memory");
  int r = bf__sign(secret, strlen(secret), text, (size_t)length, mac);
  free(text);
  if (r < 0) return bf_fail(err, r, "dingtalk", "the signature could not be made");
  bf__percent(mac, quoted);
  if (asprintf(&url, "%s%ctimestamp=%lld&sign=%s", post->url, strchr(post->url, '?') ? '&' : '?', (long long)now, quoted) < 0)
    return bf_fail(err, BF_ENOMEM, "dingtalk", "no memory");
  free(post->url);
  post->url = url;
  return 0;
}

static int build(const json_t *target, const json_t *notice, int64_t now, struct bf__post *post, struct bf_error *err) {
  char *subject = bf__as_plain_markdown(bf__wording(notice, "subject"), 200),
       *plain = bf__as_plain_markdown(bf__wording(notice, "brief"), 15000);
  const char *link = bf__wording(notice, "link");
  json_t *content = subject && plain
                        ? json_sprintf(*link ? "#### %s\n\n%s\n\n[打开 · Open](%s)" : "#### %s\n\n%s", subject, plain, link)
                        : NULL;
  int r =
      bf__post_json(post, json_pack("{ss s{ss* so}}", "msgtype", "markdown", "markdown", "title", subject, "text", content), err);
  free(subject);
  free(plain);
  return r < 0 ? r : sign_url(target, now, post, err);
}

static const char *refused(const json_t *target, const struct bf_transferred *how, bool *give_up, char why[200]) {
  (void)target;
  return bf__robot_refused(how, "errcode", "errmsg", 130101, give_up, why);
}

const struct bf__format bf__format_dingtalk = {
    .channel = "channel.dingtalk", .targets = "dingtalk", .per_minute = 20, .build = build, .refused = refused};
