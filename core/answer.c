/* Answers in one shape: JSON, or problem+json (RFC 9457) whose refusals say what, where and what to do in Chinese and English. */
#include <stdlib.h>
#include <string.h>

#include "operation.h"

json_t *bf__refusal(const char *code, int article, const char *field, const char *zh, const char *en) {
  json_t *out = json_pack("{ss ss ss}", "code", code, "zh", zh, "en", en);
  if (out && article && json_object_set_new(out, "article", json_integer(article)) < 0) return NULL;
  if (out && field && json_object_set_new(out, "field", json_string(field)) < 0) return NULL;
  return out;
}

static const char *title_of(int status) {
  switch (status) {
  case 400:
    return "请求有误 · Bad request";
  case 401:
    return "请先登录 · Log in first";
  case 403:
    return "没有权限 · Not permitted";
  case 404:
    return "没有找到 · Not found";
  case 409:
    return "与现状冲突 · Conflict";
  case 412:
    return "版本已变 · The version has changed";
  case 413:
    return "内容过大 · Too large";
  case 422:
    return "不予办理 · Refused";
  case 429:
    return "请求过于频繁 · Too many requests";
  case 501:
    return "尚不支持 · Not supported";
  case 503:
    return "暂时不可用 · Unavailable";
  case 507:
    return "存储空间不足 · No space left";
  default:
    return "出错了 · Failed";
  }
}

json_t *bf__problem(int status, json_t *refusals) {
  const json_t *first = json_array_get(refusals, 0);
  const char *zh = json_string_value(json_object_get(first, "zh")), *en = json_string_value(json_object_get(first, "en"));
  char detail[1600];
  (void)snprintf(detail, sizeof detail, "%s%s%s", zh ? zh : "", zh && en ? " / " : "", en ? en : "");
  return json_pack("{ss ss si ss so*}", "type", "about:blank", "title", title_of(status), "status", status, "detail", detail,
                   "refusals", refusals);
}

json_t *bf__problem1(int status, const char *code, const char *field, const char *zh, const char *en) {
  return bf__problem(status, json_pack("[o]", bf__refusal(code, 0, field, zh, en)));
}

int bf__refuse(struct bf__command *command, int status, const char *code, const char *field, const char *zh, const char *en) {
  json_decref(command->body);
  command->status = status;
  command->body = bf__problem1(status, code, field, zh, en);
  return 0;
}

int bf__refuse_read(struct bf__reading *reading, int status, const char *code, const char *field, const char *zh,
                    const char *en) {
  json_decref(reading->body);
  reading->status = status;
  reading->body = bf__problem1(status, code, field, zh, en);
  return 0;
}

void bf__answer_json(const struct bf_call *call, int status, json_t *body) {
  char *text = body ? json_dumps(body, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
  struct bf_answer answer = {.status = text ? status : 500,
                             .type = status >= 400 ? "application/problem+json" : "application/json",
                             .body = text ? text : "",
                             .length = text ? strlen(text) : 0,
                             .version = -1,
                             .file = -1};
  call->answer(call->arg, &answer);
  free(text);
  json_decref(body);
}

const char *bf__param(const json_t *params, const char *name) {
  const char *value = json_string_value(json_object_get(params, name));
  return value ? value : json_string_value(json_object_get(json_object_get(params, "body"), name));
}

const char *bf__short(const char *text, char *out, size_t size) {
  size_t length = text ? strnlen(text, size) : 0;
  if (length >= size) {
    length = size - 1;
    while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80) length--;
  }
  if (length) memcpy(out, text, length);
  out[length] = 0;
  return out;
}
