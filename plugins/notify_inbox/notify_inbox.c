/* The channel "inbox": notices that people read in the program itself. */
#include <stdlib.h>

#include "banfa/api.h"
#include "banfa/channel.h"
#include "banfa/plugin.h"

struct inbox {
  struct bf_channel channel; /* what the outbox is given: first, so that it leads back here */
  const struct bf_api *api;
};

struct pending {
  bf_delivered_fn done;
  void *arg;
};

static void on_answer(void *arg, const struct bf_answer *answer) {
  struct pending *pending = arg;
  bool ok = answer->status < 300;
  pending->done(pending->arg,
                &(struct bf_delivered){.status = ok ? 0 : BF_EIO, .fault = ok ? NULL : "the inbox could not be written"});
  free(pending);
}

static void deliver(const struct bf_channel *self, const json_t *notice, bf_delivered_fn done, void *arg) {
  const struct inbox *inbox = (const struct inbox *)self;
  struct pending *pending = malloc(sizeof *pending);
  json_t *params = json_pack("{sO sO sO sO sO}", "key", json_object_get(notice, "key"), "recipient",
                             json_object_get(notice, "recipient"), "case", json_object_get(notice, "case"), "at_ms",
                             json_object_get(notice, "at_ms"), "body", json_object_get(notice, "body"));
  if (!pending || !params) {
    free(pending);
    json_decref(params);
    done(arg, &(struct bf_delivered){.status = BF_ENOMEM, .fault = "no memory"});
    return;
  }
  *pending = (struct pending){done, arg};
  struct bf_call call = {.size = sizeof call,
                         .operation = "inbox.put",
                         .params = params,
                         .operator_ = true,
                         .if_version = -1,
                         .answer = on_answer,
                         .arg = pending};
  inbox->api->call(inbox->api, &call);
}

static int start(const struct bf_host *host, void **ret_self, struct bf_error *err) {
  struct inbox *inbox = calloc(1, sizeof *inbox);
  if (!inbox) return bf_fail(err, BF_ENOMEM, "notify_inbox", "no memory");
  inbox->channel = (struct bf_channel){.size = sizeof inbox->channel, .deliver = deliver, .at_once = 256};
  inbox->api = host->service(host->context, "api", 1);
  int r = host->provide(host->context, "channel.inbox", 1, &inbox->channel, err);
  if (r < 0) {
    free(inbox);
    return r;
  }
  *ret_self = inbox;
  return 0;
}

static void stop(void *self) {
  free(self);
}

static const char *const needs[] = {"api/1", NULL};
static const char *const provides[] = {"channel.inbox/1", NULL};

BF_PLUGIN_EXPORT extern const struct bf_plugin banfa_plugin;
const struct bf_plugin banfa_plugin = {
    .abi = 1u,
    .size = sizeof(struct bf_plugin),
    .name = "notify_inbox",
    .version = "0.1.0",
    .needs = needs,
    .provides = provides,
    .start = start,
    .stop = stop,
};
