#include "parse.h"

#include <string.h>
#include <strings.h>

#define EXTENSIONS 1024 /* bytes of chunk extensions in a message; nobody needs them */

static enum bf__parse refuse(struct bf__parser *parser, enum bf__fault fault) {
  if (parser->fault == BF__FAULT_NONE) parser->fault = fault;
  return BF__PARSE_FAULT;
}

/* For llhttp's callbacks: keeps our reason and makes it stop. */
static int stop(struct bf__parser *parser, enum bf__fault fault) {
  (void)refuse(parser, fault);
  return -1;
}

bool bf__text_is(const struct bf__text *text, const char *word) {
  return text->length == strlen(word) && strncasecmp(text->at, word, text->length) == 0;
}

const struct bf__text *bf__head_field(const struct bf__head *head, const char *name, size_t *ret_count) {
  const struct bf__text *found = NULL;
  size_t count = 0, length = strlen(name);
  for (size_t i = 0; i < head->count; i++) {
    const struct bf__field *field = &head->fields[i];
    /* Names differ most often in length or first letter: look there before comparing. */
    if (field->name.length != length || (field->name.at[0] | 0x20) != name[0]) continue;
    if (strncasecmp(field->name.at, name, length) != 0) continue;
    if (!found) found = &field->value;
    count++;
  }
  if (ret_count) *ret_count = count;
  return count == 1 || ret_count ? found : NULL;
}

/* ---- llhttp's callbacks ---- */

/* The whole head is in one piece, so a text that comes in several spans is one run of bytes, or something is wrong. */
static bool extend(struct bf__text *text, const char *at, size_t length) {
  if (text->at && text->at + text->length != at) return false;
  if (!text->at) text->at = at;
  text->length += length;
  return true;
}

static int on_url(llhttp_t *llhttp, const char *at, size_t length) {
  struct bf__parser *parser = llhttp->data;
  return extend(&parser->head->target, at, length) ? 0 : stop(parser, BF__FAULT_SYNTAX);
}

static int on_field(llhttp_t *llhttp, const char *at, size_t length) {
  struct bf__parser *parser = llhttp->data;
  struct bf__head *head = parser->head;
  /* Trailer fields after a chunked body: they could only smuggle. */
  if (parser->headed) return stop(parser, BF__FAULT_CHUNK);
  if (head->count == 0 || parser->open_value) {
    if (head->count == BF__FIELDS) return stop(parser, BF__FAULT_HEADER_LARGE);
    head->fields[head->count++] = (struct bf__field){{NULL, 0}, {NULL, 0}};
    parser->open_value = false;
  }
  return extend(&head->fields[head->count - 1].name, at, length) ? 0 : stop(parser, BF__FAULT_SYNTAX);
}

static int on_value(llhttp_t *llhttp, const char *at, size_t length) {
  struct bf__parser *parser = llhttp->data;
  struct bf__head *head = parser->head;
  if (parser->headed || head->count == 0) return stop(parser, BF__FAULT_CHUNK);
  parser->open_value = true;
  return extend(&head->fields[head->count - 1].value, at, length) ? 0 : stop(parser, BF__FAULT_SYNTAX);
}

static int on_value_complete(llhttp_t *llhttp) {
  struct bf__parser *parser = llhttp->data;
  parser->open_value = true; /* an empty value may come without a span */
  return 0;
}

static int on_headers_complete(llhttp_t *llhttp) {
  struct bf__parser *parser = llhttp->data;
  struct bf__head *head = parser->head;
  head->method = llhttp->method;
  head->minor = llhttp->http_minor;
  head->keep_alive = llhttp->http_minor > 0 && llhttp_should_keep_alive(llhttp);
  head->chunked = (llhttp->flags & F_CHUNKED) != 0;
  head->content_length = head->chunked ? 0 : llhttp->content_length;
  head->has_body = head->chunked || head->content_length > 0;
  parser->headed = true;
  if (llhttp->http_major != 1 || llhttp->http_minor > 1) return stop(parser, BF__FAULT_VERSION);
  return 0;
}

static int on_body(llhttp_t *llhttp, const char *at, size_t length) {
  struct bf__parser *parser = llhttp->data;
  enum bf__fault fault = parser->body(parser->arg, at, length);
  return fault == BF__FAULT_NONE ? 0 : stop(parser, fault);
}

static int on_extension(llhttp_t *llhttp, const char *at, size_t length) {
  struct bf__parser *parser = llhttp->data;
  (void)at;
  parser->extensions += length;
  return parser->extensions <= EXTENSIONS ? 0 : stop(parser, BF__FAULT_CHUNK);
}

static int on_message_complete(llhttp_t *llhttp) {
  struct bf__parser *parser = llhttp->data;
  parser->complete = true;
  return HPE_PAUSED; /* what follows is the next message */
}

static const llhttp_settings_t settings = {
    .on_url = on_url,
    .on_header_field = on_field,
    .on_header_value = on_value,
    .on_header_value_complete = on_value_complete,
    .on_headers_complete = on_headers_complete,
    .on_body = on_body,
    .on_chunk_extension_name = on_extension,
    .on_chunk_extension_value = on_extension,
    .on_message_complete = on_message_complete,
};

void bf__parser_init(struct bf__parser *parser, size_t limit, enum bf__fault (*body)(void *, const char *, size_t), void *arg) {
  *parser = (struct bf__parser){.limit = limit, .body = body, .arg = arg};
  bf__parser_next(parser);
}

void bf__parser_next(struct bf__parser *parser) {
  llhttp_init(&parser->llhttp, HTTP_REQUEST, &settings);
  parser->llhttp.data = parser;
  parser->head = NULL;
  parser->scanned = parser->line = parser->extensions = 0;
  parser->fault = BF__FAULT_NONE;
  parser->open_value = parser->headed = parser->complete = false;
}

/* ---- by hand: line ends, folding, limits ---- */

/* One line without its LF. */
static enum bf__fault line_fault(const char *line, size_t length, bool first) {
  if (length == 0 || line[length - 1] != '\r') return BF__FAULT_LINE_END; /* a lone LF */
  if (memchr(line, '\r', length - 1) || memchr(line, '\0', length)) return BF__FAULT_LINE_END;
  if (!first && (line[0] == ' ' || line[0] == '\t')) return BF__FAULT_FOLDED;
  return BF__FAULT_NONE;
}

static enum bf__parse over(struct bf__parser *parser) {
  return refuse(parser, parser->line == 0 ? BF__FAULT_TARGET_LONG : BF__FAULT_HEADER_LARGE);
}

/* DONE when the empty line that ends the head is there; then `scanned` is the head's length. */
static enum bf__parse scan(struct bf__parser *parser, const char *data, size_t length) {
  while (parser->scanned < length) {
    const char *line = data + parser->line;
    const char *end = memchr(data + parser->scanned, '\n', length - parser->scanned);
    enum bf__fault fault;
    if (!end) {
      parser->scanned = length;
      break;
    }
    fault = line_fault(line, (size_t)(end - line), parser->line == 0);
    if (fault != BF__FAULT_NONE) return refuse(parser, fault);
    parser->scanned = (size_t)(end - data) + 1;
    if (parser->scanned > parser->limit) return over(parser);
    if (end - line == 1) return BF__PARSE_DONE;
    parser->line = parser->scanned;
  }
  return length >= parser->limit ? over(parser) : BF__PARSE_MORE;
}

static size_t skip_empty_lines(const char *data, size_t length) {
  size_t at = 0;
  while (length - at >= 2 && data[at] == '\r' && data[at + 1] == '\n') at += 2;
  return at;
}

static void trim(struct bf__text *text) {
  while (text->length > 0 && (text->at[0] == ' ' || text->at[0] == '\t')) text->at++, text->length--;
  while (text->length > 0 && (text->at[text->length - 1] == ' ' || text->at[text->length - 1] == '\t')) text->length--;
}

/* A name, an IPv4 address or [IPv6], with a port or without. Never a user, a path or a list. */
static bool host_valid(const struct bf__text *host) {
  static const char others[] = "-._~!$&'()*+;=:[]%";
  if (host->length == 0 || host->length > 300) return false;
  for (size_t i = 0; i < host->length; i++) {
    char c = host->at[i];
    bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!word && (c == '\0' || !strchr(others, c))) return false;
  }
  return true;
}

static bool digits(const struct bf__text *text) {
  if (text->length == 0 || text->length > 18) return false;
  for (size_t i = 0; i < text->length; i++) {
    if (text->at[i] < '0' || text->at[i] > '9') return false;
  }
  return true;
}

/* Two ways to tell where a body ends are one too many. */
static enum bf__fault framing_fault(const struct bf__head *head) {
  size_t lengths = 0, codings = 0, hosts = 0;
  const struct bf__text *length = bf__head_field(head, "content-length", &lengths);
  const struct bf__text *coding = bf__head_field(head, "transfer-encoding", &codings);
  const struct bf__text *host = bf__head_field(head, "host", &hosts);
  if (lengths + codings > 1 || (length && !digits(length))) return BF__FAULT_FRAMING;
  if (coding && head->minor == 0) return BF__FAULT_FRAMING;
  if (coding && !bf__text_is(coding, "chunked")) return BF__FAULT_CODING;
  if (hosts > 1 || (hosts == 0 && head->minor > 0) || (host && !host_valid(host))) return BF__FAULT_HOST;
  return BF__FAULT_NONE;
}

/* llhttp skips any number of spaces around the target. The target is inside the head, so what is around it may be looked at. */
static bool one_space_each(const struct bf__text *target) {
  const char *end = target->at + target->length;
  return target->length > 0 && target->at[-1] == ' ' && target->at[-2] != ' ' && end[0] == ' ' && end[1] == 'H';
}

static enum bf__fault fault_of(llhttp_errno_t code) {
  switch (code) {
  case HPE_PAUSED_UPGRADE:
    return BF__FAULT_UPGRADE;
  case HPE_PAUSED_H2_UPGRADE:
  case HPE_INVALID_VERSION:
    return BF__FAULT_VERSION;
  case HPE_UNEXPECTED_CONTENT_LENGTH:
  case HPE_INVALID_CONTENT_LENGTH:
  case HPE_INVALID_TRANSFER_ENCODING:
    return BF__FAULT_FRAMING;
  case HPE_INVALID_URL:
    return BF__FAULT_TARGET;
  case HPE_INVALID_CHUNK_SIZE:
    return BF__FAULT_CHUNK;
  default:
    return BF__FAULT_SYNTAX;
  }
}

static enum bf__parse read_head(struct bf__parser *parser, struct bf__head *head, const char *data) {
  llhttp_errno_t code;
  enum bf__fault fault;
  head->count = 0;
  head->target = (struct bf__text){NULL, 0};
  parser->head = head;
  code = llhttp_execute(&parser->llhttp, data, parser->scanned);
  parser->head = NULL;
  for (size_t i = 0; i < head->count; i++) trim(&head->fields[i].value);
  if (parser->headed && !one_space_each(&head->target)) return refuse(parser, BF__FAULT_SYNTAX);
  /* Lengths first: llhttp's word for what it found there depends on their order. */
  if (parser->headed && (fault = framing_fault(head)) != BF__FAULT_NONE) return refuse(parser, fault);
  if (parser->llhttp.upgrade) return refuse(parser, BF__FAULT_UPGRADE);
  if (code != HPE_OK && code != HPE_PAUSED) return refuse(parser, fault_of(code));
  if (!parser->headed || (code == HPE_PAUSED && !parser->complete)) return refuse(parser, BF__FAULT_SYNTAX);
  return BF__PARSE_DONE;
}

enum bf__parse bf__parser_head(struct bf__parser *parser, struct bf__head *head, const char *data, size_t length,
                               size_t *ret_used) {
  size_t skipped = parser->scanned == 0 ? skip_empty_lines(data, length) : 0;
  enum bf__parse outcome;
  *ret_used = skipped;
  data += skipped;
  length -= skipped;
  if (length == 0 || (length == 1 && data[0] == '\r')) return BF__PARSE_MORE;
  if (data[0] < 'A' || data[0] > 'Z') return refuse(parser, BF__FAULT_SYNTAX); /* not HTTP: no need to wait for a line */
  outcome = scan(parser, data, length);
  if (outcome != BF__PARSE_DONE) return outcome;
  *ret_used = skipped + parser->scanned;
  return read_head(parser, head, data);
}

enum bf__parse bf__parser_body(struct bf__parser *parser, const char *data, size_t length, size_t *ret_used) {
  llhttp_errno_t code;
  *ret_used = 0;
  if (parser->complete) return BF__PARSE_DONE;
  if (length == 0) return BF__PARSE_MORE;
  code = llhttp_execute(&parser->llhttp, data, length);
  if (code == HPE_PAUSED && parser->complete) {
    *ret_used = (size_t)(llhttp_get_error_pos(&parser->llhttp) - data);
    return BF__PARSE_DONE;
  }
  if (code != HPE_OK) return refuse(parser, parser->fault != BF__FAULT_NONE ? parser->fault : BF__FAULT_CHUNK);
  *ret_used = length;
  return BF__PARSE_MORE;
}
