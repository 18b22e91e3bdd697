/* JSON values are many small blocks, made and dropped by the hundred for each command: more than the few of a size that malloc
 * keeps at hand for a thread. These lists keep more of them. Each block is malloc's own, so that free() may take it too. */
#include "pool.h"

#ifdef BF_SANITIZED /* every block is malloc's at once, under the sanitizer's eyes */
void bf__pool_use(void) {}
#else

#include <jansson.h>
#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#define LEAST 24u               /* bytes of the first class: what malloc's smallest block holds */
#define STEP 16u                /* from class to class */
#define CLASSES 14u             /* up to 232 bytes */
#define KEPT_BYTES (256u << 10) /* that wait in one thread */

struct idle {
  struct idle *next;
};

struct lists {
  struct idle *first[CLASSES];
  size_t bytes;
  bool ours; /* given back at the thread's end */
};

static _Thread_local struct lists lists;
static pthread_key_t key;
static bool keyed;

static void drop_all(void *arg) {
  struct lists *own = arg;
  for (size_t i = 0; i < CLASSES; i++) {
    for (struct idle *block = own->first[i], *next; block; block = next) {
      next = block->next;
      free(block);
    }
    own->first[i] = NULL;
  }
  own->bytes = 0;
  own->ours = false;
}

static void *take(size_t size) {
  size_t class = size <= LEAST ? 0 : (size - LEAST + STEP - 1) / STEP;
  if (class >= CLASSES) return malloc(size);
  struct idle *block = lists.first[class];
  if (!block) return malloc(LEAST + class * STEP);
  lists.first[class] = block->next;
  lists.bytes -= LEAST + class * STEP;
  return block;
}

static void give(void *ptr) {
  struct idle *block = ptr;
  size_t holds = ptr ? malloc_usable_size(ptr) : 0, class = holds < LEAST ? CLASSES : (holds - LEAST) / STEP;
  if (!lists.ours && keyed) lists.ours = pthread_setspecific(key, &lists) == 0;
  if (class >= CLASSES || lists.bytes >= KEPT_BYTES || !lists.ours) {
    free(ptr);
    return;
  }
  block->next = lists.first[class];
  lists.first[class] = block;
  lists.bytes += LEAST + class * STEP;
}

void bf__pool_use(void) {
  keyed = pthread_key_create(&key, drop_all) == 0;
  json_set_alloc_funcs(take, give);
}
#endif
