/* Lists that somebody keeps by name: what was asked of a list, so that it can be asked again from any desk. In the user's own
 * record. */
#include <string.h>

#include "host.h"
#include "lists.h"
#include "people_job.h"

static const char form[] =
    "[{\"name\":\"views\",\"type\":\"list\",\"max\":40,\"zh\":\"视图\",\"en\":\"Views\",\"of\":{\"type\":\"record\",\"fields\":["
    "{\"name\":\"name\",\"type\":\"text\",\"max\":40,\"zh\":\"名称\",\"en\":\"Name\"},"
    "{\"name\":\"query\",\"type\":\"text\",\"max\":1000,\"optional\":true,\"zh\":\"条件\",\"en\":\"Query\"},"
    "{\"name\":\"standard\",\"type\":\"bool\",\"optional\":true,\"zh\":\"默认\",\"en\":\"Standard\"}]}}]";

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

static void refuse_unknown(const struct bf_call *call) {
  bf__people_refuse(call, 401, "login.needed", NULL, "请先登录", "Log in first.");
}

void bf__op_me_lists(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor) {
  (void)params;
  json_t *user = actor ? bf__directory_user(app->directory, text(actor, "user")) : NULL;
  json_t *own = json_incref(json_object_get(user, "lists"));
  json_decref(user);
  if (!own) own = json_pack("{s[]}", "views");
  if (actor)
    bf__answer_json(call, 200, own);
  else {
    json_decref(own);
    refuse_unknown(call);
  }
}

/* No two of one name, and one at most that a list begins with. */
static void check(const json_t *in, json_t *refusals) {
  const json_t *views = json_object_get(in, "views");
  json_t *one;
  size_t i, k;
  int standard = 0;
  json_array_foreach(views, i, one) {
    standard += json_is_true(json_object_get(one, "standard"));
    for (k = 0; k < i; k++)
      if (strcmp(text(one, "name"), text(json_array_get(views, k), "name")) == 0)
        bf__people_fault(refusals, "view.taken", "views", "已有同名的视图:请换一个名称",
                         "There is a view of this name already: choose another.");
  }
  if (standard > 1)
    bf__people_fault(refusals, "view.standard", "views", "默认视图只能有一个", "Only one view can be the standard one.");
}

void bf__op_me_lists_put(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor) {
  if (!actor) {
    refuse_unknown(call);
    return;
  }
  json_t *in = bf__people_input(call, params, form), *refusals = json_array();
  if (in) check(in, refusals);
  if (!in || !bf__people_clean(call, 422, refusals)) {
    if (!in) json_decref(refusals);
    json_decref(in);
    return;
  }
  json_t *put = json_pack("{ss s{sO}}", "id", text(actor, "user"), "set", "lists", in);
  struct bf__people_job *job = bf__people_job_new(app, call, actor, in);
  if (job)
    bf__people_job_submit(job, "user.put", put, bf__people_submitted);
  else
    json_decref(put);
}
