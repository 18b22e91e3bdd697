/* One HTTP/1 message at a time, free of sockets: what the connection, the tests and the fuzzers share.
 *
 * A head is looked at only when it is complete and in one piece, so that how it was cut into reads can't change its meaning.
 * llhttp reads the grammar; what it lets pass (folded lines, lone CR, ambiguous lengths) is refused here by hand. */
#ifndef BF_HTTP_PARSE_H
#define BF_HTTP_PARSE_H

#include <llhttp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"

#if !LLHTTP_STRICT_MODE
#error "llhttp must be in strict mode in every translation unit: define LLHTTP_STRICT_MODE=1"
#endif

#define BF__FIELDS 100 /* header fields in a request, at most */

enum bf__parse { BF__PARSE_MORE, BF__PARSE_DONE, BF__PARSE_FAULT };

struct bf__text { /* borrowed */
  const char *at;
  size_t length;
};

struct bf__field {
  struct bf__text name, value; /* value without white space around it */
};

/* A parsed head; its texts point into the bytes given to `bf__parser_head`. */
struct bf__head {
  struct bf__text target;
  int method; /* enum llhttp_method */
  int minor;  /* HTTP/1.minor */
  bool keep_alive, chunked, has_body;
  uint64_t content_length; /* 0 when chunked */
  size_t count;
  struct bf__field fields[BF__FIELDS];
};

struct bf__parser {
  llhttp_t llhttp;
  struct bf__head *head; /* borrowed during bf__parser_head */
  size_t limit;          /* bytes in a head */
  size_t scanned, line;  /* how far the head was looked at, and where its last line began */
  size_t extensions;     /* bytes in chunk extensions */
  enum bf__fault fault;
  bool open_value;       /* the last field has begun its value */
  bool headed, complete; /* the head, the message has ended */
  /* Takes body bytes; what it returns other than BF__FAULT_NONE ends the message. */
  enum bf__fault (*body)(void *arg, const char *at, size_t length);
  void *arg;
};

void bf__parser_init(struct bf__parser *parser, size_t limit, enum bf__fault (*body)(void *, const char *, size_t), void *arg);
void bf__parser_next(struct bf__parser *parser); /* ready for the next message */

/* Looks for a whole head in DATA, which always begins where the message does. *ret_used is what may be dropped: the head when
 * DONE, empty lines before it on MORE. With DONE and `complete` the message has no body. */
enum bf__parse bf__parser_head(struct bf__parser *parser, struct bf__head *head, const char *data, size_t length,
                               size_t *ret_used);
/* Feeds body bytes; DONE when the message ends, *ret_used bytes in. */
enum bf__parse bf__parser_body(struct bf__parser *parser, const char *data, size_t length, size_t *ret_used);

/* The only field called NAME (lower case), or NULL; *ret_count, if given, is how many there are. */
const struct bf__text *bf__head_field(const struct bf__head *head, const char *name, size_t *ret_count);
bool bf__text_is(const struct bf__text *text, const char *word); /* ASCII, case ignored */

#endif
