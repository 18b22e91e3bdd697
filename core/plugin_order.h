/* The order in which plugins start: providers before those who need them. */
#ifndef BF_CORE_PLUGIN_ORDER_H
#define BF_CORE_PLUGIN_ORDER_H

#include <stdbool.h>
#include <stddef.h>

#include "banfa/plugin.h"

#define BF__PLUGINS_MAX 64

/* Puts the indices of PLUGINS (at most BF__PLUGINS_MAX) into RET_ORDER, each after the providers of its needs, otherwise in the
 * order given. HAS tells whether "service/version" is there already. A need nobody provides, or a cycle, is one line that names
 * them. */
int bf__plugin_order(const struct bf_plugin *const *plugins, size_t count, bool (*has)(void *arg, const char *service), void *arg,
                     size_t *ret_order, struct bf_error *err) BF_WARN_UNUSED;

/* Whether NEEDS (or NULL) holds SERVICE, as a need or, with a '?' after it, as a wish. */
bool bf__plugin_asks(const char *const *needs, const char *service);
bool bf__plugin_lists(const char *const *list, const char *text); /* whether a NULL-ended list (or NULL) holds TEXT */

#endif
