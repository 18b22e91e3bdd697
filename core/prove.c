#include "prove.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "child.h"
#include "prove_search.h"
#include "redlines.h"

#define STATES 150000
#define DEPTH 300
#define BASE_STAGES 5 /* what every kind is worth beside its own stages when time is shared out */
#define EDITION 1     /* of the prover: a proof by another one is no proof of this one's */

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "prove", "no memory");
}
/* Processor time: how far a search comes does not hang on what else the machine does. */
static double now(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Seconds of the clock are many for one of the processor: other work may be under way. */
void bf__prove_limits(double seconds, struct bf__child_limits *ret) {
  double most = seconds > 0 ? seconds : BF__PROVE_SECONDS * 20; /* no more views than a city has counties */
  *ret = (struct bf__child_limits){
      .cpu_seconds = (int64_t)most * 3 + 60, .wall_ms = (int64_t)((most * 20 + 120) * 1000), .memory = (size_t)3 << 30};
}

/* Views ------------------------------------------------------------------------------------------------------------------------
 */

/* Files that CODE's rules rest on: the base's, and its own; law cases decide nothing. */
static bool rests_on(const char *path, const char *code) {
  char own[64];
  if (strncmp(path, "law/", 4) == 0 || strstr(path, "/law/") || strncmp(path, "reports/", 8) == 0) return false;
  if (strncmp(path, "counties/", 9) != 0) return true;
  (void)snprintf(own, sizeof own, "counties/%.20s/", code);
  return strncmp(path, own, strlen(own)) == 0;
}

static int hash_view(const struct bf__ruleset *set, const char *code, char ret[BF__HASH_HEX], struct bf_error *err) {
  json_t *files = json_object(), *value, *all;
  const char *path;
  char *out = NULL;
  size_t length = 0;
  unsigned char hash[BF__HASH_BYTES];
  json_object_foreach(set->files, path, value) if (rests_on(path, code))(void) json_object_set(files, path, value);
  all = json_pack("{so sO si}", "files", files, "calendar", set->years, "edition", EDITION);
  int r = all ? bf__canonical(all, &out, &length, err) : no_memory(err);
  if (r >= 0) r = bf__sm3(out, length, hash);
  if (r >= 0) bf__hex(hash, sizeof hash, ret);
  free(out);
  json_decref(all);
  return r;
}

static int add_view(const struct bf__ruleset *set, const char *code, json_t *views, struct bf_error *err) {
  char hash[BF__HASH_HEX];
  int r = hash_view(set, code, hash, err);
  return r < 0                                                                                        ? r
         : json_array_append_new(views, json_pack("{ss ss}", "jurisdiction", code, "hash", hash)) < 0 ? no_memory(err)
                                                                                                      : 0;
}

/* The base is proved for one jurisdiction that follows it: the root when it does. */
int bf__prove_views(const struct bf__ruleset *set, json_t **ret, struct bf_error *err) {
  json_t *views = json_array(), *one, *places = json_object_get(set->base, "jurisdictions");
  const char *code, *base = NULL;
  json_object_foreach(places, code, one) {
    if (json_object_get(set->views, code)) continue;
    if (!base || !json_object_get(one, "parent")) base = code;
  }
  int r = views ? 0 : no_memory(err);
  if (r >= 0 && (base || json_object_size(places) == 0)) r = add_view(set, base ? base : "", views, err);
  json_object_foreach(set->views, code, one) if (r >= 0) r = add_view(set, code, views, err);
  if (r < 0) {
    json_decref(views);
    return r;
  }
  *ret = views;
  return 0;
}

/* One view
 * -----------------------------------------------------------------------------------------------------------------------
 */

struct proof {
  struct bf__ruleset *set;
  struct bf__rules *rules;
  const struct bf__prove_options *options;
  bf__prove_progress progress;
  void *arg;
  const char *jurisdiction, *kind; /* being explored */
  json_t *world, *lines;
  double ends;
};

static void say(void *arg, const json_t *numbers) {
  struct proof *proof = arg;
  if (!proof->progress) return;
  json_t *out = json_copy((json_t *)(uintptr_t)numbers);
  (void)json_object_set_new(out, "jurisdiction", json_string(proof->jurisdiction));
  (void)json_object_set_new(out, "kind", json_string(proof->kind));
  proof->progress(proof->arg, out);
  json_decref(out);
}

static size_t stages_of(const json_t *view, const char *kind) {
  const char *name;
  json_t *stage;
  size_t count = 0;
  json_object_foreach(json_object_get(view, "stages"), name, stage) count += strcmp(text(stage, "kind"), kind) == 0;
  return count + BASE_STAGES;
}

static const json_t *line_named(const json_t *lines, const char *name) {
  size_t i;
  json_t *line;
  json_array_foreach(lines, i, line) if (strcmp(text(line, "name"), name) == 0) return line;
  return NULL;
}

/* One line that several kinds' lives cross is told once. */
static bool is_told(const json_t *crossed, const json_t *one, const char *jurisdiction) {
  size_t i;
  json_t *other;
  json_array_foreach(crossed, i, other) {
    if (strcmp(text(other, "name"), text(one, "name")) == 0 && strcmp(text(other, "jurisdiction"), jurisdiction) == 0)
      return true;
  }
  return false;
}

/* What the declarations themselves cross, without any case. */
static int ask_rules(struct proof *proof, json_t *crossed, struct bf_error *err) {
  json_t *said = NULL, *one;
  size_t i;
  int r = bf__redlines_of(proof->rules, proof->jurisdiction, &said, err);
  json_array_foreach(said, i, one) {
    const json_t *line = line_named(proof->lines, text(one, "name"));
    if (is_told(crossed, one, proof->jurisdiction)) continue;
    (void)json_object_set_new(one, "jurisdiction", json_string(proof->jurisdiction));
    (void)json_object_set(one, "title", json_object_get(line, "title"));
    (void)json_object_set(one, "why", json_object_get(line, "why"));
    (void)json_object_set_new(one, "story", json_array());
    if (json_array_append(crossed, one) < 0) r = no_memory(err);
  }
  json_decref(said);
  return r;
}

/* What was found: made as short as it can be, and told. */
static int tell_all(struct proof *proof, struct bf__lab *lab, json_t *found, json_t *crossed, struct bf_error *err) {
  size_t i;
  json_t *one, *entries = json_object_get(proof->world, "entries");
  int r = 0;
  json_array_foreach(json_object_get(found, "crossed"), i, one) {
    json_t *tale = NULL;
    if (r < 0) break;
    if (is_told(crossed, one, lab->jurisdiction)) continue;
    r = bf__tale_shorten(lab, json_object_get(one, "tale"), entries, text(one, "name"), &tale, err);
    (void)json_object_del(one, "tale");
    (void)json_object_set_new(one, "jurisdiction", json_string(lab->jurisdiction));
    const json_t *line = line_named(proof->lines, text(one, "name"));
    (void)json_object_set(one, "title", json_object_get(line, "title"));
    (void)json_object_set(one, "why", json_object_get(line, "why"));
    if (r >= 0) r = bf__prove_tell(lab, tale, entries, one, err);
    if (r >= 0 && json_array_append(crossed, one) < 0) r = no_memory(err);
    json_decref(tale);
  }
  return r;
}

static json_t *never(const struct bf__lab *lab, const char *kind, const json_t *found, bool actions) {
  json_t *out = json_array(), *stage, *action;
  const char *name, *own;
  char key[220];
  json_object_foreach(json_object_get(lab->view, "stages"), name, stage) {
    if (strcmp(text(stage, "kind"), kind) != 0) continue;
    if (!actions && !json_object_get(json_object_get(found, "opened"), name)) (void)json_array_append_new(out, json_string(name));
    if (actions) json_object_foreach(json_object_get(stage, "actions"), own, action) {
        const char *by = text(action, "by");
        (void)snprintf(key, sizeof key, "%s.%s", name, own);
        if (!(by && strcmp(by, "system") == 0) && !json_object_get(json_object_get(found, "taken"), key))
          (void)json_array_append_new(out, json_string(key));
      }
  }
  return out;
}

static int prove_kind(struct proof *proof, struct bf__lab *lab, const struct bf__marks *marks, const char *kind, double seconds,
                      json_t *kinds, json_t *crossed, struct bf_error *err) {
  struct bf__hunt_limits limits = {
      .seconds = seconds, .states = proof->options->states ? proof->options->states : STATES, .depth = DEPTH};
  json_t *found = NULL;
  proof->kind = kind;
  int r = bf__hunt(lab, marks, kind, proof->world, &limits, say, proof, &found, err);
  if (r < 0) return r;
  r = tell_all(proof, lab, found, crossed, err);
  (void)json_object_set_new(found, "crossed", json_integer((json_int_t)json_array_size(json_object_get(found, "crossed"))));
  (void)json_object_set_new(found, "never_opened", never(lab, kind, found, false));
  (void)json_object_set_new(found, "never_taken", never(lab, kind, found, true));
  if (json_object_set_new(kinds, kind, found) < 0 && r >= 0) r = no_memory(err);
  return r;
}

/* The kind with lines and the fewest stages that is not in DONE, or NULL. */
static const char *smallest(const struct bf__lab *lab, const json_t *done) {
  const char *kind, *found = NULL;
  json_t *yes;
  json_object_foreach(lab->lined, kind, yes) {
    if (json_object_get(done, kind)) continue;
    if (!found || stages_of(lab->view, kind) < stages_of(lab->view, found)) found = kind;
  }
  return found;
}

/* Every kind that has lines, each for as long as its stages are many. */
static int prove_view(struct proof *proof, json_t *view, double seconds, json_t *crossed, struct bf_error *err) {
  struct bf__lab lab;
  struct bf__marks *marks = calloc(1, sizeof *marks);
  json_t *kinds = json_object(), *yes;
  const char *kind;
  size_t total = 0, before = json_array_size(crossed);
  proof->jurisdiction = text(view, "jurisdiction");
  int r = marks && kinds ? bf__lab_open(&lab, proof->rules, proof->jurisdiction, err) : no_memory(err);
  if (r < 0) {
    free(marks);
    json_decref(kinds);
    return r;
  }
  bf__marks_collect(lab.view, marks);
  bf__marks_collect(proof->set->base, marks);
  r = ask_rules(proof, crossed, err);
  json_object_foreach(lab.lined, kind, yes) total += stages_of(lab.view, kind);
  double ends = now() + seconds;
  /* the small ones first: what they leave over is the largest one's */
  while (r >= 0 && (kind = smallest(&lab, kinds))) {
    size_t own = stages_of(lab.view, kind);
    r = prove_kind(proof, &lab, marks, kind, (ends - now()) * (double)own / (double)(total ? total : 1), kinds, crossed, err);
    total -= own;
  }
  (void)json_object_set_new(view, "ok", json_boolean(json_array_size(crossed) == before));
  (void)json_object_set_new(view, "kinds", kinds);
  bf__lab_close(&lab);
  free(marks);
  return r;
}

/* The whole ---------------------------------------------------------------------------------------------------------------------
 */

static int each_view(struct proof *proof, json_t *views, double seconds, json_t *crossed, struct bf_error *err) {
  size_t i, left = 0;
  json_t *view;
  int r = 0;
  json_array_foreach(views, i, view) {
    const json_t *known = json_object_get(proof->options->known, text(view, "hash"));
    if (json_is_true(json_object_get(known, "ok"))) {
      (void)json_object_update_missing(view, (json_t *)(uintptr_t)known);
      (void)json_object_set_new(view, "reused", json_true());
    } else {
      left++;
    }
  }
  if (seconds <= 0) seconds = BF__PROVE_SECONDS * (double)left;
  double ends = now() + seconds;
  json_array_foreach(views, i, view) {
    if (r < 0 || json_object_get(view, "reused")) continue;
    r = prove_view(proof, view, (ends - now()) / (double)left--, crossed, err);
  }
  return r;
}

static int only_county(json_t *views, const struct bf__ruleset *set, const char *code, struct bf_error *err) {
  size_t i = 0;
  const char *own = json_object_get(set->views, code) ? code : NULL;
  if (!json_object_get(json_object_get(set->base, "jurisdictions"), code))
    return bf_fail(err, BF_EINVAL, "county", "there is no jurisdiction '%s'", code);
  while (i < json_array_size(views)) {
    const char *is = text(json_array_get(views, i), "jurisdiction");
    bool keep = own ? strcmp(is, own) == 0 : json_object_get(set->views, is) == NULL;
    if (keep)
      i++;
    else
      (void)json_array_remove(views, i);
  }
  return 0;
}

int bf__prove(struct bf__ruleset *set, const struct bf__prove_options *options, bf__prove_progress progress, void *arg,
              json_t **ret, struct bf_error *err) {
  struct proof proof = {.set = set, .options = options, .progress = progress, .arg = arg};
  json_t *views = NULL, *crossed = json_array();
  double began = now(), seconds = options->seconds;
  int r = crossed ? bf__rules_new(set, &proof.rules, err) : no_memory(err);
  if (r >= 0) r = bf__rules_call(proof.rules, "prove_world", json_array(), &proof.world, err);
  if (r >= 0) r = bf__rules_call(proof.rules, "redlines", json_pack("[s]", ""), &proof.lines, err);
  if (r >= 0) r = bf__prove_views(set, &views, err);
  if (r >= 0 && options->county) r = only_county(views, set, options->county, err);
  if (r >= 0) r = each_view(&proof, views, seconds, crossed, err);
  if (r >= 0) {
    json_t *out =
        json_pack("{sb ss sf s{sf sI si} sO sO sO}", "ok", json_array_size(crossed) == 0, "hash", set->hash, "seconds",
                  now() - began, "bounds", "seconds", seconds > 0 ? seconds : BF__PROVE_SECONDS * (double)json_array_size(views),
                  "states", (json_int_t)(options->states ? options->states : STATES), "depth", DEPTH, "views", views, "crossed",
                  crossed, "lines", proof.lines);
    if (out)
      *ret = out;
    else
      r = no_memory(err);
  }
  json_decref(views);
  json_decref(crossed);
  json_decref(proof.world);
  json_decref(proof.lines);
  bf__rules_free(proof.rules);
  return r;
}
