/* Signing together: a round of signers for one action, all or a set share of them. */
#include "op_office.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "office.h"
#include "permit.h"
#include "ruleset.h"
#include "state.h"
#include "turn.h"

#define SIGNERS_MAX 50

static const char *text(const json_t *object, const char *name) {
  const char *value = json_string_value(json_object_get(object, name));
  return value ? value : "";
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "office", "no memory");
}

/* Signing together. ---------------------------------------------------------------------------------------------------------- */

static bool twice(const json_t *signers, const json_t *to) {
  size_t i;
  json_t *one;
  json_array_foreach(signers, i, one) {
    const json_t *other = json_object_get(one, "to");
    if (strcmp(text(other, "user"), text(to, "user")) == 0 && strcmp(text(other, "org"), text(to, "org")) == 0) return true;
  }
  return false;
}

/* [ { to } ] and [ to ] of the body's signers; false once refused. */
static bool take_signers(struct bf__office_call *call, json_t *signers, json_t *tell) {
  const json_t *given = json_object_get(call->body, "signers");
  size_t i;
  json_t *one;
  if (!json_is_array(given) || json_array_size(given) == 0 || json_array_size(given) > SIGNERS_MAX) {
    (void)bf__office_refuse(call, 400, "office.signers", "signers", "signers is a list of 1 to 50 { user } or { org }.",
                            "请列出1至%d位会签人({user} 或 {org})", SIGNERS_MAX);
    return false;
  }
  json_array_foreach(given, i, one) {
    json_t *to = bf__office_to(call, one);
    if (!to) return false;
    if (twice(signers, to)) {
      json_decref(to);
      (void)bf__office_refuse(call, 422, "office.twice", "signers", "Somebody is named twice.", "会签人有重复");
      return false;
    }
    (void)json_array_append(tell, to);
    (void)json_array_append_new(signers, json_pack("{so}", "to", to));
  }
  return true;
}

/* "all", a number, or a share such as "60%" of COUNT, rounded up. 0 once refused. */
static int take_need(struct bf__office_call *call, int count) {
  const json_t *given = json_object_get(call->body, "need");
  const char *word = json_string_value(given);
  char *end = NULL;
  long number = json_is_integer(given) ? (long)json_integer_value(given) : word ? strtol(word, &end, 10) : 0;
  if (!given || (word && strcmp(word, "all") == 0)) return count;
  if (word && number >= 1 && number <= 100 && strcmp(end, "%") == 0) return (int)((number * count + 99) / 100);
  if (json_is_integer(given) && number >= 1 && number <= count) return (int)number;
  (void)bf__office_refuse(call, 400, "office.need", "need", "need is \"all\", a number of signers, or a share such as \"60%\".",
                          "须签比例应为 \"all\"、人数(1至%d)或百分比如 \"60%%\"", count);
  return 0;
}

/* A round that stands on the same action in its present turn. */
static bool has_round(const struct bf__office_call *call, const char *action) {
  const char *key;
  json_t *one;
  json_object_foreach(json_object_get(json_object_get(call->state, "office"), "rounds"), key, one) {
    if (strcmp(text(one, "stage"), call->stage) == 0 && strcmp(text(one, "action"), action) == 0 &&
        bf__office_current(call->state, one))
      return true;
  }
  return false;
}

static bool may_open(struct bf__office_call *call, const char *action) {
  const json_t *by = json_object_get(bf__view_action(call->view, call->stage, action), "by");
  json_t *as = bf__office_as(call->turn->app, call->view, by, call->command->actor, call->state, call->stage);
  bool may = as != NULL;
  json_decref(as);
  if (!may)
    (void)bf__office_refuse(call, 403, "office.action", "action", "Signing is opened by whoever may take the action.",
                            "会签由可以办理该操作的人发起");
  else if (has_round(call, action))
    (void)bf__office_refuse(call, 409, "office.round", "action", "Signing for this action is under way: close it first.",
                            "该操作已有会签在进行:请先结束");
  else
    return true;
  return false;
}

static json_t *round_of(struct bf__office_call *call, const char *key, const char *action, const char *why, int need,
                        json_t *signers) {
  const json_t *stage = json_object_get(json_object_get(call->state, "stages"), call->stage);
  return json_pack("{si ss ss sO* sI ss ss ss si sO ss ss*}", "id", (int)strtol(key, NULL, 10), "stage", call->stage, "action",
                   action, "round", json_object_get(stage, "round"), "did",
                   json_integer_value(json_object_get(json_object_get(stage, "did"), action)), "by",
                   text(call->command->actor, "user"), "by_name", bf__office_name(call), "by_org", text(call->as, "org"), "need",
                   need, "signers", signers, "on", call->date, "why", *why ? why : NULL);
}

int bf__office_countersign(struct bf__office_call *call, struct bf_error *err) {
  const char *action, *why;
  char key[24];
  int need;
  if (!bf__office_text(call, "action", true, &action) || !bf__office_text(call, "why", false, &why) ||
      !bf__office_known_action(call, action) || !may_open(call, action) || !bf__office_next_key(call, "rounds", key))
    return 0;
  json_t *signers = json_array(), *tell = json_array();
  if (!take_signers(call, signers, tell) || (need = take_need(call, (int)json_array_size(signers))) == 0) {
    json_decref(signers);
    json_decref(tell);
    return 0;
  }
  const json_t *names = json_object_get(bf__view_action(call->view, call->stage, action), "title");
  json_t *entry = round_of(call, key, action, why, need, signers);
  json_decref(signers);
  json_t *values = bf__office_said(call, why);
  if (values && names) (void)json_object_set(values, "press", (json_t *)(uintptr_t)names);
  return entry ? bf__office_note(call, "rounds", key, entry, NULL, tell, "sign_asked", values, err) : no_memory(err);
}

/* The place where the actor signs: his own name first, then whom he deputises, then his body. */
static json_t *place_of(struct bf__office_call *call, json_t *round, bool *ret_signed) {
  const char *user = text(call->command->actor, "user");
  json_t *one, *found = NULL;
  size_t i;
  *ret_signed = false;
  json_array_foreach(json_object_get(round, "signers"), i, one) {
    const char *named = text(json_object_get(one, "to"), "user");
    if (strcmp(text(one, "user"), user) == 0) *ret_signed = true;
    if (json_object_get(one, "said") || !bf__addressed(call->turn->app, one, call->command->actor)) continue;
    if (!found || strcmp(named, user) == 0) found = one;
  }
  return found;
}

static int put_signature(struct bf__office_call *call, json_t *signer, bool agrees, const char *note, struct bf_error *err) {
  json_t *who = bf__office_who_says(call, signer);
  int failed = !who || json_object_update(signer, who) < 0;
  failed |= json_object_set_new(signer, "said", json_string(agrees ? "signed" : "objected")) < 0;
  if (*note) failed |= json_object_set_new(signer, "note", json_string(note)) < 0;
  json_decref(who);
  return failed ? no_memory(err) : 0;
}

int bf__office_sign(struct bf__office_call *call, struct bf_error *err) {
  const char *note;
  char key[24];
  bool signed_already;
  const json_t *entry = bf__office_open_entry(call, "rounds", "signing", key), *agrees = json_object_get(call->body, "agrees");
  if (!entry) return 0;
  if (!json_is_boolean(agrees))
    return bf__office_refuse(call, 400, "form.required", "agrees", "agrees is due: true to sign, false to object.",
                             "请写明“agrees”:true 为同意,false 为不同意");
  if (!bf__office_text(call, "note", json_is_false(agrees), &note)) return 0;
  if (!bf__office_current(call->state, entry))
    return bf__office_refuse(call, 409, "office.closed", "signing", "The action has been taken, or the stage is over.",
                             "该操作已办理或环节已结束,不再会签");
  json_t *round = json_deep_copy(entry), *signer = place_of(call, round, &signed_already);
  if (!signer || signed_already) {
    json_decref(round);
    return signed_already
               ? bf__office_refuse(call, 409, "office.signed", "signing", "You have signed already: one person, one signature.",
                                   "您已签过:一人一签")
               : bf__office_refuse(call, 403, "office.signer", "signing", "You are not among the signers.", "您不在会签人之列");
  }
  int yes, no, open, need = (int)json_integer_value(json_object_get(round, "need"));
  int r = put_signature(call, signer, json_is_true(agrees), note, err);
  bf__office_count(round, &yes, &no, &open);
  bool over = yes == need || yes + open < need;
  if (r < 0) {
    json_decref(round);
    return r;
  }
  return bf__office_note(call, "rounds", key, round, NULL, over ? bf__office_tell_opener(call, entry) : NULL,
                         yes >= need ? "signed" : "sign_failed", json_pack("{ss}", "no", key), err);
}

int bf__office_close_signing(struct bf__office_call *call, struct bf_error *err) {
  return bf__office_close_entry(call, "rounds", "signing", "closed", err);
}
