#include "router.h"

#include <string.h>

#include "banfa/error.h"

#define API "/api/v1/"

static const struct bf__route routes[] = {
    {HTTP_POST, API "login", "login", BF__ROUTE_LOGIN},
    {HTTP_POST, API "logout", "logout", 0},
    {HTTP_GET, API "me", "me", 0},
    {HTTP_POST, API "me/password", "me.password", 0},
    {HTTP_GET, API "me/notices", "me.notices", 0},
    {HTTP_POST, API "me/notices", "me.notices.put", 0},
    {HTTP_GET, API "me/lists", "me.lists", 0},
    {HTTP_POST, API "me/lists", "me.lists.put", 0},
    {HTTP_GET, API "me/deputies", "me.deputies", 0},
    {HTTP_POST, API "me/deputies", "me.deputy", 0},
    {HTTP_GET, API "cases", "case.list", 0},
    {HTTP_POST, API "cases", "case.create", 0},
    {HTTP_GET, API "cases/{id}", "case.get", 0},
    {HTTP_POST, API "cases/{id}/actions/{stage}/{action}", "case.act", 0},
    {HTTP_POST, API "cases/{id}/office/{way}", "case.office", 0},
    {HTTP_GET, API "cases/{id}/steps", "case.steps", 0},
    {HTTP_POST, API "cases/{id}/here", "case.here", 0},
    {HTTP_GET, API "cases/{id}/events", "case.events", 0},
    {HTTP_GET, API "cases/{id}/forecast", "case.forecast", 0},
    {HTTP_GET, API "work", "case.work", 0},
    {HTTP_GET, API "changes", "case.changes", 0},
    {HTTP_GET, API "cases/{id}/why", "case.why", 0},
    {HTTP_POST, API "cases/{id}/documents", "document.add", BF__ROUTE_UPLOAD},
    {HTTP_GET, API "cases/{id}/documents/{document}", "document.get", 0},
    {HTTP_GET, API "cases/{id}/letters", "case.letters", 0},
    {HTTP_GET, API "cases/{id}/letters/{letter}", "case.letter", 0},
    {HTTP_GET, API "deadlines", "deadline.list", 0},
    {HTTP_GET, API "inbox", "inbox.list", 0},
    {HTTP_POST, API "inbox/{notice}/read", "inbox.read", 0},
    {HTTP_GET, API "stream", "stream.read", BF__ROUTE_EVENTS},
    {HTTP_GET, API "registers/{name}", "register.list", 0},
    {HTTP_POST, API "registers/{name}", "register.add", 0},
    {HTTP_GET, API "registers/{name}/{entry}", "register.get", 0},
    {HTTP_POST, API "registers/{name}/{entry}", "register.change", 0},
    {HTTP_POST, API "import", "import", 0},
    {HTTP_GET, API "reports/{name}", "report", 0},
    {HTTP_GET, API "calendar", "calendar.get", 0},
    {HTTP_GET, API "calendar.ics", "calendar.feed", 0},
    {HTTP_POST, API "me/feed", "me.feed", 0},
    {HTTP_GET, API "kinds", "rules.describe", 0},
    {HTTP_GET, API "rules", "rules.list", 0},
    {HTTP_GET, API "rules/show", "rules.show", 0},
    {HTTP_GET, API "rules/reference", "rules.reference", 0},
    {HTTP_GET, API "rules/notices", "rules.notices", 0},
    {HTTP_GET, API "rules/notices/{notice}", "rules.notice", 0},
    {HTTP_POST, API "rules/check", "rules.check", 0},
    {HTTP_POST, API "rules/test", "rules.test", 0},
    {HTTP_POST, API "rules/diff", "rules.diff", 0},
    {HTTP_POST, API "rules/candidates", "rules.candidate", 0},
    {HTTP_GET, API "rules/candidates", "rules.candidates", 0},
    {HTTP_GET, API "rules/candidates/{candidate}", "rules.proposal", 0},
    {HTTP_POST, API "rules/candidates/{candidate}/prove", "rules.prove", 0},
    {HTTP_GET, API "rules/folder", "rules.folder", 0},
    {HTTP_POST, API "rules/candidates/{candidate}/approve", "rules.approve", 0},
    {HTTP_POST, API "rules/candidates/{candidate}/cancel", "rules.cancel", 0},
    {HTTP_POST, API "rules/candidates/{candidate}/plan", "rules.plan", 0},
    {HTTP_POST, API "rules/candidates/{candidate}/apply", "rules.apply", 0},
    {HTTP_POST, API "rules/rollback", "rules.rollback", 0},
    {HTTP_GET, API "outbox", "outbox.list", 0},
    {HTTP_POST, API "outbox/retry", "outbox.again", 0},
    {HTTP_POST, API "channels/test", "channel.test", 0},
    {HTTP_GET, API "orgs", "org.list", 0},
    {HTTP_POST, API "orgs", "org.add", 0},
    {HTTP_GET, API "users", "user.list", 0},
    {HTTP_POST, API "users", "user.add", 0},
    {HTTP_POST, API "users/{id}/deputies", "user.deputy", 0},
    {HTTP_POST, API "users/{id}/password", "user.passwd", 0},
    {HTTP_POST, API "users/{id}/disable", "user.disable", 0},
    {HTTP_POST, API "outbox/{id}/retry", "outbox.retry", 0},
    {HTTP_GET, API "health", "doctor", 0},
    {HTTP_GET, API "office/vacant", "office.vacant", 0},
    {HTTP_GET, API "public/cases", "public.cases", 0},
    {HTTP_GET, API "public/cases/{id}", "public.case", 0},
    {HTTP_GET, API "audit/head", "audit.head", 0},
    {HTTP_GET, "/openapi.json", "openapi", 0},
    {HTTP_GET, "/healthz", "healthz", 0},
    {HTTP_GET, "/readyz", "readyz", 0},
    {HTTP_GET, "/metrics", "metrics", 0},
};

/* The next segment of a path that stands on a '/'; false at its end. */
static bool next_segment(const char **at, const char *end, struct bf__text *ret_segment) {
  const char *slash;
  if (*at >= end || **at != '/') return false;
  slash = memchr(*at + 1, '/', (size_t)(end - *at - 1));
  *ret_segment = (struct bf__text){*at + 1, (size_t)((slash ? slash : end) - *at - 1)};
  *at = slash ? slash : end;
  return true;
}

static int compile(const struct bf__route *route, struct bf__compiled *compiled) {
  const char *at = route->pattern, *end = at + strlen(at);
  struct bf__text text;
  *compiled = (struct bf__compiled){.route = route};
  while (next_segment(&at, end, &text)) {
    bool parameter = text.length > 2 && text.at[0] == '{';
    if (compiled->count == BF__SEGMENTS || text.length > 255) return BF_EINVAL;
    compiled->segments[compiled->count++] =
        (struct bf__segment){text.at + parameter, (unsigned char)(text.length - (parameter ? 2 : 0)), parameter};
  }
  return 0;
}

int bf__router_init(struct bf__router *router) {
  router->count = sizeof routes / sizeof routes[0];
  if (router->count > BF__ROUTES) return BF_EINVAL;
  for (size_t i = 0; i < router->count; i++) {
    int failed = compile(&routes[i], &router->routes[i]);
    if (failed) return failed;
  }
  return 0;
}

/* From the end: paths differ there. */
static bool fits(const struct bf__compiled *compiled, const struct bf__text *path, size_t count) {
  if (compiled->count != count) return false;
  for (size_t i = count; i-- > 0;) {
    const struct bf__segment *segment = &compiled->segments[i];
    if (segment->parameter ? path[i].length == 0 : path[i].length != segment->length) return false;
    if (!segment->parameter && memcmp(path[i].at, segment->at, segment->length) != 0) return false;
  }
  return true;
}

static void take(const struct bf__compiled *compiled, const struct bf__text *path, struct bf__match *match) {
  match->route = compiled->route;
  for (size_t i = 0; i < compiled->count; i++) {
    if (!compiled->segments[i].parameter) continue;
    match->parameters[match->count].name = &compiled->segments[i];
    match->parameters[match->count++].value = path[i];
  }
}

void bf__router_find(const struct bf__router *router, int method, const struct bf__text *path, struct bf__match *ret_match) {
  struct bf__text segments[BF__SEGMENTS + 1];
  const char *at = path->at, *end = at + path->length;
  size_t count = 0;
  ret_match->route = NULL;
  ret_match->get = ret_match->post = false;
  ret_match->count = 0;
  while (count <= BF__SEGMENTS && next_segment(&at, end, &segments[count])) count++;
  for (size_t i = 0; i < router->count; i++) {
    const struct bf__compiled *compiled = &router->routes[i];
    if (!fits(compiled, segments, count)) continue;
    if (compiled->route->method == HTTP_GET) ret_match->get = true;
    if (compiled->route->method == HTTP_POST) ret_match->post = true;
    if (!ret_match->route && compiled->route->method == method) take(compiled, segments, ret_match);
  }
}
