/* doctor, version, call. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lua.h>
#include <openssl/crypto.h>
#include <sodium.h>
#include <uv.h>

#include "banfa/plugin.h"
#include "commands.h"
#include "ruleset.h"
#include "store.h"

#define PARAMS_BYTES ((size_t)60 << 20)

/* Doctor: what can be seen from outside first, so that it says something also when nothing starts. ------------------------ */

static bool add(json_t *checks, const char *name, bool ok, const char *zh, const char *en) {
  (void)json_array_append_new(checks, json_pack("{s:s, s:b, s:s, s:s}", "name", name, "ok", ok, "zh", zh, "en", en));
  return ok;
}

static void check_plugins(const struct bf__config *config, json_t *checks) {
  char path[4096];
  size_t i;
  json_t *name;
  json_array_foreach(config->load, i, name) {
    (void)snprintf(path, sizeof path, "%s/%s.so", config->plugin_dir, json_string_value(name));
    bool ok = access(path, R_OK) == 0;
    (void)add(checks, "plugin", ok, ok ? "插件文件在" : "插件文件不在:请重新构建,或从 load 中去掉", path);
  }
}

static void check_scripts(const struct bf__config *config, json_t *checks) {
  struct bf_error err = {0};
  struct bf__ruleset *set = NULL;
  char text[700];
  bool ok = bf__ruleset_read(config->scripts, config->calendar, &set, &err) >= 0;
  if (ok)
    (void)snprintf(text, sizeof text, "%s: %.12s", config->scripts, set->hash);
  else
    (void)snprintf(text, sizeof text, "%s: %s", err.where, err.message);
  (void)add(checks, "scripts", ok, ok ? "规则脚本检查通过" : "规则脚本有误", text);
  bf__ruleset_unref(set);
}

/* What the program says of itself, running or started for this. */
static void check_inside(struct bf__cli *cli, json_t *checks) {
  struct bf_error err = {0};
  json_t *answer = NULL;
  char text[700];
  bool running = bf__cli_server(cli);
  (void)add(checks, "server", true, running ? "服务正在运行" : "服务未运行",
            running ? "a server runs on the data folder" : "no server runs; the data is opened by this command");
  if (bf__cli_call(cli, "doctor", json_object(), &answer, &err) < 0) {
    (void)snprintf(text, sizeof text, "%s: %s", err.where, err.message);
    (void)add(checks, "start", false, "数据打不开", text);
    return;
  }
  const json_t *body = json_object_get(answer, "body"), *more = json_object_get(body, "checks"),
               *detail = json_object_get(body, "detail");
  if (json_is_array(more))
    (void)json_array_extend(checks, (json_t *)more);
  else
    (void)add(checks, "inside", false, "没有回答", json_is_string(detail) ? json_string_value(detail) : "no answer");
  json_decref(answer);
}

/* A test through one channel; what the channel said is told as it came. */
static void test_channel(struct bf__cli *cli, const char *channel, const char *address, json_t *checks) {
  struct bf_error err = {0};
  json_t *answer = NULL;
  char name[80], said[700];
  (void)snprintf(name, sizeof name, "channel.%s", channel);
  json_t *params = json_pack("{s:s, s:s}", "channel", channel, "address", address);
  if (bf__cli_call(cli, "channel.test", params, &answer, &err) < 0) {
    (void)add(checks, name, false, "测试没有发出", err.message);
    return;
  }
  const json_t *body = json_object_get(answer, "body"), *refusal = json_array_get(json_object_get(body, "refusals"), 0);
  const char *fault = json_string_value(json_object_get(refusal ? refusal : body, refusal ? "en" : "fault"));
  bool ok = json_is_true(json_object_get(body, "delivered"));
  (void)snprintf(said, sizeof said, "%s: %s", address, ok ? "a test was delivered" : fault ? fault : "no answer");
  (void)add(checks, name, ok, ok ? "测试已送达" : "测试没有送达:请看原因并检查该渠道的设置", said);
  json_decref(answer);
}

/* LIST: "mail=me@example.org,wecom=group1". */
static void test_channels(struct bf__cli *cli, const char *list, json_t *checks) {
  char *copy = strdup(list), *rest = NULL;
  for (char *one = copy ? strtok_r(copy, ",", &rest) : NULL; one; one = strtok_r(NULL, ",", &rest)) {
    char *address = strchr(one, '=');
    if (address) *address++ = 0;
    if (address && *address && *one)
      test_channel(cli, one, address, checks);
    else
      (void)add(checks, one, false, "应写作 渠道=地址", "CHANNEL=ADDRESS is due, such as mail=me@example.org");
  }
  free(copy);
}

int bf__cmd_doctor(struct bf__cli *cli, int argc, char **argv) {
  const char *tests = NULL;
  const struct bf__cli_option own[] = {{"--test", &tests, NULL}, {0}};
  struct bf_error err = {0};
  size_t i;
  json_t *check, *checks = json_array();
  int code = bf__cli_parse(cli, argc, argv, own, 0, 0);
  if (code < 0 && bf__cli_config(cli, &err) < 0) code = bf__cli_fail(&err);
  if (code < 0) {
    (void)add(checks, "config", true, "配置无误", cli->config.path ? cli->config.path : "no file: defaults");
    check_plugins(&cli->config, checks);
    check_scripts(&cli->config, checks);
    check_inside(cli, checks);
    if (tests) test_channels(cli, tests, checks);
    code = BF__DONE;
    json_array_foreach(checks, i, check) if (json_is_false(json_object_get(check, "ok"))) code = BF__FAILED;
    json_t *body = json_pack("{s:b, s:O}", "ok", code == BF__DONE, "checks", checks);
    if (cli->json)
      bf__print_json(body);
    else
      bf__print_table(checks, "ok:通过·ok name:项·check zh:说明 en:detail");
    json_decref(body);
  }
  json_decref(checks);
  return code;
}

/* Version. --------------------------------------------------------------------------------------------------------------- */

int bf__cmd_version(struct bf__cli *cli, int argc, char **argv) {
  int code = bf__cli_parse(cli, argc, argv, NULL, 0, 0);
  if (code >= 0) return code;
  json_t *body = json_pack("{s:s, s:i, s:i, s:s, s:s, s:s, s:s, s:s}", "banfa", BF_VERSION, "plugin_abi", (int)BF_ABI, "schema",
                           BF__SCHEMA_VERSION, "libuv", uv_version_string(), "lua", LUA_RELEASE, "jansson", jansson_version_str(),
                           "openssl", OpenSSL_version(OPENSSL_VERSION), "libsodium", sodium_version_string());
  if (cli->json)
    bf__print_json(body);
  else
    bf__print_value(body);
  json_decref(body);
  return BF__DONE;
}

/* Call. ------------------------------------------------------------------------------------------------------------------ */

int bf__cmd_call(struct bf__cli *cli, int argc, char **argv) {
  struct bf_error err = {0};
  json_error_t fault;
  char *text = NULL;
  size_t length;
  int code = bf__cli_parse(cli, argc, argv, NULL, 1, 2);
  if (code >= 0) return code;
  const char *given = cli->word_count > 1 ? cli->words[1] : "{}";
  if (strcmp(given, "-") == 0 && bf__read_whole("-", PARAMS_BYTES, &text, &length, &err) < 0) return bf__cli_fail(&err);
  json_t *params = json_loads(text ? text : given, JSON_REJECT_DUPLICATES, &fault);
  free(text);
  if (!json_is_object(params)) {
    (void)fprintf(stderr, "banfa: 参数应为 JSON 对象 · the parameters must be a JSON object%s%s\n", params ? "" : ": ",
                  params ? "" : fault.text);
    json_decref(params);
    return bf__cli_usage(cli, stderr, BF__USAGE);
  }
  cli->json = true;
  return bf__cli_run(cli, cli->words[0], params, NULL);
}
