/* Documents going out, and the check that all of them are still what was stored. Coming in: upload.c. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "docstore.h"
#include "permit.h"

#define FAULTS_TOLD 1000 /* in one report; the counts go on */

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

static int not_found(struct bf__reading *reading) {
  return bf__refuse_read(reading, 404, "document.unknown", "document", "没有这份材料", "There is no such document.");
}

/* Only what a browser shows without running anything goes out under its own type: a page that somebody uploaded must not run as
 * ours. */
static const char *safe_type(const char *type) {
  static const char *const safe[] = {"application/pdf", "image/png", "image/jpeg", "text/plain"};
  size_t length = type ? strcspn(type, "; ") : 0;
  for (size_t i = 0; i < sizeof safe / sizeof *safe; i++) {
    if (strlen(safe[i]) == length && strncasecmp(type, safe[i], length) == 0) return safe[i];
  }
  return "application/octet-stream";
}

/* The number of a document: digits of a path, or a JSON integer; 0 when it is neither. */
static int64_t number_of(const json_t *params) {
  const json_t *value = json_object_get(params, "document");
  const char *digits = json_string_value(value);
  if (json_is_integer(value)) return json_integer_value(value);
  if (!digits || !*digits || strlen(digits) > 15 || strspn(digits, "0123456789") != strlen(digits)) return 0;
  return strtoll(digits, NULL, 10);
}

/* The document's row when the actor may see its case, else *RET stays NULL: what one may not see is not there. */
static int find(struct bf__reading *reading, const char *id, int64_t number, json_t **ret, struct bf_error *err) {
  json_t *state = NULL, *rows = NULL;
  int r = bf__store_case_get(reading->store, id, &state, err);
  if (r == BF_ENOTFOUND) return 0;
  if (r >= 0 && bf__may_see(reading, state))
    r = bf__store_rows(reading->store, "SELECT name, type, sha256, bytes FROM documents WHERE case_id = $1 AND id = $2",
                       "name:t type:t sha256:t bytes:i", &rows, err, "ti", id, number);
  if (r >= 0) *ret = json_incref(json_array_get(rows, 0));
  json_decref(rows);
  json_decref(state);
  return r < 0 ? r : 0;
}

static int open_document(struct bf__reading *reading, const json_t *row) {
  struct bf_error err = {0};
  int64_t bytes = 0;
  int fd = -1, r = bf__docstore_read(reading->app->config.data, text(row, "sha256"), &fd, &bytes, &err);
  if (r >= 0 && bytes != json_integer_value(json_object_get(row, "bytes"))) {
    (void)close(fd);
    r = BF_EIO;
  }
  if (r < 0)
    return bf__refuse_read(reading, 500, "document.damaged", "document", "文件已丢失或损坏:请联系管理员从备份恢复",
                           "The file is missing or damaged: ask the operator to restore it from a backup.");
  reading->file_name = strdup(text(row, "name"));
  reading->file = fd;
  reading->file_bytes = bytes;
  reading->type = safe_type(text(row, "type"));
  reading->status = 200;
  return 0;
}

static int get(struct bf__reading *reading, struct bf_error *err) {
  const char *id = text(reading->params, "id");
  int64_t number = number_of(reading->params);
  json_t *row = NULL;
  int r = id && number > 0 ? find(reading, id, number, &row, err) : 0;
  if (r >= 0) r = row ? open_document(reading, row) : not_found(reading);
  json_decref(row);
  return r;
}

/* document.verify ------------------------------------------------------------------------------------------------------------ */

struct audit {
  struct bf__reading *reading;
  json_t *missing, *changed;
  int64_t files, bytes, missing_count, changed_count;
};

/* Which papers a damaged file is: [{ case, document, name }] beside its hash. */
static int tell(struct audit *audit, json_t *list, const char *sha256, const char *why, struct bf_error *err) {
  json_t *papers = NULL;
  if (json_array_size(list) >= FAULTS_TOLD) return 0;
  int r = bf__store_rows(audit->reading->store,
                         "SELECT case_id, id, name FROM documents WHERE sha256 = $1 ORDER BY case_id, id LIMIT 100",
                         "case:t document:i name:t", &papers, err, "t", sha256);
  if (r >= 0 && json_array_append_new(list, json_pack("{s:s, s:s, s:o}", "sha256", sha256, "why", why, "papers", papers)) < 0)
    r = bf_fail(err, BF_ENOMEM, "document.verify", "no memory");
  return r;
}

static int check_file(struct audit *audit, const json_t *row, struct bf_error *err) {
  struct bf_error why = {0};
  const char *sha256 = text(row, "sha256");
  int64_t bytes = json_integer_value(json_object_get(row, "bytes"));
  int r = bf__docstore_check(audit->reading->app->config.data, sha256, bytes, &why);
  audit->files++;
  audit->bytes += bytes;
  if (r >= 0) return 0;
  bool missing = r == BF_ENOTFOUND;
  *(missing ? &audit->missing_count : &audit->changed_count) += 1;
  return tell(audit, missing ? audit->missing : audit->changed, sha256, why.message, err);
}

/* All files, a page of hashes at a time. */
static int check_all(struct audit *audit, struct bf_error *err) {
  char last[BF__DOC_HASH] = "";
  size_t count;
  int r;
  do {
    json_t *rows = NULL, *row;
    size_t i;
    r = bf__store_rows(audit->reading->store,
                       "SELECT sha256, MIN(bytes) FROM documents WHERE sha256 > $1 GROUP BY sha256 ORDER BY sha256 LIMIT 500",
                       "sha256:t bytes:i", &rows, err, "t", last);
    count = json_array_size(rows);
    json_array_foreach(rows, i, row) if (r >= 0) r = check_file(audit, row, err);
    if (count) (void)snprintf(last, sizeof last, "%s", text(json_array_get(rows, count - 1), "sha256"));
    json_decref(rows);
  } while (r >= 0 && count == 500);
  return r;
}

static int verify(struct bf__reading *reading, struct bf_error *err) {
  struct audit audit = {.reading = reading, .missing = json_array(), .changed = json_array()};
  int r = audit.missing && audit.changed ? check_all(&audit, err) : bf_fail(err, BF_ENOMEM, "document.verify", "no memory");
  if (r >= 0) {
    reading->status = 200;
    reading->body =
        json_pack("{s:b, s:I, s:I, s:I, s:I, s:O, s:O}", "ok", audit.missing_count + audit.changed_count == 0, "files",
                  (json_int_t)audit.files, "bytes", (json_int_t)audit.bytes, "missing_count", (json_int_t)audit.missing_count,
                  "changed_count", (json_int_t)audit.changed_count, "missing", audit.missing, "changed", audit.changed);
  }
  json_decref(audit.missing);
  json_decref(audit.changed);
  return r < 0 ? r : 0;
}

const struct bf__operation bf__operations_documents[] = {
    {.name = "document.get", .kind = BF__READ, .access = BF__USER, .read = get},
    {.name = "document.verify", .kind = BF__READ, .access = BF__OPERATOR, .read = verify},
    {.name = NULL},
};
