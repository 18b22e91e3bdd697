/* Ledger files into registers and cases: the first line names the columns, every row is checked, and all rows are written or
 * none. */
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "csv.h"
#include "form.h"
#include "ledger.h"
#include "permit.h"
#include "register.h"
#include "ruleset.h"
#include "turn.h"
#include "work.h"

#define ERRORS_MAX 500
#define CASES_MAX 2000 /* of one file: the engine does nothing else meanwhile */
#define ENTRIES_MAX 20000

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "import", "no memory");
}

struct import {
  struct bf__turn *turn;
  struct bf__command *command;
  const char *name; /* of the register; "cases" for cases */
  const json_t *view;
  bool apply;
  json_t *headings; /* [ { "name", "fen" } ] */
  json_t *errors;
  int64_t rows, added, changed;
  int row, line; /* being looked at */
};

/* Columns that belong to no form. */
static const struct {
  const char *name, *zh;
  bool cases;
} own_columns[] = {{"id", "编号", false},
                   {"jurisdiction", "行政区划", false},
                   {"jurisdiction", "行政区划", true},
                   {"kind", "事项种类", true},
                   {"unit", "单位", true}};

static void fault(struct import *import, const char *field, const char *zh, const char *en) {
  char word[120];
  if (json_array_size(import->errors) >= ERRORS_MAX) return;
  (void)json_array_append_new(import->errors, json_pack("{si si ss* ss ss}", "row", import->row, "line", import->line, "field",
                                                        field ? bf__short(field, word, sizeof word) : NULL, "zh", zh, "en", en));
}

/* Columns
 * ------------------------------------------------------------------------------------------------------------------------------
 */

static bool is_cases(const struct import *import) {
  return strcmp(import->name, "cases") == 0;
}

static bool is_field(const json_t *field, const char *heading) {
  const char *name = text(field, "name"), *zh = text(field, "zh"), *en = text(field, "en");
  return (name && strcmp(name, heading) == 0) || (zh && strcmp(zh, heading) == 0) || (en && strcasecmp(en, heading) == 0);
}

static const json_t *field_of(const json_t *form, const char *heading) {
  size_t i;
  json_t *field;
  json_array_foreach(form, i, field) if (is_field(field, heading)) return field;
  return NULL;
}

static const char *own_of(const struct import *import, const char *heading) {
  for (size_t i = 0; i < sizeof own_columns / sizeof *own_columns; i++)
    if (own_columns[i].cases == is_cases(import) &&
        (strcmp(own_columns[i].name, heading) == 0 || strcmp(own_columns[i].zh, heading) == 0))
      return own_columns[i].name;
  return NULL;
}

static const json_t *register_form(const struct import *import) {
  return json_object_get(bf__register_declared(import->view, import->name), "fields");
}

static const json_t *create_form(const json_t *view, const char *kind) {
  return kind ? json_object_get(json_object_get(bf__view_kind(view, kind), "create"), "form") : NULL;
}

static bool known_heading(const struct import *import, const char *heading) {
  const char *kind;
  json_t *declared;
  if (own_of(import, heading)) return true;
  if (!is_cases(import)) return field_of(register_form(import), heading) != NULL;
  json_object_foreach(json_object_get(import->view, "kinds"), kind,
                      declared) if (field_of(create_form(import->view, kind), heading)) return true;
  return false;
}

/* The first line. */
static int take_headings(struct import *import, const json_t *row, struct bf_error *err) {
  size_t i, k;
  json_t *cell, *other;
  json_array_foreach(json_object_get(row, "cells"), i, cell) {
    int64_t fen;
    char *copy = strdup(json_string_value(cell));
    if (!copy) return no_memory(err);
    char *name = bf__ledger_trim(copy);
    bf__ledger_heading(name, &fen);
    name = bf__ledger_trim(name);
    if (*name && !known_heading(import, name))
      fault(import, name, "表头里有不认识的栏目:请用字段名或其中文名称", "Unknown heading: use a field's name or its title.");
    json_array_foreach(import->headings, k, other) if (*name && strcmp(text(other, "name"), name) == 0)
        fault(import, name, "表头里有重复的栏目", "This heading stands twice.");
    int failed = json_array_append_new(import->headings, json_pack("{ss sI}", "name", name, "fen", (json_int_t)fen));
    free(copy);
    if (failed) return no_memory(err);
  }
  return 0;
}

/* The cell under own column NAME, trimmed, in OUT. */
static const char *own_cell(const struct import *import, const json_t *cells, const char *name, char *out, size_t size) {
  size_t i;
  json_t *heading;
  *out = 0;
  json_array_foreach(import->headings, i, heading) {
    const char *own = own_of(import, text(heading, "name")), *cell = json_string_value(json_array_get(cells, i));
    if (!own || strcmp(own, name) != 0 || !cell) continue;
    char whole[300];
    (void)snprintf(whole, sizeof whole, "%s", bf__short(cell, out, size));
    (void)snprintf(out, size, "%s", bf__ledger_trim(whole));
    break;
  }
  return out;
}

/* One cell into VALUE. An empty one is null: nothing is said, or what was there goes. */
static int take_cell(struct import *import, const json_t *heading, const json_t *field, const char *cell, json_t *value,
                     struct bf_error *err) {
  const char *zh = "", *en = "", *label_zh = text(field, "zh"), *label_en = text(field, "en"), *name = text(field, "name");
  int64_t fen = json_integer_value(json_object_get(heading, "fen"));
  char text_zh[500], text_en[500], *copy = strdup(cell);
  if (!copy) return no_memory(err);
  const char *trimmed = bf__ledger_trim(copy);
  /* under a field's own name sums are whole fen, as everywhere outside; under a title people name their currency */
  if (!fen && strcmp(text(heading, "name"), name) == 0) fen = 1;
  json_t *one = *trimmed ? bf__ledger_value(field, trimmed, fen, &zh, &en) : json_null();
  free(copy);
  if (one) return json_object_set_new(value, name, one) < 0 ? no_memory(err) : 0;
  (void)snprintf(text_zh, sizeof text_zh, "“%s”%s", label_zh ? label_zh : name, zh);
  (void)snprintf(text_en, sizeof text_en, "\"%s\" %s", label_en ? label_en : name, en);
  fault(import, name, text_zh, text_en);
  return 0;
}

/* CELLS as an object after FORM. Faults are noted; *RET is a new reference all the same. */
static int take_row(struct import *import, const json_t *form, const json_t *cells, json_t **ret, struct bf_error *err) {
  size_t i;
  json_t *heading, *value = json_object();
  int r = value ? 0 : no_memory(err);
  if (json_array_size(cells) > json_array_size(import->headings))
    fault(import, NULL, "这一行的格数多于表头", "The row has more cells than the first line.");
  json_array_foreach(import->headings, i, heading) {
    const char *name = text(heading, "name"), *cell = json_string_value(json_array_get(cells, i));
    const json_t *field = own_of(import, name) ? NULL : field_of(form, name);
    if (r < 0 || own_of(import, name) || !cell) continue;
    if (field)
      r = take_cell(import, heading, field, cell, value, err);
    else if (*cell && known_heading(import, name))
      fault(import, name, "此种事项没有这个字段:请留空", "This kind has no such field: leave it empty.");
  }
  if (r < 0) {
    json_decref(value);
    return r;
  }
  *ret = value;
  return 0;
}

/* The form's refusals as faults of the row. */
static int check_row(struct import *import, const json_t *form, json_t *value, struct bf_error *err) {
  json_t *refusals = json_array(), *one, *empty = json_array();
  size_t i;
  int r = refusals && empty ? bf__form_check(json_is_array(form) ? form : empty, value, 0, refusals) : BF_ENOMEM;
  json_array_foreach(refusals, i, one) fault(import, text(one, "field"), text(one, "zh"), text(one, "en"));
  json_decref(refusals);
  json_decref(empty);
  return r < 0 ? no_memory(err) : 0;
}

/* The jurisdiction a row names by code or title, FALLBACK when it names none; NULL, with a fault, when there is none such or it
 * is not the caller's. */
static const char *place_of(struct import *import, const json_t *cells, const char *fallback) {
  char cell[200];
  const char *code, *found = fallback, *own = text(import->command->actor, "jurisdiction");
  json_t *place;
  if (*own_cell(import, cells, "jurisdiction", cell, sizeof cell)) {
    found = NULL;
    json_object_foreach(json_object_get(import->view, "jurisdictions"), code,
                        place) if (strcmp(code, cell) == 0 || (text(place, "zh") && strcmp(text(place, "zh"), cell) == 0)) found =
        code;
  }
  if (!found)
    fault(import, "jurisdiction", "没有这个行政区划:请写六位代码或全称",
          "There is no such jurisdiction: write its code or its name.");
  else if (import->command->actor && !bf__place_related(import->view, own, found)) {
    fault(import, "jurisdiction", "不在您的辖区内", "This is not within your jurisdiction.");
    found = NULL;
  }
  return found;
}

/* Registers
 * ---------------------------------------------------------------------------------------------------------------------------- */

/* Where the rows of who names no jurisdiction belong: the caller's own, for the operator the one at the top. */
static const char *home(const struct import *import) {
  const char *code;
  json_t *one;
  if (import->command->actor) return text(import->command->actor, "jurisdiction");
  json_object_foreach(json_object_get(import->view, "jurisdictions"), code, one) if (!text(one, "parent")) return code;
  return NULL;
}

/* Plans one entry: { what, id?, jurisdiction, version, value }. What is there and the same already is left alone. */
static int plan_entry(struct import *import, const json_t *cells, json_t *plan, json_t *seen, struct bf_error *err) {
  const json_t *form = register_form(import);
  struct bf_error probe = {0};
  size_t faults = json_array_size(import->errors);
  json_t *value = NULL, *old = NULL;
  char id[200];
  bool named = *own_cell(import, cells, "id", id, sizeof id) != 0;
  if (named && !bf__register_id_fits(id))
    fault(import, "id", "编号只能用文字、数字和 - . _ 等,最长 80 字节", "An id is letters, digits and - . _: 80 bytes at most.");
  if (named && json_object_get(seen, id)) fault(import, "id", "编号在文件里出现两次", "This id stands twice in the file.");
  int r = named ? bf__register_get(import->turn->store, import->name, id, &old, &probe) : BF_ENOTFOUND;
  if (r < 0 && r != BF_ENOTFOUND) return bf_fail(err, r, probe.where, "%s", probe.message);
  const char *place = place_of(import, cells, old ? text(old, "jurisdiction") : home(import));
  if (place && old && strcmp(place, text(old, "jurisdiction")) != 0)
    fault(import, "jurisdiction", "这个编号已属于另一行政区划", "This id belongs to another jurisdiction already.");
  r = take_row(import, form, cells, &value, err);
  if (r >= 0 && old) {
    json_t *merged = bf__register_merged(json_object_get(old, "value"), value);
    json_decref(value);
    value = merged;
    if (!value) r = no_memory(err);
  }
  if (r >= 0 && json_array_size(import->errors) == faults) r = check_row(import, form, value, err);
  bool same = old && json_equal(value, json_object_get(old, "value"));
  if (r >= 0 && named && json_object_set_new(seen, id, json_true()) < 0) r = no_memory(err);
  if (r >= 0 && !same && json_array_size(import->errors) == faults) {
    int64_t version = json_integer_value(json_object_get(old, "version")) + 1;
    if (json_array_append_new(plan, json_pack("{ss ss* ss sI sO}", "what", old ? "change" : "add", "id", named ? id : NULL,
                                              "jurisdiction", place, "version", (json_int_t)version, "value", value)) < 0)
      r = no_memory(err);
    if (old)
      import->changed++;
    else
      import->added++;
  }
  json_decref(value);
  json_decref(old);
  return r;
}

static int write_entries(struct import *import, const json_t *plan, struct bf_error *err) {
  size_t i;
  json_t *one;
  int r = 0;
  json_array_foreach(plan, i, one) {
    const char *id = text(one, "id");
    char fresh[BF__ENTRY_ID];
    if (r >= 0 && !id) {
      r = bf__register_new_id(import->turn, import->name, fresh, err);
      id = fresh;
    }
    if (r >= 0)
      r = bf__register_write(import->turn, import->command->actor, text(one, "what"), import->name, id, text(one, "jurisdiction"),
                             json_integer_value(json_object_get(one, "version")), json_object_get(one, "value"), err);
  }
  return r;
}

static int import_entries(struct import *import, const json_t *rows, struct bf_error *err) {
  json_t *plan = json_array(), *seen = json_object();
  int r = plan && seen ? 0 : no_memory(err);
  for (size_t i = 1; r >= 0 && i < json_array_size(rows); i++) {
    const json_t *row = json_array_get(rows, i);
    import->row = (int)i + 1;
    import->line = (int)json_integer_value(json_object_get(row, "line"));
    r = plan_entry(import, json_object_get(row, "cells"), plan, seen, err);
  }
  /* named ids first: a number made here must not take one that a later row brings */
  if (r >= 0 && import->apply && json_array_size(import->errors) == 0) {
    json_t *named = json_array(), *fresh = json_array(), *one;
    size_t i;
    if (!named || !fresh) r = no_memory(err);
    json_array_foreach(plan, i, one) if (r >= 0 && json_array_append(text(one, "id") ? named : fresh, one) < 0) r =
        no_memory(err);
    if (r >= 0) r = write_entries(import, named, err);
    if (r >= 0) r = write_entries(import, fresh, err);
    json_decref(named);
    json_decref(fresh);
  }
  json_decref(plan);
  json_decref(seen);
  return r;
}

/* Cases
 * --------------------------------------------------------------------------------------------------------------------------------
 */

/* The unit itself as the actor, with who brought the file beside it. */
static json_t *unit_actor(const struct import *import, const json_t *org) {
  const char *user = text(import->command->actor, "user");
  return json_pack("{ss ss sO sO* sO* sO sO* sb}", "user", user ? user : "operator", "name",
                   user ? text(import->command->actor, "name") : "operator", "org", json_object_get(org, "id"), "org_zh",
                   json_object_get(org, "zh"), "org_en", json_object_get(org, "en"), "jurisdiction",
                   json_object_get(org, "jurisdiction"), "roles", json_object_get(org, "roles"), "import", 1);
}

/* The rules are asked as they would be for a person of the unit. */
static int create_case(struct import *import, struct bf__change *change, const char *kind, const char *place, const json_t *actor,
                       const json_t *facts, struct bf_error *err) {
  struct bf__work work = {.turn = import->turn, .change = change, .actor = actor};
  char *id = NULL;
  json_t *one;
  size_t i;
  int r = bf__work_create(&work, kind, place, text(actor, "org"), facts, &id, err);
  json_array_foreach(work.refusals, i, one) fault(import, text(one, "field"), text(one, "zh"), text(one, "en"));
  if (r >= 0 && !work.refusals) import->added++;
  json_decref(work.refusals);
  free(id);
  return r;
}

static int take_case(struct import *import, struct bf__change *change, const json_t *cells, struct bf_error *err) {
  size_t faults = json_array_size(import->errors);
  char kind[200], unit[200];
  json_t *facts = NULL, *actor = NULL,
         *org = bf__directory_org(import->turn->app->directory, own_cell(import, cells, "unit", unit, sizeof unit));
  (void)own_cell(import, cells, "kind", kind, sizeof kind);
  if (!org) fault(import, "unit", "没有这个单位:请写机构编号", "There is no such organisation: write its id.");
  const char *place = org ? place_of(import, cells, text(org, "jurisdiction")) : NULL;
  const json_t *view = bf__ruleset_view(bf__rules_set(import->turn->rules), place), *declared = bf__view_kind(view, kind);
  if (!declared) fault(import, "kind", "没有这种事项", "There is no such kind of case.");
  const json_t *form = create_form(view, kind);
  int r = json_array_size(import->errors) == faults ? take_row(import, form, cells, &facts, err) : 0;
  if (r >= 0 && facts && json_array_size(import->errors) == faults) r = check_row(import, form, facts, err);
  if (r >= 0 && facts && json_array_size(import->errors) == faults) {
    const json_t *by = json_object_get(json_object_get(declared, "create"), "by");
    if (!(actor = unit_actor(import, org)))
      r = no_memory(err);
    else if (!bf__permitted(import->turn->app->directory, view, by, actor, place, unit))
      fault(import, "unit", "这个单位不能办理此种事项", "This organisation may not open such a case.");
    else
      r = create_case(import, change, kind, place, actor, facts, err);
  }
  json_decref(facts);
  json_decref(actor);
  json_decref(org);
  return r;
}

static int take_cases(struct import *import, struct bf__change *change, const json_t *rows, struct bf_error *err) {
  int r = 0;
  for (size_t i = 1; r >= 0 && i < json_array_size(rows); i++) {
    const json_t *row = json_array_get(rows, i);
    import->row = (int)i + 1;
    import->line = (int)json_integer_value(json_object_get(row, "line"));
    r = take_case(import, change, json_object_get(row, "cells"), err);
  }
  return r;
}

/* Numbers are taken while the rows are decided: what is not written gives them back. */
static int import_cases(struct import *import, const json_t *rows, struct bf_error *err) {
  struct bf__mark mark;
  struct bf_error undo = {0};
  struct bf__change *change = bf__change_new(import->turn);
  if (!change) return no_memory(err);
  int r = bf__turn_mark(import->turn, &mark, err);
  if (r < 0) {
    bf__change_free(change);
    return r;
  }
  r = take_cases(import, change, rows, err);
  bool write = r >= 0 && import->apply && json_array_size(import->errors) == 0;
  if (write) r = bf__change_write(change, err);
  if (write && r >= 0) import->command->cases = bf__change_ids(change);
  bf__change_free(change);
  int ended = write && r >= 0 ? bf__turn_on(import->turn, &undo) : bf__turn_back(import->turn, &mark, &undo);
  if (r >= 0 && ended < 0) r = bf_fail(err, ended, undo.where, "%s", undo.message);
  return r;
}

/* The operation
 * ------------------------------------------------------------------------------------------------------------------------ */

static int read_file(struct import *import, const char *ledger, json_t **ret_rows, struct bf_error *err) {
  struct bf_error told = {0};
  int r = bf__csv_parse(ledger, strlen(ledger), ret_rows, &told);
  if (r == BF_ENOMEM) return bf_fail(err, r, told.where, "%s", told.message);
  if (r < 0) {
    char zh[700];
    (void)snprintf(zh, sizeof zh, "文件不是正确的 CSV(%s):%s", told.where, told.message);
    import->row = import->line = (int)strtol(told.where + strcspn(told.where, "0123456789"), NULL, 10);
    fault(import, NULL, zh, told.message);
    *ret_rows = NULL;
    return 0;
  }
  import->rows = json_array_size(*ret_rows) ? (int64_t)json_array_size(*ret_rows) - 1 : 0;
  int64_t most = is_cases(import) ? CASES_MAX : ENTRIES_MAX;
  import->row = import->line = 1;
  if (json_array_size(*ret_rows) == 0)
    fault(import, NULL, "文件是空的:第一行应为栏目名称", "The file is empty: its first line names the columns.");
  else if (import->rows > most)
    fault(import, NULL, is_cases(import) ? "一次最多 2000 个事项:请分批导入" : "一次最多 20000 条:请分批导入",
          is_cases(import) ? "2,000 cases at most at once: import them in parts."
                           : "20,000 entries at most at once: import them in parts.");
  return 0;
}

static int run(struct import *import, const char *ledger, struct bf_error *err) {
  json_t *rows = NULL;
  int r = read_file(import, ledger, &rows, err);
  if (r >= 0 && rows && json_array_size(import->errors) == 0) r = take_headings(import, json_array_get(rows, 0), err);
  if (r >= 0 && rows && json_array_size(import->errors) == 0)
    r = is_cases(import) ? import_cases(import, rows, err) : import_entries(import, rows, err);
  json_decref(rows);
  return r;
}

static int import_(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) {
  const char *what = bf__param(command->params, "what"), *ledger = bf__param(command->params, "text");
  const json_t *apply = json_object_get(command->params, "apply"),
               *in_body = json_object_get(json_object_get(command->params, "body"), "apply");
  struct import import = {.turn = turn, .command = command, .name = what, .apply = json_is_true(apply) || json_is_true(in_body)};
  import.view = bf__ruleset_view(bf__rules_set(turn->rules), text(command->actor, "jurisdiction"));
  if (!what || (strcmp(what, "cases") != 0 && !bf__register_declared(import.view, what)))
    return bf__refuse(command, 404, "register.unknown", "what", "没有这个名录:可导入 cases 或一个名录",
                      "There is no such register: cases or a register can be imported.");
  if (!ledger)
    return bf__refuse(command, 400, "form.required", "text", "缺少“text”(CSV 内容)", "\"text\" is missing: the CSV itself.");
  import.headings = json_array();
  import.errors = json_array();
  int r = import.headings && import.errors ? run(&import, ledger, err) : no_memory(err);
  bool clean = json_array_size(import.errors) == 0;
  if (r >= 0) {
    command->status = 200;
    command->body = json_pack("{sI sI sI sb sO}", "rows", (json_int_t)import.rows, "added",
                              (json_int_t)(clean || !import.apply ? import.added : 0), "changed",
                              (json_int_t)(clean || !import.apply ? import.changed : 0), "applied", import.apply && clean,
                              "errors", import.errors);
    if (!command->body) r = no_memory(err);
  }
  json_decref(import.headings);
  json_decref(import.errors);
  return r;
}

const struct bf__operation bf__operations_import[] = {
    {.name = "import", .kind = BF__WRITE, .access = BF__ADMIN, .write = import_},
    {.name = NULL},
};
