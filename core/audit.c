#include "audit.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

int bf__audit_fault(struct bf__audit *audit, int64_t seq, const char *zh, const char *en_format, ...) {
  va_list args;
  if (*audit->fault_zh) return BF_EREFUSED;
  audit->fault_seq = seq;
  (void)snprintf(audit->fault_zh, sizeof audit->fault_zh, "%s", zh);
  va_start(args, en_format);
  (void)vsnprintf(audit->fault_en, sizeof audit->fault_en, en_format, args);
  va_end(args);
  return BF_EREFUSED;
}

/* What the text says of itself must be what stands beside it. */
static int check_text(struct bf__audit *audit, int64_t due, const char *case_id, const char *text, size_t length) {
  json_t *event = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
  const json_t *seq = json_object_get(event, "seq");
  const char *own = json_string_value(json_object_get(event, "case"));
  int r = 0;
  if (!json_is_object(event))
    r = bf__audit_fault(audit, due, "事件正文不是 JSON 对象", "the event's text is no JSON object");
  else if (!json_is_integer(seq) || json_integer_value(seq) != due)
    r = bf__audit_fault(audit, due, "事件正文里的序号不符", "the text calls itself event %lld",
                        (long long)json_integer_value(seq));
  else if (case_id && (!own || strcmp(own, case_id) != 0))
    r = bf__audit_fault(audit, due, "事件登记的事项与正文不符", "it is filed under case %.60s, its text names %.60s", case_id,
                        own ? own : "none");
  json_decref(event);
  return r;
}

int bf__audit_link(struct bf__audit *audit, int64_t seq, const char *case_id, const char *text, size_t length, const void *stated,
                   size_t stated_length) {
  int64_t due = audit->events + 1;
  unsigned char hash[BF__HASH_BYTES];
  if (seq >= 0 && seq != due)
    return bf__audit_fault(audit, due, "缺少此序号的事件", "event %lld is missing: event %lld follows in its place",
                           (long long)due, (long long)seq);
  if (!text || !stated || stated_length != sizeof hash)
    return bf__audit_fault(audit, due, "事件没有正文或链值", "the text or the hash is missing or has a wrong length");
  if (bf__chain_next(audit->hash, text, length, hash) < 0) return BF_EIO;
  if (memcmp(hash, stated, sizeof hash) != 0)
    return bf__audit_fault(audit, due, "此处断链:事件的正文或链值已被改动",
                           "the chain breaks here: the text or the hash of this event was changed");
  int r = check_text(audit, due, case_id, text, length);
  if (r < 0) return r;
  memcpy(audit->hash, hash, sizeof hash);
  audit->events = due;
  return 0;
}

json_t *bf__audit_report(const struct bf__audit *audit) {
  char head[BF__HASH_HEX];
  bool ok = !*audit->fault_zh;
  bf__hex(audit->hash, sizeof audit->hash, head);
  json_t *fault =
      ok ? NULL : json_pack("{sI ss ss}", "seq", (json_int_t)audit->fault_seq, "zh", audit->fault_zh, "en", audit->fault_en);
  return json_pack("{sb sI ss so*}", "ok", ok, "events", (json_int_t)audit->events, "head", head, "fault", fault);
}

/* One line without its end into a buffer that grows up to the limit. 1, 0 at the end of the file, or a negative code. */
static int read_line(FILE *in, char **line, size_t *room, size_t *ret_length) {
  size_t length = 0;
  int c;
  while ((c = getc_unlocked(in)) != EOF && c != '\n') {
    if (length == *room) {
      size_t wanted = *room ? *room * 2 : 4096;
      char *grown = wanted <= BF__AUDIT_LINE ? realloc(*line, wanted) : NULL;
      if (!grown) return wanted <= BF__AUDIT_LINE ? BF_ENOMEM : BF_ELIMIT;
      *line = grown;
      *room = wanted;
    }
    (*line)[length++] = (char)c;
  }
  if (ferror(in)) return BF_EIO;
  *ret_length = length;
  return length > 0 || c == '\n';
}

/* The bytes are hashed as they stand: nothing is parsed and written again. */
static int check_line(struct bf__audit *audit, const char *line, size_t length) {
  unsigned char stated[BF__HASH_BYTES];
  if (length < BF__HASH_HEX + 2 || line[BF__HASH_HEX - 1] != ' ' || bf__unhex(line, BF__HASH_HEX - 1, stated) < 0)
    return bf__audit_fault(audit, audit->events + 1, "此行不是审计导出的一行",
                           "this is not a line of an export: 64 hex digits, a blank and the event are due");
  return bf__audit_link(audit, -1, NULL, line + BF__HASH_HEX, length - BF__HASH_HEX, stated, sizeof stated);
}

int bf__audit_verify_file(const char *path, json_t **ret_report, struct bf_error *err) {
  struct bf__audit audit = {0};
  char *line = NULL;
  size_t room = 0, length = 0;
  FILE *in = fopen(path, "rb");
  if (!in) return bf_fail(err, BF_EIO, path, "cannot be opened: %s", strerror(errno));
  int r;
  while ((r = read_line(in, &line, &room, &length)) > 0) {
    r = check_line(&audit, line, length);
    if (r < 0) break;
  }
  if (r == BF_ELIMIT) r = bf__audit_fault(&audit, audit.events + 1, "此行过长", "this line is longer than any event");
  free(line);
  (void)fclose(in);
  if (r < 0 && r != BF_EREFUSED) return bf_fail(err, r, path, r == BF_ENOMEM ? "no memory" : "cannot be read");
  *ret_report = bf__audit_report(&audit);
  return *ret_report ? 0 : bf_fail(err, BF_ENOMEM, path, "no memory");
}
