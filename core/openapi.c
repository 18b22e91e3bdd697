#include "openapi.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "operation.h"

#define API "/api/v1/"

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

/* What the HTTP plugin serves; a test holds the two tables together. QUERY and BODY are names, those with "!" are due; BODY "*"
 * is the kind's or the action's own. ANSWER is the media type when it is not JSON. */
struct route {
  const char *method, *path, *operation, *zh, *en, *query, *body, *answer;
};

static const struct route routes[] = {
    {"post", API "login", "login", "登录", "Log in", NULL, "user! password!", NULL},
    {"post", API "logout", "logout", "退出", "Log out", NULL, NULL, NULL},
    {"get", API "me", "me", "我是谁", "Who am I", NULL, NULL, NULL},
    {"post", API "me/password", "me.password", "修改密码", "Change the password", NULL, "old! new!", NULL},
    {"get", API "me/notices", "me.notices", "我的通知方式", "How I want to be told", NULL, NULL, NULL},
    {"post", API "me/notices", "me.notices.put", "设置我的通知方式", "Say how I want to be told", NULL,
     "channels lang digest quiet", NULL},
    {"get", API "me/lists", "me.lists", "我的列表视图", "The lists I keep by name", NULL, NULL, NULL},
    {"post", API "me/lists", "me.lists.put", "保存我的列表视图", "Keep my lists", NULL, "views!", NULL},
    {"get", API "me/deputies", "me.deputies", "我的委派与代理", "My absences, and whom I deputise", NULL, NULL, NULL},
    {"post", API "me/deputies", "me.deputy", "委派代理人", "Name a deputy for some days", NULL, "from to deputy why cancel",
     NULL},
    {"get", API "cases", "case.list", "事项列表", "List cases",
     "kind stage unit jurisdiction q due_before overdue open mine sort cursor limit format", NULL, NULL},
    {"post", API "cases", "case.create", "新建事项", "Open a case", NULL, "*", NULL},
    {"get", API "cases/{id}", "case.get", "事项详情", "One case", NULL, NULL, NULL},
    {"post", API "cases/{id}/actions/{stage}/{action}", "case.act", "办理", "Act on a case", NULL, "*", NULL},
    {"post", API "cases/{id}/office/{way}", "case.office", "转办、加签、会签、退回、撤回、催办、抄送、回避",
     "Hand over, ask, sign together, send back, take back, urge, copy, recuse", NULL, "*", NULL},
    {"get", API "cases/{id}/steps", "case.steps", "可退回、可撤回的步骤", "The steps a case can go back to", "stage", NULL, NULL},
    {"post", API "cases/{id}/here", "case.here", "我正看着此事项;还有谁", "I have this case open; who else", NULL, "doing leave",
     NULL},
    {"get", API "cases/{id}/events", "case.events", "事项的办理记录", "A case's events", "cursor limit", NULL, NULL},
    {"get", API "cases/{id}/forecast", "case.forecast", "接下来会发生什么", "What happens next, and when", "until", NULL, NULL},
    {"get", API "work", "case.work", "我的待办和我在等的", "What waits for the reader, and what he waits for", "limit", NULL,
     NULL},
    {"get", API "changes", "case.changes", "最近的变动", "What others did lately", "since", NULL, NULL},
    {"get", API "cases/{id}/why", "case.why", "期限的由来,逐日", "How dates came about, day by day", "deadline", NULL, NULL},
    {"post", API "cases/{id}/documents", "document.add", "上传材料", "Add a document", "kind! name", NULL, NULL},
    {"get", API "cases/{id}/documents/{document}", "document.get", "下载材料", "A document's bytes", NULL, NULL,
     "application/octet-stream"},
    {"get", API "cases/{id}/letters", "case.letters", "可以打印的公文", "Official papers that can be printed", NULL, NULL, NULL},
    {"get", API "cases/{id}/letters/{letter}", "case.letter", "一份公文的内容", "What an official paper says", NULL, NULL, NULL},
    {"get", API "deadlines", "deadline.list", "期限列表", "List deadlines", "from to mine cursor", NULL, NULL},
    {"get", API "inbox", "inbox.list", "消息", "The inbox", "cursor unread", NULL, NULL},
    {"post", API "inbox/{notice}/read", "inbox.read", "消息已读", "Mark a notice as read", NULL, NULL, NULL},
    {"get", API "registers/{name}", "register.list", "名册", "A register's entries", "q cursor limit", NULL, NULL},
    {"post", API "registers/{name}", "register.add", "登入名册", "Add to a register", NULL, "id value!", NULL},
    {"get", API "registers/{name}/{entry}", "register.get", "名册的一条", "One entry", NULL, NULL, NULL},
    {"post", API "registers/{name}/{entry}", "register.change", "更改名册的一条", "Change an entry", NULL, "value! version",
     NULL},
    {"get", API "reports/{name}", "report", "报表", "A report", "format", NULL, NULL},
    {"post", API "import", "import", "导入台账", "Take in a ledger file", NULL, "what! text! apply", NULL},
    {"get", API "calendar", "calendar.get", "一年的工作日", "A year's working days", "year", NULL, NULL},
    {"get", API "calendar.ics", "calendar.feed", "我的时限日历(iCalendar)", "My deadlines as iCalendar", "token", NULL, NULL},
    {"get", API "stream", "stream.read", "实时动态(SSE)", "What happens, live (Server-Sent Events)", NULL, NULL, NULL},
    {"post", API "me/feed", "me.feed", "更换日历订阅地址", "A new address for my calendar feed", NULL, NULL, NULL},
    {"get", API "kinds", "rules.describe", "现行规则的说明", "The rules in force, described", NULL, NULL, NULL},
    {"get", API "rules", "rules.list", "规则版本", "Rulesets", NULL, NULL, NULL},
    {"get", API "rules/show", "rules.show", "一套规则或候选规则的全部脚本", "The scripts of a ruleset or candidate", "hash", NULL,
     NULL},
    {"get", API "rules/reference", "rules.reference", "脚本词语总表", "Every word of the scripts", NULL, NULL, NULL},
    {"get", API "rules/notices", "rules.notices", "告知的话", "How people are told", "jurisdiction candidate", NULL, NULL},
    {"get", API "rules/notices/{notice}", "rules.notice", "一种告知会怎样说", "What a notice would say",
     "case lang jurisdiction candidate", NULL, NULL},
    {"post", API "rules/check", "rules.check", "检查规则", "Check rules", NULL, "*", NULL},
    {"post", API "rules/test", "rules.test", "运行法条用例", "Run the law cases", NULL, "*", NULL},
    {"post", API "rules/diff", "rules.diff", "规则的差别", "What differs between rules, in words", NULL, "*", NULL},
    {"post", API "rules/candidates", "rules.candidate", "提交候选规则", "Hand in a candidate", NULL, "*", NULL},
    {"get", API "rules/candidates", "rules.candidates", "候选规则", "Candidates", NULL, NULL, NULL},
    {"get", API "rules/candidates/{candidate}", "rules.proposal", "一个候选规则和它的红线验证", "A candidate and its proof", NULL,
     NULL, NULL},
    {"post", API "rules/candidates/{candidate}/prove", "rules.prove", "验证候选规则不越红线",
     "Prove that a candidate crosses no red line", NULL, "seconds states county needed", NULL},
    {"get", API "rules/folder", "rules.folder", "脚本目录的状态", "What the scripts folder holds", NULL, NULL, NULL},
    {"post", API "rules/candidates/{candidate}/approve", "rules.approve", "批准候选规则的计划",
     "Approve a candidate's plan, as a second person", NULL, "plan", NULL},
    {"post", API "rules/candidates/{candidate}/cancel", "rules.cancel", "撤销候选规则或其施行日期",
     "Cancel a candidate, or the day set for it", NULL, "*", NULL},
    {"post", API "rules/candidates/{candidate}/plan", "rules.plan", "预演候选规则", "What a candidate would change", NULL, "*",
     NULL},
    {"post", API "rules/candidates/{candidate}/apply", "rules.apply", "施行候选规则", "Put a candidate into force", NULL, "*",
     NULL},
    {"post", API "rules/rollback", "rules.rollback", "回退规则", "Back to the rules before", NULL, "*", NULL},
    {"get", API "outbox", "outbox.list", "待发和搁置的通知", "Notices that wait or were set aside", NULL, NULL, NULL},
    {"post", API "outbox/retry", "outbox.again", "重新发送搁置的通知", "Send again what was set aside", NULL, "channel", NULL},
    {"post", API "channels/test", "channel.test", "通过渠道发一条测试", "Send a test through a channel", NULL, "channel address",
     NULL},
    {"get", API "orgs", "org.list", "单位", "Organisations", NULL, NULL, NULL},
    {"post", API "orgs", "org.add", "添加单位", "Add an organisation", NULL, "id! zh! en! jurisdiction! roles! parent", NULL},
    {"get", API "users", "user.list", "用户", "Users", NULL, NULL, NULL},
    {"post", API "users", "user.add", "添加用户", "Add a user", NULL, "id! name! org! password! clearance admin", NULL},
    {"post", API "users/{id}/deputies", "user.deputy", "为他人指定代理人", "Name a deputy for somebody", NULL,
     "from to deputy why cancel", NULL},
    {"post", API "users/{id}/password", "user.passwd", "重设密码", "Set a user's password", NULL, "password!", NULL},
    {"post", API "users/{id}/disable", "user.disable", "停用或恢复用户", "Disable a user, or let in again", NULL, "disabled",
     NULL},
    {"post", API "outbox/{id}/retry", "outbox.retry", "重发一条通知", "Try a notice again", NULL, NULL, NULL},
    {"get", API "health", "doctor", "运行状况", "Is everything as it should be", NULL, NULL, NULL},
    {"get", API "office/vacant", "office.vacant", "无人在岗的岗位", "Vacant posts, and what waits there", NULL, NULL, NULL},
    {"get", API "public/cases", "public.cases", "公开事项", "What is open to all", "kind jurisdiction q cursor format", NULL,
     NULL},
    {"get", API "public/cases/{id}", "public.case", "一个公开事项", "One case, as open to all", NULL, NULL, NULL},
    {"get", API "audit/head", "audit.head", "审计链头", "The head of the audit chain", NULL, NULL, NULL},
    {"get", "/openapi.json", "openapi", "本文档", "This document", NULL, NULL, NULL},
    {"get", "/healthz", "healthz", "是否运行", "Alive?", NULL, NULL, NULL},
    {"get", "/readyz", "readyz", "是否就绪", "Ready?", NULL, NULL, NULL},
    {"get", "/metrics", "metrics", "运行指标", "Figures for Prometheus", NULL, NULL, "text/plain"},
};

static const char components[] = "{\"securitySchemes\":{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\"},\"cookie\":{"
                                 "\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"banfa_session\"}},"
                                 "\"responses\":{\"Problem\":{\"description\":\"不予办理或出错 · Refused or "
                                 "failed\",\"content\":{\"application/problem+json\":{\"schema\":"
                                 "{\"$ref\":\"#/components/schemas/Problem\"}}}}},\"schemas\":{"
                                 "\"Problem\":{\"type\":\"object\",\"required\":[\"status\",\"title\"],\"properties\":{\"type\":{"
                                 "\"type\":\"string\"},\"title\":{\"type\":\"string\"},"
                                 "\"status\":{\"type\":\"integer\"},\"detail\":{\"type\":\"string\"},\"refusals\":{\"type\":"
                                 "\"array\",\"items\":{\"$ref\":\"#/components/schemas/Refusal\"}}}},"
                                 "\"Refusal\":{\"type\":\"object\",\"required\":[\"code\",\"zh\",\"en\"],\"properties\":{"
                                 "\"code\":{\"type\":\"string\"},\"article\":{\"type\":\"integer\"},"
                                 "\"zh\":{\"type\":\"string\"},\"en\":{\"type\":\"string\"},\"field\":{\"type\":\"string\"}}},"
                                 "\"Case\":{\"type\":\"object\",\"required\":[\"id\",\"kind\",\"facts\",\"version\"],"
                                 "\"properties\":{\"id\":{\"type\":\"string\"},\"kind\":{\"type\":\"string\"},"
                                 "\"title\":{\"type\":\"string\"},\"jurisdiction\":{\"type\":\"string\"},\"unit\":{\"type\":"
                                 "\"string\"},\"version\":{\"type\":\"integer\"},"
                                 "\"facts\":{\"type\":\"object\"},\"stages\":{\"type\":\"object\"}}}}}";

/* Operations. -------------------------------------------------------------------------------------------------------------- */

/* The words of "a b! c", one at a time: its length, and whether it is due. */
static size_t next_word(const char **at, bool *ret_due) {
  *at += strspn(*at, " ");
  size_t length = strcspn(*at, " ");
  *ret_due = length > 0 && (*at)[length - 1] == '!';
  return length - *ret_due;
}

static json_t *parameters_of(const struct route *route) {
  json_t *out = json_array();
  const char *at = route->path, *open;
  bool due;
  for (; (open = strchr(at, '{')); at = open + 1)
    (void)json_array_append_new(out, json_pack("{ss% ss sb s{ss}}", "name", open + 1, strcspn(open + 1, "}"), "in", "path",
                                               "required", 1, "schema", "type", "string"));
  at = route->query ? route->query : "";
  for (size_t length; (length = next_word(&at, &due)) > 0; at += length + due)
    (void)json_array_append_new(
        out, json_pack("{ss% ss sb s{ss}}", "name", at, length, "in", "query", "required", due, "schema", "type", "string"));
  if (strcmp(route->operation, "case.act") == 0 || strcmp(route->operation, "case.create") == 0)
    (void)json_array_append_new(
        out, json_pack("{ss ss s{ss}}", "name", "Idempotency-Key", "in", "header", "schema", "type", "string"));
  if (strcmp(route->operation, "case.act") == 0)
    (void)json_array_append_new(out, json_pack("{ss ss s{ss}}", "name", "If-Match", "in", "header", "schema", "type", "string"));
  return out;
}

static json_t *body_of(json_t *schema) {
  return json_pack("{sb s{s{so}}}", "required", 1, "content", "application/json", "schema", schema);
}

static json_t *named_body(const char *names) {
  json_t *properties = json_object(), *required = json_array();
  bool due;
  for (size_t length; (length = next_word(&names, &due)) > 0; names += length + due) {
    (void)json_object_setn_new(properties, names, length, json_object());
    if (due) (void)json_array_append_new(required, json_stringn(names, length));
  }
  return body_of(json_pack("{ss so so}", "type", "object", "properties", properties, "required", required));
}

static json_t *responses_of(const struct route *route) {
  bool one = strcmp(route->operation, "case.act") == 0 || strcmp(route->operation, "case.create") == 0;
  json_t *schema = one ? json_pack("{ss}", "$ref", "#/components/schemas/Case") : json_object();
  return json_pack("{s{ss s{s{so}}} s{ss}}", strcmp(route->operation, "case.create") == 0 ? "201" : "200", "description",
                   "成功 · Done", "content", route->answer ? route->answer : "application/json", "schema", schema, "default",
                   "$ref", "#/components/responses/Problem");
}

static json_t *operation_of(const struct route *route, const char *id) {
  char summary[300];
  const struct bf__operation *operation = bf__operation_find(route->operation);
  (void)snprintf(summary, sizeof summary, "%s · %s", route->zh, route->en);
  json_t *out = json_pack("{ss ss so so}", "operationId", id, "summary", summary, "parameters", parameters_of(route), "responses",
                          responses_of(route));
  if (operation && operation->access == BF__ANYONE) (void)json_object_set_new(out, "security", json_array());
  if (strcmp(route->operation, "document.add") == 0)
    (void)json_object_set_new(out, "requestBody", json_pack("{sb s{s{}}}", "required", 1, "content", "application/octet-stream"));
  else if (route->body && *route->body == '*')
    (void)json_object_set_new(out, "requestBody", body_of(json_pack("{ss}", "type", "object")));
  else if (route->body)
    (void)json_object_set_new(out, "requestBody", named_body(route->body));
  return out;
}

static void add_path(json_t *paths, const char *path, const char *method, json_t *operation) {
  json_t *item = json_object_get(paths, path);
  if (!item) {
    (void)json_object_set_new(paths, path, json_object());
    item = json_object_get(paths, path);
  }
  (void)json_object_set_new(item, method, operation);
}

/* Kinds and actions of the rules, those of counties too. ----------------------------------------------------------------------
 */

/* A kind's `create` (ACTION NULL) or a stage's action, as one place's rules have it; NULL when they do not. */
static const json_t *declared_in(const json_t *view, const char *name, const char *action) {
  return action ? bf__view_action(view, name, action) : json_object_get(bf__view_kind(view, name), "create");
}

/* Adds the schema of DECLARED's form to LIST, [{ "schema", "places"? }], or PLACE to the same one when it is there. */
static void add_variant(json_t *list, const char *place, const json_t *declared) {
  json_t *schema = bf__openapi_form(json_object_get(declared, "form")), *one;
  size_t i;
  json_array_foreach(list, i, one) {
    if (!json_equal(json_object_get(one, "schema"), schema)) continue;
    if (json_object_get(one, "places")) (void)json_array_append_new(json_object_get(one, "places"), json_string(place));
    json_decref(schema);
    return;
  }
  (void)json_array_append_new(list, json_pack("{so so*}", "schema", schema, "places", place ? json_pack("[s]", place) : NULL));
}

/* The base's form first, which has no places, then those that counties have otherwise. */
static json_t *variants_of(const struct bf__ruleset *set, const char *name, const char *action) {
  json_t *list = json_array(), *view;
  const json_t *declared = declared_in(set->base, name, action);
  const char *code;
  if (declared) add_variant(list, NULL, declared);
  json_object_foreach(set->views, code, view) if ((declared = declared_in(view, name, action))) add_variant(list, code, declared);
  return list;
}

/* One schema of LIST (stolen): the only one, or any of them; *RET_DUE tells whether each wants something. */
static json_t *joined(json_t *list, bool *ret_due) {
  json_t *any = json_array(), *one;
  size_t i;
  *ret_due = true;
  json_array_foreach(list, i, one) {
    json_t *schema = json_object_get(one, "schema"), *places = json_object_get(one, "places");
    if (!json_array_size(json_object_get(schema, "required"))) *ret_due = false;
    if (places) (void)json_object_set(schema, "x-jurisdictions", places);
    (void)json_array_append(any, schema);
  }
  json_t *out = json_array_size(any) == 1 ? json_incref(json_array_get(any, 0)) : json_pack("{sO}", "anyOf", any);
  json_decref(any);
  json_decref(list);
  return out;
}

static void add_kind(json_t *document, const struct bf__ruleset *set, const char *name, const json_t *kind, json_t *any,
                     json_t *mapping) {
  char component[200], reference[240];
  bool due;
  (void)snprintf(component, sizeof component, "create.%.150s", name);
  (void)snprintf(reference, sizeof reference, "#/components/schemas/%s", component);
  json_t *schema = json_pack("{ss s{s{ss} so} s[ss]}", "type", "object", "properties", "kind", "const", name, "facts",
                             joined(variants_of(set, name, NULL), &due), "required", "kind", "facts");
  bf__openapi_entitle(schema, json_object_get(kind, "title"));
  (void)json_object_set_new(json_object_get(json_object_get(document, "components"), "schemas"), component, schema);
  (void)json_array_append_new(any, json_pack("{ss}", "$ref", reference));
  (void)json_object_set_new(mapping, name, json_string(reference));
}

static void add_kinds_of(json_t *document, const struct bf__ruleset *set, const json_t *view, json_t *any, json_t *mapping) {
  const char *name;
  json_t *kind;
  json_object_foreach(json_object_get(view, "kinds"), name, kind) if (!json_object_get(mapping, name))
      add_kind(document, set, name, kind, any, mapping);
}

/* All kinds are opened at one address: each kind's form is a component, and the body is one of them. */
static void add_kinds(json_t *document, const struct bf__ruleset *set) {
  json_t *any = json_array(), *mapping = json_object(),
         *path = json_object_get(json_object_get(json_object_get(document, "paths"), API "cases"), "post"), *view;
  const char *code;
  add_kinds_of(document, set, set->base, any, mapping);
  json_object_foreach(set->views, code, view) add_kinds_of(document, set, view, any, mapping);
  (void)json_object_set_new(
      path, "requestBody",
      body_of(json_pack("{so s{ss so}}", "oneOf", any, "discriminator", "propertyName", "kind", "mapping", mapping)));
}

/* Where an action is that the base does not have; NULL for one of the base. */
static json_t *only_in(const struct bf__ruleset *set, const char *stage, const char *name) {
  json_t *out, *view;
  const char *code;
  if (bf__view_action(set->base, stage, name)) return NULL;
  out = json_array();
  json_object_foreach(set->views, code, view) if (bf__view_action(view, stage, name))(void)
      json_array_append_new(out, json_string(code));
  return out;
}

static json_t *action_body(const struct bf__ruleset *set, const char *stage, const char *name) {
  bool due;
  json_t *form = joined(variants_of(set, stage, name), &due);
  return body_of(json_pack("{ss s{so s{ss}} so sb}", "type", "object", "properties", "input", form, "version", "type", "integer",
                           "required", due ? json_pack("[s]", "input") : json_array(), "additionalProperties", 0));
}

static void add_action(json_t *paths, const struct bf__ruleset *set, const char *stage, const json_t *declared, const char *name,
                       const json_t *action) {
  static const char *const told[] = {"by", "needs", "article", "articles"};
  const json_t *title = json_object_get(action, "title"), *of = json_object_get(declared, "title");
  char path[400], id[300], zh[300], en[300], key[32];
  (void)snprintf(path, sizeof path, API "cases/{id}/actions/%.150s/%.150s", stage, name);
  if (json_object_get(paths, path)) return; /* the base's, told before */
  (void)snprintf(id, sizeof id, "act.%.140s.%.140s", stage, name);
  (void)snprintf(zh, sizeof zh, "%s:%s", text(of, "zh") ? text(of, "zh") : stage, text(title, "zh") ? text(title, "zh") : name);
  (void)snprintf(en, sizeof en, "%s: %s", text(of, "en") ? text(of, "en") : stage, text(title, "en") ? text(title, "en") : name);
  const struct route route = {.method = "post", .path = path, .operation = "case.act", .zh = zh, .en = en};
  json_t *operation = operation_of(&route, id), *places = only_in(set, stage, name);
  (void)json_object_set_new(operation, "requestBody", action_body(set, stage, name));
  for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
    json_t *value = json_object_get(action, told[i]);
    (void)snprintf(key, sizeof key, "x-%s", told[i]);
    if (value) (void)json_object_set(operation, key, value);
  }
  if (places) (void)json_object_set_new(operation, "x-jurisdictions", places);
  (void)json_object_set_new(operation, "tags", json_pack("[s]", stage));
  add_path(paths, path, "post", operation);
}

static void add_stages_of(json_t *paths, const struct bf__ruleset *set, const json_t *view) {
  const char *stage, *name;
  json_t *declared, *action;
  json_object_foreach(json_object_get(view, "stages"), stage, declared)
      json_object_foreach(json_object_get(declared, "actions"), name, action)
          add_action(paths, set, stage, declared, name, action);
}

static void add_stages(json_t *paths, const struct bf__ruleset *set) {
  const char *code;
  json_t *view;
  add_stages_of(paths, set, set->base);
  json_object_foreach(set->views, code, view) add_stages_of(paths, set, view);
}

/* The document. -------------------------------------------------------------------------------------------------------------- */

static json_t *document_of(const struct bf__ruleset *set) {
  json_t *paths = json_object();
  for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
    add_path(paths, routes[i].path, routes[i].method, operation_of(&routes[i], routes[i].operation));
  json_t *document =
      json_pack("{ss s{ss ss ss ss} s[{ss}] s[{s[]} {s[]}] so so}", "openapi", "3.1.0", "info", "title", "banfa 办法", "version",
                BF_VERSION, "description",
                "金额以分为单位,日期为 YYYY-MM-DD(北京时间)。Money is whole fen; dates are YYYY-MM-DD, Asia/Shanghai.",
                "x-ruleset", set->hash, "servers", "url", "/", "security", "bearer", "cookie", "paths", paths, "components",
                json_loads(components, 0, NULL));
  if (!document) return NULL;
  add_kinds(document, set);
  add_stages(paths, set);
  return document;
}

static struct { /* the text of the ruleset that was asked for last */
  pthread_mutex_t lock;
  char hash[BF__HASH_HEX];
  char *text;
} kept = {.lock = PTHREAD_MUTEX_INITIALIZER};

int bf__openapi_text(const struct bf__ruleset *set, char **ret_text, struct bf_error *err) {
  char *copy = NULL;
  (void)pthread_mutex_lock(&kept.lock);
  if (!kept.text || strcmp(kept.hash, set->hash) != 0) {
    json_t *document = document_of(set);
    free(kept.text);
    kept.text = document ? json_dumps(document, JSON_COMPACT) : NULL;
    json_decref(document);
    (void)snprintf(kept.hash, sizeof kept.hash, "%s", set->hash);
  }
  if (kept.text) copy = strdup(kept.text);
  (void)pthread_mutex_unlock(&kept.lock);
  if (!copy) return bf_fail(err, BF_ENOMEM, "openapi", "no memory");
  *ret_text = copy;
  return 0;
}
