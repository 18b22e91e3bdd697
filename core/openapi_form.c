/* Forms as JSON Schema: what form.c accepts, said in the words that other people's tools know. */
#include "openapi.h"

#include <string.h>

#define MONEY_MOST 9000000000000000LL
#define TEXT_MOST 2000
#define LIST_MOST 1000

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

static void bound(json_t *schema, const json_t *field, const char *from, const char *to, json_int_t outermost, bool lower) {
  const json_t *own = json_object_get(field, from);
  json_int_t value = json_is_number(own) ? (json_int_t)json_number_value(own) : outermost;
  if (lower ? value < outermost : value > outermost) value = outermost;
  (void)json_object_set_new(schema, to, json_integer(value));
}

static json_t *text_schema(const json_t *field, const char *type) {
  static const char *const patterns[][2] = {
      {"code6", "^[0-9]{6}$"}, {"phone", "^[0-9+ -]{5,20}$"}, {"id", "^[a-z0-9_.-]{1,40}$"}};
  const char *pattern = text(field, "pattern");
  bool due = strcmp(type, "text") == 0 && !json_is_true(json_object_get(field, "optional"));
  json_t *schema = json_pack("{ss}", "type", "string");
  bound(schema, field, "min", "minLength", due ? 1 : 0, true);
  bound(schema, field, "max", "maxLength", json_is_number(json_object_get(field, "max")) ? MONEY_MOST : TEXT_MOST, false);
  for (size_t i = 0; pattern && i < sizeof patterns / sizeof *patterns; i++)
    if (strcmp(pattern, patterns[i][0]) == 0) (void)json_object_set_new(schema, "pattern", json_string(patterns[i][1]));
  if (pattern && strcmp(pattern, "email") == 0) (void)json_object_set_new(schema, "format", json_string("email"));
  if (strcmp(type, "text") != 0) (void)json_object_set_new(schema, "x-refers-to", json_string(type));
  return schema;
}

static json_t *number_schema(const json_t *field, const char *type) {
  bool money = strcmp(type, "money") == 0, percent = strcmp(type, "percent") == 0;
  json_t *schema = json_pack("{ss ss*}", "type", "integer", "x-unit", money ? "fen" : percent ? "percent" : NULL);
  bound(schema, field, "min", "minimum", money || percent ? 0 : -MONEY_MOST, true);
  bound(schema, field, "max", "maximum", percent ? 100 : MONEY_MOST, false);
  return schema;
}

static json_t *choice_schema(const json_t *field) {
  json_t *schema = json_pack("{ss s[] s{}}", "type", "string", "enum", "x-titles"), *choice;
  size_t i;
  json_array_foreach(json_object_get(field, "choices"), i, choice) {
    (void)json_array_append(json_object_get(schema, "enum"), json_object_get(choice, "value"));
    (void)json_object_set_new(json_object_get(schema, "x-titles"), text(choice, "value"),
                              json_pack("{sO* sO*}", "zh", json_object_get(choice, "zh"), "en", json_object_get(choice, "en")));
  }
  return schema;
}

static json_t *list_schema(const json_t *field) {
  json_t *schema = json_pack("{ss so}", "type", "array", "items", bf__openapi_field(json_object_get(field, "of")));
  bound(schema, field, "min", "minItems", 0, true);
  bound(schema, field, "max", "maxItems", json_is_number(json_object_get(field, "max")) ? MONEY_MOST : LIST_MOST, false);
  return schema;
}

void bf__openapi_entitle(json_t *schema, const json_t *named) {
  const char *zh = text(named, "zh"), *en = text(named, "en");
  if (zh || en) (void)json_object_set_new(schema, "title", json_string(zh ? zh : en));
  if (zh && en) (void)json_object_set_new(schema, "x-title", json_pack("{ss ss}", "zh", zh, "en", en));
}

json_t *bf__openapi_field(const json_t *field) {
  const char *type = text(field, "type");
  json_t *schema;
  if (!type)
    schema = json_object();
  else if (strcmp(type, "money") == 0 || strcmp(type, "int") == 0 || strcmp(type, "percent") == 0)
    schema = number_schema(field, type);
  else if (strcmp(type, "bool") == 0)
    schema = json_pack("{ss}", "type", "boolean");
  else if (strcmp(type, "date") == 0)
    schema = json_pack("{ss ss}", "type", "string", "format", "date");
  else if (strcmp(type, "choice") == 0)
    schema = choice_schema(field);
  else if (strcmp(type, "list") == 0)
    schema = list_schema(field);
  else if (strcmp(type, "record") == 0)
    schema = bf__openapi_form(json_object_get(field, "fields"));
  else
    schema = text_schema(field, type);
  bf__openapi_entitle(schema, field);
  return schema;
}

json_t *bf__openapi_form(const json_t *form) {
  json_t *properties = json_object(), *required = json_array(), *field;
  size_t i;
  json_array_foreach(form, i, field) {
    (void)json_object_set_new(properties, text(field, "name"), bf__openapi_field(field));
    if (!json_is_true(json_object_get(field, "optional"))) (void)json_array_append(required, json_object_get(field, "name"));
  }
  return json_pack("{ss so so sb}", "type", "object", "properties", properties, "required", required, "additionalProperties", 0);
}
