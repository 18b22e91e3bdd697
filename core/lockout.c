#include "lockout.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW_MS (15 * 60 * 1000)
#define LOCK_MS (15 * 60 * 1000)
#define USER_LIMIT 5
#define PEER_LIMIT 50
#define SETS 512 /* × WAYS entries: a flood of invented names pushes out old entries, never grows */
#define WAYS 8
#define KEY_BYTES 16

struct entry {
  unsigned char key[KEY_BYTES];
  uint64_t count;            /* failures so far; 0 = a free entry */
  int64_t last, until;       /* the newest failure; refused before this */
  int64_t times[PEER_LIMIT]; /* a ring of the newest LIMIT failures */
};

struct bf__lockout {
  pthread_mutex_t lock;
  unsigned char secret[crypto_generichash_KEYBYTES]; /* so that nobody can aim at another's entry */
  struct entry *users, *peers;                       /* SETS × WAYS each; pages never touched cost nothing */
};

struct bf__lockout *bf__lockout_new(void) {
  struct bf__lockout *lockout = calloc(1, sizeof *lockout);
  if (!lockout) return NULL;
  lockout->users = calloc(SETS * WAYS, sizeof *lockout->users);
  lockout->peers = calloc(SETS * WAYS, sizeof *lockout->peers);
  if (!lockout->users || !lockout->peers || pthread_mutex_init(&lockout->lock, NULL) != 0) {
    free(lockout->users);
    free(lockout->peers);
    free(lockout);
    return NULL;
  }
  randombytes_buf(lockout->secret, sizeof lockout->secret);
  return lockout;
}

void bf__lockout_free(struct bf__lockout *lockout) {
  if (!lockout) return;
  (void)pthread_mutex_destroy(&lockout->lock);
  free(lockout->users);
  free(lockout->peers);
  free(lockout);
}

/* The entry of NAME or NULL; *ret_spare, when asked for, is the entry of its set that can best be given up. */
static struct entry *find(const struct bf__lockout *lockout, struct entry *table, const char *name, unsigned char key[KEY_BYTES],
                          struct entry **ret_spare) {
  uint64_t number;
  (void)crypto_generichash(key, KEY_BYTES, (const unsigned char *)name, strlen(name), lockout->secret, sizeof lockout->secret);
  memcpy(&number, key, sizeof number);
  struct entry *set = table + (number % SETS) * WAYS, *spare = set;
  for (int i = 0; i < WAYS; i++) {
    if (set[i].count && memcmp(set[i].key, key, KEY_BYTES) == 0) return &set[i];
    if (set[i].until < spare->until || (set[i].until == spare->until && set[i].last < spare->last)) spare = &set[i];
  }
  if (ret_spare) *ret_spare = spare;
  return NULL;
}

static bool locked(const struct bf__lockout *lockout, struct entry *table, const char *name, int64_t now_ms) {
  unsigned char key[KEY_BYTES];
  const struct entry *entry = name ? find(lockout, table, name, key, NULL) : NULL;
  return entry && now_ms < entry->until;
}

static void failed(const struct bf__lockout *lockout, struct entry *table, const char *name, uint64_t limit, int64_t now_ms) {
  unsigned char key[KEY_BYTES];
  struct entry *spare = NULL;
  struct entry *entry = name ? find(lockout, table, name, key, &spare) : NULL;
  if (!name) return;
  if (!entry) {
    entry = spare;
    memset(entry, 0, sizeof *entry);
    memcpy(entry->key, key, KEY_BYTES);
  }
  entry->times[entry->count++ % limit] = now_ms;
  entry->last = now_ms;
  /* the next place in the ring holds the oldest of the last LIMIT failures */
  if (entry->count >= limit && now_ms - entry->times[entry->count % limit] <= WINDOW_MS) entry->until = now_ms + LOCK_MS;
}

bool bf__lockout_locked(struct bf__lockout *lockout, const char *user, const char *peer, int64_t now_ms) {
  (void)pthread_mutex_lock(&lockout->lock);
  bool is = locked(lockout, lockout->users, user, now_ms) || locked(lockout, lockout->peers, peer, now_ms);
  (void)pthread_mutex_unlock(&lockout->lock);
  return is;
}

void bf__lockout_failed(struct bf__lockout *lockout, const char *user, const char *peer, int64_t now_ms) {
  (void)pthread_mutex_lock(&lockout->lock);
  failed(lockout, lockout->users, user, USER_LIMIT, now_ms);
  failed(lockout, lockout->peers, peer, PEER_LIMIT, now_ms);
  (void)pthread_mutex_unlock(&lockout->lock);
}

void bf__lockout_passed(struct bf__lockout *lockout, const char *user) {
  unsigned char key[KEY_BYTES];
  (void)pthread_mutex_lock(&lockout->lock);
  struct entry *entry = find(lockout, lockout->users, user, key, NULL);
  if (entry) memset(entry, 0, sizeof *entry);
  (void)pthread_mutex_unlock(&lockout->lock);
}
