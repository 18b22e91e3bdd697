/* Requests to other servers: libcurl's multi interface on the loop. One connection cache for all channels, names looked up on
 * libcurl's own thread, so that nothing here blocks. */
#include "banfa/transfer.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "banfa/plugin.h"
#include "secret.h"

#define ANSWER_BYTES 65536
#define TIMEOUT_MS 30000
#define CONNECT_MS 10000
#define PER_HOST 8 /* connections to one server: a slow one takes no more than these */
#define IN_ALL 128

struct job;

struct transfer {
  struct bf_transfer service; /* first, so that it leads back here */
  const struct bf_host *host;
  CURLM *multi;
  uv_timer_t timer;
  struct job *jobs;
  size_t handles; /* of libuv, not closed yet */
};

struct job {
  struct transfer *transfer;
  struct job *next, **back;
  CURL *easy;
  struct curl_slist *headers, *recipients;
  char *body;
  size_t length, sent, received;
  char answer[ANSWER_BYTES + 1], fault[CURL_ERROR_SIZE];
  void (*done)(void *arg, const struct bf_transferred *how);
  void *arg;
};

/* A socket that libcurl wants watched. */
struct watch {
  uv_poll_t poll;
  struct transfer *transfer;
  curl_socket_t socket;
};

static void handle_closed(struct transfer *t) {
  if (--t->handles == 0) free(t);
}

static void on_watch_closed(uv_handle_t *handle) {
  struct watch *watch = handle->data;
  struct transfer *t = watch->transfer;
  free(watch);
  handle_closed(t);
}

static void on_timer_closed(uv_handle_t *handle) {
  handle_closed(handle->data);
}

/* Jobs. ----------------------------------------------------------------------------------------------------------------- */

static void job_free(struct job *job) {
  if (job->back) {
    *job->back = job->next;
    if (job->next) job->next->back = job->back;
  }
  curl_slist_free_all(job->headers);
  curl_slist_free_all(job->recipients);
  if (job->easy) curl_easy_cleanup(job->easy);
  free(job->body);
  free(job);
}

static void finish(struct job *job, CURLcode code, const char *why) {
  struct bf_transferred how = {.body = job->answer, .length = job->received};
  curl_off_t seconds = 0;
  job->answer[job->received] = 0;
  (void)curl_easy_getinfo(job->easy, CURLINFO_RESPONSE_CODE, &how.code);
  (void)curl_easy_getinfo(job->easy, CURLINFO_RETRY_AFTER, &seconds);
  how.retry_after_ms = seconds > 0 && seconds < 86400 ? (int64_t)seconds * 1000 : 0;
  if (code != CURLE_OK) {
    how.status = code == CURLE_OPERATION_TIMEDOUT ? BF_ELIMIT : BF_EIO;
    how.fault = why ? why : *job->fault ? job->fault : curl_easy_strerror(code);
  }
  (void)curl_multi_remove_handle(job->transfer->multi, job->easy);
  job->done(job->arg, &how);
  job_free(job);
}

static void look_for_ends(struct transfer *t) {
  CURLMsg *message;
  int left;
  while ((message = curl_multi_info_read(t->multi, &left))) {
    if (message->msg != CURLMSG_DONE) continue;
    CURLcode code = message->data.result; /* the message goes with its handle */
    struct job *job = NULL;
    (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&job);
    if (job) finish(job, code, NULL);
  }
}

/* Sockets and time. ----------------------------------------------------------------------------------------------------- */

static void on_ready(uv_poll_t *poll, int status, int events) {
  struct watch *watch = poll->data;
  struct transfer *t = watch->transfer;
  int flags = status < 0 ? CURL_CSELECT_ERR : 0, running;
  if (events & UV_READABLE) flags |= CURL_CSELECT_IN;
  if (events & UV_WRITABLE) flags |= CURL_CSELECT_OUT;
  (void)curl_multi_socket_action(t->multi, watch->socket, flags, &running);
  look_for_ends(t);
}

static void on_timer(uv_timer_t *timer) {
  struct transfer *t = timer->data;
  int running;
  (void)curl_multi_socket_action(t->multi, CURL_SOCKET_TIMEOUT, 0, &running);
  look_for_ends(t);
}

static int want_time(CURLM *multi, long ms, void *self) {
  struct transfer *t = self;
  (void)multi;
  if (ms < 0)
    (void)uv_timer_stop(&t->timer);
  else /* never from within: libcurl may not be called back while it calls */
    (void)uv_timer_start(&t->timer, on_timer, (uint64_t)ms, 0);
  return 0;
}

static struct watch *watch_new(struct transfer *t, curl_socket_t socket) {
  struct watch *watch = calloc(1, sizeof *watch);
  if (!watch) return NULL;
  *watch = (struct watch){.transfer = t, .socket = socket};
  if (uv_poll_init_socket(t->host->loop, &watch->poll, socket) < 0) {
    free(watch);
    return NULL;
  }
  watch->poll.data = watch;
  t->handles++;
  return watch;
}

static int want_socket(CURL *easy, curl_socket_t socket, int what, void *self, void *known) {
  struct transfer *t = self;
  struct watch *watch = known;
  (void)easy;
  if (what == CURL_POLL_REMOVE) {
    if (!watch) return 0;
    (void)uv_poll_stop(&watch->poll);
    uv_close((uv_handle_t *)&watch->poll, on_watch_closed);
    (void)curl_multi_assign(t->multi, socket, NULL);
    return 0;
  }
  if (!watch) {
    if (!(watch = watch_new(t, socket))) return -1; /* libcurl fails the transfer */
    (void)curl_multi_assign(t->multi, socket, watch);
  }
  int events = (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
  return uv_poll_start(&watch->poll, events, on_ready) < 0 ? -1 : 0;
}

/* Bytes. ---------------------------------------------------------------------------------------------------------------- */

static size_t on_answer(char *data, size_t one, size_t count, void *arg) {
  struct job *job = arg;
  size_t room = ANSWER_BYTES - job->received, length = one * count;
  if (length > room) return 0; /* libcurl ends the transfer: no channel's answer is that long */
  memcpy(job->answer + job->received, data, length);
  job->received += length;
  return length;
}

static size_t on_wanted(char *into, size_t one, size_t count, void *arg) {
  struct job *job = arg;
  size_t length = job->length - job->sent;
  if (length > one * count) length = one * count;
  memcpy(into, job->body + job->sent, length);
  job->sent += length;
  return length;
}

static int add_all(struct curl_slist **list, const char *const *texts) {
  for (; texts && *texts; texts++) {
    struct curl_slist *longer = curl_slist_append(*list, *texts);
    if (!longer) return BF_ENOMEM;
    *list = longer;
  }
  return 0;
}

static CURLcode set_common(struct job *job, const struct bf_transfer_request *request) {
  CURL *easy = job->easy;
  CURLcode c = curl_easy_setopt(easy, CURLOPT_URL, request->url);
  if (!c) c = curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https,smtp,smtps");
  if (!c) c = curl_easy_setopt(easy, CURLOPT_PRIVATE, job);
  if (!c) c = curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, job->fault);
  if (!c) c = curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  if (!c) c = curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
  if (!c) c = curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(request->timeout_ms > 0 ? request->timeout_ms : TIMEOUT_MS));
  if (!c) c = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_answer);
  if (!c) c = curl_easy_setopt(easy, CURLOPT_WRITEDATA, job);
  if (!c) c = curl_easy_setopt(easy, CURLOPT_USERAGENT, "banfa/" BF_VERSION);
  if (!c && request->user) c = curl_easy_setopt(easy, CURLOPT_USERNAME, request->user);
  if (!c && request->password) c = curl_easy_setopt(easy, CURLOPT_PASSWORD, request->password);
  if (!c && request->ca_file) c = curl_easy_setopt(easy, CURLOPT_CAINFO, request->ca_file);
  return c;
}

static CURLcode set_mail(struct job *job, const struct bf_transfer_request *request) {
  CURLcode c = curl_easy_setopt(job->easy, CURLOPT_MAIL_FROM, request->from);
  if (!c) c = curl_easy_setopt(job->easy, CURLOPT_MAIL_RCPT, job->recipients);
  if (!c) c = curl_easy_setopt(job->easy, CURLOPT_USE_SSL, (long)(request->plain ? CURLUSESSL_NONE : CURLUSESSL_ALL));
  if (!c) c = curl_easy_setopt(job->easy, CURLOPT_UPLOAD, 1L);
  if (!c) c = curl_easy_setopt(job->easy, CURLOPT_READFUNCTION, on_wanted);
  if (!c) c = curl_easy_setopt(job->easy, CURLOPT_READDATA, job);
  return c;
}

static CURLcode set_post(struct job *job) {
  CURLcode c = curl_easy_setopt(job->easy, CURLOPT_HTTPHEADER, job->headers);
  if (!c) c = curl_easy_setopt(job->easy, CURLOPT_POST, 1L);
  if (!c) c = curl_easy_setopt(job->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)job->length);
  if (!c) c = curl_easy_setopt(job->easy, CURLOPT_POSTFIELDS, job->body);
  return c;
}

static int prepare(struct job *job, const struct bf_transfer_request *request, struct bf_error *err) {
  bool mail = strncmp(request->url, "smtp", 4) == 0;
  job->easy = curl_easy_init();
  job->body = malloc(request->length + 1);
  if (!job->easy || !job->body || add_all(&job->headers, request->headers) < 0 || add_all(&job->recipients, request->to) < 0)
    return bf_fail(err, BF_ENOMEM, "transfer", "no memory");
  memcpy(job->body, request->body ? request->body : "", request->length);
  job->length = request->length;
  CURLcode c = set_common(job, request);
  if (!c) c = mail ? set_mail(job, request) : set_post(job);
  return c ? bf_fail(err, BF_EINVAL, "transfer", "%s", curl_easy_strerror(c)) : 0;
}

static int start_request(const struct bf_transfer *self, const struct bf_transfer_request *request, struct bf_error *err) {
  struct transfer *t = (struct transfer *)(uintptr_t)self;
  struct job *job = calloc(1, sizeof *job);
  if (!job) return bf_fail(err, BF_ENOMEM, "transfer", "no memory");
  *job = (struct job){.transfer = t, .done = request->done, .arg = request->arg};
  int r = prepare(job, request, err);
  if (r >= 0 && curl_multi_add_handle(t->multi, job->easy) != CURLM_OK)
    r = bf_fail(err, BF_EIO, "transfer", "the request cannot be queued");
  if (r < 0) {
    job_free(job);
    return r;
  }
  job->next = t->jobs;
  job->back = &t->jobs;
  if (t->jobs) t->jobs->back = &job->next;
  t->jobs = job;
  return 0;
}

static int secret(const struct bf_transfer *self, const char *file, const char *variable, char **ret, struct bf_error *err) {
  (void)self;
  return bf__secret(file, variable, ret, err);
}

/* The plugin. ----------------------------------------------------------------------------------------------------------- */

static int open_multi(struct transfer *t, struct bf_error *err) {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || !(t->multi = curl_multi_init()))
    return bf_fail(err, BF_ENOMEM, "transfer", "libcurl does not start");
  CURLMcode c = curl_multi_setopt(t->multi, CURLMOPT_SOCKETFUNCTION, want_socket);
  if (!c) c = curl_multi_setopt(t->multi, CURLMOPT_SOCKETDATA, t);
  if (!c) c = curl_multi_setopt(t->multi, CURLMOPT_TIMERFUNCTION, want_time);
  if (!c) c = curl_multi_setopt(t->multi, CURLMOPT_TIMERDATA, t);
  if (!c) c = curl_multi_setopt(t->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)PER_HOST);
  if (!c) c = curl_multi_setopt(t->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)IN_ALL);
  return c ? bf_fail(err, BF_EINVAL, "transfer", "%s", curl_multi_strerror(c)) : 0;
}

static int start(const struct bf_host *host, void **ret_self, struct bf_error *err) {
  struct transfer *t = calloc(1, sizeof *t);
  if (!t) return bf_fail(err, BF_ENOMEM, "transfer", "no memory");
  t->service = (struct bf_transfer){.size = sizeof t->service, .start = start_request, .secret = secret};
  t->host = host;
  int r = open_multi(t, err);
  if (r >= 0) r = host->provide(host->context, "transfer", 1, &t->service, err);
  if (r >= 0 && (r = uv_timer_init(host->loop, &t->timer)) < 0) r = bf_fail(err, BF_EIO, "transfer", "%s", uv_strerror(r));
  if (r < 0) {
    if (t->multi) (void)curl_multi_cleanup(t->multi);
    free(t);
    return r;
  }
  t->timer.data = t;
  t->handles = 1;
  *ret_self = t;
  return 0;
}

/* What is under way is told that it failed: the outbox tries it again after the next start, under the same key. */
static void stop(void *self) {
  struct transfer *t = self;
  while (t->jobs) finish(t->jobs, CURLE_ABORTED_BY_CALLBACK, "the server is stopping");
  (void)curl_multi_cleanup(t->multi);
  (void)uv_timer_stop(&t->timer);
  uv_close((uv_handle_t *)&t->timer, on_timer_closed);
}

static const char *const provides[] = {"transfer/1", NULL};

BF_PLUGIN_EXPORT extern const struct bf_plugin banfa_plugin;
const struct bf_plugin banfa_plugin = {
    .abi = 1u,
    .size = sizeof(struct bf_plugin),
    .name = "transfer",
    .version = "0.1.0",
    .provides = provides,
    .start = start,
    .stop = stop,
};
