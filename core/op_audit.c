/* The audit: the chain's head, a check of everything in storage, and the whole chain as a file. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit.h"
#include "calendar.h"
#include "operation.h"

#define SLICE 1000 /* rows a statement: no read transaction stands for long, or the log behind it could not be taken up */

static int head(struct bf__reading *reading, struct bf_error *err) {
  unsigned char hash[BF__HASH_BYTES];
  char hex[BF__HASH_HEX], at[32];
  int64_t seq, at_ms;
  int r = bf__store_head(reading->store, &seq, &at_ms, hash, err);
  if (r < 0) return r;
  bf__hex(hash, sizeof hash, hex);
  bf__moment_format(at_ms, at);
  reading->status = 200;
  reading->body = json_pack("{sI ss ss*}", "seq", (json_int_t)seq, "hash", hex, "at", seq ? at : NULL);
  return 0;
}

/* Every event in order; each link that holds is written to `out` where there is one. -------------------------------------- */

struct walk {
  struct bf__audit audit;
  int64_t last; /* the last event when the walk began: it does not run after the writer */
  FILE *out;    /* or NULL */
};

static int write_link(struct walk *walk, const char *text, size_t length) {
  char hex[BF__HASH_HEX];
  if (!walk->out) return 0;
  bf__hex(walk->audit.hash, BF__HASH_BYTES, hex);
  bool good = fprintf(walk->out, "%s ", hex) > 0 && fwrite(text, 1, length, walk->out) == length && putc('\n', walk->out) != EOF;
  return good ? 0 : errno == ENOSPC ? BF_EFULL : BF_EIO;
}

static int one_event(struct walk *walk, const struct bf_storage *calls, struct bf_stmt *stmt, int64_t *ret_seq) {
  size_t case_length = 0, length = 0, hash_length = 0;
  char case_id[200];
  const char *own = calls->column_text(stmt, 1, &case_length), *text = calls->column_text(stmt, 2, &length);
  const void *hash = calls->column_bytes(stmt, 3, &hash_length);
  *ret_seq = calls->column_int(stmt, 0);
  (void)snprintf(case_id, sizeof case_id, "%.*s", own ? (int)case_length : 0, own ? own : "");
  int r = bf__audit_link(&walk->audit, *ret_seq, own ? case_id : NULL, text, length, hash, hash_length);
  return r < 0 ? r : write_link(walk, text, length);
}

/* 1 when there may be more. */
static int slice(struct bf__store *store, struct walk *walk, int64_t *after, struct bf_error *err) {
  const struct bf_storage *calls = bf__store_calls(store);
  struct bf_stmt *stmt;
  int64_t count = 0;
  int r = bf__store_run(store, "SELECT seq, case_id, body, hash FROM events WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3",
                        &stmt, err, "iii", *after, walk->last, (int64_t)SLICE);
  for (; r == BF_ROW; count++) {
    r = one_event(walk, calls, stmt, after);
    if (r == BF_EREFUSED) break;
    if (r < 0)
      (void)bf_fail(err, r, "audit", "event %lld could not be hashed or written: %s", (long long)*after, strerror(errno));
    else
      r = calls->step(stmt, err);
  }
  if (r != BF_DONE || count) calls->reset(stmt);
  return r < 0 ? r : count == SLICE;
}

static int walk_events(struct bf__store *store, struct walk *walk, struct bf_error *err) {
  int64_t after = INT64_MIN;
  struct bf_stmt *stmt;
  int r = bf__store_run(store, "SELECT MAX(seq) FROM events", &stmt, err, "");
  if (r < 0) return r;
  walk->last = r == BF_ROW ? bf__store_calls(store)->column_int(stmt, 0) : 0;
  bf__store_calls(store)->reset(stmt);
  while ((r = slice(store, walk, &after, err)) == 1) continue;
  return r;
}

/* Cases against their events. --------------------------------------------------------------------------------------------- */

static int one_case(struct walk *walk, const json_t *row) {
  const char *id = json_string_value(json_object_get(row, "id"));
  json_int_t version = json_integer_value(json_object_get(row, "version")),
             events = json_integer_value(json_object_get(row, "events"));
  const json_t *state = json_object_get(row, "state"), *inside = json_object_get(state, "version");
  if (version == events && json_is_integer(inside) && json_integer_value(inside) == events) return 0;
  return bf__audit_fault(&walk->audit, json_integer_value(json_object_get(row, "last")), "事项的版本与它的事件数不符",
                         "case %.60s is at version %lld (its state says %lld) and has %lld events", id ? id : "?",
                         (long long)version, (long long)json_integer_value(inside), (long long)events);
}

static int walk_cases(struct bf__store *store, struct walk *walk, int64_t *ret_cases, struct bf_error *err) {
  char after[200] = "";
  size_t count = SLICE;
  int r = 0;
  while (r >= 0 && count == SLICE) {
    json_t *rows = NULL, *row;
    size_t i;
    r = bf__store_rows(
        store,
        "SELECT c.id, c.version, c.state, (SELECT COUNT(*) FROM events e WHERE e.case_id = c.id),"
        " (SELECT MAX(e.seq) FROM events e WHERE e.case_id = c.id) FROM cases c WHERE c.id > $1 ORDER BY c.id LIMIT $2",
        "id:t version:i state:j events:i last:i", &rows, err, "ti", after, (int64_t)SLICE);
    count = json_array_size(rows);
    json_array_foreach(rows, i, row) {
      if (r >= 0) r = one_case(walk, row);
      (void)snprintf(after, sizeof after, "%s", json_string_value(json_object_get(row, "id")));
    }
    *ret_cases += (int64_t)count;
    json_decref(rows);
  }
  return r;
}

/* Events that speak of a case which is no longer there. */
static int walk_orphans(struct bf__store *store, struct walk *walk, struct bf_error *err) {
  json_t *rows = NULL;
  int r = bf__store_rows(
      store,
      "SELECT MIN(e.seq) FROM events e WHERE e.case_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.id = e.case_id)",
      "seq:i", &rows, err, "");
  const json_t *seq = json_object_get(json_array_get(rows, 0), "seq");
  if (r >= 0 && json_is_integer(seq))
    r = bf__audit_fault(&walk->audit, json_integer_value(seq), "事件所属的事项已不存在",
                        "the case of this event is no longer there");
  json_decref(rows);
  return r;
}

static int verify(struct bf__reading *reading, struct bf_error *err) {
  struct walk walk = {.out = NULL};
  int64_t cases = 0;
  int r = walk_events(reading->store, &walk, err);
  if (r >= 0) r = walk_orphans(reading->store, &walk, err);
  if (r >= 0) r = walk_cases(reading->store, &walk, &cases, err);
  if (r < 0 && r != BF_EREFUSED) return r;
  reading->status = 200;
  reading->body = bf__audit_report(&walk.audit);
  if (!reading->body || json_object_set_new(reading->body, "cases", json_integer(cases)) < 0)
    return bf_fail(err, BF_ENOMEM, "audit", "no memory");
  return 0;
}

/* Export. ----------------------------------------------------------------------------------------------------------------- */

static int write_failed(const char *path, struct bf_error *err) {
  return bf_fail(err, errno == ENOSPC ? BF_EFULL : BF_EIO, path, "the export cannot be written: %s", strerror(errno));
}

static int sync_folder(const char *path, struct bf_error *err) {
  char *name = strdup(path);
  int fd = name ? open(dirname(name), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
  int r = fd < 0 || fsync(fd) < 0 ? write_failed(path, err) : 0;
  if (fd >= 0) (void)close(fd);
  free(name);
  return r;
}

/* A new file only: what is there stays as it is. BF_EBUSY when PATH is taken. */
static int export_to(struct bf__store *store, const char *path, struct walk *walk, struct bf_error *err) {
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return errno == EEXIST ? bf_fail(err, BF_EBUSY, path, "there is a file of this name") : write_failed(path, err);
  walk->out = fdopen(fd, "wb");
  if (!walk->out) {
    (void)close(fd);
    (void)unlink(path);
    return bf_fail(err, BF_ENOMEM, path, "no memory");
  }
  int r = walk_events(store, walk, err);
  if (r >= 0 && (fflush(walk->out) != 0 || fsync(fd) < 0)) r = write_failed(path, err);
  if (fclose(walk->out) != 0 && r >= 0) r = write_failed(path, err);
  if (r >= 0) r = sync_folder(path, err);
  if (r < 0) (void)unlink(path);
  return r;
}

static int export_chain(struct bf__reading *reading, struct bf_error *err) {
  const char *path = bf__param(reading->params, "path");
  struct walk walk = {.out = NULL};
  struct bf_error own = {0};
  char head_hex[BF__HASH_HEX], en[300];
  if (!path || *path != '/')
    return bf__refuse_read(reading, 400, "path", "path", "请给出文件的绝对路径", "Give the file's absolute path.");
  int r = export_to(reading->store, path, &walk, &own);
  if (r == BF_EBUSY)
    return bf__refuse_read(reading, 409, "path.taken", "path", "已有同名文件:导出不覆盖任何文件",
                           "There is a file of this name: an export never replaces one.");
  if (r == BF_EREFUSED) { /* a chain that does not hold is no evidence: the backup is */
    (void)snprintf(en, sizeof en, "Event %lld: %s", (long long)walk.audit.fault_seq, walk.audit.fault_en);
    return bf__refuse_read(reading, 409, "audit.broken", NULL, walk.audit.fault_zh, en);
  }
  if (r == BF_EIO && strcmp(own.where, path) == 0)
    return bf__refuse_read(reading, 409, "path.unwritable", "path", "文件无法写入", own.message);
  if (r < 0) return bf_fail(err, r, own.where, "%s", own.message);
  bf__hex(walk.audit.hash, BF__HASH_BYTES, head_hex);
  reading->status = 200;
  reading->body = json_pack("{sI ss ss}", "events", (json_int_t)walk.audit.events, "head", head_hex, "path", path);
  return 0;
}

const struct bf__operation bf__operations_audit[] = {
    {.name = "audit.head", .kind = BF__READ, .access = BF__ANYONE, .read = head},
    {.name = "audit.verify", .kind = BF__READ, .access = BF__OPERATOR, .read = verify},
    {.name = "audit.export", .kind = BF__READ, .access = BF__OPERATOR, .read = export_chain},
    {.name = NULL},
};
