/* How a person wants to be told: by which channels, in which language, one by one or once a morning, and when not. Kept in the
 * user's own record as { channels: [ { channel, address } ], lang: "zh"|"en", digest, quiet: { from: "21:00", to: "08:00" }? }.
 */
#ifndef BF_CORE_PREFERENCES_H
#define BF_CORE_PREFERENCES_H

#include "operation.h"

/* When a notice made at NOW may go out to somebody with PREFERENCES: at once when it is urgent, else in waking hours of a working
 * day; for a DIGEST, the next such morning. Any thread. */
int64_t bf__preferences_when(const struct bf__calendar *calendar, const json_t *preferences, int64_t now_ms, bool urgent,
                             bool digest);
bool bf__preferences_digest(const json_t *preferences);

void bf__op_me_notices(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor);
void bf__op_me_notices_put(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor);

#endif
