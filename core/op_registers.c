/* What people see of registers and write to them. An entry belongs to a jurisdiction; those above and below see it too. */
#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "permit.h"
#include "register.h"
#include "ruleset.h"

#define PAGE 50
#define PAGE_MAX 500

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "register", "no memory");
}

/* Reading -------------------------------------------------------------------------------------------------------------------- */

/* The register the parameters name, when the caller may read it; otherwise the reading is answered and NULL comes back. */
static const json_t *readable(struct bf__reading *reading, const json_t **ret_view) {
  const char *place = text(reading->actor, "jurisdiction");
  const json_t *view = bf__ruleset_view(bf__rules_set(reading->rules), place),
               *declared = bf__register_declared(view, text(reading->params, "name"));
  *ret_view = view;
  if (!declared) {
    (void)bf__refuse_read(reading, 404, "register.unknown", "name", "没有这个名录", "There is no such register.");
    return NULL;
  }
  if (bf__register_reads(reading->app, view, declared, reading->operator_ ? NULL : reading->actor)) return declared;
  char zh[300], en[300], text_zh[400], text_en[400];
  bf__role_titles(view, json_object_get(declared, "read"), "zh", zh, sizeof zh);
  bf__role_titles(view, json_object_get(declared, "read"), "en", en, sizeof en);
  (void)snprintf(text_zh, sizeof text_zh, "此名录只供%s查看", zh);
  (void)snprintf(text_en, sizeof text_en, "This register is read by: %s.", en);
  (void)bf__refuse_read(reading, 403, "role", NULL, text_zh, text_en);
  return NULL;
}

static bool visible(const struct bf__reading *reading, const json_t *view, const json_t *row) {
  return reading->operator_ || bf__place_related(view, text(reading->actor, "jurisdiction"), text(row, "jurisdiction"));
}

/* Q stands somewhere in a text of VALUE; letters' case does not count. */
static bool mentions(const json_t *value, const char *q) {
  const char *name;
  json_t *one;
  size_t i;
  if (json_is_string(value)) return strcasestr(json_string_value(value), q) != NULL;
  json_array_foreach(value, i, one) if (mentions(one, q)) return true;
  json_object_foreach((json_t *)(uintptr_t)value, name, one) if (mentions(one, q)) return true;
  return false;
}

static int64_t limit_of(const json_t *params) {
  const json_t *given = json_object_get(params, "limit");
  int64_t limit = json_is_integer(given)  ? json_integer_value(given)
                  : json_is_string(given) ? strtoll(json_string_value(given), NULL, 10)
                                          : PAGE;
  return limit < 1 ? 1 : limit > PAGE_MAX ? PAGE_MAX : limit;
}

/* Appends what of ROWS is visible and fits Q, up to LIMIT; *CURSOR is the last id looked at. Returns true when something of ROWS
 * was not looked at. */
static bool take_rows(struct bf__reading *reading, const json_t *view, const json_t *rows, int64_t limit, json_t *items,
                      const char **cursor) {
  const char *q = text(reading->params, "q");
  size_t i;
  json_t *row;
  json_array_foreach(rows, i, row) {
    if ((int64_t)json_array_size(items) == limit) return true;
    *cursor = text(row, "id");
    if (!visible(reading, view, row)) continue;
    if (q && *q && !strcasestr(text(row, "id"), q) && !mentions(json_object_get(row, "value"), q)) continue;
    (void)json_array_append(items, row);
  }
  return false;
}

static int list(struct bf__reading *reading, struct bf_error *err) {
  static const char sql[] =
      "SELECT id, jurisdiction, version, body FROM registers WHERE name = $1 AND id > $2 ORDER BY id LIMIT $3";
  const json_t *view, *declared = readable(reading, &view);
  const char *cursor = text(reading->params, "cursor");
  if (!declared) return 0;
  json_t *items = json_array(), *rows = NULL, *last = json_string(cursor ? cursor : "");
  int64_t limit = limit_of(reading->params);
  int r = items && last ? 0 : no_memory(err);
  for (bool more = true, left = false; r >= 0 && more && !left;) {
    r = bf__store_rows(reading->store, sql, "id:t jurisdiction:t version:i value:j", &rows, err, "tti",
                       text(reading->params, "name"), json_string_value(last), (int64_t)PAGE_MAX);
    if (r < 0) break;
    cursor = json_string_value(last);
    left = take_rows(reading, view, rows, limit, items, &cursor);
    more = left || json_array_size(rows) == PAGE_MAX;
    json_t *at = more ? json_string(cursor) : NULL;
    json_decref(last);
    json_decref(rows);
    last = at;
    if (more && !last) r = no_memory(err);
  }
  reading->status = 200;
  reading->body = json_pack("{so so* sO* sO*}", "items", items, "next_cursor", last, "title", json_object_get(declared, "title"),
                            "fields", json_object_get(declared, "fields"));
  return r < 0 ? r : reading->body ? 0 : no_memory(err);
}

/* Who wrote what to an entry, newest first. A pattern finds a few more than are meant: names may hold its signs. */
static int history_of(struct bf__reading *reading, const char *name, const char *id, json_t **ret, struct bf_error *err) {
  char pattern[400];
  json_t *rows = NULL, *row, *out = json_array();
  size_t i;
  (void)snprintf(pattern, sizeof pattern, "%%\"entry\":\"%s\"%%", id);
  int r =
      out ? bf__store_rows(reading->store,
                           "SELECT at_ms, body FROM events WHERE case_id IS NULL AND body LIKE $1 ORDER BY seq DESC LIMIT 200",
                           "at:i event:j", &rows, err, "t", pattern)
          : no_memory(err);
  json_array_foreach(rows, i, row) {
    const json_t *event = json_object_get(row, "event"), *actor = json_object_get(event, "actor");
    const char *what = text(event, "register"), *entry = text(event, "entry");
    char at[32];
    if (!what || !entry || strcmp(what, name) != 0 || strcmp(entry, id) != 0) continue;
    bf__moment_format(json_integer_value(json_object_get(row, "at")), at);
    (void)json_array_append_new(out,
                                json_pack("{ss sO* sO* sO* sO* sO*}", "at", at, "what", json_object_get(event, "what"), "version",
                                          json_object_get(event, "version"), "value", json_object_get(event, "value"), "user",
                                          json_object_get(actor, "user"), "org", json_object_get(actor, "org")));
  }
  json_decref(rows);
  *ret = out;
  return r;
}

static int get(struct bf__reading *reading, struct bf_error *err) {
  const json_t *view, *declared = readable(reading, &view);
  const char *id = text(reading->params, "entry");
  json_t *row = NULL;
  if (!declared) return 0;
  int r = id ? bf__register_get(reading->store, text(reading->params, "name"), id, &row, err) : BF_ENOTFOUND;
  if (r < 0 && r != BF_ENOTFOUND) return r;
  if (!row || !visible(reading, view, row)) {
    json_decref(row);
    return bf__refuse_read(reading, 404, "entry.unknown", "entry", "名录里没有这一条,或者您无权查看",
                           "There is no such entry, or you may not see it.");
  }
  reading->status = 200;
  reading->version = json_integer_value(json_object_get(row, "version"));
  reading->body = row;
  json_t *history = NULL;
  r = history_of(reading, text(reading->params, "name"), id, &history, err);
  (void)json_object_set_new(row, "history", history);
  return r < 0 ? r : 0;
}

/* Writing -------------------------------------------------------------------------------------------------------------------- */

static int refuse_writer(struct bf__command *command, const json_t *view, const json_t *declared) {
  char zh[300], en[300], text_zh[400], text_en[400];
  bf__role_titles(view, json_object_get(declared, "by"), "zh", zh, sizeof zh);
  bf__role_titles(view, json_object_get(declared, "by"), "en", en, sizeof en);
  (void)snprintf(text_zh, sizeof text_zh, "此名录由%s登记,您的单位不能登记", zh);
  (void)snprintf(text_en, sizeof text_en, "This register is kept by: %s. Your organisation may not write to it here.", en);
  return bf__refuse(command, 403, "role", NULL, text_zh, text_en);
}

/* The form's refusals, when there are any, become the answer: *OK tells. VALUE is normalised in place. */
static int take_form(struct bf__command *command, const json_t *declared, json_t *value, bool *ok, struct bf_error *err) {
  json_t *refusals = json_array();
  *ok = false;
  if (!refusals || bf__form_check(json_object_get(declared, "fields"), value, 0, refusals) < 0) {
    json_decref(refusals);
    return no_memory(err);
  }
  *ok = json_array_size(refusals) == 0;
  if (*ok) {
    json_decref(refusals);
  } else {
    json_decref(command->body);
    command->status = 422;
    command->body = bf__problem(422, refusals);
  }
  return 0;
}

/* Writes the entry and its event, then answers with it. */
static int write_entry(struct bf__turn *turn, struct bf__command *command, const char *what, const char *name, const char *id,
                       const char *place, int64_t version, json_t *value, struct bf_error *err) {
  int r = bf__register_write(turn, command->actor, what, name, id, place, version, value, err);
  if (r < 0) return r;
  command->status = version == 1 ? 201 : 200;
  command->version = version;
  command->body = json_pack("{ss ss sI sO}", "id", id, "jurisdiction", place, "version", (json_int_t)version, "value", value);
  if (version == 1 && asprintf(&command->location, "/api/v1/registers/%s/%s", name, id) < 0) command->location = NULL;
  return command->body ? 0 : no_memory(err);
}

/* Where a new entry belongs: the caller's own jurisdiction; the operator's is the one without a parent, or the one the body
 * names. */
static const char *home(const struct bf__command *command, const json_t *view) {
  const char *code, *asked = text(json_object_get(command->params, "body"), "jurisdiction");
  const json_t *all = json_object_get(view, "jurisdictions");
  json_t *one;
  if (command->actor) return text(command->actor, "jurisdiction");
  if (asked) return json_object_get(all, asked) ? asked : NULL;
  json_object_foreach((json_t *)(uintptr_t)all, code, one) if (!text(one, "parent")) return code;
  return NULL;
}

static int unknown_register(struct bf__command *command) {
  return bf__refuse(command, 404, "register.unknown", "name", "没有这个名录", "There is no such register.");
}

static int check_id(struct bf__turn *turn, struct bf__command *command, const char *name, const char *id, bool *ok,
                    struct bf_error *err) {
  json_t *there = NULL;
  *ok = false;
  if (!bf__register_id_fits(id))
    return bf__refuse(command, 422, "entry.id", "id", "编号只能用文字、数字和 - . _ 等,最长 80 字节,不含空格和斜杠",
                      "An id is letters, digits and - . _: 80 bytes at most, no space and no slash.");
  int r = bf__register_get(turn->store, name, id, &there, err);
  json_decref(there);
  if (r == BF_ENOTFOUND)
    *ok = true;
  else if (r >= 0)
    return bf__refuse(command, 409, "entry.taken", "id", "这个编号已被使用:请换一个", "This id is taken: choose another.");
  return r == BF_ENOTFOUND ? 0 : r;
}

static int add(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) {
  const json_t *body = json_object_get(command->params, "body"), *given = json_object_get(body, "id");
  const char *name = text(command->params, "name"), *id = json_string_value(given);
  const json_t *view = bf__ruleset_view(bf__rules_set(turn->rules), text(command->actor, "jurisdiction")),
               *declared = bf__register_declared(view, name);
  const char *place = home(command, view);
  char fresh[BF__ENTRY_ID];
  bool ok = true;
  if (!declared) return unknown_register(command);
  if (!place)
    return bf__refuse(command, 422, "jurisdiction.unknown", "jurisdiction", "没有这个行政区划", "There is no such jurisdiction.");
  if (!bf__register_writes(turn->app, view, declared, command->actor, place)) return refuse_writer(command, view, declared);
  if (!json_is_object(json_object_get(body, "value")))
    return bf__refuse(command, 400, "form.required", "value", "缺少“value”(登记的内容)",
                      "\"value\" is missing: the entry's content.");
  if (given && !id && !json_is_null(given))
    return bf__refuse(command, 400, "form.type", "id", "“id”应为文字", "\"id\" must be text.");
  json_t *value = json_deep_copy(json_object_get(body, "value"));
  int r = value ? take_form(command, declared, value, &ok, err) : no_memory(err);
  if (r >= 0 && ok && id) r = check_id(turn, command, name, id, &ok, err);
  if (r >= 0 && ok && !id) {
    r = bf__register_new_id(turn, name, fresh, err);
    id = fresh;
  }
  if (r >= 0 && ok) r = write_entry(turn, command, "add", name, id, place, 1, value, err);
  json_decref(value);
  return r;
}

/* The version the caller has seen; -1 when it is not told. */
static int64_t seen_version(const struct bf__command *command) {
  const json_t *given = json_object_get(json_object_get(command->params, "body"), "version");
  return json_is_integer(given) ? json_integer_value(given) : given ? 0 : command->if_version;
}

static int change_row(struct bf__turn *turn, struct bf__command *command, const json_t *view, const json_t *declared,
                      const json_t *row, struct bf_error *err) {
  const json_t *part = json_object_get(json_object_get(command->params, "body"), "value");
  int64_t version = json_integer_value(json_object_get(row, "version")), seen = seen_version(command);
  const char *place = text(row, "jurisdiction");
  bool ok = false;
  if (!bf__register_writes(turn->app, view, declared, command->actor, place)) return refuse_writer(command, view, declared);
  if (!json_is_object(part))
    return bf__refuse(command, 400, "form.required", "value", "缺少“value”(要改的内容)", "\"value\" is missing: what changes.");
  if (seen < 0)
    return bf__refuse(command, 400, "form.required", "version", "缺少“version”(您看到的版本)",
                      "\"version\" is missing: the version you have seen.");
  if (seen != version)
    return bf__refuse(command, 412, "version.stale", "version", "这一条已被他人更新:请刷新后再改",
                      "Someone has changed this entry since: reload it, then try again.");
  json_t *value = bf__register_merged(json_object_get(row, "value"), part);
  int r = value ? take_form(command, declared, value, &ok, err) : no_memory(err);
  if (r >= 0 && ok)
    r = write_entry(turn, command, "change", text(command->params, "name"), text(row, "id"), place, version + 1, value, err);
  json_decref(value);
  return r;
}

/* Members of `value` take the place of the old ones, null takes one away, the others stay. */
static int change(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) {
  const char *name = text(command->params, "name"), *id = text(command->params, "entry"),
             *place = text(command->actor, "jurisdiction");
  const json_t *view = bf__ruleset_view(bf__rules_set(turn->rules), place), *declared = bf__register_declared(view, name);
  json_t *row = NULL;
  if (!declared) return unknown_register(command);
  int r = id ? bf__register_get(turn->store, name, id, &row, err) : BF_ENOTFOUND;
  if (r < 0 && r != BF_ENOTFOUND) return r;
  if (!row || (command->actor && !bf__place_related(view, place, text(row, "jurisdiction"))))
    r = bf__refuse(command, 404, "entry.unknown", "entry", "名录里没有这一条,或者您无权查看",
                   "There is no such entry, or you may not see it.");
  else
    r = change_row(turn, command, view, declared, row, err);
  json_decref(row);
  return r;
}

const struct bf__operation bf__operations_registers[] = {
    {.name = "register.list", .kind = BF__READ, .access = BF__USER, .read = list},
    {.name = "register.get", .kind = BF__READ, .access = BF__USER, .read = get},
    {.name = "register.add", .kind = BF__WRITE, .access = BF__USER, .write = add},
    {.name = "register.change", .kind = BF__WRITE, .access = BF__USER, .write = change},
    {.name = NULL},
};
