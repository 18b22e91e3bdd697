/* hello: the tutorial plugin. It says its greeting once a minute. Build it with nothing but the installed headers: see README.md.
 */
#include <stdlib.h>
#include <uv.h>

#include "banfa/plugin.h"

struct hello {
  uv_timer_t timer; /* a handle lives in its owner */
  const struct bf_host *host;
};

static const struct bf_option options[] = {
    {"greeting", BF_OPTION_TEXT, "你好 Hello", 0, 0, "What is said, as text."},
    {0},
};

static void greet(uv_timer_t *timer) {
  const struct hello *hello = timer->data;
  hello->host->log(hello->host->context, BF_LOG_INFO, "hello", "%s", hello->host->option_text(hello->host->context, "greeting"));
}

static void closed(uv_handle_t *timer) {
  free(timer->data);
}

static int start(const struct bf_host *host, void **ret_self, struct bf_error *err) {
  struct hello *hello = calloc(1, sizeof *hello);
  if (!hello) return bf_fail(err, BF_ENOMEM, "hello", "no memory");
  hello->host = host;
  hello->timer.data = hello;
  int r = uv_timer_init(host->loop, &hello->timer);
  if (r < 0) { /* the loop does not know the timer yet: free it here, and only here */
    free(hello);
    return bf_fail(err, BF_EIO, "hello", "no timer: %s", uv_strerror(r));
  }
  r = uv_timer_start(&hello->timer, greet, 0, 60 * 1000);
  if (r < 0) { /* now the loop knows it: free it when the loop lets go */
    uv_close((uv_handle_t *)&hello->timer, closed);
    return bf_fail(err, BF_EIO, "hello", "the timer does not start: %s", uv_strerror(r));
  }
  *ret_self = hello;
  return 0;
}

static void stop(void *self) {
  struct hello *hello = self;
  uv_close((uv_handle_t *)&hello->timer, closed);
}

/* The one symbol a plugin exports. It lists no needs and provides nothing. */
BF_PLUGIN_EXPORT const struct bf_plugin banfa_plugin = {
    .abi = 1u,
    .size = sizeof(struct bf_plugin),
    .name = "hello",
    .version = "1.0.0",
    .options = options,
    .start = start,
    .stop = stop,
};
