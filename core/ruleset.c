#include "ruleset.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "form.h"

#define FILE_BYTES (1 << 20)
#define SET_FILES 2000

json_t *bf__rules_take_description(struct bf__rules *rules);
int bf__rules_new_described(struct bf__ruleset *set, struct bf__rules **ret, struct bf_error *err);
void bf__rules_spare(struct bf__rules *rules);
void bf__rules_spare_free(struct bf__rules *rules);

static int read_text(const char *path, const char *name, json_t *files, struct bf_error *err) {
  FILE *file = fopen(path, "rb");
  if (!file) return bf_fail(err, BF_EIO, name, "cannot be read: %s", strerror(errno));
  char *text = malloc(FILE_BYTES + 1);
  size_t length = text ? fread(text, 1, FILE_BYTES + 1, file) : 0;
  int r = 0;
  if (!text)
    r = bf_fail(err, BF_ENOMEM, name, "no memory");
  else if (ferror(file))
    r = bf_fail(err, BF_EIO, name, "cannot be read");
  else if (length > FILE_BYTES)
    r = bf_fail(err, BF_ELIMIT, name, "is larger than 1 MiB: no script is that long");
  else if (json_object_set_new(files, name, json_stringn(text, length)) < 0)
    r = bf_fail(err, BF_EINVAL, name, "is not valid UTF-8 text");
  free(text);
  (void)fclose(file);
  return r;
}

static bool ends_lua(const char *name) {
  size_t length = strlen(name);
  return length > 4 && strcmp(name + length - 4, ".lua") == 0;
}

/* Every *.lua below ROOT/PREFIX, by its path from ROOT; names that begin with a dot are passed over. */
static int read_folder(const char *root, const char *prefix, int depth, json_t *files, struct bf_error *err) {
  char path[1024], name[512];
  if (snprintf(path, sizeof path, "%s/%s", root, prefix) >= (int)sizeof path || depth > 8)
    return bf_fail(err, BF_ELIMIT, prefix, "folders are nested too deep");
  DIR *folder = opendir(path);
  if (!folder) return bf_fail(err, BF_EIO, path, "cannot be read: %s. Give the folder with --scripts", strerror(errno));
  int r = 0;
  struct dirent *entry;
  while (r >= 0 && (entry = readdir(folder))) {
    struct stat info;
    if (entry->d_name[0] == '.') continue;
    if (snprintf(name, sizeof name, "%s%s%s", prefix, *prefix ? "/" : "", entry->d_name) >= (int)sizeof name ||
        snprintf(path, sizeof path, "%s/%s", root, name) >= (int)sizeof path) {
      r = bf_fail(err, BF_ELIMIT, entry->d_name, "the path is too long");
    } else if (stat(path, &info) < 0) {
      r = bf_fail(err, BF_EIO, name, "cannot be read: %s", strerror(errno));
    } else if (S_ISDIR(info.st_mode)) {
      r = read_folder(root, name, depth + 1, files, err);
    } else if (S_ISREG(info.st_mode) && ends_lua(name)) {
      if (json_object_size(files) >= SET_FILES)
        r = bf_fail(err, BF_ELIMIT, name, "more than %d files", SET_FILES);
      else
        r = read_text(path, name, files, err);
    }
  }
  (void)closedir(folder);
  return r;
}

/* The name of a ruleset: SM3 over its canonical JSON, so that the same content has the same name anywhere. */
static int name_set(struct bf__ruleset *set, struct bf_error *err) {
  unsigned char hash[BF__HASH_BYTES];
  char *text = NULL;
  size_t length = 0;
  json_t *bundle = bf__ruleset_bundle(set);
  int r = bundle ? bf__canonical(bundle, &text, &length, err) : bf_fail(err, BF_ENOMEM, "rules", "no memory");
  if (r >= 0) r = bf__sm3(text, length, hash);
  if (r >= 0) bf__hex(hash, sizeof hash, set->hash);
  free(text);
  json_decref(bundle);
  return r;
}

/* Forms are checked here once, so that a request never meets a broken one. */
static int check_forms(const json_t *view, struct bf_error *err) {
  const char *name, *action_name;
  json_t *stage, *action, *kind, *field, *facts;
  char where[400];
  json_object_foreach(json_object_get(view, "facts"), name, facts) {
    const char *fact;
    json_object_foreach(facts, fact, field) {
      json_t *one = json_pack("[O]", field);
      int r = one ? bf__form_valid(one, err) : bf_fail(err, BF_ENOMEM, "rules", "no memory");
      json_decref(one);
      if (r < 0) return r;
    }
  }
  json_object_foreach(json_object_get(view, "kinds"), name, kind) {
    const json_t *form = json_object_get(json_object_get(kind, "create"), "form");
    if (json_array_size(form) && bf__form_valid(form, err) < 0) return err ? err->code : BF_EINVAL;
  }
  json_object_foreach(json_object_get(view, "stages"), name, stage) {
    json_object_foreach(json_object_get(stage, "actions"), action_name, action) {
      const json_t *form = json_object_get(action, "form");
      if (!json_array_size(form)) continue;
      struct bf_error detail = {0};
      int r = bf__form_valid(form, &detail);
      (void)snprintf(where, sizeof where, "%s.%s %s", name, action_name, detail.where);
      if (r < 0) return bf_fail(err, r, where, "%s", detail.message);
    }
  }
  return 0;
}

/* A county's view repeats most of the base: what is the same is kept once. */
static void share(const json_t *base, json_t *view) {
  const char *part, *name;
  json_t *members, *one;
  json_object_foreach(view, part, members) {
    const json_t *own = json_object_get(base, part);
    void *next;
    if (!json_is_object(members)) continue;
    json_object_foreach_safe(members, next, name, one) {
      json_t *same = json_object_get(own, name);
      if (same && json_equal(one, same)) (void)json_object_set(members, name, same);
    }
  }
}

/* The values that two objects have alike, held once. */
static void share_members(const json_t *other, json_t *own) {
  const char *name;
  json_t *one;
  void *next;
  json_object_foreach_safe(own, next, name, one) {
    json_t *same = json_object_get(other, name);
    if (same && same != one && json_equal(one, same)) (void)json_object_set(own, name, same);
  }
}

void bf__ruleset_share(const struct bf__ruleset *other, struct bf__ruleset *own) {
  const char *code;
  json_t *view;
  share_members(other->files, own->files);
  if (json_equal(other->years, own->years)) {
    json_decref(own->years);
    own->years = json_incref(other->years);
  }
  share(other->base, own->base);
  json_object_foreach(own->views, code, view) {
    share(own->base, view);
    share(bf__ruleset_view(other, code), view);
  }
}

static int finish(struct bf__ruleset *set, struct bf_error *err) {
  struct bf__rules *rules = NULL;
  int r = name_set(set, err);
  if (r >= 0) r = bf__rules_new_described(set, &rules, err);
  if (r < 0) return r;
  json_t *description = bf__rules_take_description(rules), *view;
  const char *code;
  set->base = json_incref(json_object_get(description, "base"));
  set->views = json_incref(json_object_get(description, "views"));
  json_decref(description);
  bf__rules_spare(rules);
  atomic_store(&set->spare, rules);
  if (!set->base || !set->views) return bf_fail(err, BF_ESCRIPT, "rules", "the prelude gave no description");
  json_object_foreach(set->views, code, view) share(set->base, view);
  r = check_forms(set->base, err);
  json_object_foreach(set->views, code, view) if (r >= 0) r = check_forms(view, err);
  return r;
}

static struct bf__ruleset *new_set(void) {
  struct bf__ruleset *set = calloc(1, sizeof *set);
  if (!set) return NULL;
  atomic_init(&set->refs, 1);
  atomic_init(&set->spare, NULL);
  (void)pthread_mutex_init(&set->lock, NULL);
  return set;
}

static int read_set(const char *scripts, const char *calendar, struct bf__ruleset **ret, struct bf_error *err) {
  struct bf__ruleset *set = new_set();
  if (!set || !(set->files = json_object())) {
    bf__ruleset_unref(set);
    return bf_fail(err, BF_ENOMEM, "rules", "no memory");
  }
  int r = read_folder(scripts, "", 0, set->files, err);
  if (r >= 0 && json_object_size(set->files) == 0)
    r = bf_fail(err, BF_ENOTFOUND, scripts, "holds no script: give the folder with --scripts");
  if (r >= 0) r = bf__calendar_load(calendar, &set->calendar, err);
  if (r >= 0 && !(set->years = bf__calendar_json(set->calendar))) r = bf_fail(err, BF_ENOMEM, "calendar", "no memory");
  if (r < 0)
    bf__ruleset_unref(set);
  else
    *ret = set;
  return r;
}

int bf__ruleset_read(const char *scripts, const char *calendar, struct bf__ruleset **ret, struct bf_error *err) {
  struct bf__ruleset *set = NULL;
  int r = read_set(scripts, calendar, &set, err);
  if (r >= 0) r = finish(set, err);
  if (r < 0) {
    bf__ruleset_unref(set);
    return r;
  }
  *ret = set;
  return 0;
}

int bf__ruleset_folder(const char *scripts, const char *calendar, json_t **ret_bundle, char ret_hash[BF__HASH_HEX],
                       struct bf_error *err) {
  struct bf__ruleset *set = NULL;
  int r = read_set(scripts, calendar, &set, err);
  if (r >= 0) r = name_set(set, err);
  if (r >= 0) {
    memcpy(ret_hash, set->hash, BF__HASH_HEX);
    if (!(*ret_bundle = bf__ruleset_bundle(set))) r = bf_fail(err, BF_ENOMEM, "rules", "no memory");
  }
  bf__ruleset_unref(set);
  return r;
}

int bf__ruleset_from_bundle(const json_t *bundle, struct bf__ruleset **ret, struct bf_error *err) {
  struct bf__ruleset *set = new_set();
  if (!set) return bf_fail(err, BF_ENOMEM, "rules", "no memory");
  json_t *files = json_object_get(bundle, "files"), *years = json_object_get(bundle, "calendar");
  int r = 0;
  if (!json_is_object(files) || !json_is_object(years))
    r = bf_fail(err, BF_EINVAL, "bundle", "{ \"files\": …, \"calendar\": … } is due");
  if (r >= 0) {
    const char *path;
    json_t *text;
    set->files = json_incref(files);
    set->years = json_incref(years);
    json_object_foreach(files, path, text) if (!json_is_string(text) || json_string_length(text) > FILE_BYTES) r =
        bf_fail(err, BF_EINVAL, path, "a text of at most 1 MiB is due");
  }
  if (r >= 0) r = bf__calendar_from_json(years, &set->calendar, err);
  if (r >= 0) r = finish(set, err);
  if (r < 0) {
    bf__ruleset_unref(set);
    return r;
  }
  *ret = set;
  return 0;
}

json_t *bf__ruleset_bundle(const struct bf__ruleset *set) {
  return json_pack("{sO sO}", "files", set->files, "calendar", set->years);
}

struct bf__ruleset *bf__ruleset_ref(struct bf__ruleset *set) {
  atomic_fetch_add(&set->refs, 1);
  return set;
}

void bf__ruleset_unref(struct bf__ruleset *set) {
  if (!set || atomic_fetch_sub(&set->refs, 1) != 1) return;
  bf__rules_spare_free(atomic_load(&set->spare));
  json_decref(set->files);
  json_decref(set->years);
  json_decref(set->base);
  json_decref(set->views);
  bf__calendar_free(set->calendar);
  bf__packed_free(set->packed);
  (void)pthread_mutex_destroy(&set->lock);
  free(set);
}

const json_t *bf__ruleset_view(const struct bf__ruleset *set, const char *jurisdiction) {
  const json_t *view = jurisdiction ? json_object_get(set->views, jurisdiction) : NULL;
  return view ? view : set->base;
}

static const struct bf__packed *find_packed(const struct bf__ruleset *set, const void *key) {
  const struct bf__packed *packed = set->packed;
  while (packed && packed->key != key) packed = packed->next;
  return packed;
}

const struct bf__packed *bf__ruleset_packed(struct bf__ruleset *set, const json_t *view) {
  (void)pthread_mutex_lock(&set->lock);
  const struct bf__packed *packed = find_packed(set, view);
  (void)pthread_mutex_unlock(&set->lock);
  return packed;
}

/* Two readers may have made the same at once: the first one's stays. */
const struct bf__packed *bf__ruleset_keep(struct bf__ruleset *set, struct bf__packed *packed) {
  if (!packed) return NULL;
  (void)pthread_mutex_lock(&set->lock);
  const struct bf__packed *kept = find_packed(set, packed->key);
  if (!kept) {
    packed->next = set->packed;
    kept = set->packed = packed;
  }
  (void)pthread_mutex_unlock(&set->lock);
  if (kept != packed) bf__packed_free(packed);
  return kept;
}

const json_t *bf__view_kind(const json_t *view, const char *kind) {
  return json_object_get(json_object_get(view, "kinds"), kind);
}
const json_t *bf__view_stage(const json_t *view, const char *stage) {
  return json_object_get(json_object_get(view, "stages"), stage);
}
const json_t *bf__view_action(const json_t *view, const char *stage, const char *action) {
  return json_object_get(json_object_get(bf__view_stage(view, stage), "actions"), action);
}

static int first_article(const json_t *declared) {
  const json_t *own = json_object_get(declared, "article"), *articles = json_object_get(declared, "articles");
  return (int)json_integer_value(own ? own : json_array_get(articles, 0));
}

int bf__view_article(const json_t *view, const char *stage, const char *action) {
  int article = first_article(bf__view_action(view, stage, action));
  return article ? article : first_article(bf__view_stage(view, stage));
}
const json_t *bf__view_facts(const json_t *view, const char *kind) {
  return json_object_get(json_object_get(view, "facts"), kind);
}
const json_t *bf__view_role(const json_t *view, const char *role) {
  return json_object_get(json_object_get(view, "roles"), role);
}
