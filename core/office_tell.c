/* Copies, urging, recusal. */
#include "op_office.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "office.h"
#include "permit.h"
#include "ruleset.h"
#include "state.h"
#include "turn.h"

static const char *text(const json_t *object, const char *name) {
  const char *value = json_string_value(json_object_get(object, name));
  return value ? value : "";
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "office", "no memory");
}

/* Copies and urging. --------------------------------------------------------------------------------------------------------- */

static bool belongs(struct bf__office_call *call) {
  if (bf__actor_belongs(call->turn->app, call->view, call->command->actor, call->state)) return true;
  (void)bf__office_refuse(call, 403, "office.reader", NULL, "You may read this case, no more.", "您只能查看本事项");
  return false;
}

int bf__office_copy(struct bf__office_call *call, struct bf_error *err) {
  const char *note, *name;
  char key[24];
  json_t *one;
  if (!belongs(call) || !bf__office_text(call, "note", false, &note) || !bf__office_next_key(call, "copies", key)) return 0;
  json_t *to = bf__office_to(call, call->body);
  if (!to) return 0;
  json_object_foreach(json_object_get(json_object_get(call->state, "office"), "copies"), name, one) {
    if (!json_equal(json_object_get(one, "to"), to)) continue;
    json_decref(to);
    return bf__office_refuse(call, 409, "office.copied", "user", "They have a copy already.", "已经抄送过");
  }
  json_t *tell = json_pack("[O]", to);
  json_t *entry =
      json_pack("{si so ss ss ss ss*}", "id", (int)strtol(key, NULL, 10), "to", to, "by", text(call->command->actor, "user"),
                "by_name", bf__office_name(call), "on", call->date, "note", *note ? note : NULL);
  return bf__office_note(call, "copies", key, entry, NULL, tell, "copied", bf__office_said(call, note), err);
}

/* Roles that the stage waits for and that are not the actor's: of its usual actions, or else of all. */
static json_t *awaited_roles(struct bf__office_call *call, bool usual) {
  const char *name;
  json_t *action, *roles = json_array(), *role;
  size_t i;
  json_object_foreach(json_object_get(bf__view_stage(call->view, call->stage), "actions"), name, action) {
    json_t *by = json_object_get(action, "by"), *as;
    if (usual && !json_object_get(action, "usual")) continue;
    if ((as = bf__office_as(call->turn->app, call->view, by, call->command->actor, call->state, call->stage))) {
      json_decref(as);
      continue;
    }
    json_t *list = json_is_string(by) ? json_pack("[O]", by) : json_incref(by);
    json_array_foreach(list, i, role) {
      size_t k = 0;
      while (k < json_array_size(roles) && !json_equal(json_array_get(roles, k), role)) k++;
      if (k == json_array_size(roles) && strcmp(json_string_value(role), "system") != 0) (void)json_array_append(roles, role);
    }
    json_decref(list);
  }
  return roles;
}

/* At most so many in this round of the stage, and so many a day, whoever urges. */
static bool may_urge(struct bf__office_call *call) {
  const struct bf__config *config = &call->turn->app->config;
  const json_t *stage = json_object_get(json_object_get(call->state, "stages"), call->stage);
  int64_t total = 0, today = 0;
  const char *key;
  json_t *one;
  json_object_foreach(json_object_get(json_object_get(call->state, "office"), "urges"), key, one) {
    if (strcmp(text(one, "stage"), call->stage) != 0 ||
        !json_equal(json_object_get(one, "round"), json_object_get(stage, "round")))
      continue;
    total++;
    today += strcmp(text(one, "on"), call->date) == 0;
  }
  if (total < config->urge_total && today < config->urge_daily) return true;
  (void)bf__office_refuse(call, 409, "office.urged", NULL,
                          total >= config->urge_total ? "This stage has been urged as often as may be."
                                                      : "It was urged today: try again another day.",
                          total >= config->urge_total ? "本环节催办已达上限(%lld次)" : "今天已催办(每天至多%lld次):请改日再催",
                          (long long)(total >= config->urge_total ? config->urge_total : config->urge_daily));
  return false;
}

/* The posts by their roles, and the persons who hold the work there. */
static json_t *tell_posts(struct bf__office_call *call, const json_t *roles) {
  json_t *tell = json_copy((json_t *)(uintptr_t)roles), *role, *org;
  size_t i, k;
  json_array_foreach(roles, i, role) {
    json_t *posts = bf__posts(call->turn->app->directory, call->view, json_string_value(role), call->state);
    json_array_foreach(posts, k, org) {
      const json_t *holder = bf__office_holder(call->turn->app, call->state, call->stage, json_string_value(org), call->date);
      if (holder) (void)json_array_append_new(tell, json_pack("{sO}", "user", json_object_get(holder, "user")));
    }
    json_decref(posts);
  }
  return tell;
}

int bf__office_urge(struct bf__office_call *call, struct bf_error *err) {
  const char *note;
  char key[24];
  if (!belongs(call) || !bf__office_text(call, "note", false, &note) || !may_urge(call) ||
      !bf__office_next_key(call, "urges", key))
    return 0;
  json_t *roles = awaited_roles(call, true);
  if (json_array_size(roles) == 0) {
    json_decref(roles);
    roles = awaited_roles(call, false);
  }
  if (json_array_size(roles) == 0) {
    json_decref(roles);
    return bf__office_refuse(call, 409, "office.nobody", "stage", "This stage waits for nobody but you.",
                             "本环节只等您办理,无须催办");
  }
  const json_t *stage = json_object_get(json_object_get(call->state, "stages"), call->stage);
  json_t *tell = tell_posts(call, roles);
  json_t *entry = json_pack("{si ss sO* so ss ss ss ss ss*}", "id", (int)strtol(key, NULL, 10), "stage", call->stage, "round",
                            json_object_get(stage, "round"), "roles", roles, "by", text(call->command->actor, "user"), "by_name",
                            bf__office_name(call), "by_org", text(call->command->actor, "org"), "on", call->date, "note",
                            *note ? note : NULL);
  return bf__office_note(call, "urges", key, entry, NULL, tell, "urged", bf__office_said(call, note), err);
}

/* Recusal. ------------------------------------------------------------------------------------------------------------------- */

/* Oneself; an administrator also a colleague, or the whole body. */
int bf__office_recuse(struct bf__office_call *call, struct bf_error *err) {
  const json_t *actor = call->command->actor;
  const char *why, *user = text(call->body, "user"), *org = text(call->body, "org");
  char key[24];
  if (!bf__office_text(call, "why", true, &why) || !bf__office_next_key(call, "conflicts", key)) return 0;
  if (!*user && !*org) user = text(actor, "user");
  if ((*org || strcmp(user, text(actor, "user")) != 0) && !bf__office_administers(call))
    return bf__office_refuse(call, 403, "office.admin", "user", "An administrator declares this of others.",
                             "只能声明本人回避;他人或全单位回避由管理员声明");
  json_t *to = *org ? bf__directory_org(call->turn->app->directory, org) : bf__directory_user(call->turn->app->directory, user);
  bool own = to && strcmp(text(to, *org ? "id" : "org"), text(call->as, "org")) == 0;
  json_t *entry =
      json_pack("{si ss ss* ss ss ss}", "id", (int)strtol(key, NULL, 10), *org ? "org" : "user", *org ? org : user, "name",
                to ? text(to, *org ? "zh" : "name") : NULL, "by", text(actor, "user"), "on", call->date, "why", why);
  json_decref(to);
  if (own && (*org || !bf__office_in_conflict(call, user)))
    return bf__office_note(call, "conflicts", key, entry, NULL, NULL, NULL, NULL, err);
  json_decref(entry);
  return own ? bf__office_refuse(call, 409, "office.recused", "user", "They are recused already.", "已声明回避")
             : bf__office_refuse(call, 422, "office.colleague", "user", "It is for people of your own body.",
                                 "只能声明本单位人员回避");
}

int bf__office_end_recusal(struct bf__office_call *call, struct bf_error *err) {
  const char *why;
  char key[24];
  const json_t *entry = bf__office_open_entry(call, "conflicts", "recusal", key);
  if (!entry || !bf__office_text(call, "why", true, &why)) return 0;
  if (!bf__office_administers(call) || strcmp(text(entry, "by"), text(call->command->actor, "user")) == 0)
    return bf__office_refuse(call, 403, "office.admin", NULL, "An administrator other than whoever declared it may end it.",
                             "只能由声明人以外的管理员解除");
  json_t *fresh = json_deep_copy(entry);
  if (!fresh || json_object_set_new(fresh, "ended", json_string(call->date)) < 0) {
    json_decref(fresh);
    return no_memory(err);
  }
  return bf__office_note(call, "conflicts", key, fresh, json_pack("{ss}", "why", why), NULL, NULL, NULL, err);
}
