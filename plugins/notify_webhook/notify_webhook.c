/* The channels that post to an address: "webhook" (signed JSON), the robots "wecom", "dingtalk" and "feishu", and "sms" through a
 * gateway. One way to send, five formats. */
#include <stdlib.h>
#include <string.h>

#include "banfa/plugin.h"
#include "format.h"
#include "targets.h"

static const struct bf__format *const formats[] = {&bf__format_webhook, &bf__format_wecom, &bf__format_dingtalk,
                                                   &bf__format_feishu, &bf__format_sms};
#define FORMATS (sizeof formats / sizeof *formats)

struct plugin;

struct channel {
  struct bf_channel service; /* first, so that it leads back here */
  const struct bf__format *format;
  struct plugin *plugin;
};

struct plugin {
  const struct bf_host *host;
  const struct bf_transfer *transfer;
  json_t *targets;
  struct channel channels[FORMATS];
};

/* One delivery under way. */
struct sending {
  const struct bf__format *format;
  json_t *target; /* its own reference: the plugin may stop first */
  bf_delivered_fn done;
  void *arg;
};

static void sending_free(struct sending *sending) {
  json_decref(sending->target);
  free(sending);
}

/* Wording. -------------------------------------------------------------------------------------------------------------- */

const char *bf__wording(const json_t *notice, const char *member) {
  const json_t *words = json_object_get(notice, "text");
  const char *text = json_string_value(json_object_get(words, member));
  if (!text && strcmp(member, "brief") == 0) text = json_string_value(json_object_get(words, "plain"));
  if (!text && strcmp(member, "link") != 0) text = json_string_value(json_object_get(json_object_get(notice, "body"), "zh"));
  return text ? text : "";
}

/* Marks that make links, tags, mentions or code, and the full-width ones that only look like them. */
static const char *harmless(char c) {
  static const char marks[] = "<>[]`";
  static const char *const full[] = {"\xEF\xBC\x9C", "\xEF\xBC\x9E", "\xEF\xBC\xBB", "\xEF\xBC\xBD", "'"};
  const char *at = c ? strchr(marks, c) : NULL;
  return at ? full[at - marks] : NULL;
}

char *bf__as_plain_markdown(const char *text, size_t bytes) {
  char *out = malloc(bytes + 8), *to = out;
  if (!out) return NULL;
  for (; *text; text++) {
    const char *full = harmless(*text);
    bool first = ((unsigned char)*text & 0xC0) != 0x80; /* of a character: the place where a cut is clean */
    if (first && (size_t)(to - out) + 4 > bytes) {
      to += sprintf(to, "…");
      break;
    }
    if (full)
      to += sprintf(to, "%s", full);
    else
      *to++ = *text;
  }
  *to = 0;
  return out;
}

/* Posts. ---------------------------------------------------------------------------------------------------------------- */

void bf__post_free(struct bf__post *post) {
  free(post->url);
  free(post->body);
  for (char **header = post->headers; *header; header++) free(*header);
}

int bf__post_header(struct bf__post *post, const char *name, const char *value, struct bf_error *err) {
  size_t at = 0;
  while (post->headers[at]) at++;
  if (at >= BF__HEADERS || strpbrk(name, "\r\n:") || strpbrk(value, "\r\n"))
    return bf_fail(err, BF_EINVAL, name, "a header of one line is due, %d of them at most", BF__HEADERS);
  if (asprintf(&post->headers[at], "%s: %s", name, value) < 0) {
    post->headers[at] = NULL;
    return bf_fail(err, BF_ENOMEM, "webhook", "no memory");
  }
  return 0;
}

int bf__post_json(struct bf__post *post, json_t *body, struct bf_error *err) {
  post->body = body ? json_dumps(body, JSON_COMPACT) : NULL;
  json_decref(body);
  if (!post->body) return bf_fail(err, BF_ENOMEM, "webhook", "no memory, or the notice is not text");
  post->length = strlen(post->body);
  return bf__post_header(post, "Content-Type", "application/json; charset=utf-8", err);
}

const char *bf__robot_refused(const struct bf_transferred *how, const char *name, const char *message, long slow, bool *give_up,
                              char why[200]) {
  json_t *answer = json_loadb(how->body, how->length, 0, NULL);
  const json_t *code = json_object_get(answer, name);
  const char *said = json_string_value(json_object_get(answer, message)), *ret = why;
  if (json_is_integer(code) && json_integer_value(code) == 0)
    ret = NULL;
  else if (!json_is_integer(code))
    (void)snprintf(why, 200, "the robot's answer has no %s: %.120s", name, how->body);
  else {
    (void)snprintf(why, 200, "the robot answered %s %lld: %.120s", name, (long long)json_integer_value(code), said ? said : "");
    *give_up = false;
    if (slow && json_integer_value(code) == slow) (void)snprintf(why, 200, "too fast for the robot (%s %ld)", name, slow);
  }
  json_decref(answer);
  return ret;
}

/* Sending. -------------------------------------------------------------------------------------------------------------- */

static void fail(bf_delivered_fn done, void *arg, int status, const char *fault, bool give_up) {
  done(arg, &(struct bf_delivered){.status = status, .fault = fault, .give_up = give_up});
}

/* 4xx is our mistake and stays one, save "too slow", "too many" and what a login may mend. */
static bool for_ever(long code) {
  return code == 400 || code == 404 || code == 405 || code == 410 || code == 413 || code == 415 || code == 422;
}

static void on_transferred(void *arg, const struct bf_transferred *how) {
  struct sending *sending = arg;
  struct bf_delivered result = {.retry_after_ms = how->retry_after_ms};
  char why[200];
  if (how->status < 0) {
    result.status = how->status;
    result.fault = how->fault;
  } else if (how->code < 200 || how->code > 299) {
    (void)snprintf(why, sizeof why, "the other side answered %ld: %.120s", how->code, how->body);
    result.status = BF_EIO;
    result.fault = why;
    result.give_up = for_ever(how->code);
  } else if ((result.fault = sending->format->refused(sending->target, how, &result.give_up, why))) {
    result.status = BF_EREFUSED;
  }
  sending->done(sending->arg, &result);
  sending_free(sending);
}

static const json_t *target_of(const struct channel *channel, const json_t *notice) {
  const json_t *group = json_object_get(channel->plugin->targets, channel->format->targets);
  const char *address = json_string_value(json_object_get(json_object_get(notice, "to"), "address"));
  return json_object_get(group, channel->format->by_number ? "gateway" : address ? address : "");
}

static int send_post(struct channel *channel, const json_t *target, struct bf__post *post, bf_delivered_fn done, void *arg,
                     struct bf_error *err) {
  struct sending *sending = malloc(sizeof *sending);
  if (!sending) return bf_fail(err, BF_ENOMEM, "webhook", "no memory");
  *sending = (struct sending){channel->format, json_incref((json_t *)(uintptr_t)target), done, arg};
  const struct bf_transfer *transfer = channel->plugin->transfer;
  struct bf_transfer_request request = {.size = sizeof request,
                                        .url = post->url,
                                        .headers = (const char *const *)post->headers,
                                        .body = post->body,
                                        .length = post->length,
                                        .ca_file = json_string_value(json_object_get(target, "ca_file")),
                                        .done = on_transferred,
                                        .arg = sending};
  int r = transfer->start(transfer, &request, err);
  if (r < 0) sending_free(sending);
  return r;
}

static void deliver(const struct bf_channel *self, const json_t *notice, bf_delivered_fn done, void *arg) {
  struct channel *channel = (struct channel *)(uintptr_t)self;
  const struct bf_host *host = channel->plugin->host;
  const json_t *target = target_of(channel, notice);
  struct bf__post post = {0};
  struct bf_error err = {0};
  if (!target) {
    fail(done, arg, BF_ENOTFOUND, "the targets file names no such address", true);
    return;
  }
  post.url = strdup(json_string_value(json_object_get(target, "url")));
  int r = post.url ? channel->format->build(target, notice, host->now(host->context), &post, &err) : BF_ENOMEM;
  if (r >= 0) r = send_post(channel, target, &post, done, arg, &err);
  if (r < 0) fail(done, arg, r, *err.message ? err.message : "no memory", r == BF_EINVAL);
  bf__post_free(&post);
}

/* The plugin. ----------------------------------------------------------------------------------------------------------- */

static int read_targets(struct plugin *plugin, struct bf_error *err) {
  const struct bf_host *host = plugin->host;
  const char *file = host->option_text(host->context, "targets_file");
  char *text;
  int r = plugin->transfer->secret(plugin->transfer, file, "BANFA_WEBHOOK_TARGETS", &text, err);
  if (r < 0) return r;
  if (!text)
    return bf_fail(err, BF_EINVAL, "plugins.notify_webhook.targets_file",
                   "name the file of addresses and keys, or take notify_webhook out of `load`");
  r = bf__targets_read(text, file && *file ? file : "BANFA_WEBHOOK_TARGETS", &plugin->targets, err);
  free(text);
  return r;
}

static int start(const struct bf_host *host, void **ret_self, struct bf_error *err) {
  struct plugin *plugin = calloc(1, sizeof *plugin);
  if (!plugin) return bf_fail(err, BF_ENOMEM, "notify_webhook", "no memory");
  plugin->host = host;
  plugin->transfer = host->service(host->context, "transfer", 1);
  int r = read_targets(plugin, err);
  for (size_t i = 0; r >= 0 && i < FORMATS; i++) {
    struct channel *channel = &plugin->channels[i];
    *channel = (struct channel){.format = formats[i], .plugin = plugin};
    channel->service = (struct bf_channel){
        .size = sizeof channel->service, .deliver = deliver, .at_once = 8, .per_minute = formats[i]->per_minute};
    r = host->provide(host->context, formats[i]->channel, 1, &channel->service, err);
  }
  if (r < 0) {
    json_decref(plugin->targets);
    free(plugin);
    return r;
  }
  *ret_self = plugin;
  return 0;
}

static void stop(void *self) {
  struct plugin *plugin = self;
  json_decref(plugin->targets);
  free(plugin);
}

static const struct bf_option options[] = {
    {"targets_file", BF_OPTION_TEXT, "", 0, 0,
     "JSON file of addresses and keys, chmod 600; without it the environment's BANFA_WEBHOOK_TARGETS holds the JSON itself"},
    {0},
};
static const char *const needs[] = {"transfer/1", NULL};
static const char *const provides[] = {"channel.webhook/1", "channel.wecom/1", "channel.dingtalk/1",
                                       "channel.feishu/1",  "channel.sms/1",   NULL};

BF_PLUGIN_EXPORT extern const struct bf_plugin banfa_plugin;
const struct bf_plugin banfa_plugin = {
    .abi = 1u,
    .size = sizeof(struct bf_plugin),
    .name = "notify_webhook",
    .version = "0.1.0",
    .options = options,
    .needs = needs,
    .provides = provides,
    .start = start,
    .stop = stop,
};
