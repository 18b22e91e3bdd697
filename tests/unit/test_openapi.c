/* The interface as described: each type of field as JSON Schema, bounds that agree with the form's own check, the document's
 * shape, counties. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "form.h"
#include "openapi.h"

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

static json_t *parsed(const char *json) {
  json_error_t fault;
  json_t *out = json_loads(json, JSON_REJECT_DUPLICATES, &fault);
  if (!out) fail_msg("%s: %s", json, fault.text);
  return out;
}

/* Fields → schemas ---------------------------------------------------------------------------------------------------------- */

static void field_is(const char *field, const char *schema) {
  json_t *declared = parsed(field), *due = parsed(schema), *made = bf__openapi_field(declared);
  char *told = json_dumps(made, JSON_COMPACT);
  if (!json_equal(made, due)) fail_msg("%s\n  gives %s\n  not   %s", field, told, schema);
  free(told);
  json_decref(declared);
  json_decref(due);
  json_decref(made);
}

static void each_type(void **state) {
  (void)state;
  field_is("{\"name\":\"a\",\"type\":\"text\",\"zh\":\"甲\",\"en\":\"A\",\"max\":9}",
           "{\"type\":\"string\",\"minLength\":1,\"maxLength\":9,\"title\":\"甲\",\"x-title\":{\"zh\":\"甲\",\"en\":\"A\"}}");
  field_is("{\"name\":\"a\",\"type\":\"text\",\"optional\":true}", "{\"type\":\"string\",\"minLength\":0,\"maxLength\":2000}");
  field_is("{\"name\":\"a\",\"type\":\"text\",\"max\":5000,\"en\":\"A\"}",
           "{\"type\":\"string\",\"minLength\":1,\"maxLength\":5000,\"title\":\"A\"}");
  field_is("{\"name\":\"a\",\"type\":\"text\",\"pattern\":\"code6\"}",
           "{\"type\":\"string\",\"minLength\":1,\"maxLength\":2000,\"pattern\":\"^[0-9]{6}$\"}");
  field_is("{\"name\":\"a\",\"type\":\"money\"}",
           "{\"type\":\"integer\",\"x-unit\":\"fen\",\"minimum\":0,\"maximum\":9000000000000000}");
  field_is("{\"name\":\"a\",\"type\":\"int\",\"min\":-5,\"max\":7}", "{\"type\":\"integer\",\"minimum\":-5,\"maximum\":7}");
  field_is("{\"name\":\"a\",\"type\":\"percent\",\"min\":-5,\"max\":700}",
           "{\"type\":\"integer\",\"x-unit\":\"percent\",\"minimum\":0,\"maximum\":100}");
  field_is("{\"name\":\"a\",\"type\":\"bool\"}", "{\"type\":\"boolean\"}");
  field_is("{\"name\":\"a\",\"type\":\"date\"}", "{\"type\":\"string\",\"format\":\"date\"}");
  field_is("{\"name\":\"a\",\"type\":\"choice\",\"choices\":[{\"value\":\"x\",\"zh\":\"子\",\"en\":\"X\"},{\"value\":\"y\","
           "\"zh\":\"丑\",\"en\":\"Y\"}]}",
           "{\"type\":\"string\",\"enum\":[\"x\",\"y\"],\"x-titles\":{\"x\":{\"zh\":\"子\",\"en\":\"X\"},\"y\":{\"zh\":\"丑\","
           "\"en\":\"Y\"}}}");
  field_is("{\"name\":\"a\",\"type\":\"ref\",\"kind\":\"item\"}",
           "{\"type\":\"string\",\"minLength\":0,\"maxLength\":2000,\"x-refers-to\":\"ref\"}");
  field_is("{\"name\":\"a\",\"type\":\"list\",\"max\":3,\"of\":{\"type\":\"bool\"}}",
           "{\"type\":\"array\",\"items\":{\"type\":\"boolean\"},\"minItems\":0,\"maxItems\":3}");
  field_is("{\"name\":\"a\",\"type\":\"list\",\"min\":1,\"of\":{\"type\":\"record\",\"fields\":[{\"name\":\"b\",\"type\":"
           "\"bool\"},{\"name\":\"c\",\"type\":\"date\",\"optional\":true}]}}",
           "{\"type\":\"array\",\"minItems\":1,\"maxItems\":1000,\"items\":{\"type\":\"object\",\"additionalProperties\":false,"
           "\"required\":[\"b\"],"
           "\"properties\":{\"b\":{\"type\":\"boolean\"},\"c\":{\"type\":\"string\",\"format\":\"date\"}}}}");
}

/* What the schema says must be what the form takes: one value at each bound, one beyond it. */
static bool takes(const json_t *field, json_t *value) {
  json_t *form = json_pack("[O]", field), *given = json_pack("{so}", text(field, "name"), value), *refusals = json_array();
  assert_int_equal(bf__form_check(form, given, 0, refusals), 0);
  bool ok = json_array_size(refusals) == 0;
  json_decref(form);
  json_decref(given);
  json_decref(refusals);
  return ok;
}

static json_t *of_size(const json_t *schema, json_int_t size) {
  const char *type = text(schema, "type");
  if (strcmp(type, "integer") == 0) return json_integer(size);
  if (strcmp(type, "array") == 0) {
    json_t *list = json_array();
    for (json_int_t i = 0; i < size; i++) assert_int_equal(json_array_append_new(list, json_true()), 0);
    return list;
  }
  char *word = calloc((size_t)size + 1, 1);
  assert_non_null(word);
  memset(word, '7', (size_t)size);
  json_t *out = json_string(word);
  free(word);
  return out;
}

static void bounds_agree(const char *json) {
  static const char *const names[][2] = {{"minimum", "maximum"}, {"minLength", "maxLength"}, {"minItems", "maxItems"}};
  json_t *field = parsed(json), *schema = bf__openapi_field(field);
  int found = 0;
  for (size_t i = 0; i < 3; i++) {
    const json_t *low = json_object_get(schema, names[i][0]), *high = json_object_get(schema, names[i][1]);
    if (!low) continue;
    json_int_t least = json_integer_value(low), most = json_integer_value(high);
    if (!takes(field, of_size(schema, least))) fail_msg("%s: %lld is refused", json, (long long)least);
    if (!takes(field, of_size(schema, most))) fail_msg("%s: %lld is refused", json, (long long)most);
    if ((i == 0 || least > 0) && takes(field, of_size(schema, least - 1)))
      fail_msg("%s: %lld is taken", json, (long long)least - 1);
    if (takes(field, of_size(schema, most + 1))) fail_msg("%s: %lld is taken", json, (long long)most + 1);
    found++;
  }
  assert_int_equal(found, 1);
  json_decref(field);
  json_decref(schema);
}

static void bounds_are_the_forms(void **state) {
  (void)state;
  bounds_agree("{\"name\":\"a\",\"type\":\"text\"}");
  bounds_agree("{\"name\":\"a\",\"type\":\"text\",\"optional\":true}");
  bounds_agree("{\"name\":\"a\",\"type\":\"text\",\"min\":3,\"max\":3000}");
  bounds_agree("{\"name\":\"a\",\"type\":\"money\"}");
  bounds_agree("{\"name\":\"a\",\"type\":\"money\",\"min\":1,\"max\":100}");
  bounds_agree("{\"name\":\"a\",\"type\":\"int\"}");
  bounds_agree("{\"name\":\"a\",\"type\":\"int\",\"min\":-3,\"max\":-1}");
  bounds_agree("{\"name\":\"a\",\"type\":\"percent\"}");
  bounds_agree("{\"name\":\"a\",\"type\":\"list\",\"min\":1,\"max\":4,\"of\":{\"type\":\"bool\"}}");
  bounds_agree("{\"name\":\"a\",\"type\":\"list\",\"of\":{\"type\":\"bool\"}}");
}

/* The document -------------------------------------------------------------------------------------------------------------- */

static const char base[] =
    "{\"calendar\":{},\"files\":{"
    "\"roles.lua\":\"return roles { clerk = { zh = '经办', en = 'Clerk' } }\","
    "\"jurisdictions.lua\":\"return jurisdictions { ['100000'] = { zh = '市', en = 'City' }, ['100001'] = { zh = '县', en = "
    "'County', parent = '100000' },"
    " ['100002'] = { zh = '区', en = 'District', parent = '100000' } }\","
    "\"kinds/item.lua\":\"return kind 'item' { title = { zh = '事项', en = 'Item' }, articles = { 1 }, name = 'title',"
    " facts = { { 'title', text, zh = '名称', en = 'Title', max = 20 } }, create = { by = 'clerk', form = { 'title' }, effect = "
    "{ open 'work' } } }\","
    "\"stages/work.lua\":\"return stage 'work' { kind = 'item', articles = { 1 }, title = { zh = '办理', en = 'Work' }, actions "
    "= {"
    " note = { by = 'clerk', article = 7, title = { zh = '记录', en = 'Note' }, form = { { 'words', text, zh = '内容', en = "
    "'Words' } }, effect = {} },"
    " done = { by = 'clerk', title = { zh = '办结', en = 'Done' }, effect = { finish 'done' } } } }\"%s}}";

static const char counties[] =
    ",\"counties/100001/x.lua\":\"return { stage 'own' { kind = 'item', articles = { 1 }, title = { zh = '自设', en = 'Own' }, "
    "actions = {"
    " go = { by = 'clerk', title = { zh = '通过', en = 'Go' }, effect = { close() } } } },"
    " amend 'work' { actions = { note = { form = { { 'number', int, zh = '编号', en = 'Number' } } } } } }\","
    "\"counties/100002/x.lua\":\"return amend 'work' { actions = { note = { form = { { 'number', int, zh = '编号', en = 'Number' "
    "} } } } }\"";

static json_t *document_of(const char *more) {
  char bundle_text[6000], *told = NULL;
  struct bf__ruleset *set = NULL;
  struct bf_error err = {0};
  int length = snprintf(bundle_text, sizeof bundle_text, base, more);
  assert_true(length > 0 && length < (int)sizeof bundle_text);
  json_t *bundle = parsed(bundle_text);
  if (bf__ruleset_from_bundle(bundle, &set, &err) < 0) fail_msg("%s: %s", err.where, err.message);
  assert_int_equal(bf__openapi_text(set, &told, &err), 0);
  json_t *document = parsed(told);
  assert_string_equal(text(json_object_get(document, "info"), "x-ruleset"), set->hash);
  free(told);
  bf__ruleset_unref(set);
  json_decref(bundle);
  return document;
}

static const json_t *at(const json_t *value, const char *first, ...) {
  va_list names;
  va_start(names, first);
  for (const char *name = first; name; name = va_arg(names, const char *)) {
    value = json_object_get(value, name);
    if (!value) fail_msg("no member %s", name);
  }
  va_end(names);
  return value;
}

/* Every { "$ref" } below VALUE leads to something in DOCUMENT. Returns how many there are. */
static int references(const json_t *document, const json_t *value) {
  const char *name;
  json_t *inner;
  size_t i;
  int count = 0;
  json_object_foreach((json_t *)(uintptr_t)value, name, inner) {
    if (strcmp(name, "$ref") == 0) {
      char path[300], *rest = NULL;
      assert_int_equal(strncmp(json_string_value(inner), "#/", 2), 0);
      (void)snprintf(path, sizeof path, "%s", json_string_value(inner) + 2);
      const json_t *to = document;
      for (char *part = strtok_r(path, "/", &rest); part; part = strtok_r(NULL, "/", &rest)) to = json_object_get(to, part);
      if (!to) fail_msg("%s leads nowhere", json_string_value(inner));
      count++;
    }
    count += references(document, inner);
  }
  json_array_foreach(value, i, inner) count += references(document, inner);
  return count;
}

static const json_t *input_of(const json_t *document, const char *path) {
  return at(document, "paths", path, "post", "requestBody", "content", "application/json", "schema", "properties", "input", NULL);
}

#define ACTIONS "/api/v1/cases/{id}/actions/"

static void document(void **state) {
  (void)state;
  json_t *doc = document_of("");
  assert_string_equal(text(doc, "openapi"), "3.1.0");
  assert_true(references(doc, doc) > 30);
  assert_non_null(at(doc, "components", "securitySchemes", "bearer", NULL));
  assert_int_equal(json_array_size(at(doc, "paths", "/healthz", "get", "security", NULL)), 0);
  assert_null(json_object_get(at(doc, "paths", "/api/v1/cases", "get", NULL), "security"));
  assert_int_equal(json_array_size(at(doc, "paths", "/api/v1/cases", "post", "requestBody", "content", "application/json",
                                      "schema", "oneOf", NULL)),
                   1);
  const json_t *title = at(doc, "components", "schemas", "create.item", "properties", "facts", "properties", "title", NULL);
  assert_int_equal(json_integer_value(json_object_get(title, "maxLength")), 20);
  const json_t *note = at(doc, "paths", ACTIONS "work/note", "post", NULL),
               *body = at(note, "requestBody", "content", "application/json", "schema", NULL);
  assert_string_equal(text(note, "operationId"), "act.work.note");
  assert_int_equal(json_integer_value(json_object_get(note, "x-article")), 7);
  assert_int_equal(json_array_size(json_object_get(body, "required")), 1);
  assert_non_null(at(input_of(doc, ACTIONS "work/note"), "properties", "words", NULL));
  assert_int_equal(json_array_size(at(doc, "paths", ACTIONS "work/done", "post", "requestBody", "content", "application/json",
                                      "schema", "required", NULL)),
                   0);
  assert_null(json_object_get(note, "x-jurisdictions"));
  json_decref(doc);
}

/* What a county adds or asks otherwise is there, and says where it holds; equal forms of two counties are told once. */
static void counties_are_told(void **state) {
  (void)state;
  json_t *plain = document_of(""), *doc = document_of(counties);
  assert_null(json_object_get(json_object_get(plain, "paths"), ACTIONS "own/go"));
  const json_t *own = at(doc, "paths", ACTIONS "own/go", "post", "x-jurisdictions", NULL);
  assert_int_equal(json_array_size(own), 1);
  assert_string_equal(json_string_value(json_array_get(own, 0)), "100001");
  const json_t *any = at(input_of(doc, ACTIONS "work/note"), "anyOf", NULL), *base_form = json_array_get(any, 0),
               *county = json_array_get(any, 1);
  assert_int_equal(json_array_size(any), 2);
  assert_null(json_object_get(base_form, "x-jurisdictions"));
  assert_true(json_equal(base_form, input_of(plain, ACTIONS "work/note")));
  assert_int_equal(json_array_size(json_object_get(county, "x-jurisdictions")), 2);
  assert_int_equal(json_array_size(json_object_get(county, "required")), 2);
  assert_non_null(at(county, "properties", "number", NULL));
  assert_true(json_equal(input_of(doc, ACTIONS "work/done"), input_of(plain, ACTIONS "work/done")));
  json_t *again = document_of(""); /* another ruleset was asked for in between */
  assert_true(json_equal(again, plain));
  json_decref(again);
  json_decref(plain);
  json_decref(doc);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(each_type), cmocka_unit_test(bounds_are_the_forms),
                                     cmocka_unit_test(document), cmocka_unit_test(counties_are_told)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
