/* Files that travel inside the program; made at build time from core/lua/. */
#ifndef BF_CORE_EMBEDDED_H
#define BF_CORE_EMBEDDED_H

#include <stddef.h>

struct bf__embedded {
  const char *name; /* NULL ends the table */
  const char *text;
  size_t length;
};

extern const struct bf__embedded bf__embedded_files[];

#endif
