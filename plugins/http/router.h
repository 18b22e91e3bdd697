/* Which operation a method and a path mean. */
#ifndef BF_HTTP_ROUTER_H
#define BF_HTTP_ROUTER_H

#include "parse.h"

#define BF__SEGMENTS 8 /* of a path that is served, at most */

enum bf__route_flags {
  BF__ROUTE_UPLOAD = 1, /* the body is a document of any type, streamed */
  BF__ROUTE_EVENTS = 4, /* the answer does not end: Server-Sent Events */
  BF__ROUTE_LOGIN = 2,  /* starts a session: an old session cookie is not looked at */
};

struct bf__route {
  int method;          /* HTTP_GET or HTTP_POST */
  const char *pattern; /* "/a/{name}" */
  const char *operation;
  unsigned flags;
};

struct bf__segment {
  const char *at; /* into the pattern: the literal, or the parameter's name */
  unsigned char length;
  bool parameter;
};

#define BF__ROUTES 128
struct bf__router {
  size_t count;
  struct bf__compiled {
    const struct bf__route *route;
    size_t count;
    struct bf__segment segments[BF__SEGMENTS];
  } routes[BF__ROUTES];
};

struct bf__match {
  const struct bf__route *route; /* NULL: 404 when `allow` is empty, else 405 */
  bool get, post;                /* methods that the path has */
  size_t count;                  /* parameters */
  struct {
    const struct bf__segment *name;
    struct bf__text value; /* still percent-encoded */
  } parameters[BF__SEGMENTS];
};

/* BF_EINVAL when the table holds what does not fit. */
int bf__router_init(struct bf__router *router);
void bf__router_find(const struct bf__router *router, int method, const struct bf__text *path, struct bf__match *ret_match);

#endif
