/* Configuration: banfa.json, checked key by key, under command-line overrides. */
#ifndef BF_CORE_CONFIG_H
#define BF_CORE_CONFIG_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "banfa/error.h"

struct bf__config {
  char *path;             /* the file read, or NULL for defaults */
  char *data;             /* data folder, absolute */
  char *scripts;          /* scripts folder, absolute */
  char *calendar;         /* calendar folder, absolute */
  char *plugin_dir;       /* where the *.so are, absolute */
  json_t *load;           /* array of plugin names, in the order they were written */
  json_t *plugins;        /* { name: { option: value } } for the host */
  char *public_url;       /* where people open the console, without a last slash; NULL: notices carry no link */
  char *log_level;        /* debug, info, warn, error */
  char *log_format;       /* auto, json, text */
  int readers;            /* reader threads, 1 to 16 */
  int64_t batch;          /* commands a commit, 1 to 4096 */
  int64_t queue;          /* commands that may wait, 64 to 1,000,000: beyond it 503 */
  int64_t session_hours;  /* 1 to 720 */
  int64_t document_bytes; /* largest document, 1 KiB to 16 GiB */
  bool rules_approval;    /* a second administrator approves each change of rules */
  bool rules_development; /* what the scripts folder holds comes into force once it passes */
  bool rules_prove;       /* nothing comes into force without a passed proof of its red lines */
  bool rules_watch;       /* an edited scripts folder becomes a candidate */
  int64_t urge_total;     /* how often one stage may be urged in all, and on one day */
  int64_t urge_daily;
  bool clock_is_virtual;
  int64_t clock_at; /* ms */
};

struct bf__overrides { /* from the command line; NULL = not given */
  const char *config, *data, *scripts, *listen, *clock;
};

/* Reads the file (explicit, or ./config/banfa.json, or beside the program), applies overrides. Every error names its key, what
 * was found and what is allowed; unknown keys name the nearest known one. */
int bf__config_load(const struct bf__overrides *overrides, struct bf__config *ret, struct bf_error *err) BF_WARN_UNUSED;
void bf__config_done(struct bf__config *config);

#endif
