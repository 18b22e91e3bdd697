/* The search: lives a kind of case from its creation in every way it can find until a red line is crossed or a bound is reached.
 *
 * The ordinary way (what the rules call `usual`, papers supplied only when asked for, time passing only when nothing else can be
 * done) is lived first, from every opening worth trying; then every deviation from it, each followed by the ordinary way again;
 * then two deviations, and so on. What is new goes first: a world that holds a value, or a pair of values, that no world held. */
#ifndef BF_CORE_PROVE_SEARCH_H
#define BF_CORE_PROVE_SEARCH_H

#include "prove_key.h"
#include "prove_world.h"

struct bf__hunt_limits {
  double seconds; /* of wall time */
  size_t states;
  int depth;
};

/* Called every half second with { states, moves, depth }, borrowed. */
typedef void (*bf__hunt_progress)(void *arg, const json_t *now);

/* DECLARED: the scripts' world. *RET: { states, moves, depth, complete, seconds, taken: { "stage.action": n }, opened: { stage: n
 * }, closed: { stage: n }, faults: [ { where, message, count } ], crossed: [ { name, article, zh, en, case, tale } ] }. */
int bf__hunt(struct bf__lab *lab, const struct bf__marks *marks, const char *kind, const json_t *declared,
             const struct bf__hunt_limits *limits, bf__hunt_progress progress, void *arg, json_t **ret,
             struct bf_error *err) BF_WARN_UNUSED;

/* Takes out of TALE (borrowed) what line NAME can be crossed without. *RET: a tale that crosses it, none of whose steps can be
 * left out. */
int bf__tale_shorten(struct bf__lab *lab, const json_t *tale, const json_t *entries, const char *name, json_t **ret,
                     struct bf_error *err) BF_WARN_UNUSED;

#endif
