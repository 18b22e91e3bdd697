/* What can be wrong with a request before it reaches the program: each has a status, a code and its words in problem.c. */
#ifndef BF_HTTP_FAULT_H
#define BF_HTTP_FAULT_H

#include <stddef.h>

enum bf__fault {
  BF__FAULT_NONE,
  BF__FAULT_SYNTAX,
  BF__FAULT_LINE_END,
  BF__FAULT_FOLDED,
  BF__FAULT_FRAMING,
  BF__FAULT_CHUNK,
  BF__FAULT_HOST,
  BF__FAULT_TARGET,
  BF__FAULT_QUERY,
  BF__FAULT_AUTHORIZATION,
  BF__FAULT_KEY,
  BF__FAULT_IF_MATCH,
  BF__FAULT_JSON,
  BF__FAULT_NOT_OBJECT,
  BF__FAULT_BODY_UNEXPECTED,
  BF__FAULT_ORIGIN,
  BF__FAULT_NOT_FOUND,
  BF__FAULT_METHOD,
  BF__FAULT_TIMEOUT,
  BF__FAULT_TOO_LARGE,
  BF__FAULT_TARGET_LONG,
  BF__FAULT_MEDIA,
  BF__FAULT_EXPECT,
  BF__FAULT_HEADER_LARGE,
  BF__FAULT_INTERNAL,
  BF__FAULT_UPGRADE,
  BF__FAULT_CODING,
  BF__FAULT_BUSY,
  BF__FAULT_VERSION,
  BF__FAULT_DISK_FULL,
  BF__FAULT_COUNT,
};

int bf__fault_status(enum bf__fault fault);

/* The problem+json text. LINE and COLUMN tell where malformed JSON is, or are 0. Returns its length, at most SIZE - 1. */
size_t bf__problem_write(enum bf__fault fault, int line, int column, char *ret_text, size_t size);

#endif
