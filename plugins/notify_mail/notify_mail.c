/* The channel "mail": SMTP with STARTTLS or TLS and login. */
#include <stdlib.h>
#include <string.h>

#include "banfa/channel.h"
#include "banfa/plugin.h"
#include "banfa/transfer.h"
#include "message.h"

struct mailer {
  struct bf_channel channel; /* first, so that it leads back here */
  const struct bf_host *host;
  const struct bf_transfer *transfer;
  char *password; /* or NULL */
};

struct sending {
  bf_delivered_fn done;
  void *arg;
};

static const char *option(const struct mailer *mailer, const char *name) {
  const char *text = mailer->host->option_text(mailer->host->context, name);
  return text && *text ? text : NULL;
}

static void fail(bf_delivered_fn done, void *arg, int status, const char *fault, bool give_up) {
  done(arg, &(struct bf_delivered){.status = status, .fault = fault, .give_up = give_up});
}

/* 5xx after RCPT or DATA is for ever (RFC 5321, 4.2.1), save those of a login, which the operator mends. */
static bool for_ever(long code) {
  return code >= 550 && code <= 559;
}

static void on_transferred(void *arg, const struct bf_transferred *how) {
  struct sending *sending = arg;
  char why[300];
  struct bf_delivered result = {.status = how->status, .give_up = how->status < 0 && for_ever(how->code)};
  if (how->status < 0) {
    (void)snprintf(why, sizeof why, how->code ? "%s (%ld)" : "%s", how->fault, how->code);
    result.fault = why;
  }
  sending->done(sending->arg, &result);
  free(sending);
}

static const char *text_of(const json_t *notice, const char *group, const char *member) {
  return json_string_value(json_object_get(json_object_get(notice, group), member));
}

static int write_mail(const struct mailer *mailer, const json_t *notice, char **ret, size_t *ret_length, struct bf_error *err) {
  const char *subject = text_of(notice, "text", "subject"), *plain = text_of(notice, "text", "plain"),
             *built_in = text_of(notice, "body", "zh"), *key = json_string_value(json_object_get(notice, "key"));
  struct bf__mail mail = {.from_name = option(mailer, "from_name"),
                          .from = option(mailer, "from"),
                          .to_name = text_of(notice, "to", "name"),
                          .to = text_of(notice, "to", "address"),
                          .subject = subject    ? subject
                                     : built_in ? built_in
                                                : "banfa",
                          .plain = plain      ? plain
                                   : built_in ? built_in
                                              : "",
                          .html = text_of(notice, "text", "html"),
                          .key = key ? key : "none",
                          .thread = json_string_value(json_object_get(notice, "thread")),
                          .at_ms = mailer->host->now(mailer->host->context)};
  char *own = mail.html ? NULL : bf__mail_html(mail.plain, text_of(notice, "text", "link"));
  if (own) mail.html = own;
  int r = bf__mail_write(&mail, ret, ret_length, err);
  free(own);
  return r;
}

static int send_mail(struct mailer *mailer, const char *address, const char *body, size_t length, bf_delivered_fn done, void *arg,
                     struct bf_error *err) {
  const char *const to[] = {address, NULL}, *url = option(mailer, "url");
  struct sending *sending = malloc(sizeof *sending);
  if (!sending) return bf_fail(err, BF_ENOMEM, "mail", "no memory");
  *sending = (struct sending){done, arg};
  struct bf_transfer_request request = {.size = sizeof request,
                                        .url = url,
                                        .body = body,
                                        .length = length,
                                        .user = option(mailer, "user"),
                                        .password = mailer->password,
                                        .from = option(mailer, "from"),
                                        .to = to,
                                        .plain = mailer->host->option_bool(mailer->host->context, "plain"),
                                        .ca_file = option(mailer, "ca_file"),
                                        .done = on_transferred,
                                        .arg = sending};
  int r = mailer->transfer->start(mailer->transfer, &request, err);
  if (r < 0) free(sending);
  return r;
}

static void deliver(const struct bf_channel *self, const json_t *notice, bf_delivered_fn done, void *arg) {
  struct mailer *mailer = (struct mailer *)(uintptr_t)self;
  const char *address = text_of(notice, "to", "address");
  struct bf_error err = {0};
  char *body = NULL;
  size_t length;
  if (!address || !bf__mail_address_ok(address)) {
    fail(done, arg, BF_EINVAL, "this is no mail address", true);
    return;
  }
  int r = write_mail(mailer, notice, &body, &length, &err);
  if (r >= 0) r = send_mail(mailer, address, body, length, done, arg, &err);
  if (r < 0) fail(done, arg, r, err.message, false);
  free(body);
}

static int check(struct mailer *mailer, struct bf_error *err) {
  const char *url = option(mailer, "url"), *from = option(mailer, "from");
  if (!url || (strncmp(url, "smtp://", 7) != 0 && strncmp(url, "smtps://", 8) != 0))
    return bf_fail(err, BF_EINVAL, "plugins.notify_mail.url", "smtp://HOST:587 (STARTTLS) or smtps://HOST:465 (TLS) is due");
  if (!from || !bf__mail_address_ok(from))
    return bf_fail(err, BF_EINVAL, "plugins.notify_mail.from", "the sender's mail address is due");
  return mailer->transfer->secret(mailer->transfer, option(mailer, "password_file"), "BANFA_MAIL_PASSWORD", &mailer->password,
                                  err);
}

/* A file's last line end is no part of the password. */
static void trim(char *text) {
  if (text) text[strcspn(text, "\r\n")] = 0;
}

static void mailer_free(struct mailer *mailer) {
  free(mailer->password);
  free(mailer);
}

static int start(const struct bf_host *host, void **ret_self, struct bf_error *err) {
  struct mailer *mailer = calloc(1, sizeof *mailer);
  if (!mailer) return bf_fail(err, BF_ENOMEM, "notify_mail", "no memory");
  mailer->host = host;
  mailer->transfer = host->service(host->context, "transfer", 1);
  int r = check(mailer, err);
  trim(mailer->password);
  mailer->channel = (struct bf_channel){.size = sizeof mailer->channel,
                                        .deliver = deliver,
                                        .at_once = 4,
                                        .per_minute = (uint32_t)host->option_int(host->context, "per_minute")};
  if (r >= 0) r = host->provide(host->context, "channel.mail", 1, &mailer->channel, err);
  if (r < 0) {
    mailer_free(mailer);
    return r;
  }
  *ret_self = mailer;
  return 0;
}

static void stop(void *self) {
  mailer_free(self);
}

static const struct bf_option options[] = {
    {"url", BF_OPTION_TEXT, "", 0, 0, "the mail server: smtp://HOST:587 with STARTTLS, or smtps://HOST:465"},
    {"from", BF_OPTION_TEXT, "", 0, 0, "the sender's address"},
    {"from_name", BF_OPTION_TEXT, "", 0, 0, "the sender's name, as readers see it"},
    {"user", BF_OPTION_TEXT, "", 0, 0, "login at the mail server; empty: without"},
    {"password_file", BF_OPTION_TEXT, "", 0, 0,
     "file with the password, chmod 600; without it the environment's BANFA_MAIL_PASSWORD"},
    {"ca_file", BF_OPTION_TEXT, "", 0, 0, "PEM file of the authority that signed the server's certificate; empty: the system's"},
    {"plain", BF_OPTION_BOOL, "false", 0, 0, "go on without TLS: only for a relay on this machine"},
    {"per_minute", BF_OPTION_INT, "60", 0, 100000, "mails started in a minute at most; 0: no limit"},
    {0},
};
static const char *const needs[] = {"transfer/1", NULL};
static const char *const provides[] = {"channel.mail/1", NULL};

BF_PLUGIN_EXPORT extern const struct bf_plugin banfa_plugin;
const struct bf_plugin banfa_plugin = {
    .abi = 1u,
    .size = sizeof(struct bf_plugin),
    .name = "notify_mail",
    .version = "0.1.0",
    .options = options,
    .needs = needs,
    .provides = provides,
    .start = start,
    .stop = stop,
};
