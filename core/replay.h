/* A case told again from its events: how it stood after each of them. Nothing is asked of any script: what the scripts wanted is
 * in the events. Used to lead a case back to how it once stood; what is told must be what is stored, or nothing is done. */
#ifndef BF_CORE_REPLAY_H
#define BF_CORE_REPLAY_H

#include <jansson.h>

#include "store.h"

#define BF__REPLAY_EVENTS 5000

/* The events of case ID in order, at most BF__REPLAY_EVENTS (BF_ELIMIT). New reference. */
int bf__replay_events(struct bf__store *store, const char *id, json_t **ret, struct bf_error *err) BF_WARN_UNUSED;

/* The case's state after each event: [ state after version 1, … ], without what is not told by events (number, ruleset, stay).
 * BF_EINVAL when events are missing or unreadable. */
int bf__replay(const json_t *view, const json_t *events, json_t **ret_states, struct bf_error *err) BF_WARN_UNUSED;

/* The same part of two states: facts, stages, clocks, the end. */
bool bf__replay_same(const json_t *told, const json_t *state);

/* The events that count: those that a later return has not undone, in order. Borrowed members. */
json_t *bf__replay_live(const json_t *events);

/* BEFORE as a case stands when it is led back to it on TODAY, from NOW: clocks that ran and were touched since are paused from
 * LEFT, the day it went on, until TODAY; clocks that nobody touched run on as they do. A new state, with NOW's documents, fired
 * reminders, secrecy, office and rules. */
json_t *bf__replay_return(const json_t *before, const json_t *now, const char *left, const char *today);

#endif
