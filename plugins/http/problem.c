#include "fault.h"

#include <stdio.h>

struct words {
  int status;
  const char *code, *field; /* field may be NULL */
  const char *zh, *en;
};

static const struct words words[BF__FAULT_COUNT] = {
    [BF__FAULT_NONE] = {500, "http.internal", NULL, "服务器内部错误", "Internal error"},
    [BF__FAULT_SYNTAX] = {400, "http.syntax", NULL, "不是合法的 HTTP 请求", "Not a valid HTTP request"},
    [BF__FAULT_LINE_END] = {400, "http.line_end", NULL, "请求头含有不合法的换行或空字符",
                            "A bare CR, bare LF or NUL in the header"},
    [BF__FAULT_FOLDED] = {400, "http.folded", NULL, "不接受折行的请求头", "Folded header lines are refused"},
    [BF__FAULT_FRAMING] = {400, "http.framing", NULL, "请求体长度的声明有误或互相矛盾",
                           "Content-Length and Transfer-Encoding are wrong, repeated or contradict each other"},
    [BF__FAULT_CHUNK] = {400, "http.chunk", NULL, "分块传输的内容有误",
                         "The chunked body is malformed or carries trailer fields"},
    [BF__FAULT_HOST] = {400, "http.host", "Host", "缺少 Host 请求头,或其重复、有误",
                        "The Host field is missing, repeated or wrong"},
    [BF__FAULT_TARGET] = {400, "http.target", NULL, "网址有误", "The request target is malformed or not UTF-8"},
    [BF__FAULT_QUERY] = {400, "http.query", NULL, "查询参数有误、重复或过多",
                         "A query parameter is malformed, repeated, reserved or one too many"},
    [BF__FAULT_AUTHORIZATION] = {400, "http.authorization", "Authorization", "登录凭据的格式有误",
                                 "The credentials are malformed or repeated"},
    [BF__FAULT_KEY] = {400, "http.idempotency_key", "Idempotency-Key", "Idempotency-Key 应为 1 至 200 个可见字符",
                       "Idempotency-Key must be 1 to 200 visible characters, once"},
    [BF__FAULT_IF_MATCH] = {400, "http.if_match", "If-Match", "If-Match 应为一个版本号", "If-Match must be one version number"},
    [BF__FAULT_JSON] = {400, "http.json", "body", "请求体不是合法的 JSON", "The body is not valid JSON"},
    [BF__FAULT_NOT_OBJECT] = {400, "http.json_object", "body", "请求体应为一个 JSON 对象", "The body must be a JSON object"},
    [BF__FAULT_BODY_UNEXPECTED] = {400, "http.body", NULL, "此请求不应带有请求体", "This request must not have a body"},
    [BF__FAULT_ORIGIN] = {403, "http.origin", "Origin", "请求来自其他网站,已拒绝",
                          "Refused: not from this site. Scripts should send Authorization: Bearer"},
    [BF__FAULT_NOT_FOUND] = {404, "http.not_found", NULL, "没有这个网址", "There is nothing at this address"},
    [BF__FAULT_METHOD] = {405, "http.method", NULL, "此网址不支持该请求方法", "This address does not have that method"},
    [BF__FAULT_TIMEOUT] = {408, "http.timeout", NULL, "请求发送得太慢", "The request took too long to arrive"},
    [BF__FAULT_TOO_LARGE] = {413, "http.too_large", NULL, "请求体太大", "The body is too large"},
    [BF__FAULT_TARGET_LONG] = {414, "http.target_long", NULL, "网址太长", "The request target is too long"},
    [BF__FAULT_MEDIA] = {415, "http.media_type", "Content-Type", "请求体应为 application/json",
                         "The body must be application/json, not encoded"},
    [BF__FAULT_EXPECT] = {417, "http.expect", "Expect", "只支持 Expect: 100-continue", "Only Expect: 100-continue is supported"},
    [BF__FAULT_HEADER_LARGE] = {431, "http.header_large", NULL, "请求头太大或太多",
                                "The header is too large or has too many fields"},
    [BF__FAULT_INTERNAL] = {500, "http.internal", NULL, "服务器内部错误", "Internal error"},
    [BF__FAULT_UPGRADE] = {501, "http.upgrade", NULL, "不支持切换协议", "Changing to another protocol is not supported"},
    [BF__FAULT_CODING] = {501, "http.transfer_encoding", NULL, "不支持这种传输编码", "This transfer coding is not supported"},
    [BF__FAULT_BUSY] = {503, "http.busy", NULL, "连接太多,请稍后再试", "Too many connections: try again shortly"},
    [BF__FAULT_VERSION] = {505, "http.version", NULL, "只支持 HTTP/1.0 和 HTTP/1.1", "Only HTTP/1.0 and HTTP/1.1 are supported"},
    [BF__FAULT_DISK_FULL] = {507, "http.disk_full", NULL, "存储空间不足", "The disk is full"},
};

int bf__fault_status(enum bf__fault fault) {
  return words[fault].status;
}

/* The words above hold nothing that JSON would have to escape. */
size_t bf__problem_write(enum bf__fault fault, int line, int column, char *ret_text, size_t size) {
  const struct words *w = &words[fault];
  char zh[64] = "", en[64] = "", field[64] = "";
  int length;
  if (line > 0) {
    (void)snprintf(zh, sizeof zh, "(第 %d 行第 %d 列)", line, column);
    (void)snprintf(en, sizeof en, " (line %d, column %d)", line, column);
  }
  if (w->field) (void)snprintf(field, sizeof field, ",\"field\":\"%s\"", w->field);
  length = snprintf(ret_text, size,
                    "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"detail\":\"%s%s。%s%s.\","
                    "\"refusals\":[{\"code\":\"%s\",\"zh\":\"%s%s\",\"en\":\"%s%s\"%s}]}",
                    w->zh, w->status, w->zh, zh, w->en, en, w->code, w->zh, zh, w->en, en, field);
  return length < 0 ? 0 : (size_t)length < size ? (size_t)length : size - 1;
}
