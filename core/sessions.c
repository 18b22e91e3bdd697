#include "sessions.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "banfa/error.h"
#include "directory.h"

#define BUCKETS 8192 /* a power of two */

struct session {
  struct session *next;
  int64_t expires_ms;
  char hash[BF__TOKEN_HASH];
  char user[];
};

struct bf__sessions {
  struct session *buckets[BUCKETS];
  size_t count;
  json_t *counts; /* { user: sessions }, only what is above 0 */
};

struct bf__sessions *bf__sessions_new(void) {
  struct bf__sessions *sessions = calloc(1, sizeof *sessions);
  if (sessions) sessions->counts = json_object();
  if (sessions && sessions->counts) return sessions;
  free(sessions);
  return NULL;
}

void bf__sessions_free(struct bf__sessions *sessions) {
  if (!sessions) return;
  for (size_t i = 0; i < BUCKETS; i++) {
    for (struct session *next, *s = sessions->buckets[i]; s; s = next) {
      next = s->next;
      free(s);
    }
  }
  json_decref(sessions->counts);
  free(sessions);
}

/* The keys are SHA-256 already: no need to mix them again, and nobody can choose them. */
static struct session **bucket(const struct bf__sessions *sessions, const char *hash) {
  char head[9];
  (void)snprintf(head, sizeof head, "%s", hash);
  return (struct session **)&sessions->buckets[strtoul(head, NULL, 16) & (BUCKETS - 1)];
}

static struct session **place(const struct bf__sessions *sessions, const char *hash) {
  struct session **at = bucket(sessions, hash);
  while (*at && strcmp((*at)->hash, hash) != 0) at = &(*at)->next;
  return at;
}

static int count_user(struct bf__sessions *sessions, const char *user, int change) {
  json_int_t count = json_integer_value(json_object_get(sessions->counts, user)) + change;
  return count > 0 ? json_object_set_new_nocheck(sessions->counts, user, json_integer(count))
                   : json_object_del(sessions->counts, user);
}

static void unlink_at(struct bf__sessions *sessions, struct session **at) {
  struct session *gone = *at;
  *at = gone->next;
  sessions->count--;
  (void)count_user(sessions, gone->user, -1); /* at worst an old count stays: a session ends early */
  free(gone);
}

/* Drops the session that ends first, of USER or of everybody (NULL). */
static void drop_first(struct bf__sessions *sessions, const char *user) {
  struct session **first = NULL;
  for (size_t i = 0; i < BUCKETS; i++) {
    for (struct session **at = &sessions->buckets[i]; *at; at = &(*at)->next) {
      if ((!user || strcmp((*at)->user, user) == 0) && (!first || (*at)->expires_ms < (*first)->expires_ms)) first = at;
    }
  }
  if (first) unlink_at(sessions, first);
}

int bf__sessions_put(struct bf__sessions *sessions, const char *hash, const char *user, int64_t expires_ms) {
  if (strlen(hash) != BF__TOKEN_HASH - 1) return BF_EINVAL;
  bf__sessions_drop(sessions, hash);
  if (json_integer_value(json_object_get(sessions->counts, user)) >= BF__SESSIONS_OF_A_USER) drop_first(sessions, user);
  if (sessions->count >= BF__SESSIONS) drop_first(sessions, NULL);
  size_t length = strlen(user) + 1;
  struct session *session = malloc(sizeof *session + length);
  if (!session || count_user(sessions, user, 1) < 0) {
    free(session);
    return BF_ENOMEM;
  }
  session->expires_ms = expires_ms;
  memcpy(session->hash, hash, sizeof session->hash);
  memcpy(session->user, user, length);
  struct session **at = bucket(sessions, hash);
  session->next = *at;
  *at = session;
  sessions->count++;
  return 0;
}

void bf__sessions_drop(struct bf__sessions *sessions, const char *hash) {
  struct session **at = place(sessions, hash);
  if (*at) unlink_at(sessions, at);
}

/* Drops every session that is USER's (save KEEP) or, with USER NULL, over at NOW. */
static void drop_where(struct bf__sessions *sessions, const char *user, const char *keep, int64_t now_ms) {
  for (size_t i = 0; i < BUCKETS; i++) {
    for (struct session **at = &sessions->buckets[i]; *at;) {
      bool goes =
          user ? strcmp((*at)->user, user) == 0 && !(keep && strcmp((*at)->hash, keep) == 0) : (*at)->expires_ms <= now_ms;
      if (goes)
        unlink_at(sessions, at);
      else
        at = &(*at)->next;
    }
  }
}

void bf__sessions_drop_user(struct bf__sessions *sessions, const char *user, const char *keep) {
  drop_where(sessions, user, keep, 0);
}
void bf__sessions_sweep(struct bf__sessions *sessions, int64_t now_ms) {
  drop_where(sessions, NULL, NULL, now_ms);
}
size_t bf__sessions_count(const struct bf__sessions *sessions) {
  return sessions->count;
}

const char *bf__sessions_user(const struct bf__sessions *sessions, const char *hash, int64_t now_ms) {
  const struct session *session = *place(sessions, hash);
  return session && now_ms < session->expires_ms ? session->user : NULL;
}
