#include "views.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#define KEPT_BYTES (24u << 20) /* of rendered answers; past that all go */

struct kept {
  char *key; /* case id, NUL, user: keyed by both */
  size_t key_length;
  char *body;
  size_t length;
  int64_t version;
  UT_hash_handle hh;
  struct kept *sibling; /* next of the same case */
};

struct of_case {
  char *id;
  struct kept *first;
  UT_hash_handle hh;
};

struct bf__views {
  struct kept *kept;
  struct of_case *cases;
  size_t bytes;
  struct bf__view_key *rendering; /* answers under way */
  uint64_t people, rules;
  int32_t day;
};

struct bf__view_key {
  char *case_id, *key;
  size_t key_length;
  bool stale; /* its case changed while it was rendered */
  struct bf__view_key *next;
};

static void kept_free(struct kept *kept) {
  free(kept->key);
  free(kept->body);
  free(kept);
}

static void forget_all(struct bf__views *views) {
  struct of_case *of, *next_of;
  struct kept *kept, *next;
  HASH_ITER(hh, views->cases, of, next_of) {
    HASH_DEL(views->cases, of);
    free(of->id);
    free(of);
  }
  HASH_ITER(hh, views->kept, kept, next) {
    HASH_DEL(views->kept, kept);
    kept_free(kept);
  }
  views->bytes = 0;
}

static struct bf__views *views_of(struct bf__app *app) {
  if (!app->views) app->views = calloc(1, sizeof *app->views);
  return app->views;
}

static void key_free(struct bf__view_key *key) {
  if (!key) return;
  free(key->case_id);
  free(key->key);
  free(key);
}

/* Drops everything when people, rules or the day are no longer those the answers were made for. */
static void refresh(struct bf__app *app, struct bf__views *views) {
  uint64_t people = bf__directory_generation(app->directory), rules = app->rules_generation;
  int32_t day = bf__date_of_ms(bf__clock_now(&app->clock));
  if (people == views->people && rules == views->rules && day == views->day) return;
  forget_all(views);
  views->people = people;
  views->rules = rules;
  views->day = day;
  for (struct bf__view_key *key = views->rendering; key; key = key->next) key->stale = true;
}

/* ID NUL USER, in one allocation. */
static char *join(const char *id, const char *user, size_t *ret_length) {
  size_t a = strlen(id) + 1, b = strlen(user);
  char *key = malloc(a + b + 1);
  if (!key) return NULL;
  memcpy(key, id, a);
  memcpy(key + a, user, b + 1);
  *ret_length = a + b;
  return key;
}

bool bf__views_find(struct bf__app *app, const struct bf__operation *operation, const json_t *params, const json_t *actor,
                    bool operator_, struct bf_answer *ret, struct bf__view_key **ret_key) {
  const char *id = json_string_value(json_object_get(params, "id")), *user = json_string_value(json_object_get(actor, "user"));
  struct bf__views *views;
  char local[256];
  struct kept *kept = NULL;
  *ret_key = NULL;
  if (strcmp(operation->name, "case.get") != 0 || !id || !user || operator_ || json_object_size(params) != 1 ||
      !(views = views_of(app)))
    return false;
  refresh(app, views);
  size_t a = strlen(id) + 1, b = strlen(user);
  if (a + b > sizeof local) return false;
  memcpy(local, id, a);
  memcpy(local + a, user, b);
  HASH_FIND(hh, views->kept, local, a + b, kept);
  if (kept) {
    *ret = (struct bf_answer){.status = 200,
                              .type = "application/json",
                              .body = kept->body,
                              .length = kept->length,
                              .version = kept->version,
                              .file = -1};
    return true;
  }
  struct bf__view_key *key = calloc(1, sizeof *key);
  if (!key || !(key->case_id = strdup(id)) || !(key->key = join(id, user, &key->key_length))) {
    key_free(key);
    return false;
  }
  key->next = views->rendering;
  views->rendering = key;
  *ret_key = key;
  return false;
}

void bf__views_drop(struct bf__app *app, struct bf__view_key *key) {
  if (!key) return;
  struct bf__view_key **at = &views_of(app)->rendering;
  while (*at && *at != key) at = &(*at)->next;
  if (*at) *at = key->next;
  key_free(key);
}

static bool link_case(struct bf__views *views, const char *id, struct kept *kept) {
  struct of_case *of;
  HASH_FIND_STR(views->cases, id, of);
  if (!of) {
    if (!(of = calloc(1, sizeof *of)) || !(of->id = strdup(id))) {
      free(of);
      return false;
    }
    HASH_ADD_KEYPTR(hh, views->cases, of->id, strlen(of->id), of);
  }
  kept->sibling = of->first;
  of->first = kept;
  return true;
}

void bf__views_keep(struct bf__app *app, struct bf__view_key *key, const struct bf_answer *answer) {
  struct bf__views *views = views_of(app);
  struct kept *kept = NULL;
  if (views && answer->status == 200 && !key->stale && answer->body) {
    if (views->bytes > KEPT_BYTES) forget_all(views);
    HASH_FIND(hh, views->kept, key->key, key->key_length, kept);
    if (!kept && (kept = calloc(1, sizeof *kept)) && (kept->body = malloc(answer->length + 1)) &&
        link_case(views, key->case_id, kept)) {
      memcpy(kept->body, answer->body, answer->length);
      kept->length = answer->length;
      kept->version = answer->version;
      kept->key = key->key;
      kept->key_length = key->key_length;
      key->key = NULL;
      HASH_ADD_KEYPTR(hh, views->kept, kept->key, kept->key_length, kept);
      views->bytes += kept->length + kept->key_length + sizeof *kept;
    } else if (kept && !kept->key) {
      kept_free(kept);
    }
  }
  bf__views_drop(app, key);
}

void bf__views_forget(struct bf__app *app, const char *case_id) {
  struct bf__views *views = views_of(app);
  struct of_case *of;
  if (!views) return;
  for (struct bf__view_key *key = views->rendering; key; key = key->next)
    if (strcmp(key->case_id, case_id) == 0) key->stale = true;
  HASH_FIND_STR(views->cases, case_id, of);
  if (!of) return;
  for (struct kept *kept = of->first, *next; kept; kept = next) {
    next = kept->sibling;
    views->bytes -= kept->length + kept->key_length + sizeof *kept;
    HASH_DEL(views->kept, kept);
    kept_free(kept);
  }
  HASH_DEL(views->cases, of);
  free(of->id);
  free(of);
}

void bf__views_free(struct bf__app *app) {
  if (!app->views) return;
  forget_all(app->views);
  free(app->views);
  app->views = NULL;
}
