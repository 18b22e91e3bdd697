/* One channel that posts to an address: what it sends, and what the answer means. */
#ifndef BF_NOTIFY_WEBHOOK_FORMAT_H
#define BF_NOTIFY_WEBHOOK_FORMAT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "banfa/channel.h"
#include "banfa/transfer.h"

#define BF__HEADERS 12

/* A post being made ready. The text is malloc'd and freed by bf__post_free. */
struct bf__post {
  char *url, *body;
  char *headers[BF__HEADERS + 1]; /* NULL-ended */
  size_t length;
};

struct bf__format {
  const char *channel; /* "channel.wecom" */
  const char *targets; /* the member of the targets file */
  bool by_number;      /* the address is a number for one gateway, not the name of a target */
  uint32_t per_minute; /* what the receiving side says that it bears; 0: no limit */
  /* Fills POST for NOTICE to TARGET { url, secret?, … } at NOW (ms). BF_EINVAL: it can never be sent, with the reason. */
  int (*build)(const json_t *target, const json_t *notice, int64_t now, struct bf__post *post, struct bf_error *err);
  /* Reads an answer that came with a 2xx code: NULL when taken, else why not; *GIVE_UP when trying again is of no use. */
  const char *(*refused)(const json_t *target, const struct bf_transferred *how, bool *give_up, char why[200]);
};

extern const struct bf__format bf__format_webhook, bf__format_wecom, bf__format_dingtalk, bf__format_feishu, bf__format_sms;

void bf__post_free(struct bf__post *post);
int bf__post_header(struct bf__post *post, const char *name, const char *value, struct bf_error *err) BF_WARN_UNUSED;
int bf__post_json(struct bf__post *post, json_t *body, struct bf_error *err) BF_WARN_UNUSED; /* BODY is stolen */

/* The wording of a notice. Never NULL. */
const char *bf__wording(const json_t *notice, const char *member);
/* TEXT as markdown that says just that: what makes links, tags and mentions is replaced; cut to BYTES. malloc'd, NULL: no memory.
 */
char *bf__as_plain_markdown(const char *text, size_t bytes);
/* A robot's answer { NAME: 0 } is good; SLOW (0 for none) means too fast. */
const char *bf__robot_refused(const struct bf_transferred *how, const char *name, const char *message, long slow, bool *give_up,
                              char why[200]);

#endif
