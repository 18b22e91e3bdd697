/* The plugin: descriptor, options, listening, the tick that watches times, and stopping. */
#include "http.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define BACKLOG 511
#define TICK_MS 250

static const struct bf_option options[] = {
    {"listen", BF_OPTION_TEXT, "127.0.0.1:8080", 0, 0, "监听地址与端口 / address and port to listen on, IPv6 as [::1]:8080"},
    {"header_bytes", BF_OPTION_INT, "16384", 1024, BF__READ_BYTES, "请求头上限(字节)/ largest request header, in bytes"},
    {"body_bytes", BF_OPTION_INT, "1048576", 1024, 64 << 20, "JSON 请求体上限(字节)/ largest JSON body, in bytes"},
    {"document_bytes", BF_OPTION_INT, "1073741824", 1024, INT64_C(16) << 30,
     "上传文件上限(字节)/ largest uploaded document, in bytes"},
    {"header_seconds", BF_OPTION_INT, "10", 1, 600, "请求头须在此时间内到齐(秒)/ time for a header to arrive, in seconds"},
    {"body_seconds", BF_OPTION_INT, "20", 1, 600,
     "请求体开始计算最低速率之前的宽限(秒)/ grace before a body must keep up with body_rate, in seconds"},
    {"body_rate", BF_OPTION_INT, "1024", 1, 1 << 30,
     "请求体最低平均速率(字节每秒)/ least average rate of a body, in bytes a second"},
    {"idle_seconds", BF_OPTION_INT, "60", 1, 3600, "空闲连接保留时间(秒)/ how long an idle connection is kept, in seconds"},
    {"write_seconds", BF_OPTION_INT, "30", 1, 600,
     "客户端不接收应答多久即断开(秒)/ how long a client may take nothing of its answer, in seconds"},
    {"stop_seconds", BF_OPTION_INT, "5", 0, 600,
     "停机时等待进行中请求的时间(秒)/ time that requests under way get when stopping, in seconds"},
    {"connections", BF_OPTION_INT, "1024", 1, 65536, "同时连接数上限 / connections at once"},
    {"trusted_origin", BF_OPTION_TEXT, "", 0, 0,
     "反向代理之后网站的来源 / origin of the pages when a proxy changes Host, such as https://banfa.example"},
    {"trusted_proxy", BF_OPTION_TEXT, "", 0, 0,
     "可信反向代理的地址,取其 X-Forwarded-For / address of the proxy whose X-Forwarded-For is believed"},
    {"secure_cookie", BF_OPTION_BOOL, "false", 0, 0,
     "会话 Cookie 只经 HTTPS 发送 / mark the session cookie Secure: set it behind TLS"},
    {NULL, BF_OPTION_INT, NULL, 0, 0, NULL},
};

static uint64_t seconds(const struct bf_host *host, const char *name) {
  return (uint64_t)host->option_int(host->context, name) * 1000;
}

static void read_limits(const struct bf_host *host, struct bf__limits *limits) {
  limits->header_bytes = (size_t)host->option_int(host->context, "header_bytes");
  limits->body_bytes = (size_t)host->option_int(host->context, "body_bytes");
  limits->document_bytes = (uint64_t)host->option_int(host->context, "document_bytes");
  limits->header_ms = seconds(host, "header_seconds");
  limits->body_ms = seconds(host, "body_seconds");
  limits->body_rate = (uint64_t)host->option_int(host->context, "body_rate");
  limits->idle_ms = seconds(host, "idle_seconds");
  limits->write_ms = seconds(host, "write_seconds");
  limits->stop_ms = seconds(host, "stop_seconds");
  limits->connections = (size_t)host->option_int(host->context, "connections");
  limits->trusted_origin = host->option_text(host->context, "trusted_origin");
  limits->trusted_proxy = host->option_text(host->context, "trusted_proxy");
  limits->secure_cookie = host->option_bool(host->context, "secure_cookie");
}

/* "127.0.0.1:8080", "[::1]:8080"; a numeric address, so that nothing is looked up. */
static int parse_address(const char *text, struct sockaddr_storage *ret_address, struct bf_error *err) {
  const char *colon = strrchr(text, ':');
  char host[64];
  char *rest = NULL;
  long port = colon ? strtol(colon + 1, &rest, 10) : -1;
  size_t length = colon ? (size_t)(colon - text) : 0;
  bool six = length > 2 && text[0] == '[' && text[length - 1] == ']';
  if (port < 0 || port > 65535 || rest == colon + 1 || *rest != '\0' || length == 0 || length >= sizeof host)
    return bf_fail(err, BF_EINVAL, "plugins.http.listen", "'%s' is not ADDRESS:PORT, such as 127.0.0.1:8080 or [::1]:8080", text);
  memcpy(host, text + six, length - (six ? 2 : 0));
  host[length - (six ? 2 : 0)] = '\0';
  if (six ? uv_ip6_addr(host, (int)port, (struct sockaddr_in6 *)ret_address)
          : uv_ip4_addr(strcmp(host, "localhost") == 0 ? "127.0.0.1" : host, (int)port, (struct sockaddr_in *)ret_address))
    return bf_fail(err, BF_EINVAL, "plugins.http.listen", "'%s' is not a numeric address", text);
  return 0;
}

static void free_http(struct bf__http *http) {
  bf__buffer_done(&http->out);
  free(http);
}

static void on_tick_closed(uv_handle_t *handle) {
  free_http(handle->data);
}

/* The timer is the last handle: its close callback frees all. It stays while answers are still owed to connections that are gone.
 */
static void end_if_done(struct bf__http *http) {
  if (!http->stopping || !http->listener_closed || http->alive > 0 || uv_is_closing((uv_handle_t *)&http->tick)) return;
  uv_close((uv_handle_t *)&http->tick, on_tick_closed);
}

void bf__http_gone(struct bf__http *http) {
  http->alive--;
  if (http->open == 0 && !http->stopping && !http->accept_again) (void)uv_timer_stop(&http->tick);
  end_if_done(http);
}

static void on_listener_closed(uv_handle_t *handle) {
  struct bf__http *http = handle->data;
  http->listener_closed = true;
  end_if_done(http);
}

static void on_tick(uv_timer_t *timer) {
  struct bf__http *http = timer->data;
  uint64_t now = uv_now(http->host->loop);
  bool force = http->stopping && now >= http->stop_at;
  struct bf__conn *next;
  bool changed = http->events_changed;
  http->events_changed = false;
  for (struct bf__conn *conn = http->first; conn; conn = next) {
    next = conn->next;
    if (changed) conn->events_stale = true;
    if (force)
      bf__conn_close(conn);
    else
      bf__conn_tick(conn, now);
  }
  if (http->accept_again && !http->stopping) bf__conn_accept(http);
}

static void on_connection(uv_stream_t *listener, int status) {
  struct bf__http *http = listener->data;
  if (status < 0) {
    http->host->log(http->host->context, BF_LOG_WARN, "http.accept", "%s", uv_strerror(status));
    return;
  }
  if (!uv_is_active((uv_handle_t *)&http->tick)) (void)uv_timer_start(&http->tick, on_tick, TICK_MS, TICK_MS);
  bf__conn_accept(http);
}

static void stop(void *self) {
  struct bf__http *http = self;
  struct bf__conn *next;
  if (http->stopping) return;
  http->stopping = true;
  if (http->api->watch) http->api->watch(http->api, NULL, NULL);
  http->stop_at = uv_now(http->host->loop) + http->limits.stop_ms;
  uv_close((uv_handle_t *)&http->listener, on_listener_closed);
  for (struct bf__conn *conn = http->first; conn; conn = next) {
    bool quiet = !conn->write_busy && conn->out.length == 0 && !conn->finish;
    next = conn->next;
    if (conn->phase == BF__HEAD || conn->phase == BF__EVENTS || (conn->phase == BF__IDLE && quiet))
      bf__conn_close(conn);
    else if (conn->phase == BF__IDLE)
      conn->finish = true;
  }
  (void)uv_timer_start(&http->tick, on_tick, TICK_MS, TICK_MS);
}

static void log_address(struct bf__http *http) {
  struct sockaddr_storage address;
  int size = sizeof address, port;
  char name[64] = "";
  if (uv_tcp_getsockname(&http->listener, (struct sockaddr *)&address, &size) < 0) return;
  if (uv_ip_name((struct sockaddr *)&address, name, sizeof name) < 0) return;
  port = ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                             : ((struct sockaddr_in *)&address)->sin_port);
  http->host->log(http->host->context, BF_LOG_INFO, "http.listen",
                  address.ss_family == AF_INET6 ? "http://[%s]:%d" : "http://%s:%d", name, port);
}

static int listen_on(struct bf__http *http, const char *text, struct bf_error *err) {
  struct sockaddr_storage address;
  int failed = parse_address(text, &address, err);
  if (failed) return failed;
  failed = uv_tcp_bind(&http->listener, (struct sockaddr *)&address, 0);
  if (!failed) failed = uv_listen((uv_stream_t *)&http->listener, BACKLOG, on_connection);
  if (failed)
    return bf_fail(err, failed == UV_EADDRINUSE ? BF_EBUSY : BF_EIO, "plugins.http.listen", "cannot listen on %s: %s%s", text,
                   uv_strerror(failed),
                   failed == UV_EADDRINUSE ? ". Stop the program that does, or give another address with --listen" : "");
  log_address(http);
  return 0;
}

/* libuv 1.44 writes without MSG_NOSIGNAL: a client that leaves must not end the program. */
static void ignore_broken_pipes(void) {
  struct sigaction now;
  if (sigaction(SIGPIPE, NULL, &now) == 0 && now.sa_handler == SIG_DFL) (void)signal(SIGPIPE, SIG_IGN);
}

static int start(const struct bf_host *host, void **ret_self, struct bf_error *err) {
  const struct bf_api *api = host->service(host->context, "api", 1);
  struct bf__http *http;
  int failed;
  if (!api) return bf_fail(err, BF_ESTATE, "http", "the service api/1 is missing");
  http = calloc(1, sizeof *http);
  if (!http) return bf_fail(err, BF_ENOMEM, "http", "out of memory");
  http->host = host;
  http->api = api;
  http->assets = host->service(host->context, "assets", 1);
  http->date_second = -1;
  http->listener.data = http->tick.data = http;
  read_limits(host, &http->limits);
  ignore_broken_pipes();
  if (bf__router_init(&http->router) || uv_tcp_init(host->loop, &http->listener) || uv_timer_init(host->loop, &http->tick)) {
    free_http(http);
    return bf_fail(err, BF_EIO, "http", "cannot set up");
  }
  failed = listen_on(http, host->option_text(host->context, "listen"), err);
  if (failed) {
    stop(http); /* frees it in the close callbacks */
    return failed;
  }
  if (api->watch) api->watch(api, bf__events_changed, http);
  *ret_self = http;
  return 0;
}

static const char *const needs[] = {"api/1", "assets/1?", NULL};

extern BF_PLUGIN_EXPORT const struct bf_plugin banfa_plugin;
const struct bf_plugin banfa_plugin = {
    .abi = 1u,
    .size = sizeof(struct bf_plugin),
    .name = "http",
    .version = "1.0.0",
    .options = options,
    .needs = needs,
    .start = start,
    .stop = stop,
};
