#include "config.h"

#include <glob.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "calendar.h"
#include "form.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define NAME_BYTES 64

enum kind { PATH, CHOICE, NUMBER, LOAD, PLUGINS, RULES, URL };

struct key {
  const char *name;
  enum kind kind;
  size_t offset;              /* of the member of struct bf__config */
  const char *const *choices; /* CHOICE; the first is the default */
  int64_t value, least, most; /* NUMBER */
};

#define MEMBER(name) offsetof(struct bf__config, name)
static const char *const levels[] = {"info", "debug", "warn", "error", NULL};
static const char *const formats[] = {"auto", "json", "text", NULL};

static const struct key keys[] = {
    {"data", PATH, MEMBER(data), NULL, 0, 0, 0},
    {"scripts", PATH, MEMBER(scripts), NULL, 0, 0, 0},
    {"calendar", PATH, MEMBER(calendar), NULL, 0, 0, 0},
    {"plugin_dir", PATH, MEMBER(plugin_dir), NULL, 0, 0, 0},
    {"load", LOAD, MEMBER(load), NULL, 0, 0, 0},
    {"plugins", PLUGINS, MEMBER(plugins), NULL, 0, 0, 0},
    {"rules", RULES, 0, NULL, 0, 0, 0},
    {"log_level", CHOICE, MEMBER(log_level), levels, 0, 0, 0},
    {"log_format", CHOICE, MEMBER(log_format), formats, 0, 0, 0},
    {"readers", NUMBER, MEMBER(readers), NULL, 2, 1, 16},
    {"batch", NUMBER, MEMBER(batch), NULL, 256, 1, 4096},
    {"queue", NUMBER, MEMBER(queue), NULL, 10000, 64, 1000000},
    {"session_hours", NUMBER, MEMBER(session_hours), NULL, 12, 1, 720},
    {"document_bytes", NUMBER, MEMBER(document_bytes), NULL, (int64_t)1 << 30, 1024, (int64_t)16 << 30},
    {"public_url", URL, MEMBER(public_url), NULL, 0, 0, 0},
    {"urge_total", NUMBER, MEMBER(urge_total), NULL, 3, 0, 100},
    {"urge_daily", NUMBER, MEMBER(urge_daily), NULL, 1, 0, 100},
};

static const char *const default_load[] = {"storage_sqlite", "http", "scheduler", "notify_inbox", "console"};

static char **text_at(struct bf__config *config, const struct key *key) {
  return (char **)((char *)config + key->offset);
}
static json_t **json_at(struct bf__config *config, const struct key *key) {
  return (json_t **)((char *)config + key->offset);
}

static void put_number(struct bf__config *config, const struct key *key, int64_t value) {
  if (key->offset == MEMBER(readers))
    config->readers = (int)value;
  else
    *(int64_t *)((char *)config + key->offset) = value;
}

/* What the file said, for messages: as JSON, cut when long. */
static void describe(const json_t *value, char text[80]) {
  char *dump = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
  (void)snprintf(text, 80, "%.70s%s", dump ? dump : "?", dump && strlen(dump) > 70 ? " …" : "");
  free(dump);
}

static int wrong(struct bf_error *err, const char *where, const json_t *found, const char *allowed) {
  char text[80];
  describe(found, text);
  return bf_fail(err, BF_EINVAL, where, "found %s; allowed: %s", text, allowed);
}

static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "config", "no memory");
}

/* Paths. ---------------------------------------------------------------------------------------------------------------- */

static bool is_folder(const char *path) {
  struct stat info;
  return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* PATH from FOLDER (or from the current one when NULL), absolute, malloc'd; it need not exist. */
static char *absolute(const char *folder, const char *path) {
  char here[PATH_MAX], *text = NULL;
  if (*path == '/') return strdup(path);
  if (!folder && !getcwd(here, sizeof here)) return NULL;
  while (strncmp(path, "./", 2) == 0) path += 2;
  return asprintf(&text, "%s/%s", folder ? folder : here, path) < 0 ? NULL : text;
}

/* The folder of the file PATH: absolute, links resolved, malloc'd. */
static char *folder_of(const char *path) {
  char *real = realpath(path, NULL);
  char *slash = real ? strrchr(real, '/') : NULL;
  if (slash) slash[slash == real ? 1 : 0] = 0;
  return real;
}

/* The first match of "<program's folder>/<pattern>" that is there; malloc'd, or NULL. */
static char *beside_program(const char *const *patterns, bool want_folder) {
  char *home = folder_of("/proc/self/exe"), *found = NULL;
  for (; home && *patterns && !found; patterns++) {
    glob_t matches = {0};
    char *pattern = absolute(home, *patterns);
    if (pattern && glob(pattern, 0, NULL, &matches) == 0 && (!want_folder || is_folder(matches.gl_pathv[0])))
      found = realpath(matches.gl_pathv[0], NULL);
    globfree(&matches);
    free(pattern);
  }
  free(home);
  return found;
}

/* In a build folder inside the tree (programs, or tests one deeper), or installed. */
static const char *const near_config[] = {"banfa.json", "../../config/banfa.json", "../../../config/banfa.json",
                                          "../share/banfa/config/banfa.json", NULL};
static const char *const near_scripts[] = {"../../scripts", "../../../scripts", "../share/banfa/scripts", NULL};
static const char *const near_calendar[] = {"../../config/calendar", "../../../config/calendar", "../share/banfa/config/calendar",
                                            NULL};
static const char *const near_plugins[] = {"plugins", "../plugins", "../lib/*/banfa/plugins", "../lib*/banfa/plugins", NULL};

static int default_path(char **path, const char *const *near, const char *here) {
  if (*path) return 0;
  if (near) *path = beside_program(near, true);
  if (!*path) *path = absolute(NULL, here);
  return *path ? 0 : BF_ENOMEM;
}

/* Values. --------------------------------------------------------------------------------------------------------------- */

static int take_path(struct bf__config *config, const struct key *key, const json_t *value, const char *folder,
                     struct bf_error *err) {
  const char *text = json_string_value(value);
  if (!text || !*text) return wrong(err, key->name, value, "a path, as text");
  *text_at(config, key) = absolute(folder, text);
  return *text_at(config, key) ? 0 : no_memory(err);
}

static int take_choice(struct bf__config *config, const struct key *key, const json_t *value, struct bf_error *err) {
  const char *text = json_string_value(value);
  char allowed[80];
  (void)snprintf(allowed, sizeof allowed, "%s", key->choices[0]);
  for (int i = 0; key->choices[i]; i++) {
    size_t end = strlen(allowed);
    if (i > 0) (void)snprintf(allowed + end, sizeof allowed - end, ", %s", key->choices[i]);
    if (text && strcmp(text, key->choices[i]) == 0) {
      *text_at(config, key) = strdup(text);
      return *text_at(config, key) ? 0 : no_memory(err);
    }
  }
  return wrong(err, key->name, value, allowed);
}

static int take_number(struct bf__config *config, const struct key *key, const json_t *value, struct bf_error *err) {
  char allowed[80];
  (void)snprintf(allowed, sizeof allowed, "a whole number from %lld to %lld", (long long)key->least, (long long)key->most);
  if (!json_is_integer(value) || json_integer_value(value) < key->least || json_integer_value(value) > key->most)
    return wrong(err, key->name, value, allowed);
  put_number(config, key, json_integer_value(value));
  return 0;
}

/* A plugin's name becomes a file name: letters, digits and _ only. */
static bool is_plugin_name(const char *name) {
  return name && *name && strlen(name) < NAME_BYTES && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name);
}

static bool loads(const struct bf__config *config, const char *name) {
  size_t i;
  json_t *item;
  json_array_foreach(config->load, i, item) if (strcmp(json_string_value(item), name) == 0) return true;
  return false;
}

static int take_load(struct bf__config *config, const json_t *value, struct bf_error *err) {
  char where[32];
  size_t i;
  json_t *item;
  if (!json_is_array(value) || json_array_size(value) == 0)
    return wrong(err, "load", value, "a list of plugin names such as [\"storage_sqlite\", \"http\"]");
  config->load = json_array();
  json_array_foreach(value, i, item) {
    const char *name = json_string_value(item);
    (void)snprintf(where, sizeof where, "load[%zu]", i);
    if (!is_plugin_name(name)) return wrong(err, where, item, "a plugin's name: small letters, digits and _");
    if (config->load && loads(config, name)) return wrong(err, where, item, "each plugin once");
    if (json_array_append(config->load, item) < 0) return no_memory(err);
  }
  return 0;
}

static int take_plugins(struct bf__config *config, const json_t *value, struct bf_error *err) {
  char where[16 + NAME_BYTES];
  const char *name;
  json_t *options;
  if (!json_is_object(value)) return wrong(err, "plugins", value, "an object { plugin: { option: value } }");
  json_object_foreach((json_t *)value, name, options) {
    (void)snprintf(where, sizeof where, "plugins.%.60s", name);
    if (!json_is_object(options)) return wrong(err, where, options, "an object { option: value }");
  }
  config->plugins = json_deep_copy(value);
  return config->plugins ? 0 : no_memory(err);
}

static int take_switch(bool *to, const char *where, const json_t *value, struct bf_error *err) {
  if (!json_is_boolean(value)) return wrong(err, where, value, "true or false");
  *to = json_is_true(value);
  return 0;
}

/* { approval: "none"|"second", development, watch, prove: "required"|"off" } */
static int take_rules(struct bf__config *config, const json_t *value, struct bf_error *err) {
  static const char *const known[] = {"approval", "development", "watch", "prove"};
  const char *name;
  json_t *one;
  if (!json_is_object(value)) return wrong(err, "rules", value, "an object { approval, development, watch, prove }");
  json_object_foreach((json_t *)(uintptr_t)value, name, one) {
    int r = 0;
    if (strcmp(name, "approval") == 0) {
      const char *word = json_string_value(one);
      if (!word || (strcmp(word, "second") != 0 && strcmp(word, "none") != 0))
        return wrong(err, "rules.approval", one, "\"none\", \"second\"");
      config->rules_approval = strcmp(word, "second") == 0;
    } else if (strcmp(name, "prove") == 0) {
      const char *word = json_string_value(one);
      if (!word || (strcmp(word, "required") != 0 && strcmp(word, "off") != 0))
        return wrong(err, "rules.prove", one, "\"required\", \"off\"");
      config->rules_prove = strcmp(word, "required") == 0;
    } else if (strcmp(name, "development") == 0) {
      r = take_switch(&config->rules_development, "rules.development", one, err);
    } else if (strcmp(name, "watch") == 0) {
      r = take_switch(&config->rules_watch, "rules.watch", one, err);
    } else {
      const char *near = bf__nearest(name, known, COUNT(known));
      return bf_fail(err, BF_EINVAL, "rules",
                     "there is no such key \"%.60s\"%s%s%s; allowed: approval, development, watch, prove", name,
                     near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
    }
    if (r < 0) return r;
  }
  if (config->rules_approval && config->rules_development)
    return bf_fail(err, BF_EINVAL, "rules",
                   "approval by a second person and development mode, which asks nobody, exclude each other: choose one");
  return 0;
}

/* An address that links can begin with: its last slashes go. */
static int take_url(struct bf__config *config, const struct key *key, const json_t *value, struct bf_error *err) {
  const char *text = json_string_value(value);
  size_t length = text ? strlen(text) : 0;
  bool good = text && (strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0) && length < 300;
  for (size_t i = 0; good && i < length; i++) good = (unsigned char)text[i] > ' ' && !strchr("<>\"'`{}|", text[i]);
  while (good && length && text[length - 1] == '/') length--;
  if (!good || length <= 8) return wrong(err, key->name, value, "an address such as \"https://banfa.example.gov.cn\"");
  free(*text_at(config, key));
  *text_at(config, key) = strndup(text, length);
  return *text_at(config, key) ? 0 : no_memory(err);
}

static int take(struct bf__config *config, const struct key *key, const json_t *value, const char *folder, struct bf_error *err) {
  switch (key->kind) {
  case PATH:
    return take_path(config, key, value, folder, err);
  case CHOICE:
    return take_choice(config, key, value, err);
  case NUMBER:
    return take_number(config, key, value, err);
  case LOAD:
    return take_load(config, value, err);
  case PLUGINS:
    return take_plugins(config, value, err);
  case RULES:
    return take_rules(config, value, err);
  case URL:
    return take_url(config, key, value, err);
  }
  return BF_EINVAL;
}

/* The file. ------------------------------------------------------------------------------------------------------------- */

static int unknown_key(const char *name, struct bf_error *err) {
  const char *known[COUNT(keys)];
  char list[320] = "";
  for (size_t i = 0; i < COUNT(keys); i++) {
    size_t end = strlen(list);
    known[i] = keys[i].name;
    (void)snprintf(list + end, sizeof list - end, "%s%s", i ? ", " : "", keys[i].name);
  }
  const char *near = bf__nearest(name, known, COUNT(keys));
  if (near) return bf_fail(err, BF_EINVAL, name, "there is no such key; did you mean \"%s\"? Allowed: %s", near, list);
  return bf_fail(err, BF_EINVAL, name, "there is no such key; allowed: %s", list);
}

static int take_file(struct bf__config *config, const json_t *root, const char *folder, struct bf_error *err) {
  const char *name;
  json_t *value;
  json_object_foreach((json_t *)root, name, value) {
    const struct key *key = NULL;
    for (size_t i = 0; i < COUNT(keys); i++)
      if (strcmp(keys[i].name, name) == 0) key = &keys[i];
    int r = key ? take(config, key, value, folder, err) : unknown_key(name, err);
    if (r < 0) return r;
  }
  return 0;
}

static int read_file(struct bf__config *config, struct bf_error *err) {
  json_error_t fault;
  char where[160];
  json_t *root = json_load_file(config->path, JSON_REJECT_DUPLICATES, &fault);
  char *folder = folder_of(config->path);
  int r = 0;
  if (!root && fault.line < 0) {
    r = bf_fail(err, BF_EIO, config->path, "%s. Give another with --config FILE", fault.text);
  } else if (!root) {
    (void)snprintf(where, sizeof where, "%.140s:%d", config->path, fault.line);
    r = bf_fail(err, BF_EINVAL, where, "is not JSON: %s", fault.text);
  } else if (!json_is_object(root)) {
    r = bf_fail(err, BF_EINVAL, config->path, "holds no object: allowed is { \"key\": value, … }");
  } else {
    r = folder ? take_file(config, root, folder, err) : no_memory(err);
  }
  json_decref(root);
  free(folder);
  return r;
}

/* Which file: the one asked for, ./config/banfa.json, or the one that came with the program; or none. */
static int find_file(struct bf__config *config, const char *asked, struct bf_error *err) {
  if (asked)
    config->path = absolute(NULL, asked);
  else if (access("config/banfa.json", F_OK) == 0)
    config->path = absolute(NULL, "config/banfa.json");
  else
    config->path = beside_program(near_config, false);
  return config->path || !asked ? 0 : no_memory(err);
}

/* Defaults and overrides. ----------------------------------------------------------------------------------------------- */

static int fill_load(struct bf__config *config) {
  if (config->load) return 0;
  config->load = json_array();
  for (size_t i = 0; i < COUNT(default_load); i++)
    if (json_array_append_new(config->load, json_string(default_load[i])) < 0) return BF_ENOMEM;
  return 0;
}

static int fill(struct bf__config *config, struct bf_error *err) {
  for (size_t i = 0; i < COUNT(keys); i++)
    if (keys[i].kind == CHOICE && !*text_at(config, &keys[i]) && !(*text_at(config, &keys[i]) = strdup(keys[i].choices[0])))
      return no_memory(err);
  if (!config->plugins) config->plugins = json_object();
  if (!config->plugins || fill_load(config) < 0 || default_path(&config->data, NULL, "data") < 0 ||
      default_path(&config->scripts, near_scripts, "scripts") < 0 ||
      default_path(&config->calendar, near_calendar, "config/calendar") < 0 ||
      default_path(&config->plugin_dir, near_plugins, "plugins") < 0)
    return no_memory(err);
  return 0;
}

static int override_path(char **path, const char *given, struct bf_error *err) {
  if (!given) return 0;
  free(*path);
  *path = absolute(NULL, given);
  return *path ? 0 : no_memory(err);
}

/* Loopback unless told otherwise. */
static int override_listen(struct bf__config *config, const char *given, struct bf_error *err) {
  const char *listen = given ? given : "127.0.0.1:8080";
  if (!given && (!loads(config, "http") || json_object_get(json_object_get(config->plugins, "http"), "listen"))) return 0;
  if (!loads(config, "http"))
    return bf_fail(err, BF_EINVAL, "--listen", "the http plugin is not loaded: add \"http\" to \"load\" in %s",
                   config->path ? config->path : "the configuration");
  json_t *http = json_object_get(config->plugins, "http");
  if (!http && json_object_set_new(config->plugins, "http", http = json_object()) < 0) return no_memory(err);
  return json_object_set_new(http, "listen", json_string(listen)) < 0
             ? bf_fail(err, BF_EINVAL, "--listen", "is not UTF-8 text; allowed: ADDRESS:PORT")
             : 0;
}

static int override_clock(struct bf__config *config, const char *text, struct bf_error *err) {
  if (!text) return 0;
  if (bf__moment_parse(text, strlen(text), &config->clock_at) < 0)
    return bf_fail(err, BF_EINVAL, "--clock",
                   "found \"%.60s\"; allowed: a moment such as 2022-09-01 or 2022-09-01T08:30, with +08:00, Z or nothing (= "
                   "+08:00) behind it",
                   text);
  config->clock_is_virtual = true;
  return 0;
}

/* A section for a plugin that is not loaded would be passed over in silence: nearly always a slip of the pen. */
static int check_sections(const struct bf__config *config, struct bf_error *err) {
  const char *known[64], *name;
  char where[16 + NAME_BYTES];
  json_t *value;
  size_t count = json_array_size(config->load) < COUNT(known) ? json_array_size(config->load) : COUNT(known);
  for (size_t i = 0; i < count; i++) known[i] = json_string_value(json_array_get(config->load, i));
  json_object_foreach(config->plugins, name, value) {
    if (loads(config, name)) continue;
    const char *near = bf__nearest(name, known, count);
    (void)snprintf(where, sizeof where, "plugins.%.60s", name);
    if (near) return bf_fail(err, BF_EINVAL, where, "no such plugin is in \"load\"; did you mean \"%s\"?", near);
    return bf_fail(err, BF_EINVAL, where, "no such plugin is in \"load\": add it there, or take this section out");
  }
  return 0;
}

int bf__config_load(const struct bf__overrides *overrides, struct bf__config *ret, struct bf_error *err) {
  struct bf__config config = {.rules_watch = true, .rules_prove = true};
  for (size_t i = 0; i < COUNT(keys); i++)
    if (keys[i].kind == NUMBER) put_number(&config, &keys[i], keys[i].value);
  int r = find_file(&config, overrides->config, err);
  if (r >= 0 && config.path) r = read_file(&config, err);
  if (r >= 0) r = override_path(&config.data, overrides->data, err);
  if (r >= 0) r = override_path(&config.scripts, overrides->scripts, err);
  if (r >= 0) r = fill(&config, err);
  if (r >= 0) r = override_listen(&config, overrides->listen, err);
  if (r >= 0) r = override_clock(&config, overrides->clock, err);
  if (r >= 0) r = check_sections(&config, err);
  if (r < 0)
    bf__config_done(&config);
  else
    *ret = config;
  return r;
}

void bf__config_done(struct bf__config *config) {
  if (!config) return;
  for (size_t i = 0; i < COUNT(keys); i++) {
    if (keys[i].kind == PATH || keys[i].kind == CHOICE || keys[i].kind == URL)
      free(*text_at(config, &keys[i]));
    else if (keys[i].kind == LOAD || keys[i].kind == PLUGINS)
      json_decref(*json_at(config, &keys[i]));
  }
  free(config->path);
  *config = (struct bf__config){0};
}
