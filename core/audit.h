/* Checking the hash chain: event by event, from storage or from an exported file. */
#ifndef BF_CORE_AUDIT_H
#define BF_CORE_AUDIT_H

#include <jansson.h>
#include <stdint.h>

#include "banfa/error.h"
#include "chain.h"

#define BF__AUDIT_LINE ((size_t)64 << 20) /* no event is longer */

/* Where a check stands: zeroed at the start. FAULT_ZH is "" while all links hold. */
struct bf__audit {
  int64_t events;
  unsigned char hash[BF__HASH_BYTES];
  int64_t fault_seq;
  char fault_zh[200], fault_en[240];
};

/* The next link: its canonical text, the hash that is stated for it, and, where storage says so beside the text, its number (else
 * -1) and its case (else NULL). 0, BF_EREFUSED with the fault noted, or another code. */
int bf__audit_link(struct bf__audit *audit, int64_t seq, const char *case_id, const char *text, size_t length, const void *stated,
                   size_t stated_length) BF_WARN_UNUSED;
/* Notes a fault; the first one stays. Returns BF_EREFUSED. */
BF_PRINTF(4, 5)
int bf__audit_fault(struct bf__audit *audit, int64_t seq, const char *zh, const char *en_format, ...);
/* { ok, events, head, fault?: { seq, zh, en } }, a new reference. */
json_t *bf__audit_report(const struct bf__audit *audit);

/* A file of audit.export: a line for each event, "64 hex digits, one blank, canonical text". 0 with a report, whole or not; a
 * negative code when it cannot be read. */
int bf__audit_verify_file(const char *path, json_t **ret_report, struct bf_error *err) BF_WARN_UNUSED;

#endif
