/* Shared by form.c, form_types.c and form_valid.c only. */
#ifndef BF_CORE_FORM_INTERNAL_H
#define BF_CORE_FORM_INTERNAL_H

#include <stdbool.h>

#include "form.h"

#define BF__MONEY_MOST 9000000000000000LL
#define BF__LIST_MOST 1000
#define BF__FAULTS_MOST 100 /* a hostile body has thousands: nobody reads them */

enum bf__form_type {
  BF__TYPE_TEXT,
  BF__TYPE_MONEY,
  BF__TYPE_INT,
  BF__TYPE_PERCENT,
  BF__TYPE_BOOL,
  BF__TYPE_DATE,
  BF__TYPE_CHOICE,
  BF__TYPE_LIST,
  BF__TYPE_RECORD,
  BF__TYPE_REF,
  BF__TYPE_USER,
  BF__TYPE_ORG,
  BF__TYPE_REGISTER,
  BF__TYPE_NONE /* no such type */
};

struct bf__form_walk {
  json_t *refusals;
  char path[300]; /* of the value being looked at */
  size_t faults;
  bool failed; /* no memory for a refusal: a fault that cannot be told is still a fault */
};

extern const char *const bf__form_types[BF__TYPE_NONE]; /* in the order of the enum */
extern const char *const bf__form_patterns[4];

enum bf__form_type bf__form_type_of(const json_t *field);
bool bf__form_has_pattern(const char *name);
/* The bounds of a field of TYPE, its own or the type's: characters, entries or the number itself. */
void bf__form_bounds(const json_t *field, enum bf__form_type type, json_int_t *ret_least, json_int_t *ret_most);

/* One fault at the present path: “label” and what follows it, in both languages. ZH_TAIL is text, not a format. */
BF_PRINTF(5, 6)
void bf__form_fault(struct bf__form_walk *walk, const json_t *field, const char *code, const char *zh_tail, const char *en_format,
                    ...);
void bf__form_missing(struct bf__form_walk *walk, const json_t *field);

/* Any type but list and record. */
void bf__form_check_plain(struct bf__form_walk *walk, const json_t *field, enum bf__form_type type, const json_t *value);

#endif
