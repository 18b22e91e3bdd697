/* `banfa rules new`: starts a jurisdiction's amendment from a template, a folder of files beside the scripts. What comes out is
 * checked and its law cases are run before the first file is written. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd_rules.h"
#include "form.h"
#include "law.h"

#define NAMES 64
#define ENDING ".lua.in" /* so that the templates themselves are no rules */
#define TEMPLATE_BYTES (256 * 1024)

struct making {
  const char *scripts, *code;
  const json_t *place; /* { zh, en } of the jurisdiction */
  json_t *files;       /* path below SCRIPTS → text */
};

static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "rules new", "no memory");
}

/* WORD is none of KNOWN's names: says so, with the nearest. */
static int unknown(const char *what, const char *word, const json_t *known, struct bf_error *err) {
  const char *names[NAMES], *name;
  char all[400] = "";
  size_t count = 0, used = 0;
  json_t *one;
  json_object_foreach((json_t *)(uintptr_t)known, name, one) {
    if (count < NAMES) names[count++] = name;
    int n = used < sizeof all ? snprintf(all + used, sizeof all - used, "%s%s", used ? ", " : "", name) : 0;
    used += n > 0 ? (size_t)n : 0;
  }
  const char *near = bf__nearest(word, names, count);
  return bf_fail(err, BF_ENOTFOUND, word, "没有此%s · there is no such one%s%s%s (%s)", what,
                 near ? ";是否要 · did you mean " : "", near ? near : "", near ? "?" : "", all);
}

/* TEXT with @CODE@, @ZH@ and @EN@ replaced. */
static json_t *filled(const struct making *making, const char *text) {
  const struct {
    const char *mark, *value;
  } all[] = {{"@CODE@", making->code},
             {"@ZH@", json_string_value(json_object_get(making->place, "zh"))},
             {"@EN@", json_string_value(json_object_get(making->place, "en"))}};
  char *out = NULL;
  size_t length = 0;
  FILE *to = open_memstream(&out, &length);
  if (!to) return NULL;
  while (*text) {
    size_t plain = strcspn(text, "@"), i = 0;
    (void)fwrite(text, 1, plain, to);
    text += plain;
    while (i < 3 && strncmp(text, all[i].mark, strlen(all[i].mark)) != 0) i++;
    if (i < 3) {
      (void)fputs(all[i].value ? all[i].value : "", to);
      text += strlen(all[i].mark);
    } else if (*text) {
      (void)fputc(*text++, to);
    }
  }
  json_t *made = fclose(to) == 0 ? json_stringn(out, length) : NULL;
  free(out);
  return made;
}

/* Every template file below FOLDER, under its place in counties/CODE/. */
static int take_folder(const struct making *making, const char *folder, const char *prefix, struct bf_error *err) {
  DIR *dir = opendir(folder);
  int r = 0;
  if (!dir) return bf_fail(err, BF_EIO, folder, "cannot be read: %s", strerror(errno));
  for (struct dirent *entry; r >= 0 && (entry = readdir(dir));) {
    char path[1024], name[512];
    struct stat info;
    size_t length = strlen(entry->d_name);
    if (entry->d_name[0] == '.') continue;
    if (snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) >= (int)sizeof path ||
        snprintf(name, sizeof name, "%s%s", prefix, entry->d_name) >= (int)sizeof name || stat(path, &info) < 0) {
      r = bf_fail(err, BF_EIO, path, "cannot be read");
    } else if (S_ISDIR(info.st_mode)) {
      (void)strncat(name, "/", sizeof name - strlen(name) - 1);
      r = strlen(prefix) < 100 ? take_folder(making, path, name, err) : bf_fail(err, BF_ELIMIT, path, "folders too deep");
    } else if (length > strlen(ENDING) && strcmp(entry->d_name + length - strlen(ENDING), ENDING) == 0) {
      char *text = NULL;
      size_t size = 0;
      name[strlen(name) - 3] = '\0'; /* ".in" */
      r = bf__read_whole(path, TEMPLATE_BYTES, &text, &size, err);
      if (r >= 0 && json_object_set_new(making->files, name, filled(making, text)) < 0) r = no_memory(err);
      free(text);
    }
  }
  (void)closedir(dir);
  return r;
}

/* The folders of SCRIPTS/templates, as the names of an object. */
static json_t *templates_of(const char *scripts) {
  char path[1024];
  json_t *names = json_object();
  (void)snprintf(path, sizeof path, "%s/templates", scripts);
  DIR *dir = opendir(path);
  for (struct dirent *entry; dir && (entry = readdir(dir));)
    if (entry->d_name[0] != '.' && !strchr(entry->d_name, '.')) (void)json_object_set_new(names, entry->d_name, json_true());
  if (dir) (void)closedir(dir);
  return names;
}

static int take_template(const struct making *making, const char *name, struct bf_error *err) {
  char folder[1024], prefix[64];
  json_t *known = templates_of(making->scripts);
  int r = json_object_get(known, name) ? 0 : unknown("模板", name, known, err);
  json_decref(known);
  (void)snprintf(prefix, sizeof prefix, "counties/%s/", making->code);
  if (r >= 0 && snprintf(folder, sizeof folder, "%s/templates/%s", making->scripts, name) >= (int)sizeof folder)
    r = bf_fail(err, BF_ELIMIT, name, "the path is too long");
  return r < 0 ? r : take_folder(making, folder, prefix, err);
}

/* Nothing that is there is written over. */
static int none_there(const struct making *making, struct bf_error *err) {
  const char *name;
  json_t *text;
  json_object_foreach(making->files, name, text) {
    char path[1600];
    struct stat info;
    (void)snprintf(path, sizeof path, "%s/%s", making->scripts, name);
    if (stat(path, &info) == 0)
      return bf_fail(err, BF_EREFUSED, path,
                     "已经存在,不覆盖:请改原文件或另选模板 · it is there and is not written over: change it, "
                     "or choose another template");
  }
  return 0;
}

/* The ruleset as it would be, checked, every law case of it run. */
static int try_it(const struct making *making, const struct bf__ruleset *set, struct bf_error *err) {
  json_t *bundle = bf__ruleset_bundle(set), *files = bundle ? json_copy(json_object_get(bundle, "files")) : NULL, *report = NULL,
         *one;
  struct bf__ruleset *made = NULL;
  size_t i;
  int r = files && json_object_update(files, making->files) == 0 && json_object_set_new(bundle, "files", json_incref(files)) == 0
              ? 0
              : no_memory(err);
  if (r >= 0) r = bf__ruleset_from_bundle(bundle, &made, err);
  if (r >= 0) r = bf__law_run(made, &report, err);
  json_array_foreach(json_object_get(report, "cases"), i, one) {
    const char *why = json_string_value(json_object_get(one, "why")), *path = json_string_value(json_object_get(one, "path"));
    if (r >= 0 && why && json_object_get(making->files, path)) r = bf_fail(err, BF_EINVAL, path, "%s", why);
  }
  json_decref(report);
  bf__ruleset_unref(made);
  json_decref(files);
  json_decref(bundle);
  return r;
}

/* The folders on the way to PATH. */
static int make_folders(char *path, struct bf_error *err) {
  for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    int failed = mkdir(path, 0777) < 0 && errno != EEXIST;
    if (failed) return bf_fail(err, BF_EIO, path, "cannot be made: %s", strerror(errno));
    *slash = '/';
  }
  return 0;
}

static int write_all(const struct making *making, struct bf_error *err) {
  const char *name;
  json_t *text;
  json_object_foreach(making->files, name, text) {
    char path[1600];
    if (snprintf(path, sizeof path, "%s/%s", making->scripts, name) >= (int)sizeof path)
      return bf_fail(err, BF_ELIMIT, name, "the path is too long");
    int r = make_folders(path, err);
    if (r < 0) return r;
    FILE *file = fopen(path, "wbx");
    bool done = file && fwrite(json_string_value(text), 1, json_string_length(text), file) == json_string_length(text);
    if (file && fclose(file) != 0) done = false;
    if (!done) return bf_fail(err, BF_EIO, path, "cannot be written: %s", strerror(errno));
  }
  return 0;
}

static void tell(const struct bf__cli *cli, const struct making *making) {
  const char *name;
  json_t *text, *body = json_pack("{s:b, s:s, s:[]}", "ok", 1, "jurisdiction", making->code, "files");
  if (!cli->json)
    (void)printf("已建立 · started: %s %s\n", making->code, json_string_value(json_object_get(making->place, "zh")));
  json_object_foreach(making->files, name, text) {
    if (!cli->json) (void)printf("  %s/%s\n", making->scripts, name);
    (void)json_array_append_new(json_object_get(body, "files"), json_string(name));
  }
  if (cli->json)
    bf__print_json(body);
  else
    (void)printf("接着 · next: banfa rules check %s && banfa rules test %s\n", making->scripts, making->scripts);
  json_decref(body);
}

int bf__rules_begin(struct bf__cli *cli, const char *code, const char *scripts, const char *template_) {
  struct bf_error err = {0};
  struct bf__ruleset *set = NULL;
  int r = bf__cli_config(cli, &err);
  struct making making = {.scripts = scripts ? scripts : cli->config.scripts, .code = code, .files = json_object()};
  if (r >= 0) r = making.files ? bf__ruleset_read(making.scripts, cli->config.calendar, &set, &err) : no_memory(&err);
  const json_t *places = set ? json_object_get(set->base, "jurisdictions") : NULL;
  making.place = json_object_get(places, code);
  if (r >= 0 && !making.place) r = unknown("辖区代码", code, places, &err);
  if (r >= 0) r = take_template(&making, template_ ? template_ : "blank", &err);
  if (r >= 0) r = none_there(&making, &err);
  if (r >= 0) r = try_it(&making, set, &err);
  if (r >= 0) r = write_all(&making, &err);
  if (r >= 0) tell(cli, &making);
  json_decref(making.files);
  bf__ruleset_unref(set);
  return r < 0 ? bf__cli_fail(&err) : BF__DONE;
}
