/* A WeCom (企业微信) group robot: markdown up to 4096 bytes, 20 messages a minute, { errcode: 0 }. */
#include <stdlib.h>

#include "format.h"

#define BYTES 3900 /* of the text; the rest is the heading and the link */

static int build(const json_t *target, const json_t *notice, int64_t now, struct bf__post *post, struct bf_error *err) {
  char *subject = bf__as_plain_markdown(bf__wording(notice, "subject"), 300),
       *plain = bf__as_plain_markdown(bf__wording(notice, "brief"), BYTES - 900);
  const char *link = bf__wording(notice, "link");
  (void)target, (void)now;
  json_t *content =
      subject && plain ? json_sprintf(*link ? "**%s**\n%s\n[打开 · Open](%s)" : "**%s**\n%s", subject, plain, link) : NULL;
  int r = bf__post_json(post, json_pack("{ss s{so}}", "msgtype", "markdown", "markdown", "content", content), err);
  free(subject);
  free(plain);
  return r;
}

static const char *refused(const json_t *target, const struct bf_transferred *how, bool *give_up, char why[200]) {
  (void)target;
  return bf__robot_refused(how, "errcode", "errmsg", 45009, give_up, why);
}

const struct bf__format bf__format_wecom = {
    .channel = "channel.wecom", .targets = "wecom", .per_minute = 20, .build = build, .refused = refused};
