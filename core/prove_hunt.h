/* Shared by prove_search.c, prove_nodes.c, prove_moves.c and prove_tiers.c only: a search under way. */
#ifndef BF_CORE_PROVE_HUNT_H
#define BF_CORE_PROVE_HUNT_H

#include "prove_search.h"

#define DEPTH_MOST 400
#define ASKED_MOST 6    /* nodes at which an action that nobody has done yet is tried at once */
#define REPAIRS 90      /* tries to mend one refused input, */
#define REPAIRS_LATER 8 /* once that has failed a few times */
#define FAILED_MOST 3
#define TRIES_EACH 2 /* of all inputs of one action, in one kind of life, at first */
#define PAIRS 60     /* inputs that differ in two places, of one action */
/* Levels: the ordinary ways at 0; */
#define SHORTEST 1      /* the same by the furthest action that is allowed each time */
#define DEVIATIONS 2    /* the first step aside; what follows from it, and further steps aside, come after */
#define USUAL_MOST 20   /* the highest number of a usual action */
#define WAITS 16        /* waits in a row that cost nothing more */
#define HUNG_MOST 20    /* calls that ran over their budget */
#define AFTER_CROSSED 1 /* seconds that the search goes on after the first crossing */

enum tier { USUAL, SHORT, ONWARD, OTHERS, WORDS, NUMBERS, PAIRED };

/* How a node goes on by itself: through every usual action in turn, or by the furthest that is allowed. */
enum way { IN_TURN, BY_THE_FURTHEST };

struct node {
  uint32_t parent;
  uint32_t root;     /* which opening it comes from */
  uint64_t sequence; /* of actions up to here, as a hash */
  uint16_t level, depth, waits;
  uint8_t novelty, pending, way;
  bool usual, shortened, looked;
  json_t *move;            /* an object, or an array of them */
  struct bf__world *world; /* NULL once nothing is left to be tried from here */
  json_t *possible;        /* [ for each case: what could be done on it ], once asked */
};

struct ticket {
  uint64_t order; /* level, then chance */
  uint32_t node;
  uint8_t tier;
};

struct hunt {
  struct bf__lab *lab;
  const struct bf__marks *marks;
  const struct bf__hunt_limits *limits;
  const char *kind;
  struct node *nodes;
  size_t count, room;
  struct ticket *queue;
  size_t waiting, queue_room;
  struct {
    uint64_t *keys;
    uint32_t *nodes;
    size_t room, count;
  } known;                                          /* worlds by their keys */
  struct bf__seen atoms, pairs, situations, parent; /* `parent`: the atoms of the node being expanded */
  struct bf__key key;
  json_t *taken, *opened, *closed, *faults, *crossed, *tried;
  struct {
    uint64_t sequence; /* of the longest ordinary way from this opening */
    uint16_t depth;
    bool like_another;
  } * roots;
  size_t root_count;
  uint32_t root; /* that children get */
  int64_t moves, chance;
  unsigned moved; /* a bit for each case that some move has changed, since it was last set to 0 */
  int deepest, hung;
  bool compared;
  double began, until, told;
  bf__hunt_progress progress;
  void *arg;
};

enum came { REFUSED, KNOWN, FRESH };

struct attempt {
  int index;
  const char *stage, *action, *role;
  bool own;
  json_t *input; /* borrowed */
  unsigned level;
  bool usual;
  enum way way;
};

double bf__hunt_now(void);
json_t *bf__hunt_date(int32_t date);
void bf__hunt_bump(json_t *counts, const char *name);
int bf__hunt_push(struct hunt *hunt, uint32_t node, enum tier tier, unsigned level, bool at_once, struct bf_error *err);
struct ticket bf__hunt_pop(struct hunt *hunt);
void bf__hunt_drop_world(struct node *node);
void bf__hunt_note_crossed(struct hunt *hunt, uint32_t parent, const json_t *move, const json_t *crossed);
void bf__hunt_note_stages(struct hunt *hunt, const struct bf__world *before, const struct bf__world *after);
void bf__hunt_compare_roots(struct hunt *hunt);
int bf__hunt_settle(struct hunt *hunt, uint32_t parent, struct bf__world *world, json_t *move, unsigned level, bool usual,
                    unsigned waits, enum way way, uint64_t did, bool *ret_new, struct bf_error *err);
int bf__hunt_note_fault(struct hunt *hunt, int r, const struct bf_error *fault, struct bf_error *err);
int bf__hunt_try_act(struct hunt *hunt, uint32_t node, const struct attempt *a, enum came *ret, json_t **ret_refusals,
                     struct bf_error *err);
int bf__hunt_try_mended(struct hunt *hunt, uint32_t node, struct attempt *a, enum came *ret, json_t **ret_input,
                        struct bf_error *err);
int bf__hunt_wait_until(struct hunt *hunt, uint32_t node, int32_t date, unsigned level, bool usual, bool *ret_new,
                        struct bf_error *err);
int32_t bf__hunt_case_due(const struct hunt *hunt, const struct bf__world *world, int index);
int32_t bf__hunt_next_due(const struct hunt *hunt, const struct bf__world *world);
const char *bf__hunt_first_role(const json_t *by, size_t at);
int bf__hunt_expand(struct hunt *hunt, const struct ticket *ticket, struct bf_error *err);

#endif
