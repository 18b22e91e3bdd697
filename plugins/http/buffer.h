/* A growing run of bytes that was born with a maximum. */
#ifndef BF_HTTP_BUFFER_H
#define BF_HTTP_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

struct bf__buffer {
  char *data;
  size_t length, capacity;
};

/* Makes room for MORE bytes after `length`; false when MOST would be passed or memory is out. */
bool bf__buffer_reserve(struct bf__buffer *buffer, size_t more, size_t most);
bool bf__buffer_append(struct bf__buffer *buffer, const char *bytes, size_t length, size_t most);
void bf__buffer_drop(struct bf__buffer *buffer, size_t length); /* forgets the first LENGTH bytes */
void bf__buffer_trim(struct bf__buffer *buffer, size_t keep);   /* frees an empty buffer that is larger than KEEP */
void bf__buffer_done(struct bf__buffer *buffer);

/* Into room that was reserved before. */
void bf__put(struct bf__buffer *buffer, const char *bytes, size_t length);
void bf__put_number(struct bf__buffer *buffer, long long value);
#define bf__put_text(buffer, literal) bf__put(buffer, literal, sizeof(literal) - 1)

#endif
