/* Documents coming in, as `struct bf_api` says: who may, then the file, then document.add through the engine. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "docstore.h"
#include "log.h"
#include "people.h"

#define NAME_CHARACTERS 200
#define TYPE_BYTES 100

struct bf_upload {
  struct bf__app *app;
  struct bf_call call; /* `answer`, `arg` and `if_version` only: the rest ended with the call */
  struct bf__docput *put;
  json_t *actor, *params;
  char *key;
};

static void upload_free(struct bf_upload *upload) {
  if (!upload) return;
  json_decref(upload->actor);
  json_decref(upload->params);
  free(upload->key);
  free(upload);
}

static void refuse(const struct bf_call *call, int status, const char *code, const char *field, const char *zh, const char *en) {
  bf__answer_json(call, status, bf__problem1(status, code, field, zh, en));
}

/* Beginning. ------------------------------------------------------------------------------------------------------------- */

/* One UTF-8 character of valid text; *AT moves on. */
static uint32_t next_character(const char **at) {
  unsigned char first = (unsigned char)*(*at)++;
  int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0;
  uint32_t character = more == 3 ? first & 0x07u : more == 2 ? first & 0x0Fu : more == 1 ? first & 0x1Fu : first;
  for (; more > 0 && **at; more--) character = character << 6 | ((unsigned char)*(*at)++ & 0x3Fu);
  return character;
}

/* No control characters, no marks that turn the reading direction ("fdp.exe" shown as "exe.pdf"), nothing that leads to another
 * folder. */
static bool name_is_sane(const char *name) {
  size_t count = 0;
  if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) return false;
  for (const char *at = name; *at; count++) {
    uint32_t c = next_character(&at);
    if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c == '/' || c == '\\') return false;
    if (c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF) return false;
  }
  return count >= 1 && count <= NAME_CHARACTERS;
}

/* A media type is kept as it came when it looks like one; what is sent back is decided when it is fetched. */
static const char *type_of(const char *type) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$&^_.+-/;= ";
  bool good = type && *type && strlen(type) <= TYPE_BYTES && strspn(type, letters) == strlen(type) && strchr(type, '/');
  return good ? type : "application/octet-stream";
}

static bool named(const struct bf_call *call, const json_t *params, const char *name, const char *zh, const char *en) {
  const char *value = json_string_value(json_object_get(params, name));
  bool good = value && *value && strlen(value) <= 200;
  if (!good) refuse(call, 400, "form.missing", name, zh, en);
  return good;
}

/* What document.add will get, sha256 and bytes aside; NULL once CALL is answered. */
static json_t *check(const struct bf_call *call, const json_t *params) {
  if (!named(call, params, "id", "没有说明是哪个事项", "The case's id is missing.") ||
      !named(call, params, "kind", "没有说明是哪种材料(kind)", "The kind of paper (kind) is missing."))
    return NULL;
  json_t *id = json_object_get(params, "id"), *kind = json_object_get(params, "kind"), *given = json_object_get(params, "name");
  const char *name = json_string_value(given ? given : kind);
  if (!name || !name_is_sane(name)) {
    refuse(call, 400, "document.name", "name", "文件名应为 1 至 200 个字符,不能有斜杠或控制字符",
           "A file name has 1 to 200 characters, without slashes or control characters.");
    return NULL;
  }
  json_t *out = json_pack("{s:O, s:O, s:s, s:s}", "id", id, "kind", kind, "name", name, "type",
                          type_of(json_string_value(json_object_get(params, "type"))));
  if (!out) refuse(call, 503, "memory", NULL, "内存不足,没有执行", "Out of memory; nothing was done.");
  return out;
}

static struct bf_upload *upload_new(struct bf__app *app, const struct bf_call *call, json_t *actor, json_t *params) {
  struct bf_error err = {0};
  struct bf_upload *upload = calloc(1, sizeof *upload);
  if (!upload) return NULL;
  upload->app = app;
  upload->call =
      (struct bf_call){.size = sizeof upload->call, .answer = call->answer, .arg = call->arg, .if_version = call->if_version};
  upload->key = call->idempotency_key ? strdup(call->idempotency_key) : NULL;
  if ((call->idempotency_key && !upload->key) ||
      bf__docput_new(&app->loop, app->config.data, app->config.document_bytes, &upload->put, &err) < 0) {
    upload_free(upload);
    return NULL;
  }
  upload->actor = json_incref(actor);
  upload->params = json_incref(params);
  return upload;
}

void bf__upload_begin(const struct bf_api *self, struct bf_call *call, struct bf_upload **ret_upload) {
  struct bf__app *app = (struct bf__app *)((char *)self - offsetof(struct bf__app, api));
  json_t *params = NULL, *actor = call->token && *call->token
                                      ? bf__directory_actor(app->directory, call->token, bf__people_session_now(app))
                                      : NULL;
  *ret_upload = NULL;
  if (!actor)
    refuse(call, 401, "login", NULL, "请先登录,或登录已过期", "Log in first; your session may have expired.");
  else
    params = check(call, call->params);
  if (params && !(*ret_upload = upload_new(app, call, actor, params)))
    refuse(call, 503, "memory", NULL, "内存不足,没有执行", "Out of memory; nothing was done.");
  json_decref(params);
  json_decref(actor);
  json_decref(call->params);
  call->params = NULL;
}

int bf__upload_write(struct bf_upload *upload, const char *data, size_t length, void (*done)(void *arg, int status), void *arg) {
  return bf__docput_write(upload->put, data, length, done, arg);
}

static void gone(void *arg) {
  upload_free(arg);
}
void bf__upload_abort(struct bf_upload *upload) {
  bf__docput_abort(upload->put, gone, upload);
}

/* The end. --------------------------------------------------------------------------------------------------------------- */

static void refuse_file(const struct bf_upload *upload, int code, const struct bf_error *err) {
  char zh[200], en[200];
  double mib = (double)upload->app->config.document_bytes / (1024 * 1024);
  if (code == BF_ELIMIT) {
    (void)snprintf(zh, sizeof zh, "文件超过上限 %.1f MiB:请压缩或拆分后再上传", mib);
    (void)snprintf(en, sizeof en, "The file is larger than the limit of %.1f MiB: make it smaller, or split it.", mib);
    refuse(&upload->call, 413, "document.too_large", NULL, zh, en);
    return;
  }
  bf__log(BF_LOG_ERROR, "document.failed", "%s: %s", err->where, err->message);
  if (code == BF_EFULL)
    refuse(&upload->call, 507, "storage.full", NULL, "服务器磁盘已满,文件没有保存:请联系管理员腾出空间后重试",
           "The server's disk is full; the file was not kept. Ask the operator to free space, then try again.");
  else
    refuse(&upload->call, 500, "storage.failed", NULL, "文件没有保存成功:请稍后重试,或联系管理员",
           "The file could not be kept. Try again later, or tell the operator.");
}

static void added(struct bf__command *command) {
  struct bf_upload *upload = command->arg;
  char *text = command->text || !command->body ? NULL : json_dumps(command->body, JSON_COMPACT);
  const char *body = command->text ? command->text : text ? text : "";
  struct bf_answer answer = {.status = command->status,
                             .type = command->status >= 400 ? "application/problem+json" : "application/json",
                             .body = body,
                             .length = strlen(body),
                             .version = command->version,
                             .location = command->location,
                             .file = -1};
  upload->call.answer(upload->call.arg, &answer);
  free(text);
  upload_free(upload);
}

static int submit(struct bf_upload *upload, const char *sha256, int64_t bytes) {
  const struct bf__operation *operation = bf__operation_find("document.add");
  if (!operation || json_object_set_new(upload->params, "sha256", json_string(sha256)) < 0 ||
      json_object_set_new(upload->params, "bytes", json_integer(bytes)) < 0)
    return BF_ENOMEM;
  struct bf__command *command = bf__command_new(operation, json_incref(upload->params), upload->actor);
  if (!command) return BF_ENOMEM;
  command->idempotency_key = upload->key;
  upload->key = NULL;
  command->if_version = upload->call.if_version;
  command->arg = upload;
  command->done = added;
  bf__engine_submit(upload->app->engine, command);
  return 0;
}

static void stored(void *arg, int status, const char *sha256, int64_t bytes, const struct bf_error *err) {
  struct bf_upload *upload = arg;
  upload->put = NULL; /* it ends with this call */
  if (status < 0)
    refuse_file(upload, status, err);
  else if (bytes == 0)
    refuse(&upload->call, 400, "document.empty", NULL, "文件是空的:请检查后重新上传",
           "The file is empty: check it and send it again.");
  else if (submit(upload, sha256, bytes) == 0)
    return;
  else
    refuse(&upload->call, 503, "memory", NULL, "内存不足,没有执行", "Out of memory; nothing was done.");
  upload_free(upload);
}

void bf__upload_finish(struct bf_upload *upload) {
  bf__docput_finish(upload->put, stored, upload);
}
