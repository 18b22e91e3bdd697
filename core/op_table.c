#include <string.h>

#include "operation.h"

/* Looked through in order: the most often asked first. */
const struct bf__operation *bf__operation_find(const char *name) {
  static const struct bf__operation *const tables[] = {
      bf__operations_cases,     bf__operations_case_views,  bf__operations_documents, bf__operations_people,
      bf__operations_registers, bf__operations_time,        bf__operations_notices,   bf__operations_rules,
      bf__operations_reports,   bf__operations_public,      bf__operations_audit,     bf__operations_system,
      bf__operations_forecast,  bf__operations_import,      bf__operations_feed,      bf__operations_why,
      bf__operations_recount,   bf__operations_rules_views, bf__operations_office,    bf__operations_vacancy,
      bf__operations_stream,    bf__operations_steps,       bf__operations_work,      bf__operations_case_list,
      bf__operations_presence,  bf__operations_letters,     bf__operations_wording,
  };
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
    for (const struct bf__operation *operation = tables[i]; operation->name; operation++)
      if (strcmp(operation->name, name) == 0) return operation;
  return NULL;
}
