/* A Feishu (飞书) custom bot: a rich-text post; the signature is HMAC-SHA256 of nothing under "seconds\nsecret", in the body; 100
 * messages a minute, { code: 0 }. */
#include <stdlib.h>

#include "format.h"
#include "signing.h"

static int add_signature(const json_t *target, int64_t now, json_t *body, struct bf_error *err) {
  const char *secret = json_string_value(json_object_get(target, "secret"));
  char *key = NULL, mac[BF__SIGNATURE], moment[32];
  if (!secret) return 0;
  (void)snprintf(moment, sizeof moment, "%lld", (long long)(now / 1000));
  int length = asprintf(&key, "%s\n%s", moment, secret);
  if (length < 0) return bf_fail(err, BF_ENOMEM, "feishu", "no memory");
  int r = bf__sign(key, (size_t)length, "", 0, mac);
  free(key);
  if (r < 0 || json_object_set_new(body, "timestamp", json_string(moment)) < 0 ||
      json_object_set_new(body, "sign", json_string(mac)) < 0)
    return bf_fail(err, BF_EIO, "feishu", "the signature could not be made");
  return 0;
}

static int build(const json_t *target, const json_t *notice, int64_t now, struct bf__post *post, struct bf_error *err) {
  char *plain = bf__as_plain_markdown(bf__wording(notice, "brief"), 18000), /* tags for mentions work in text too */
      *title = bf__as_plain_markdown(bf__wording(notice, "subject"), 300);
  const char *link = bf__wording(notice, "link"), *to = json_string_value(json_object_get(json_object_get(notice, "to"), "lang"));
  bool english = to && to[0] == 'e';
  json_t *lines = plain && title ? json_pack("[[{ss ss}]]", "tag", "text", "text", plain) : NULL;
  if (lines && *link)
    (void)json_array_append_new(lines, json_pack("[{ss ss ss}]", "tag", "a", "text", english ? "Open" : "打开", "href", link));
  json_t *body = lines ? json_pack("{ss s{s{s{ss so}}}}", "msg_type", "post", "content", "post", english ? "en_us" : "zh_cn",
                                   "title", title, "content", lines)
                       : NULL;
  free(plain);
  free(title);
  if (!body) return bf_fail(err, BF_ENOMEM, "feishu", "no memory");
  int r = add_signature(target, now, body, err);
  if (r >= 0) return bf__post_json(post, body, err);
  json_decref(body);
  return r;
}

static const char *refused(const json_t *target, const struct bf_transferred *how, bool *give_up, char why[200]) {
  (void)target;
  return bf__robot_refused(how, "code", "msg", 11232, give_up, why);
}

const struct bf__format bf__format_feishu = {
    .channel = "channel.feishu", .targets = "feishu", .per_minute = 100, .build = build, .refused = refused};
