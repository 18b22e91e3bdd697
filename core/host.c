#include "host.h"

#include <ctype.h>
#include <dirent.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "form.h"
#include "log.h"
#include "options.h"
#include "plugin_order.h"

#define ABI 1u /* what this host speaks; include/banfa/plugin.h is its text */
#define PLUGINS_MAX BF__PLUGINS_MAX
#define SERVICES_MAX 128
#define NAME_MAX_BYTES 64

struct plugin {
  struct bf_host face; /* what the plugin sees; its context is this record */
  struct bf__host *host;
  void *object; /* from dlopen */
  const struct bf_plugin *descriptor;
  struct bf__options options;
  void *self;
  bool started;
};

struct service {
  char name[NAME_MAX_BYTES];
  uint32_t version;
  const void *service;
  const struct plugin *owner; /* NULL: the core */
};

struct bf__host {
  struct bf__host_config config; /* its texts are the caller's: use the copies below */
  char *plugin_dir, *data_dir;
  struct plugin *plugins[PLUGINS_MAX]; /* in the order of loading */
  size_t plugin_count;
  struct plugin *started[PLUGINS_MAX]; /* in the order of starting */
  size_t started_count;
  struct service services[SERVICES_MAX];
  size_t service_count;
};

/* Services ---------------------------------------------------------------------------------------------------------------- */

/* Splits "name/version". False when it is not of that form. */
static bool split_service(const char *text, char ret_name[NAME_MAX_BYTES], uint32_t *ret_version) {
  const char *slash = strchr(text, '/');
  char *end = NULL;
  if (!slash || slash == text || slash - text >= NAME_MAX_BYTES || !isdigit((unsigned char)slash[1])) return false;
  unsigned long version = strtoul(slash + 1, &end, 10);
  if (*end == '?' && !end[1]) end++; /* a wish: plugin_order.c */
  if (*end || version < 1 || version > 1000000) return false;
  memcpy(ret_name, text, (size_t)(slash - text));
  ret_name[slash - text] = '\0';
  *ret_version = (uint32_t)version;
  return true;
}

static const struct service *find_service(const struct bf__host *host, const char *name, uint32_t version) {
  for (size_t i = 0; name && i < host->service_count; i++)
    if (host->services[i].version == version && strcmp(host->services[i].name, name) == 0) return &host->services[i];
  return NULL;
}

static struct plugin *announcer(const struct bf__host *host, const char *service) {
  for (size_t i = 0; i < host->plugin_count; i++)
    if (bf__plugin_lists(host->plugins[i]->descriptor->provides, service)) return host->plugins[i];
  return NULL;
}

static int add_service(struct bf__host *host, const struct plugin *owner, const char *name, uint32_t version, const void *service,
                       struct bf_error *err) {
  const char *who = owner ? owner->descriptor->name : "core";
  if (!name || !name[0] || strlen(name) >= NAME_MAX_BYTES || version < 1 || !service)
    return bf_fail(err, BF_EINVAL, who, "a service needs a name, a version from 1 and something to provide");
  if (find_service(host, name, version))
    return bf_fail(err, BF_EINVAL, who, "the service '%s/%u' is provided already", name, version);
  if (host->service_count == SERVICES_MAX) return bf_fail(err, BF_ELIMIT, who, "more than %d services", SERVICES_MAX);
  struct service *added = &host->services[host->service_count++];
  *added = (struct service){.version = version, .service = service, .owner = owner};
  (void)snprintf(added->name, sizeof added->name, "%s", name);
  return 0;
}

static void drop_services(struct bf__host *host, const struct plugin *owner) {
  size_t kept = 0;
  for (size_t i = 0; i < host->service_count; i++)
    if (host->services[i].owner != owner) host->services[kept++] = host->services[i];
  host->service_count = kept;
}

int bf__host_provide(struct bf__host *host, const char *name, uint32_t version, const void *service, struct bf_error *err) {
  char text[NAME_MAX_BYTES + 16];
  (void)snprintf(text, sizeof text, "%s/%u", name ? name : "", version);
  const struct plugin *other = announcer(host, text);
  if (other)
    return bf_fail(err, BF_EINVAL, "core", "the service '%s' is the plugin '%s''s already", text, other->descriptor->name);
  return add_service(host, NULL, name, version, service, err);
}

const char *bf__host_service_name(const struct bf__host *host, size_t i) {
  return i < host->service_count ? host->services[i].name : NULL;
}

const void *bf__host_service(const struct bf__host *host, const char *name, uint32_t version) {
  const struct service *found = find_service(host, name, version);
  return found ? found->service : NULL;
}

/* What plugins call ------------------------------------------------------------------------------------------------------- */

static void face_log(void *context, enum bf_log_level level, const char *event, const char *format, ...) {
  const struct plugin *plugin = context;
  va_list args;
  va_start(args, format);
  plugin->host->config.log(level, event, format, args);
  va_end(args);
}

static const struct bf__option_value *option(struct plugin *plugin, enum bf_option_type type, const char *name) {
  static const struct bf__option_value none = {0, NULL};
  const struct bf__option_value *value = bf__options_find(&plugin->options, type, name);
  if (!value)
    face_log(plugin, BF_LOG_ERROR, "plugin.option", "the plugin '%s' asks for an option its table does not have: %s",
             plugin->descriptor->name, name ? name : "");
  return value ? value : &none;
}

static int64_t face_option_int(void *context, const char *name) {
  return option(context, BF_OPTION_INT, name)->number;
}
static bool face_option_bool(void *context, const char *name) {
  return option(context, BF_OPTION_BOOL, name)->number != 0;
}
static const char *face_option_text(void *context, const char *name) {
  const char *text = option(context, BF_OPTION_TEXT, name)->text;
  return text ? text : "";
}

static int face_provide(void *context, const char *name, uint32_t version, const void *service, struct bf_error *err) {
  struct plugin *plugin = context;
  char text[NAME_MAX_BYTES + 16];
  (void)snprintf(text, sizeof text, "%s/%u", name ? name : "", version);
  if (!bf__plugin_lists(plugin->descriptor->provides, text))
    return bf_fail(err, BF_EINVAL, plugin->descriptor->name, "the plugin provides '%s' but its descriptor does not announce it",
                   text);
  return add_service(plugin->host, plugin, name, version, service, err);
}

/* An undeclared need works or not by the luck of the order, so it is told even when it works. */
static const void *face_service(void *context, const char *name, uint32_t version) {
  struct plugin *plugin = context;
  char text[NAME_MAX_BYTES + 16];
  (void)snprintf(text, sizeof text, "%s/%u", name ? name : "", version);
  if (!bf__plugin_asks(plugin->descriptor->needs, text))
    face_log(plugin, BF_LOG_WARN, "plugin.undeclared", "the plugin '%s' uses '%s' without listing it in its needs",
             plugin->descriptor->name, text);
  return bf__host_service(plugin->host, name, version);
}

static int64_t face_now(void *context) {
  const struct plugin *plugin = context;
  return plugin->host->config.now(plugin->host->config.now_arg);
}

static const char *face_data_dir(void *context) {
  const struct plugin *plugin = context;
  return plugin->host->data_dir;
}

/* Loading ----------------------------------------------------------------------------------------------------------------- */

static bool is_plugin_name(const char *name) {
  size_t length = name ? strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") : 0;
  return length > 0 && length < NAME_MAX_BYTES && name[length] == '\0';
}

/* The plugin in the folder whose name is nearest to NAME, strdup'ed, or NULL. */
static char *nearest_plugin(const struct bf__host *host, const char *name) {
  char *known[PLUGINS_MAX];
  size_t count = 0;
  DIR *dir = opendir(host->plugin_dir);
  for (struct dirent *entry; dir && count < PLUGINS_MAX && (entry = readdir(dir));) {
    size_t length = strlen(entry->d_name);
    if (length <= 3 || strcmp(entry->d_name + length - 3, ".so") != 0) continue;
    known[count] = strndup(entry->d_name, length - 3);
    if (known[count]) count++;
  }
  if (dir) (void)closedir(dir);
  const char *near = count ? bf__nearest(name, (const char *const *)known, count) : NULL;
  char *result = near ? strdup(near) : NULL;
  for (size_t i = 0; i < count; i++) free(known[i]);
  return result;
}

static int open_object(struct plugin *plugin, const char *name, struct bf_error *err) {
  char path[4096];
  if (snprintf(path, sizeof path, "%s/%s.so", plugin->host->plugin_dir, name) >= (int)sizeof path)
    return bf_fail(err, BF_ELIMIT, name, "the plugin folder's name is too long");
  if (access(path, F_OK) != 0) {
    char *near = nearest_plugin(plugin->host, name);
    int r = near ? bf_fail(err, BF_ENOTFOUND, name, "there is no plugin '%s' in %s; did you mean '%s'?", name,
                           plugin->host->plugin_dir, near)
                 : bf_fail(err, BF_ENOTFOUND, name, "there is no plugin '%s' in %s", name, plugin->host->plugin_dir);
    free(near);
    return r;
  }
  plugin->object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!plugin->object) {
    const char *why = dlerror();
    return bf_fail(err, BF_EIO, name, "the plugin '%s' can't be loaded: %s", name, why ? why : "no reason given");
  }
  plugin->descriptor = dlsym(plugin->object, "banfa_plugin");
  if (!plugin->descriptor) return bf_fail(err, BF_EINVAL, name, "%s is no plugin: it does not export 'banfa_plugin'", path);
  return 0;
}

static int check_services(const char *name, const char *what, const char *const *list, struct bf_error *err) {
  char service[NAME_MAX_BYTES];
  uint32_t version;
  for (; list && *list; list++)
    if (!split_service(*list, service, &version))
      return bf_fail(err, BF_EINVAL, name, "the plugin '%s' %s '%s': services are written \"name/version\"", name, what, *list);
  return 0;
}

/* The ABI is looked at before anything else: where it differs, no other field means what we think. */
static int check_descriptor(const char *name, const struct bf_plugin *found, struct bf_error *err) {
  if (found->abi != ABI)
    return bf_fail(err, BF_EVERSION, name,
                   "the plugin '%s' was built for ABI %u, this program speaks %u: build it again with this program's headers",
                   name, found->abi, ABI);
  if (found->size < sizeof *found)
    return bf_fail(err, BF_EVERSION, name,
                   "the descriptor of the plugin '%s' says %u bytes, ABI %u has %zu: set `size` to sizeof(struct bf_plugin)",
                   name, found->size, ABI, sizeof *found);
  if (!found->name || strcmp(found->name, name) != 0)
    return bf_fail(err, BF_EINVAL, name, "the file %s.so holds a plugin that calls itself '%s'", name,
                   found->name ? found->name : "");
  if (!found->version || !found->start || !found->stop)
    return bf_fail(err, BF_EINVAL, name, "the descriptor of the plugin '%s' lacks its version, start or stop", name);
  int r = check_services(name, "needs", found->needs, err);
  return r < 0 ? r : check_services(name, "provides", found->provides, err);
}

static int check_duplicates(const struct bf__host *host, const struct bf_plugin *found, struct bf_error *err) {
  char name[NAME_MAX_BYTES];
  uint32_t version = 0;
  for (const char *const *service = found->provides; service && *service; service++) {
    const struct plugin *other = announcer(host, *service);
    bool cores = split_service(*service, name, &version) && find_service(host, name, version);
    if (other || cores)
      return bf_fail(err, BF_EINVAL, found->name, "the plugins '%s' and '%s' both provide '%s': load one of them",
                     other ? other->descriptor->name : "core", found->name, *service);
  }
  return 0;
}

static struct plugin *new_plugin(struct bf__host *host) {
  struct plugin *plugin = calloc(1, sizeof *plugin);
  if (!plugin) return NULL;
  plugin->host = host;
  plugin->face = (struct bf_host){.size = sizeof plugin->face,
                                  .context = plugin,
                                  .loop = host->config.loop,
                                  .log = face_log,
                                  .option_int = face_option_int,
                                  .option_bool = face_option_bool,
                                  .option_text = face_option_text,
                                  .provide = face_provide,
                                  .service = face_service,
                                  .now = face_now,
                                  .data_dir = face_data_dir};
  return plugin;
}

static void free_plugin(struct plugin *plugin) {
  bf__options_done(&plugin->options);
#ifndef BF_SANITIZED /* the leak checker reads a plugin's stacks at exit: there it stays mapped */
  if (plugin->object) (void)dlclose(plugin->object);
#endif
  free(plugin);
}

int bf__host_load(struct bf__host *host, const char *name, const json_t *options, struct bf_error *err) {
  if (!is_plugin_name(name))
    return bf_fail(err, BF_EINVAL, "load", "'%.60s' can't be the name of a plugin: small letters, digits and _, fewer than %d",
                   name ? name : "", NAME_MAX_BYTES);
  for (size_t i = 0; i < host->plugin_count; i++)
    if (strcmp(host->plugins[i]->descriptor->name, name) == 0)
      return bf_fail(err, BF_EINVAL, "load", "the plugin '%s' is listed twice", name);
  if (host->plugin_count == PLUGINS_MAX) return bf_fail(err, BF_ELIMIT, "load", "more than %d plugins", PLUGINS_MAX);
  struct plugin *plugin = new_plugin(host);
  if (!plugin) return bf_fail(err, BF_ENOMEM, name, "no memory");
  int r = open_object(plugin, name, err);
  if (r >= 0) r = check_descriptor(name, plugin->descriptor, err);
  if (r >= 0) r = check_duplicates(host, plugin->descriptor, err);
  if (r >= 0) r = bf__options_read(name, plugin->descriptor->options, options, &plugin->options, err);
  if (r < 0)
    free_plugin(plugin);
  else
    host->plugins[host->plugin_count++] = plugin;
  return r;
}

/* Starting and stopping ---------------------------------------------------------------------------------------------------- */

static bool has_service(void *arg, const char *service) {
  char name[NAME_MAX_BYTES];
  uint32_t version;
  return split_service(service, name, &version) && find_service(arg, name, version);
}

static int check_promises(struct bf__host *host, const struct plugin *plugin, struct bf_error *err) {
  for (const char *const *service = plugin->descriptor->provides; service && *service; service++)
    if (!has_service(host, *service))
      return bf_fail(err, BF_EINVAL, plugin->descriptor->name,
                     "the plugin '%s' announces '%s' but did not provide it when it started", plugin->descriptor->name, *service);
  return 0;
}

static void stop_plugin(struct bf__host *host, struct plugin *plugin) {
  drop_services(host, plugin);
  plugin->started = false;
  plugin->descriptor->stop(plugin->self);
  plugin->self = NULL;
}

static int start_plugin(struct bf__host *host, struct plugin *plugin, struct bf_error *err) {
  const char *name = plugin->descriptor->name;
  struct bf_error why = {0};
  int r = plugin->descriptor->start(&plugin->face, &plugin->self, &why);
  if (r != 0) {
    drop_services(host, plugin);
    plugin->self = NULL;
    return bf_fail(err, r < 0 ? r : BF_ESTATE, why.where[0] ? why.where : name, "the plugin '%s' did not start: %s", name,
                   why.message[0] ? why.message : "it gave no reason");
  }
  plugin->started = true;
  host->started[host->started_count++] = plugin;
  return check_promises(host, plugin, err);
}

void bf__host_stop_to(struct bf__host *host, size_t count) {
  while (host->started_count > count) stop_plugin(host, host->started[--host->started_count]);
}

int bf__host_start(struct bf__host *host, struct bf_error *err) {
  const struct bf_plugin *descriptors[PLUGINS_MAX] = {NULL};
  struct plugin *waiting[PLUGINS_MAX];
  size_t order[PLUGINS_MAX], count = 0, before = host->started_count;
  for (size_t i = 0; i < host->plugin_count; i++) {
    if (host->plugins[i]->started) continue;
    waiting[count] = host->plugins[i];
    descriptors[count++] = host->plugins[i]->descriptor;
  }
  int r = bf__plugin_order(descriptors, count, has_service, host, order, err);
  for (size_t i = 0; r >= 0 && i < count; i++) r = start_plugin(host, waiting[order[i]], err);
  if (r < 0) bf__host_stop_to(host, before);
  return r;
}

void bf__host_stop(struct bf__host *host) {
  if (host) bf__host_stop_to(host, 0);
}

int bf__host_new(const struct bf__host_config *config, struct bf__host **ret, struct bf_error *err) {
  struct bf__host *host = calloc(1, sizeof *host);
  if (!host) return bf_fail(err, BF_ENOMEM, "host", "no memory");
  host->config = *config;
  if (!host->config.log) host->config.log = bf__logv;
  host->plugin_dir = strdup(config->plugin_dir);
  host->data_dir = strdup(config->data_dir);
  if (!host->plugin_dir || !host->data_dir) {
    bf__host_free(host);
    return bf_fail(err, BF_ENOMEM, "host", "no memory");
  }
  *ret = host;
  return 0;
}

void bf__host_free(struct bf__host *host) {
  if (!host) return;
  bf__host_stop(host);
  for (size_t i = host->plugin_count; i > 0; i--) free_plugin(host->plugins[i - 1]);
  free(host->plugin_dir);
  free(host->data_dir);
  free(host);
}
