/* Lists of cases: what a reader may see, narrowed by what he asks, page by page; or all of it as a table to take along. */
#include <stdlib.h>
#include <string.h>

#include "deadline.h"
#include "office.h"
#include "op_case_views.h"
#include "permit.h"
#include "ruleset.h"
#include "state.h"
#include "table.h"

#define PAGE 50
#define PAGE_MAX 500
#define SCAN_MAX 20000   /* rows that one page may look through */
#define TABLE_MAX 200000 /* rows of one table */
#define SORT_MAX 5000    /* cases that are put in an order of their own */

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "list", "no memory");
}

struct list {
  struct bf__reading *reading;
  const char *kind, *unit, *stage, *place, *before, *sort; /* sort: without its sign, NULL by number */
  char q[512];
  int open; /* -1 either */
  bool mine, overdue, up;
  json_t *facts; /* [{ name, is?, min?, max? }] */
  json_t *items; /* what was found */
  struct bf__table *table;
  const json_t *columns; /* of the table */
  int64_t cursor, seen, found, most, rows;
  bool more;
};

static int64_t whole(const json_t *params, const char *name, int64_t fallback, int64_t least, int64_t most) {
  const json_t *value = json_object_get(params, name);
  int64_t number = json_is_integer(value)  ? json_integer_value(value)
                   : json_is_string(value) ? strtoll(json_string_value(value), NULL, 10)
                                           : fallback;
  return number < least ? least : number > most ? most : number;
}

/* %q% with its own wildcards escaped. */
static void like(const char *q, char *out, size_t size) {
  size_t n = 0;
  out[n++] = '%';
  for (; q && *q && n + 4 < size; q++) {
    if (*q == '%' || *q == '_' || *q == '\\') out[n++] = '\\';
    out[n++] = *q;
  }
  out[n++] = '%';
  out[n] = 0;
}

static bool wanted(const json_t *params, const char *name) {
  const char *word = text(params, name);
  return json_is_true(json_object_get(params, name)) || (word && *word && strcmp(word, "false") != 0);
}

/* What is asked -------------------------------------------------------------------------------------------------------------- */

static bool names(const json_t *columns, const char *name) {
  size_t i;
  json_t *column;
  json_array_foreach(columns, i, column) if (strcmp(json_string_value(column), name) == 0) return true;
  return false;
}

/* Lists can be narrowed and sorted by the facts that a kind's script names as its columns. */
static bool is_column(const struct list *list, const char *name) {
  const char *kind;
  json_t *declared;
  const json_t *view = bf__ruleset_view(bf__rules_set(list->reading->rules), text(list->reading->actor, "jurisdiction"));
  if (list->kind) return names(json_object_get(bf__view_kind(view, list->kind), "columns"), name);
  json_object_foreach(json_object_get(view, "kinds"), kind,
                      declared) if (names(json_object_get(declared, "columns"), name)) return true;
  return false;
}

static int refuse_fact(struct list *list, const char *name) {
  char zh[300], en[300], word[80];
  (void)bf__short(name, word, sizeof word);
  (void)snprintf(zh, sizeof zh, "“%s”不是列表的一列,不能按它筛选或排序:请选用该种事项声明的列", word);
  (void)snprintf(en, sizeof en, "\"%s\" is no column of the list: use one that the kind of case declares.", word);
  return bf__refuse_read(list->reading, 400, "list.column", name, zh, en);
}

static json_t *condition(json_t *facts, const char *name) {
  size_t i;
  json_t *one;
  json_array_foreach(facts, i, one) if (strcmp(text(one, "name"), name) == 0) return one;
  return json_array_append_new(facts, json_pack("{ss}", "name", name)) < 0 ? NULL
                                                                           : json_array_get(facts, json_array_size(facts) - 1);
}

/* "fact.NAME", "fact.NAME.min" and "fact.NAME.max". *OK is false when the reading is answered. */
static int take_facts(struct list *list, bool *ok, struct bf_error *err) {
  const char *key;
  json_t *value;
  json_object_foreach(list->reading->params, key, value) {
    char name[100];
    if (strncmp(key, "fact.", 5) != 0 || !json_is_string(value) || !*json_string_value(value)) continue;
    (void)bf__short(key + 5, name, sizeof name);
    char *dot = strrchr(name, '.');
    const char *way = dot && (strcmp(dot, ".min") == 0 || strcmp(dot, ".max") == 0) ? dot + 1 : "is";
    if (strcmp(way, "is") != 0) *dot = 0;
    if (!is_column(list, name)) {
      *ok = false;
      return refuse_fact(list, name);
    }
    json_t *one = condition(list->facts, name);
    if (!one || json_object_set(one, way, value) < 0) return no_memory(err);
  }
  return 0;
}

static int take_sort(struct list *list, bool *ok) {
  const char *sort = text(list->reading->params, "sort");
  if (!sort || !*sort) return 0;
  list->up = *sort != '-';
  list->sort = sort + !list->up;
  if (strcmp(list->sort, "number") == 0) list->sort = NULL;
  if (!list->sort || strcmp(list->sort, "title") == 0 || strcmp(list->sort, "unit") == 0 || strcmp(list->sort, "due") == 0)
    return 0;
  bool fact = strncmp(list->sort, "fact.", 5) == 0;
  if (fact && is_column(list, list->sort + 5)) return 0;
  *ok = false;
  return refuse_fact(list, fact ? list->sort + 5 : list->sort);
}

static int take_query(struct list *list, bool *ok, struct bf_error *err) {
  const json_t *p = list->reading->params;
  const char *open = text(p, "open");
  int32_t date;
  list->kind = text(p, "kind");
  if (list->kind && !*list->kind) list->kind = NULL;
  list->unit = text(p, "unit");
  list->stage = text(p, "stage");
  list->place = text(p, "jurisdiction");
  list->before = text(p, "due_before");
  if (list->before && !*list->before) list->before = NULL;
  list->open = !open || !*open ? -1 : strcmp(open, "true") == 0;
  list->mine = wanted(p, "mine");
  list->overdue = wanted(p, "overdue");
  like(text(p, "q"), list->q, sizeof list->q);
  *ok = true;
  if (list->before && bf__date_parse(list->before, strlen(list->before), &date) < 0) {
    *ok = false;
    return bf__refuse_read(list->reading, 400, "form.date", "due_before", "due_before 应为日期,如 2022-09-30",
                           "due_before must be a date such as 2022-09-30.");
  }
  int r = take_facts(list, ok, err);
  return r < 0 || !*ok ? r : take_sort(list, ok);
}

/* What fits ------------------------------------------------------------------------------------------------------------------ */

/* What waits for the reader himself, or for his post with nobody else holding it. */
static bool concerns_me(struct bf__reading *reading, const json_t *view, const json_t *state) {
  char date[BF__DATE_TEXT];
  const char *stage;
  json_t *record;
  bool found = false;
  bf__date_format(reading->today, date);
  if (json_object_get(state, "ended")) return false;
  if (bf__office_waits(reading->app, state, reading->actor, date)) return true;
  json_object_foreach(json_object_get(state, "stages"), stage, record) {
    if (found || !bf__state_is_open(state, stage)) continue;
    json_t *as = bf__office_works(reading->app, view, reading->actor, state, stage);
    found = as && (json_object_get(as, "on_behalf_of") ||
                   !bf__office_holder(reading->app, state, stage, json_string_value(json_object_get(as, "org")), date));
    json_decref(as);
  }
  return found;
}

/* < 0, 0, > 0: a fact's VALUE beside a WORD of the query. */
static int compare_word(const json_t *value, const char *word) {
  if (json_is_number(value)) {
    double a = json_number_value(value), b = strtod(word, NULL);
    return (a > b) - (a < b);
  }
  const char *own = json_is_boolean(value) ? (json_is_true(value) ? "true" : "false") : json_string_value(value);
  return strcmp(own ? own : "", word);
}

static bool facts_fit(const struct list *list, const json_t *view, const json_t *state) {
  const json_t *columns = json_object_get(bf__view_kind(view, text(state, "kind")), "columns");
  size_t i;
  json_t *one;
  json_array_foreach(list->facts, i, one) {
    const char *is = text(one, "is"), *min = text(one, "min"), *max = text(one, "max");
    const json_t *value = json_object_get(json_object_get(state, "facts"), text(one, "name"));
    if (!value || json_is_null(value) || !names(columns, text(one, "name"))) return false;
    if ((is && compare_word(value, is) != 0) || (min && compare_word(value, min) < 0) || (max && compare_word(value, max) > 0))
      return false;
  }
  return true;
}

static bool deadline_fits(const struct list *list, const json_t *summary) {
  const json_t *next = json_object_get(summary, "next_deadline");
  const char *due = text(next, "due"), *nature = text(next, "nature");
  if (list->before && (!due || strcmp(due, list->before) > 0)) return false;
  if (!list->overdue) return true;
  return due && json_integer_value(json_object_get(next, "left_days")) < 0 && (!nature || strcmp(nature, "limit") == 0);
}

/* The table ------------------------------------------------------------------------------------------------------------------ */

static const char *zh_of(const json_t *titled, const char *fallback) {
  const char *zh = text(titled, "zh");
  return zh ? zh : fallback;
}

/* The facts of a table's columns: the asked kind's, or those of all. [{ the field }] */
static json_t *table_columns(const struct list *list) {
  const json_t *view = bf__ruleset_view(bf__rules_set(list->reading->rules), text(list->reading->actor, "jurisdiction"));
  json_t *out = json_array(), *kind, *column, *known = json_object();
  const char *name;
  size_t i;
  json_object_foreach(json_object_get(view, "kinds"), name, kind) {
    if (list->kind && strcmp(list->kind, name) != 0) continue;
    json_array_foreach(json_object_get(kind, "columns"), i, column) {
      json_t *field = json_object_get(bf__view_facts(view, name), json_string_value(column));
      if (!field || json_object_get(known, json_string_value(column))) continue;
      (void)json_object_set_new(known, json_string_value(column), json_true());
      json_t *own = json_copy(field);
      (void)json_object_set(own, "name", column);
      (void)json_array_append_new(out, own);
    }
  }
  json_decref(known);
  return out;
}

static void head_row(struct bf__table *table, const json_t *columns) {
  static const char *const own[] = {"编号", "名称", "种类", "单位", "地区", "环节"};
  size_t i;
  json_t *field;
  for (i = 0; i < sizeof own / sizeof *own; i++) bf__table_cell(table, own[i]);
  json_array_foreach(columns, i, field) bf__table_label(table, field);
  bf__table_cell(table, "下一期限");
  bf__table_cell(table, "剩余天数");
  bf__table_end_row(table);
}

static json_t *stage_titles(const json_t *view, const json_t *stages) {
  json_t *out = json_array(), *stage;
  size_t i;
  json_array_foreach(stages, i, stage) {
    const char *name = json_string_value(stage);
    (void)json_array_append_new(out, json_string(zh_of(json_object_get(bf__view_stage(view, name), "title"), name)));
  }
  return out;
}

static void item_row(struct list *list, const json_t *view, const json_t *item) {
  static const char date_text[] = "{\"type\":\"date\"}";
  struct bf__table *table = list->table;
  const json_t *next = json_object_get(item, "next_deadline"), *places = json_object_get(view, "jurisdictions");
  json_t *org = bf__directory_org(list->reading->app->directory, text(item, "unit")), *field;
  json_t *stages = stage_titles(view, json_object_get(item, "stages")), *date = json_loads(date_text, 0, NULL);
  size_t i;
  bf__table_cell(table, text(item, "id"));
  bf__table_cell(table, text(item, "title"));
  bf__table_cell(table, zh_of(json_object_get(bf__view_kind(view, text(item, "kind")), "title"), text(item, "kind")));
  bf__table_cell(table, zh_of(org, text(item, "unit")));
  bf__table_cell(table, zh_of(json_object_get(places, text(item, "jurisdiction")), text(item, "jurisdiction")));
  bf__table_field(table, NULL, stages);
  json_array_foreach(list->columns, i, field)
      bf__table_field(table, field, json_object_get(json_object_get(item, "facts"), text(field, "name")));
  bf__table_field(table, date, json_object_get(next, "due"));
  bf__table_field(table, NULL, json_object_get(next, "left_days"));
  bf__table_end_row(table);
  json_decref(date);
  json_decref(stages);
  json_decref(org);
}

/* Going through them --------------------------------------------------------------------------------------------------------- */

static int take_state(struct list *list, const json_t *state, struct bf_error *err) {
  const json_t *view = bf__reign_view(list->reading->reign, state);
  if (!bf__may_see(list->reading, state) || !facts_fit(list, view, state)) return 0;
  if (list->mine && !concerns_me(list->reading, view, state)) return 0;
  json_t *one = bf__case_summary(list->reading, view, state);
  if (!one) return no_memory(err);
  int r = 0;
  if (deadline_fits(list, one)) {
    list->found++;
    if (list->table && !list->sort)
      item_row(list, view, one);
    else if (json_array_append(list->items, one) < 0)
      r = no_memory(err);
  }
  json_decref(one);
  return r;
}

static int slice(struct list *list, json_t **ret, struct bf_error *err) {
#define FITTING                                                                                                                  \
  " AND ($2 = '' OR kind = $2) AND ($3 = '' OR unit = $3) AND ($4 = '%%' OR title LIKE $4 ESCAPE '\\' OR id LIKE $4 ESCAPE "     \
  "'\\')"                                                                                                                        \
  " AND ($5 = '' OR id IN (SELECT case_id FROM case_stages WHERE stage = $5)) AND ($6 < 0 OR open = $6)"                         \
  " AND ($7 = '' OR jurisdiction = $7) ORDER BY number "
  static const char down[] = "SELECT number, state FROM cases WHERE number < $1" FITTING "DESC LIMIT $8";
  static const char up[] = "SELECT number, state FROM cases WHERE number > $1" FITTING "ASC LIMIT $8";
#undef FITTING
  return bf__store_rows(list->reading->store, list->up && !list->sort ? up : down, "number:i state:j", ret, err, "ittttiti",
                        list->cursor, list->kind ? list->kind : "", list->unit ? list->unit : "", list->q,
                        list->stage ? list->stage : "", (int64_t)list->open, list->place ? list->place : "", list->rows);
}

/* Until MOST are found, or nothing is left, or LOOK rows were looked through: list->more tells whether there is more. */
static int go_through(struct list *list, int64_t look, struct bf_error *err) {
  int r = 0;
  list->more = true;
  while (r >= 0 && list->more && list->found < list->most && list->seen < look) {
    size_t i;
    json_t *rows = NULL, *row;
    int64_t left = list->most - list->found + 1; /* no more is read than may be wanted */
    list->rows = left > PAGE_MAX ? PAGE_MAX : left < PAGE ? PAGE : left;
    if ((r = slice(list, &rows, err)) < 0) break;
    list->more = (int64_t)json_array_size(rows) == list->rows;
    json_array_foreach(rows, i, row) {
      if (r < 0) break;
      if (list->found == list->most) {
        list->more = true;
        break;
      }
      list->cursor = json_integer_value(json_object_get(row, "number"));
      list->seen++;
      r = take_state(list, json_object_get(row, "state"), err);
    }
    json_decref(rows);
  }
  return r;
}

/* An order of their own ------------------------------------------------------------------------------------------------------ */

struct placed {
  json_t *item;
  const json_t *value;
  size_t number; /* newest first among equals */
  bool up;
};

static int compare_items(const void *a_, const void *b_) {
  const struct placed *a = a_, *b = b_;
  bool some_a = a->value && !json_is_null(a->value), some_b = b->value && !json_is_null(b->value);
  int c = 0;
  if (some_a != some_b) return some_b - some_a; /* those without come last, whichever way */
  if (json_is_number(a->value) && json_is_number(b->value)) {
    double x = json_number_value(a->value), y = json_number_value(b->value);
    c = (x > y) - (x < y);
  } else if (json_is_string(a->value) && json_is_string(b->value)) {
    c = strcmp(json_string_value(a->value), json_string_value(b->value));
  }
  if (c) return a->up ? c : -c;
  return a->number < b->number ? -1 : a->number > b->number;
}

static const json_t *sort_value(const struct list *list, const json_t *item) {
  if (strcmp(list->sort, "due") == 0) return json_object_get(json_object_get(item, "next_deadline"), "due");
  if (strncmp(list->sort, "fact.", 5) == 0) return json_object_get(json_object_get(item, "facts"), list->sort + 5);
  return json_object_get(item, list->sort);
}

static int sort_items(struct list *list, struct bf_error *err) {
  size_t i, count = json_array_size(list->items);
  struct placed *all = calloc(count + 1, sizeof *all);
  json_t *item, *sorted = json_array();
  int r = all && sorted ? 0 : no_memory(err);
  if (r >= 0) {
    json_array_foreach(list->items, i, item) all[i] = (struct placed){item, sort_value(list, item), i, list->up};
    qsort(all, count, sizeof *all, compare_items);
  }
  for (i = 0; r >= 0 && i < count; i++)
    if (json_array_append(sorted, all[i].item) < 0) r = no_memory(err);
  free(all);
  if (r < 0) {
    json_decref(sorted);
    return r;
  }
  json_decref(list->items);
  list->items = sorted;
  return 0;
}

/* In an order other than by number all that fits is found first: bounded, and too many are told of. 1 = sorted. */
static int sorted_all(struct list *list, struct bf_error *err) {
  list->cursor = INT64_MAX;
  list->most = SORT_MAX;
  int r = go_through(list, INT64_MAX, err);
  if (r < 0) return r;
  if (list->more)
    return bf__refuse_read(list->reading, 413, "list.large", "sort", "符合条件的超过 5000 项,不能排序:请先缩小范围",
                           "More than 5,000 cases fit: narrow the list before sorting it.");
  r = sort_items(list, err);
  return r < 0 ? r : 1;
}

/* Answers -------------------------------------------------------------------------------------------------------------------- */

static int answer_sorted(struct list *list, int64_t limit, int64_t from, struct bf_error *err) {
  int r = sorted_all(list, err);
  if (r != 1) return r;
  json_t *page = json_array(), *item;
  size_t i;
  char next[32];
  json_array_foreach(list->items, i,
                     item) if ((int64_t)i >= from && (int64_t)i < from + limit) if (json_array_append(page, item) < 0) r =
      no_memory(err);
  (void)snprintf(next, sizeof next, "%lld", (long long)(from + limit));
  list->reading->status = 200;
  list->reading->body = json_pack("{so sI ss*}", "items", page, "count", (json_int_t)json_array_size(list->items), "next_cursor",
                                  (int64_t)json_array_size(list->items) > from + limit ? next : NULL);
  return r < 0 ? r : 0;
}

static int answer_page(struct list *list, int64_t limit, struct bf_error *err) {
  int64_t start = list->up ? 0 : INT64_MAX, cursor = whole(list->reading->params, "cursor", start, 0, INT64_MAX);
  char next[32];
  if (list->sort) return answer_sorted(list, limit, cursor == start ? 0 : cursor, err);
  list->cursor = cursor;
  list->most = limit;
  int r = go_through(list, SCAN_MAX, err);
  if (r < 0) return r;
  (void)snprintf(next, sizeof next, "%lld", (long long)list->cursor);
  list->reading->status = 200;
  list->reading->body = json_pack("{sO ss*}", "items", list->items, "next_cursor", list->more ? next : NULL);
  return 0;
}

static int fill_table(struct list *list, struct bf_error *err) {
  const json_t *view = bf__ruleset_view(bf__rules_set(list->reading->rules), text(list->reading->actor, "jurisdiction"));
  json_t *item;
  size_t i;
  list->most = TABLE_MAX;
  list->cursor = list->up ? 0 : INT64_MAX;
  head_row(list->table, list->columns);
  if (!list->sort) {
    int r = go_through(list, INT64_MAX, err);
    if (r >= 0 && list->more) {
      bf__table_cell(list->table, "还有更多:请缩小范围 · there is more: narrow the list");
      bf__table_end_row(list->table);
    }
    return r < 0 ? r : 1;
  }
  int r = sorted_all(list, err);
  if (r == 1) json_array_foreach(list->items, i, item) item_row(list, view, item);
  return r;
}

static int answer_table(struct list *list, const char *format, struct bf_error *err) {
  json_t *columns = table_columns(list);
  list->columns = columns;
  list->table = columns ? bf__table_new(format, err) : NULL;
  int r = list->table ? fill_table(list, err) : columns ? BF_EIO : no_memory(err);
  if (r == 1)
    r = bf__table_answer(list->table, list->reading, "cases", err);
  else
    bf__table_free(list->table);
  json_decref(columns);
  return r;
}

static int run(struct bf__reading *reading, struct bf_error *err) {
  struct list list = {.reading = reading, .facts = json_array(), .items = json_array()};
  const char *format = text(reading->params, "format");
  bool ok = false;
  int r = list.facts && list.items ? take_query(&list, &ok, err) : no_memory(err);
  if (r >= 0 && ok)
    r = bf__table_knows(format) ? answer_table(&list, format, err)
                                : answer_page(&list, whole(reading->params, "limit", PAGE, 1, PAGE_MAX), err);
  json_decref(list.items);
  json_decref(list.facts);
  return r;
}

const struct bf__operation bf__operations_case_list[] = {
    {.name = "case.list", .kind = BF__READ, .access = BF__USER, .read = run},
    {.name = NULL},
};
