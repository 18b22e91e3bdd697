#include "targets.h"

#include <string.h>

#include "format.h"

static const char *const members[] = {"url", "secret", "headers", "body", "type", "ok", "ca_file", NULL};

static bool known(const char *name) {
  for (const char *const *m = members; *m; m++)
    if (strcmp(*m, name) == 0) return true;
  return false;
}

static bool is_url(const char *url) {
  return url && (strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0) && !strpbrk(url, " \r\n\t");
}

static int check_target(const char *where, json_t *target, struct bf_error *err) {
  const char *member;
  json_t *value;
  if (!is_url(json_string_value(json_object_get(target, "url"))))
    return bf_fail(err, BF_EINVAL, where, "url: an address that begins with https:// (or http://) is due");
  json_object_foreach(target, member, value) {
    if (!known(member))
      return bf_fail(err, BF_EINVAL, where, "'%s' is not known; known are url secret headers body type ok ca_file", member);
    if (strcmp(member, "headers") == 0 ? !json_is_object(value) : !json_is_string(value))
      return bf_fail(err, BF_EINVAL, where, "%s: %s is due", member, strcmp(member, "headers") == 0 ? "{ name: value }" : "text");
  }
  return 0;
}

int bf__targets_read(const char *text, const char *file, json_t **ret, struct bf_error *err) {
  json_error_t fault;
  json_t *all = json_loads(text, JSON_REJECT_DUPLICATES, &fault), *group, *target;
  const char *channel, *name;
  char where[160];
  int r = 0;
  if (!all) { /* the text may hold secrets: only the place is told */
    (void)snprintf(where, sizeof where, "%s:%d:%d", file, fault.line, fault.column);
    return bf_fail(err, BF_EINVAL, where, "this is not JSON");
  }
  if (!json_is_object(all)) r = bf_fail(err, BF_EINVAL, file, "{ channel: { name: { \"url\": … } } } is due");
  json_object_foreach(all, channel, group) {
    if (r >= 0 && strcmp(channel, "webhook") != 0 && strcmp(channel, "wecom") != 0 && strcmp(channel, "dingtalk") != 0 &&
        strcmp(channel, "feishu") != 0 && strcmp(channel, "sms") != 0)
      r = bf_fail(err, BF_EINVAL, file, "there is no channel '%s'; there are webhook wecom dingtalk feishu sms", channel);
    json_object_foreach(group, name, target) {
      (void)snprintf(where, sizeof where, "%s: %s.%s", file, channel, name);
      if (r >= 0) r = check_target(where, target, err);
    }
  }
  if (r < 0)
    json_decref(all);
  else
    *ret = all;
  return r;
}
