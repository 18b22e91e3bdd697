/* Reports that scripts declare: one pure function of a case, run over all cases that the caller may see, newest first; every row
 * names its case, or the cases that were gathered into it, so that each figure can be followed to where it comes from. */
#include <stdlib.h>
#include <string.h>

#include "deadline.h"
#include "form.h"
#include "permit.h"
#include "ruleset.h"
#include "table.h"

#define SLICE 100      /* cases that one call of the script is given */
#define ROWS_MAX 50000 /* of one report */

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "report", "no memory");
}

struct report {
  struct bf__reading *reading;
  const char *name, *place;
  const json_t *view, *declared; /* borrowed from the rules */
  json_t *parameters, *rows, *units;
  json_t *seen;   /* case → true or false: what rows that name another case may show */
  json_t *record; /* what the script's `finish` left on record: how a sample was drawn */
};

/* Parameters
 * ------------------------------------------------------------------------------------------------------------------------- */

/* A query's text as what FIELD wants; the form then says what is wrong with it. */
static json_t *typed(const json_t *field, json_t *given) {
  const char *type = text(field, "type"), *word = json_string_value(given);
  char *end;
  if (!word || !type) return json_incref(given);
  if (strcmp(type, "int") == 0 || strcmp(type, "percent") == 0 || strcmp(type, "money") == 0) {
    long long number = strtoll(word, &end, 10);
    return *word && !*end ? json_integer(number) : json_incref(given);
  }
  if (strcmp(type, "bool") == 0 && (strcmp(word, "true") == 0 || strcmp(word, "false") == 0)) return json_boolean(*word == 't');
  return json_incref(given);
}

/* Fills report->parameters, or answers with what is wrong: *OK tells. */
static int take_parameters(struct report *report, bool *ok, struct bf_error *err) {
  const json_t *form = json_object_get(report->declared, "parameters");
  json_t *refusals = json_array(), *field, *empty = json_array();
  size_t i;
  report->parameters = json_object();
  json_array_foreach(form, i, field) {
    json_t *given = json_object_get(report->reading->params, text(field, "name"));
    if (given && !(json_is_string(given) && !*json_string_value(given)))
      (void)json_object_set_new(report->parameters, text(field, "name"), typed(field, given));
  }
  int r = refusals && empty && report->parameters
              ? bf__form_check(json_is_array(form) ? form : empty, report->parameters, 0, refusals)
              : BF_ENOMEM;
  json_decref(empty);
  *ok = r >= 0 && json_array_size(refusals) == 0;
  if (r >= 0 && !*ok) {
    report->reading->status = 400;
    report->reading->body = bf__problem(400, refusals);
  } else {
    json_decref(refusals);
  }
  return r < 0 ? no_memory(err) : 0;
}

/* Slices
 * -----------------------------------------------------------------------------------------------------------------------------
 */

/* The deadlines alive on STATE, as a case's page tells them. */
static json_t *deadlines_of(const struct report *report, const json_t *state) {
  struct bf__deadline deadlines[BF__DEADLINES_MAX];
  const struct bf__ruleset *set = bf__reign_set(report->reading->reign, state);
  if (!set) return json_array(); /* nobody knows them: /readyz says so */
  const json_t *view = bf__ruleset_view(set, text(state, "jurisdiction"));
  int count = bf__deadlines(view, set->calendar, state, report->reading->today, deadlines, BF__DEADLINES_MAX);
  json_t *out = json_array();
  for (int i = 0; i < count; i++)
    (void)json_array_append_new(out, bf__deadline_json(view, set->calendar, state, &deadlines[i], report->reading->today));
  return out;
}

static void note_unit(struct report *report, const char *id) {
  if (!id || json_object_get(report->units, id)) return;
  json_t *org = bf__directory_org(report->reading->app->directory, id);
  (void)json_object_set_new(report->units, id,
                            json_pack("{sO* sO*}", "zh", json_object_get(org, "zh"), "en", json_object_get(org, "en")));
  json_decref(org);
}

/* A row may name another case than the one it was asked for (a list in a plan): the caller must be able to see that too. */
static int may_show(struct report *report, const json_t *row, bool *ret_may, struct bf_error *err) {
  const char *id = text(row, "case");
  const json_t *known = id ? json_object_get(report->seen, id) : NULL;
  json_t *rows = NULL;
  *ret_may = known ? json_is_true(known) : false;
  if (known || !id) return 0;
  int r = bf__store_rows(report->reading->store, "SELECT state FROM cases WHERE id = $1", "state:j", &rows, err, "t", id);
  if (r < 0) return r;
  const json_t *state = json_object_get(json_array_get(rows, 0), "state");
  *ret_may = state && bf__may_see(report->reading, state);
  if (*ret_may) note_unit(report, text(state, "unit"));
  json_decref(rows);
  return json_object_set_new(report->seen, id, json_boolean(*ret_may)) < 0 ? no_memory(err) : 0;
}

static int take_rows(struct report *report, const json_t *said, struct bf_error *err) {
  size_t i;
  json_t *row;
  json_array_foreach(said, i, row) {
    bool may;
    int r = may_show(report, row, &may, err);
    if (r >= 0 && may && json_array_append(report->rows, row) < 0) r = no_memory(err);
    if (r < 0) return r;
  }
  return 0;
}

/* Asks the script for the rows of CASES. */
static int run_slice(struct report *report, json_t *cases, json_t *deadlines, struct bf_error *err) {
  char date[BF__DATE_TEXT];
  json_t *said = NULL;
  bf__date_format(report->reading->today, date);
  json_t *args =
      json_pack("[s s O {ss sO* sO sO sO}]", report->name, report->place, cases, "date", date, "actor", report->reading->actor,
                "deadlines", deadlines, "units", report->units, "parameters", report->parameters);
  int r = args ? bf__rules_call(report->reading->rules, "report", args, &said, err) : no_memory(err);
  if (r >= 0) r = take_rows(report, said, err);
  json_decref(said);
  if (r >= 0 && json_array_size(report->rows) > ROWS_MAX) r = bf_fail(err, BF_EREFUSED, "report", "more than %d rows", ROWS_MAX);
  return r;
}

static int take_slice(struct report *report, const json_t *rows, struct bf_error *err) {
  json_t *cases = json_array(), *deadlines = json_object(), *row;
  size_t i;
  int r = cases && deadlines ? 0 : no_memory(err);
  json_array_foreach(rows, i, row) {
    json_t *state = json_object_get(row, "state");
    if (r < 0 || !bf__may_see(report->reading, state)) continue;
    note_unit(report, text(state, "unit"));
    if (json_array_append(cases, state) < 0 || json_object_set_new(report->seen, text(state, "id"), json_true()) < 0 ||
        json_object_set_new(deadlines, text(state, "id"), deadlines_of(report, state)) < 0)
      r = no_memory(err);
  }
  if (r >= 0 && json_array_size(cases)) r = run_slice(report, cases, deadlines, err);
  json_decref(cases);
  json_decref(deadlines);
  return r;
}

static int run_all(struct report *report, struct bf_error *err) {
  static const char sql[] =
      "SELECT number, state FROM cases WHERE number < $1 AND ($2 = '' OR kind = $2) ORDER BY number DESC LIMIT $3";
  const char *kind = text(report->declared, "kind");
  int64_t cursor = INT64_MAX;
  for (bool more = true; more;) {
    json_t *rows = NULL;
    int r = bf__store_rows(report->reading->store, sql, "number:i state:j", &rows, err, "iti", cursor, kind ? kind : "",
                           (int64_t)SLICE);
    if (r < 0) return r;
    more = json_array_size(rows) == SLICE;
    cursor = json_integer_value(json_object_get(json_array_get(rows, json_array_size(rows) - 1), "number"));
    r = take_slice(report, rows, err);
    json_decref(rows);
    if (r < 0) return r;
  }
  return 0;
}

/* Rows gathered into groups, and the script's last word over all of them (a sample that is drawn). */
static int finish(struct report *report, struct bf_error *err) {
  char date[BF__DATE_TEXT];
  json_t *said = NULL, *rows;
  if (!json_object_get(report->declared, "group") && !json_object_get(report->declared, "finish")) return 0;
  bf__date_format(report->reading->today, date);
  json_t *args = json_pack("[s s O {ss sO* sO sO}]", report->name, report->place, report->rows, "date", date, "actor",
                           report->reading->actor, "units", report->units, "parameters", report->parameters);
  int r = args ? bf__rules_call(report->reading->rules, "report_finish", args, &said, err) : no_memory(err);
  rows = json_object_get(said, "rows");
  if (r >= 0 && rows) {
    json_decref(report->rows);
    report->rows = json_is_array(rows) ? json_incref(rows) : json_array();
    report->record = json_incref(json_object_get(said, "record"));
    if (!report->rows) r = no_memory(err);
  }
  json_decref(said);
  return r;
}

/* Order and sums
 * ---------------------------------------------------------------------------------------------------------------------- */

struct placed {
  json_t *row;
  size_t number; /* newest first stays so among equals */
  const json_t *order;
};

static int compare_values(const json_t *a, const json_t *b) {
  bool some_a = a && !json_is_null(a), some_b = b && !json_is_null(b);
  if (!some_a || !some_b) return some_a - some_b;
  if (json_is_number(a) && json_is_number(b)) {
    if (json_is_integer(a) && json_is_integer(b))
      return (json_integer_value(a) > json_integer_value(b)) - (json_integer_value(a) < json_integer_value(b));
    return (json_number_value(a) > json_number_value(b)) - (json_number_value(a) < json_number_value(b));
  }
  if (json_is_string(a) && json_is_string(b)) return strcmp(json_string_value(a), json_string_value(b));
  return (int)json_typeof(a) - (int)json_typeof(b);
}

static int compare_rows(const void *a_, const void *b_) {
  const struct placed *a = a_, *b = b_;
  size_t i;
  json_t *key;
  json_array_foreach(a->order, i, key) {
    const char *name = json_string_value(key);
    bool down = *name == '-';
    int c = compare_values(json_object_get(a->row, name + down), json_object_get(b->row, name + down));
    if (c) return down ? -c : c;
  }
  return a->number < b->number ? -1 : a->number > b->number;
}

static int sort(struct report *report, struct bf_error *err) {
  const json_t *order = json_object_get(report->declared, "order");
  size_t i, count = json_array_size(report->rows);
  json_t *row, *sorted = json_array();
  if (json_array_size(order) == 0 || count < 2) {
    json_decref(sorted);
    return 0;
  }
  struct placed *all = calloc(count, sizeof *all);
  int r = all && sorted ? 0 : no_memory(err);
  if (r >= 0) {
    json_array_foreach(report->rows, i, row) all[i] = (struct placed){row, i, order};
    qsort(all, count, sizeof *all, compare_rows);
    for (i = 0; i < count && r >= 0; i++)
      if (json_array_append(sorted, all[i].row) < 0) r = no_memory(err);
  }
  free(all);
  if (r < 0) {
    json_decref(sorted);
    return r;
  }
  json_decref(report->rows);
  report->rows = sorted;
  return 0;
}

/* { "rows": n, key: sum … }: whole numbers only. */
static json_t *totals_of(const struct report *report) {
  json_t *out = json_pack("{sI}", "rows", (json_int_t)json_array_size(report->rows)), *key, *row;
  size_t i, k;
  json_array_foreach(json_object_get(report->declared, "totals"), i, key) {
    json_int_t sum = 0;
    json_array_foreach(report->rows, k, row) {
      json_int_t one = json_integer_value(json_object_get(row, json_string_value(key)));
      if (__builtin_add_overflow(sum, one, &sum)) sum = INT64_MAX;
    }
    (void)json_object_set_new(out, json_string_value(key), json_integer(sum));
  }
  return out;
}

/* Answers
 * -----------------------------------------------------------------------------------------------------------------------------
 */

/* The record below the rows, a line for each of its keys. */
static void record_rows(struct bf__table *table, const json_t *record) {
  const char *key;
  json_t *value;
  json_object_foreach((json_t *)(uintptr_t)record, key, value) {
    bf__table_cell(table, key);
    bf__table_field(table, NULL, value);
    bf__table_end_row(table);
  }
}

static int answer_table(struct report *report, const char *format, const json_t *totals, struct bf_error *err) {
  const json_t *columns = json_object_get(report->declared, "columns");
  struct bf__table *table = bf__table_new(format, err);
  json_t *column, *row;
  size_t i, k;
  if (!table) return BF_EIO;
  bf__table_cell(table, "编号");
  json_array_foreach(columns, k, column) bf__table_label(table, column);
  bf__table_end_row(table);
  json_array_foreach(report->rows, i, row) {
    const json_t *one = json_object_get(row, "case"); /* a row of a group names several */
    bf__table_field(table, NULL, one ? one : json_object_get(row, "cases"));
    json_array_foreach(columns, k, column) bf__table_field(table, column, json_object_get(row, text(column, "name")));
    bf__table_end_row(table);
  }
  if (json_array_size(json_object_get(report->declared, "totals"))) {
    bf__table_cell(table, "合计");
    json_array_foreach(columns, k, column) bf__table_field(table, column, json_object_get(totals, text(column, "name")));
    bf__table_end_row(table);
  }
  record_rows(table, report->record);
  return bf__table_answer(table, report->reading, report->name, err);
}

static int answer(struct report *report, struct bf_error *err) {
  const char *format = text(report->reading->params, "format");
  json_t *totals = totals_of(report);
  int r = totals ? 0 : no_memory(err);
  report->reading->status = 200;
  if (r >= 0 && bf__table_knows(format))
    r = answer_table(report, format, totals, err);
  else if (r >= 0) {
    report->reading->body = json_pack(
        "{ss sO* sO* sO* sO* sO sO sO*}", "name", report->name, "title", json_object_get(report->declared, "title"), "articles",
        json_object_get(report->declared, "articles"), "parameters", json_object_get(report->declared, "parameters"), "columns",
        json_object_get(report->declared, "columns"), "rows", report->rows, "totals", totals, "record", report->record);
    if (!report->reading->body) r = no_memory(err);
  }
  json_decref(totals);
  return r;
}

static int refuse_role(struct report *report) {
  char zh[300], en[300], text_zh[400], text_en[400];
  const json_t *by = json_object_get(report->declared, "by");
  bf__role_titles(report->view, by, "zh", zh, sizeof zh);
  bf__role_titles(report->view, by, "en", en, sizeof en);
  (void)snprintf(text_zh, sizeof text_zh, "此报表供%s使用", zh);
  (void)snprintf(text_en, sizeof text_en, "This report is for: %s.", en);
  return bf__refuse_read(report->reading, 403, "role", NULL, text_zh, text_en);
}

static bool permitted(const struct report *report) {
  const struct bf__reading *reading = report->reading;
  const char *org = text(reading->actor, "org");
  return reading->operator_ || bf__permitted(reading->app->directory, report->view, json_object_get(report->declared, "by"),
                                             reading->actor, report->place, org ? org : "");
}

static int run(struct bf__reading *reading, struct bf_error *err) {
  const char *place = text(reading->actor, "jurisdiction"), *name = text(reading->params, "name");
  struct report report = {.reading = reading, .name = name, .place = place ? place : ""};
  bool ok = false;
  report.view = bf__ruleset_view(bf__rules_set(reading->rules), place);
  report.declared = name ? json_object_get(json_object_get(report.view, "reports"), name) : NULL;
  if (!report.declared)
    return bf__refuse_read(reading, 404, "report.unknown", "name", "没有这个报表", "There is no such report.");
  if (!permitted(&report)) return refuse_role(&report);
  report.rows = json_array();
  report.units = json_object();
  report.seen = json_object();
  int r = report.rows && report.units && report.seen ? take_parameters(&report, &ok, err) : no_memory(err);
  if (r >= 0 && ok) {
    r = run_all(&report, err);
    if (r >= 0) r = finish(&report, err);
    if (r >= 0) r = sort(&report, err);
    if (r >= 0)
      r = answer(&report, err);
    else if (r == BF_EREFUSED)
      r = bf__refuse_read(reading, 413, "report.large", NULL, "报表超过 50000 行:请用参数缩小范围",
                          "The report has more than 50,000 rows: narrow it by its parameters.");
  }
  json_decref(report.rows);
  json_decref(report.units);
  json_decref(report.seen);
  json_decref(report.record);
  json_decref(report.parameters);
  return r;
}

const struct bf__operation bf__operations_reports[] = {
    {.name = "report", .kind = BF__READ, .access = BF__USER, .read = run},
    {.name = NULL},
};
