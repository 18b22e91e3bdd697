/* People and documents through the one door: a whole program on a folder of its own, asked the way the HTTP plugin asks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app.h"
#include "docstore.h"
#include "people.h"

#define MINUTE 60000
#define DAY (24 * 60 * MINUTE)

/* Rules of our own: the program knows no role. */
static const char *const files[][2] = {
    {"scripts/roles.lua", "return roles { maker = { zh = '制作', en = 'Maker', scope = 'unit' }, keeper = { zh = '保管', en = "
                          "'Keeper', scope = 'jurisdiction' } }"},
    {"scripts/jurisdictions.lua",
     "return jurisdictions { ['10'] = { zh = '市', en = 'City' }, ['11'] = { zh = '县', en = 'County', parent = '10' } }"},
    {"scripts/papers.lua", "return papers { note = { zh = '说明', en = 'Note' } }"},
    {"scripts/kinds/thing.lua", "return kind 'thing' { title = { zh = '事', en = 'Thing' }, articles = { 1 }, name = 'title', "
                                "facts = { { 'title', text, zh = '名', en = 'Title' } },"
                                " create = { by = 'maker', form = { 'title' }, effect = { open 'work' } } }"},
    {"scripts/stages/work.lua",
     "return stage 'work' { kind = 'thing', order = 1, articles = { 1 }, owner = 'keeper', title = { zh = '办', en = 'Work' },"
     " actions = { done = { by = 'keeper', usual = 1, title = { zh = '完', en = 'Done' }, effect = { close(), finish 'done' } } "
     "} }"},
    {"calendar/2024.json", "{\"year\":2024,\"off\":[],\"work\":[],\"source\":\"test\"}"},
};

struct world {
  char folder[64];
  struct bf__app app;
  bool running;
};

struct answer {
  bool given;
  int status;
  json_t *body; /* until the next call */
  char text[4096], token[BF__TOKEN_TEXT], type[64], name[256], location[256];
  int file;
  int64_t bytes;
};

static struct answer answer;

static void keep(void *arg, const struct bf_answer *from) {
  struct answer *to = arg;
  assert_false(to->given); /* exactly once */
  json_decref(to->body);
  memset(to, 0, sizeof *to);
  to->given = true;
  to->status = from->status;
  to->body = from->body ? json_loadb(from->body, from->length, 0, NULL) : NULL;
  (void)snprintf(to->text, sizeof to->text, "%.*s", (int)from->length, from->body ? from->body : "");
  (void)snprintf(to->token, sizeof to->token, "%s", from->token ? from->token : "unset");
  (void)snprintf(to->type, sizeof to->type, "%s", from->type ? from->type : "");
  (void)snprintf(to->name, sizeof to->name, "%s", from->file_name ? from->file_name : "");
  (void)snprintf(to->location, sizeof to->location, "%s", from->location ? from->location : "");
  to->file = from->file;
  to->bytes = from->file_bytes;
}

static void wait_for(struct world *world) {
  while (!answer.given) (void)uv_run(&world->app.loop, UV_RUN_ONCE);
}

/* PARAMS is stolen. TOKEN NULL: the operator; "": nobody. */
static int ask(struct world *world, const char *token, const char *operation, json_t *params) {
  struct bf_call call = {.size = sizeof call,
                         .operation = operation,
                         .params = params,
                         .token = token && *token ? token : NULL,
                         .operator_ = !token,
                         .if_version = -1,
                         .peer = "192.0.2.1",
                         .answer = keep,
                         .arg = &answer};
  assert_non_null(params);
  answer.given = false;
  bf__api_call(&world->app, &call);
  wait_for(world);
  return answer.status;
}

static int post(struct world *world, const char *token, const char *operation, const char *body) {
  return ask(world, token, operation, json_pack("{s:o}", "body", json_loads(body, 0, NULL)));
}

static const char *refused_field(size_t at) {
  const char *field = json_string_value(json_object_get(json_array_get(json_object_get(answer.body, "refusals"), at), "field"));
  return field ? field : "";
}

static int login(struct world *world, const char *user, const char *password, char token[BF__TOKEN_TEXT]) {
  int status = ask(world, "", "login", json_pack("{s:{s:s, s:s}}", "body", "user", user, "password", password));
  if (token) (void)snprintf(token, BF__TOKEN_TEXT, "%s", answer.token);
  return status;
}

static void start(struct world *world) {
  struct bf_error err = {0};
  char config[96];
  (void)snprintf(config, sizeof config, "%s/banfa.json", world->folder);
  const struct bf__overrides overrides = {.config = config, .clock = "2024-03-04T09:00"};
  memset(&world->app, 0, sizeof world->app);
  if (bf__config_load(&overrides, &world->app.config, &err) < 0 || bf__app_start(&world->app, false, &err) < 0)
    fail_msg("%s: %s", err.where, err.message);
  world->running = true;
}

static void stop(struct world *world) {
  if (!world->running) return;
  world->running = false;
  bf__app_stop(&world->app);
  bf__config_done(&world->app.config);
}

static void write_file(const struct world *world, const char *name, const char *text) {
  char path[160];
  (void)snprintf(path, sizeof path, "%s/%s", world->folder, name);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  assert_true(fputs(text, file) >= 0);
  assert_int_equal(fclose(file), 0);
}

/* A city with an operator's first organisations and users, all with the password "correct horse". */
static int set_up(void **state) {
  static const char *const folders[] = {"scripts", "scripts/kinds", "scripts/stages", "calendar", "data"};
  struct world *world = calloc(1, sizeof *world);
  char config[600], path[160];
  assert_non_null(world);
  (void)snprintf(world->folder, sizeof world->folder, "/tmp/banfa-people-XXXXXX");
  assert_non_null(mkdtemp(world->folder));
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
    (void)snprintf(path, sizeof path, "%s/%s", world->folder, folders[i]);
    assert_int_equal(mkdir(path, 0700), 0);
  }
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) write_file(world, files[i][0], files[i][1]);
  (void)snprintf(config, sizeof config,
                 "{\"data\":\"%s/data\",\"scripts\":\"%s/scripts\",\"calendar\":\"%s/calendar\",\"plugin_dir\":\"%s/plugins\","
                 "\"load\":[\"storage_sqlite\"],\"log_level\":\"error\",\"document_bytes\":1024}",
                 world->folder, world->folder, world->folder, BF_BUILD_DIR);
  write_file(world, "banfa.json", config);
  start(world);
  *state = world;
  assert_int_equal(post(world, NULL, "org.add",
                        "{\"id\":\"city\",\"zh\":\"市局\",\"en\":\"City\",\"jurisdiction\":\"10\",\"roles\":[\"keeper\"]}"),
                   201);
  assert_int_equal(
      post(world, NULL, "org.add",
           "{\"id\":\"town\",\"zh\":\"县局\",\"en\":\"Town\",\"jurisdiction\":\"11\",\"roles\":[\"maker\"],\"parent\":\"city\"}"),
      201);
  assert_int_equal(
      post(world, NULL, "user.add",
           "{\"id\":\"root\",\"name\":\"管\",\"org\":\"city\",\"password\":\"correct horse\",\"admin\":true,\"clearance\":3}"),
      201);
  assert_int_equal(
      post(world, NULL, "user.add", "{\"id\":\"mia\",\"name\":\"米\",\"org\":\"town\",\"password\":\"correct horse\"}"), 201);
  return 0;
}

static int tear_down(void **state) {
  struct world *world = *state;
  char command[128];
  stop(world);
  json_decref(answer.body);
  answer = (struct answer){.given = false};
  (void)snprintf(command, sizeof command, "rm -r %s", world->folder);
  assert_int_equal(system(command), 0);
  free(world);
  return 0;
}

static void test_org_fields(void **state) {
  struct world *world = *state;
  assert_int_equal(
      post(world, NULL, "org.add", "{\"id\":\"x\",\"zh\":\"局\",\"en\":\"X\",\"jurisdiction\":\"10\",\"roles\":[\"makre\"]}"),
      422);
  assert_string_equal(refused_field(0), "roles[0]");
  assert_non_null(strstr(answer.text, "maker")); /* the nearest known word */
  assert_int_equal(
      post(world, NULL, "org.add", "{\"id\":\"Über x\",\"zh\":\"局\",\"en\":\"X\",\"jurisdiction\":\"99\",\"roles\":[]}"), 422);
  assert_string_equal(refused_field(0), "id");
  assert_string_equal(refused_field(1), "jurisdiction");
  assert_int_equal(post(world, NULL, "org.add", "{\"id\":\"x\",\"zh\":\"局\",\"en\":7,\"roles\":[]}"), 400);
  assert_int_equal(
      post(world, NULL, "org.add", "{\"id\":\"x\",\"zh\":\"局\",\"en\":\"X\",\"jurisdiction\":\"10\",\"roles\":[],\"extra\":1}"),
      400);
  assert_string_equal(refused_field(0), "extra");
  assert_int_equal(post(world, NULL, "org.add", "[]"), 400);
  assert_int_equal(post(world, NULL, "org.add",
                        "{\"id\":\"x\",\"zh\":\"局\",\"en\":\"X\",\"jurisdiction\":\"10\",\"roles\":[],\"parent\":\"none\"}"),
                   422);
  assert_string_equal(refused_field(0), "parent");
  assert_int_equal(
      post(world, NULL, "org.add", "{\"id\":\"city\",\"zh\":\"局\",\"en\":\"X\",\"jurisdiction\":\"10\",\"roles\":[]}"), 409);
  assert_int_equal(ask(world, NULL, "org.list", json_object()), 200);
  assert_int_equal(json_array_size(json_object_get(answer.body, "items")), 2);
}

static void test_user_fields(void **state) {
  struct world *world = *state;
  char token[BF__TOKEN_TEXT];
  assert_int_equal(
      post(world, NULL, "user.add", "{\"id\":\"new\",\"name\":\"新\",\"org\":\"none\",\"password\":\"correct horse\"}"), 422);
  assert_string_equal(refused_field(0), "org");
  assert_int_equal(post(world, NULL, "user.add", "{\"id\":\"new\",\"name\":\"新\",\"org\":\"city\",\"password\":\"short\"}"),
                   422);
  assert_string_equal(refused_field(0), "password");
  assert_int_equal(post(world, NULL, "user.add",
                        "{\"id\":\"new\",\"name\":\"新\",\"org\":\"city\",\"password\":\"correct horse\",\"clearance\":4}"),
                   400);
  assert_string_equal(refused_field(0), "clearance");
  assert_int_equal(
      post(world, NULL, "user.add", "{\"id\":\"mia\",\"name\":\"新\",\"org\":\"city\",\"password\":\"correct horse\"}"), 409);
  assert_int_equal(
      post(world, NULL, "user.add", "{\"id\":\"new.one\",\"name\":\"新\",\"org\":\"city\",\"password\":\"correct horse\"}"), 201);
  assert_null(strstr(answer.text, "argon2"));
  assert_int_equal(ask(world, NULL, "user.list", json_object()), 200);
  assert_int_equal(json_array_size(json_object_get(answer.body, "items")), 3);
  assert_null(strstr(answer.text, "argon2"));
  assert_int_equal(login(world, "mia", "correct horse", token), 200);
  assert_int_equal(ask(world, token, "user.list", json_object()), 200);
  assert_int_equal(json_array_size(json_object_get(answer.body, "items")), 1); /* her own organisation's */
  assert_int_equal(
      post(world, token, "user.add", "{\"id\":\"more\",\"name\":\"新\",\"org\":\"city\",\"password\":\"correct horse\"}"), 403);
  assert_int_equal(ask(world, "", "user.list", json_object()), 401);
}

static void test_login(void **state) {
  struct world *world = *state;
  char token[BF__TOKEN_TEXT], wrong[4096];
  assert_int_equal(post(world, "", "login", "{\"user\":\"mia\"}"), 400);
  assert_string_equal(refused_field(0), "password");
  assert_int_equal(post(world, "", "login", "{\"user\":7,\"password\":\"x\"}"), 400);
  assert_string_equal(refused_field(0), "user");
  assert_int_equal(post(world, "", "login", "{\"user\":\"mia\",\"password\":\"x\",\"admin\":true}"), 400);
  assert_int_equal(login(world, "mia", "wrong", NULL), 401);
  (void)snprintf(wrong, sizeof wrong, "%s", answer.text);
  assert_int_equal(login(world, "nobody", "wrong", NULL), 401);
  assert_string_equal(answer.text, wrong); /* which of the two was wrong is not told */

  assert_int_equal(login(world, "mia", "correct horse", token), 200);
  assert_string_equal(json_string_value(json_object_get(answer.body, "token")), token);
  assert_string_equal(json_string_value(json_object_get(answer.body, "expires")), "2024-03-04T21:00:00.000+08:00");
  assert_int_equal(ask(world, token, "me", json_object()), 200);
  assert_string_equal(json_string_value(json_object_get(answer.body, "user")), "mia");
  assert_string_equal(
      json_string_value(json_object_get(json_object_get(json_object_get(answer.body, "role_titles"), "maker"), "zh")), "制作");
  assert_null(strstr(answer.text, "password"));
  assert_int_equal(post(world, token, "logout", "{}"), 204);
  assert_string_equal(answer.token, "");
  assert_int_equal(ask(world, token, "me", json_object()), 401);
}

static void test_lockout(void **state) {
  struct world *world = *state;
  struct bf_error err;
  for (int i = 0; i < 5; i++) assert_int_equal(login(world, "mia", "wrong", NULL), 401);
  assert_int_equal(login(world, "mia", "correct horse", NULL), 429);
  assert_int_equal(login(world, "root", "correct horse", NULL), 200);
  for (int i = 0; i < 5; i++) assert_int_equal(login(world, "nobody", "wrong", NULL), 401);
  assert_int_equal(login(world, "nobody", "wrong", NULL), 429);
  assert_int_equal(bf__clock_set(&world->app.clock, bf__clock_now(&world->app.clock) + 15 * MINUTE, &err), 0);
  assert_int_equal(login(world, "mia", "correct horse", NULL), 200);
}

static void test_own_password(void **state) {
  struct world *world = *state;
  char token[BF__TOKEN_TEXT], other[BF__TOKEN_TEXT];
  assert_int_equal(login(world, "mia", "correct horse", token), 200);
  assert_int_equal(login(world, "mia", "correct horse", other), 200);
  assert_int_equal(post(world, token, "me.password", "{\"old\":\"wrong\",\"new\":\"battery staple\"}"), 422);
  assert_string_equal(refused_field(0), "old");
  assert_int_equal(post(world, token, "me.password", "{\"old\":\"correct horse\",\"new\":\"short\"}"), 422);
  assert_string_equal(refused_field(0), "new");
  assert_int_equal(post(world, token, "me.password", "{\"old\":\"correct horse\",\"new\":\"battery staple\"}"), 200);
  assert_int_equal(ask(world, token, "me", json_object()), 200);
  assert_int_equal(ask(world, other, "me", json_object()), 401); /* every other session has ended */
  assert_int_equal(login(world, "mia", "correct horse", NULL), 401);
  assert_int_equal(login(world, "mia", "battery staple", NULL), 200);
  assert_int_equal(post(world, NULL, "me.password", "{\"old\":\"correct horse\",\"new\":\"battery staple\"}"),
                   401); /* the operator is nobody */
}

static void test_admin(void **state) {
  struct world *world = *state;
  char root[BF__TOKEN_TEXT], mia[BF__TOKEN_TEXT];
  assert_int_equal(login(world, "root", "correct horse", root), 200);
  assert_int_equal(login(world, "mia", "correct horse", mia), 200);
  assert_int_equal(post(world, root, "user.passwd", "{\"id\":\"mia\",\"password\":\"battery staple\"}"), 200);
  assert_int_equal(ask(world, mia, "me", json_object()), 401);
  assert_int_equal(login(world, "mia", "battery staple", mia), 200);
  assert_int_equal(post(world, root, "user.passwd", "{\"id\":\"none\",\"password\":\"battery staple\"}"), 404);
  assert_int_equal(post(world, mia, "user.disable", "{\"id\":\"root\"}"), 403);
  assert_int_equal(post(world, root, "user.disable", "{\"id\":\"root\"}"), 422);
  assert_int_equal(post(world, root, "user.disable", "{\"id\":\"mia\"}"), 200);
  assert_int_equal(ask(world, mia, "me", json_object()), 401);
  assert_int_equal(login(world, "mia", "battery staple", NULL), 401);
  assert_int_equal(ask(world, root, "user.disable", json_pack("{s:s, s:{s:b}}", "id", "mia", "body", "disabled", 0)),
                   200); /* the id from the path */
  assert_int_equal(login(world, "mia", "battery staple", NULL), 200);
}

static void test_restart(void **state) {
  struct world *world = *state;
  struct bf_error err;
  char token[BF__TOKEN_TEXT];
  assert_int_equal(login(world, "mia", "correct horse", token), 200);
  stop(world);
  start(world);
  assert_int_equal(ask(world, token, "me", json_object()), 200);
  assert_string_equal(json_string_value(json_object_get(answer.body, "org_zh")), "县局");
  /* a virtual year later nobody is logged out; a real clock would have */
  assert_int_equal(bf__clock_set(&world->app.clock, bf__clock_now(&world->app.clock) + (int64_t)365 * DAY, &err), 0);
  json_t *actor = bf__directory_actor(world->app.directory, token, bf__people_session_now(&world->app));
  assert_non_null(actor);
  json_decref(actor);
  assert_null(bf__directory_actor(world->app.directory, token, bf__clock_now(&world->app.clock)));
}

static void test_audit(void **state) { /* what was done is in the chain, no password is */
  struct world *world = *state;
  struct bf__store *store = NULL;
  struct bf_error err;
  json_t *rows = NULL;
  assert_int_equal(post(world, NULL, "user.passwd", "{\"id\":\"mia\",\"password\":\"battery staple\"}"), 200);
  assert_int_equal(bf__store_open(world->app.storage, false, &store, &err), 0);
  assert_int_equal(bf__store_rows(store, "SELECT body FROM events ORDER BY seq", "event:j", &rows, &err, ""), 0);
  assert_int_equal(json_array_size(rows), 5);
  const json_t *last = json_object_get(json_array_get(rows, 4), "event");
  assert_string_equal(json_string_value(json_object_get(last, "do")), "user.put");
  assert_true(json_is_true(json_object_get(last, "password")));
  char *text = json_dumps(rows, 0);
  assert_null(strstr(text, "argon2"));
  assert_null(strstr(text, "horse"));
  free(text);
  json_decref(rows);
  bf__store_close(store);
}

/* Documents. --------------------------------------------------------------------------------------------------------------- */

static int written_status;
static bool written;
static void on_written(void *arg, int status) {
  (void)arg;
  written = true;
  written_status = status;
}

static int upload(struct world *world, const char *token, json_t *params, const char *bytes, size_t length) {
  struct bf_upload *handle = NULL;
  struct bf_call call = {.size = sizeof call,
                         .operation = "document.add",
                         .params = params,
                         .token = token,
                         .if_version = -1,
                         .answer = keep,
                         .arg = &answer};
  answer.given = false;
  world->app.api.upload_begin(&world->app.api, &call, &handle);
  assert_true(answer.given == (handle == NULL));
  if (!handle) return answer.status;
  written = length == 0;
  if (length) assert_int_equal(world->app.api.upload_write(handle, bytes, length, on_written, NULL), 0);
  while (!written) (void)uv_run(&world->app.loop, UV_RUN_ONCE);
  world->app.api.upload_finish(handle);
  wait_for(world);
  return answer.status;
}

static json_t *paper(const char *id, const char *kind, const char *name, const char *type) {
  return json_pack("{s:s*, s:s*, s:s*, s:s*}", "id", id, "kind", kind, "name", name, "type", type);
}

static void new_case(struct world *world, const char *token, char id[64]) {
  assert_int_equal(post(world, token, "case.create", "{\"kind\":\"thing\",\"facts\":{\"title\":\"一件事\"}}"), 201);
  (void)snprintf(id, 64, "%s", json_string_value(json_object_get(answer.body, "id")));
}

static int fetch(struct world *world, const char *token, const char *id, const char *number, char text[64]) {
  int status = ask(world, token, "document.get", json_pack("{s:s, s:s}", "id", id, "document", number));
  memset(text, 0, 64);
  if (status == 200) {
    assert_true(answer.file >= 0);
    assert_int_equal(read(answer.file, text, 63), answer.bytes);
    assert_int_equal(close(answer.file), 0);
  }
  return status;
}

static void test_documents(void **state) {
  struct world *world = *state;
  char token[BF__TOKEN_TEXT], id[64], text[64], large[1025];
  memset(large, 'x', sizeof large);
  assert_int_equal(login(world, "mia", "correct horse", token), 200);
  new_case(world, token, id);

  assert_int_equal(upload(world, NULL, paper(id, "note", NULL, NULL), "abc", 3), 401);
  assert_int_equal(upload(world, token, paper(id, NULL, NULL, NULL), "abc", 3), 400);
  assert_string_equal(refused_field(0), "kind");
  assert_int_equal(upload(world, token, paper(id, "note", "../x", NULL), "abc", 3), 400);
  assert_int_equal(upload(world, token, paper(id, "note", "a\xE2\x80\xAEgpj.exe", NULL), "abc", 3),
                   400); /* a name that reads backwards */
  assert_int_equal(upload(world, token, paper(id, "note", NULL, NULL), "", 0), 400);
  assert_int_equal(upload(world, token, paper(id, "note", NULL, NULL), large, sizeof large), 413);
  assert_int_equal(written_status, BF_ELIMIT);
  assert_int_equal(upload(world, token, paper("none", "note", NULL, NULL), "abc", 3), 404);
  assert_int_equal(upload(world, token, paper(id, "unknown", NULL, NULL), "abc", 3), 422);

  assert_int_equal(upload(world, token, paper(id, "note", "说明.pdf", "application/pdf"), "abc", 3), 201);
  assert_int_equal(json_integer_value(json_object_get(answer.body, "id")), 1);
  assert_int_equal(json_integer_value(json_object_get(answer.body, "bytes")), 3);
  assert_true(strlen(answer.location) > 0);
  assert_int_equal(upload(world, token, paper(id, "note", NULL, "text/html"), "<script>", 8), 201);

  assert_int_equal(fetch(world, token, id, "1", text), 200);
  assert_string_equal(text, "abc");
  assert_string_equal(answer.type, "application/pdf");
  assert_string_equal(answer.name, "说明.pdf");
  assert_int_equal(fetch(world, token, id, "2", text), 200);
  assert_string_equal(answer.type, "application/octet-stream"); /* a page must not run as ours */
  assert_string_equal(answer.name, "note");
  assert_int_equal(fetch(world, token, id, "3", text), 404);
  assert_int_equal(fetch(world, token, id, "1x", text), 404);
  assert_int_equal(fetch(world, token, "none", "1", text), 404);
}

static void test_documents_damaged(void **state) {
  struct world *world = *state;
  char token[BF__TOKEN_TEXT], id[64], text[64], path[256];
  assert_int_equal(login(world, "mia", "correct horse", token), 200);
  new_case(world, token, id);
  assert_int_equal(upload(world, token, paper(id, "note", NULL, NULL), "abc", 3), 201);
  (void)snprintf(text, sizeof text, "%s", json_string_value(json_object_get(answer.body, "sha256")));
  assert_int_equal(
      bf__docstore_path(world->app.config.data, json_string_value(json_object_get(answer.body, "sha256")), path, sizeof path), 0);
  assert_int_equal(ask(world, token, "document.verify", json_object()), 403);
  assert_int_equal(ask(world, NULL, "document.verify", json_object()), 200);
  assert_true(json_is_true(json_object_get(answer.body, "ok")));
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  assert_true(fputs("abx", file) >= 0);
  assert_int_equal(fclose(file), 0);
  assert_int_equal(ask(world, NULL, "document.verify", json_object()), 200);
  assert_int_equal(json_integer_value(json_object_get(answer.body, "changed_count")), 1);
  const json_t *papers = json_object_get(json_array_get(json_object_get(answer.body, "changed"), 0), "papers");
  assert_string_equal(json_string_value(json_object_get(json_array_get(papers, 0), "case")), id);
  assert_int_equal(unlink(path), 0);
  assert_int_equal(ask(world, NULL, "document.verify", json_object()), 200);
  assert_int_equal(json_integer_value(json_object_get(answer.body, "missing_count")), 1);
  assert_int_equal(fetch(world, token, id, "1", text), 500);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_org_fields), TEST(test_user_fields), TEST(test_login), TEST(test_lockout),   TEST(test_own_password),
      TEST(test_admin),      TEST(test_restart),     TEST(test_audit), TEST(test_documents), TEST(test_documents_damaged),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
