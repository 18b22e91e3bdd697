#include "buffer.h"

#include <stdlib.h>
#include <string.h>

bool bf__buffer_reserve(struct bf__buffer *buffer, size_t more, size_t most) {
  size_t capacity = buffer->capacity ? buffer->capacity : 1024;
  char *data;
  if (buffer->capacity - buffer->length >= more) return true;
  if (more > most || buffer->length > most - more) return false;
  while (capacity < buffer->length + more) capacity *= 2;
  if (capacity > most) capacity = most;
  data = realloc(buffer->data, capacity);
  if (!data) return false;
  buffer->data = data;
  buffer->capacity = capacity;
  return true;
}

bool bf__buffer_append(struct bf__buffer *buffer, const char *bytes, size_t length, size_t most) {
  if (!bf__buffer_reserve(buffer, length, most)) return false;
  bf__put(buffer, bytes, length);
  return true;
}

void bf__buffer_drop(struct bf__buffer *buffer, size_t length) {
  if (length == 0) return;
  buffer->length -= length;
  if (buffer->length > 0) memmove(buffer->data, buffer->data + length, buffer->length);
}

void bf__buffer_trim(struct bf__buffer *buffer, size_t keep) {
  if (buffer->length == 0 && buffer->capacity > keep) bf__buffer_done(buffer);
}

void bf__buffer_done(struct bf__buffer *buffer) {
  free(buffer->data);
  *buffer = (struct bf__buffer){0};
}

void bf__put(struct bf__buffer *buffer, const char *bytes, size_t length) {
  if (length == 0) return;
  memcpy(buffer->data + buffer->length, bytes, length);
  buffer->length += length;
}

void bf__put_number(struct bf__buffer *buffer, long long value) {
  char digits[24];
  size_t at = sizeof digits;
  unsigned long long rest = value < 0 ? 0 : (unsigned long long)value;
  do {
    digits[--at] = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest > 0);
  bf__put(buffer, digits + at, sizeof digits - at);
}
