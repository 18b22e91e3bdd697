#include "plugin_order.h"

#include <string.h>

struct search {
  const struct bf_plugin *const *plugins;
  size_t count;
  bool (*has)(void *arg, const char *service);
  void *arg;
  bool placed[BF__PLUGINS_MAX];
};

bool bf__plugin_lists(const char *const *list, const char *text) {
  for (; list && *list; list++)
    if (strcmp(*list, text) == 0) return true;
  return false;
}

/* "name/1?" is wished for, not needed: taken into account for the order when it is there. */
static bool wished(const char *need) {
  return need[strlen(need) - 1] == '?';
}

static bool same(const char *need, const char *service) {
  size_t length = strlen(need) - wished(need);
  return strncmp(need, service, length) == 0 && service[length] == 0;
}

bool bf__plugin_asks(const char *const *needs, const char *service) {
  for (; needs && *needs; needs++)
    if (same(*needs, service)) return true;
  return false;
}

static size_t provider(const struct search *search, const char *service) {
  size_t i = 0;
  for (; i < search->count; i++)
    for (const char *const *has = search->plugins[i]->provides; has && *has; has++)
      if (same(service, *has)) return i;
  return i;
}

/* The first need of plugin I that is not there yet, or NULL. */
static const char *open_need(const struct search *search, size_t i) {
  for (const char *const *need = search->plugins[i]->needs; need && *need; need++) {
    size_t from = provider(search, *need);
    if (from == search->count && wished(*need)) continue;
    if (!(from < search->count && search->placed[from]) && !search->has(search->arg, *need)) return *need;
  }
  return NULL;
}

/* A service of the same name in another version, for the message, or NULL. */
static const char *other_version(const struct search *search, const char *service, const char **ret_who) {
  size_t name = (size_t)(strchr(service, '/') - service) + 1;
  for (size_t i = 0; i < search->count; i++)
    for (const char *const *has = search->plugins[i]->provides; has && *has; has++)
      if (strncmp(*has, service, name) == 0) {
        *ret_who = search->plugins[i]->name;
        return *has;
      }
  return NULL;
}

static int missing(const struct search *search, struct bf_error *err) {
  for (size_t i = 0; i < search->count; i++)
    for (const char *const *need = search->plugins[i]->needs; need && *need; need++) {
      const char *who = NULL, *name = search->plugins[i]->name;
      if (wished(*need) || provider(search, *need) < search->count || search->has(search->arg, *need)) continue;
      const char *other = other_version(search, *need, &who);
      if (other)
        return bf_fail(err, BF_ENOTFOUND, name, "the plugin '%s' needs '%s', but '%s' provides '%s'", name, *need, who, other);
      return bf_fail(err, BF_ENOTFOUND, name, "the plugin '%s' needs '%s', which no loaded plugin provides", name, *need);
    }
  return 0;
}

/* Follows open needs from a plugin that can't be placed: within COUNT steps the walk is on a cycle. */
static int cycle(const struct search *search, struct bf_error *err) {
  char path[320] = "";
  size_t at = 0, used = 0;
  while (search->placed[at]) at++;
  for (size_t steps = 0; steps < search->count; steps++) at = provider(search, open_need(search, at));
  size_t first = at;
  do {
    int n = snprintf(path + used, sizeof path - used, "%s -> ", search->plugins[at]->name);
    if (n > 0 && (size_t)n < sizeof path - used) used += (size_t)n;
    at = provider(search, open_need(search, at));
  } while (at != first);
  return bf_fail(err, BF_EINVAL, search->plugins[first]->name,
                 "plugins need each other in a circle, so none can start first: %s%s", path, search->plugins[first]->name);
}

int bf__plugin_order(const struct bf_plugin *const *plugins, size_t count, bool (*has)(void *arg, const char *service), void *arg,
                     size_t *ret_order, struct bf_error *err) {
  struct search search = {.plugins = plugins, .count = count, .has = has, .arg = arg};
  if (count > BF__PLUGINS_MAX) return bf_fail(err, BF_ELIMIT, "load", "more than %d plugins", BF__PLUGINS_MAX);
  int r = missing(&search, err);
  for (size_t done = 0; r >= 0 && done < count; done++) {
    size_t next = 0;
    while (next < count && (search.placed[next] || open_need(&search, next))) next++;
    if (next == count) return cycle(&search, err);
    search.placed[next] = true;
    ret_order[done] = next;
  }
  return r;
}
