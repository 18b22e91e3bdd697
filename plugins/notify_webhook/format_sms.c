/* Text messages through any gateway that takes a POST: the operator writes url, headers and body with {phone} {text} {key}; what
 * is put in is escaped as the body's type asks. */
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "signing.h"

#define BYTES 4096

struct text {
  char *at;
  size_t length, room;
};

static int add(struct text *text, const char *more, size_t length) {
  if (text->length + length + 1 > text->room) {
    size_t room = (text->room + length + 1) * 2;
    char *larger = realloc(text->at, room);
    if (!larger) return BF_ENOMEM;
    text->at = larger;
    text->room = room;
  }
  memcpy(text->at + text->length, more, length);
  text->length += length;
  text->at[text->length] = 0;
  return 0;
}

/* VALUE inside a JSON string, or inside a form or an address. */
static int add_value(struct text *text, const char *value, bool json) {
  char quoted[3 * BYTES + 1];
  if (!json) {
    bf__percent(value, quoted);
    return add(text, quoted, strlen(quoted));
  }
  json_t *string = json_string(value);
  char *dump = string ? json_dumps(string, JSON_ENCODE_ANY) : NULL;
  int r = dump ? add(text, dump + 1, strlen(dump) - 2) : BF_ENOMEM;
  free(dump);
  json_decref(string);
  return r;
}

static int fill(const char *template, const json_t *values, bool json, char **ret, struct bf_error *err) {
  struct text text = {0};
  int r = add(&text, "", 0);
  while (r >= 0 && *template) {
    const char *open = strchr(template, '{'), *close = open ? strchr(open, '}') : NULL;
    char name[16];
    if (!close) {
      r = add(&text, template, strlen(template));
      break;
    }
    (void)snprintf(name, sizeof name, "%.*s", (int)(close - open - 1 < 15 ? close - open - 1 : 15), open + 1);
    const char *value = json_string_value(json_object_get(values, name));
    size_t keep = (size_t)(open - template) + (value ? 0 : 1); /* a brace of the body's own */
    r = add(&text, template, keep);
    if (r >= 0 && value) r = add_value(&text, value, json);
    template = value ? close + 1 : open + 1;
  }
  if (r < 0) {
    free(text.at);
    return bf_fail(err, r, "sms", "no memory");
  }
  *ret = text.at;
  return 0;
}

static int build(const json_t *target, const json_t *notice, int64_t now, struct bf__post *post, struct bf_error *err) {
  const char *body = json_string_value(json_object_get(target, "body")),
             *type = json_string_value(json_object_get(target, "type")),
             *phone = json_string_value(json_object_get(json_object_get(notice, "to"), "address"));
  char *text = bf__as_plain_markdown(bf__wording(notice, "subject"), 400), *url = NULL;
  bool json = !type || strstr(type, "json");
  (void)now;
  json_t *values = text ? json_pack("{ss ss ss}", "phone", phone ? phone : "", "text", text, "key",
                                    json_string_value(json_object_get(notice, "key")))
                        : NULL;
  free(text);
  if (!values) return bf_fail(err, BF_ENOMEM, "sms", "no memory");
  int r = fill(post->url, values, false, &url, err);
  if (r >= 0) {
    free(post->url);
    post->url = url;
    r = fill(body ? body : "{\"phone\":\"{phone}\",\"text\":\"{text}\",\"key\":\"{key}\"}", values, json, &post->body, err);
  }
  if (r >= 0) post->length = strlen(post->body);
  if (r >= 0) r = bf__post_header(post, "Content-Type", type ? type : "application/json; charset=utf-8", err);
  const char *name;
  json_t *value;
  json_object_foreach(json_object_get(target, "headers"), name, value) if (r >= 0 && json_is_string(value)) r =
      bf__post_header(post, name, json_string_value(value), err);
  json_decref(values);
  return r;
}

/* A gateway may say 200 to everything: `ok` is a text that stands in a good answer. */
static const char *refused(const json_t *target, const struct bf_transferred *how, bool *give_up, char why[200]) {
  const char *ok = json_string_value(json_object_get(target, "ok"));
  (void)give_up;
  if (!ok || strstr(how->body, ok)) return NULL;
  (void)snprintf(why, 200, "the gateway answered: %.150s", how->body);
  return why;
}

const struct bf__format bf__format_sms = {
    .channel = "channel.sms", .targets = "sms", .by_number = true, .build = build, .refused = refused};
