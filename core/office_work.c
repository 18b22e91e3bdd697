/* Whose the work is, and whose opinion is asked: hand over, release, ask, answer, withdraw. */
#include "op_office.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "notice.h"
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

/* Handing over. -------------------------------------------------------------------------------------------------------------- */

bool bf__office_is_self(const struct bf__office_call *call, const char *user) {
  return strcmp(text(call->command->actor, "user"), user) == 0 ||
         strcmp(text(json_object_get(call->as, "on_behalf_of"), "user"), user) == 0;
}

bool bf__office_administers(const struct bf__office_call *call) {
  return json_is_true(json_object_get(call->command->actor, "admin"));
}

/* What somebody else holds is not given away from under him, save by an administrator. */
static bool free_to_give(struct bf__office_call *call) {
  const json_t *holder = bf__office_holder(call->turn->app, call->state, call->stage, text(call->as, "org"), call->date);
  if (!holder || bf__office_is_self(call, text(holder, "user")) || bf__office_administers(call)) return true;
  (void)bf__office_refuse(call, 409, "office.held", NULL, "Somebody else holds this work: they, or an administrator, hand it on.",
                          "此项由%s经办:由其本人或管理员转办", text(holder, "name"));
  return false;
}

bool bf__office_in_conflict(const struct bf__office_call *call, const char *user) {
  const char *key;
  json_t *one;
  json_object_foreach(json_object_get(json_object_get(call->state, "office"), "conflicts"), key, one) {
    if (strcmp(text(one, "user"), user) == 0 && !json_object_get(one, "ended")) return true;
  }
  return false;
}

static bool colleague(struct bf__office_call *call, const char *id) {
  json_t *user = bf__directory_user(call->turn->app->directory, id);
  bool same_org = strcmp(text(user, "org"), text(call->as, "org")) == 0;
  json_decref(user);
  if (!same_org)
    (void)bf__office_refuse(call, 422, "office.colleague", "user",
                            "Hand over to a colleague of the same body; ask others for an opinion.",
                            "只能转给本单位的同事;其他单位请用征询或会签");
  else if (bf__office_in_conflict(call, id))
    (void)bf__office_refuse(call, 422, "office.recused", "user", "This colleague is recused from the case.",
                            "此人已就本事项回避");
  else
    return true;
  return false;
}

int bf__office_hand_over(struct bf__office_call *call, struct bf_error *err) {
  const char *why, *org = text(call->as, "org");
  char key[200];
  if (!bf__office_text(call, "why", true, &why) || !free_to_give(call)) return 0;
  json_t *to = bf__office_to_user(call, text(call->body, "user"));
  if (!to || !colleague(call, text(to, "user"))) {
    json_decref(to);
    return 0;
  }
  (void)snprintf(key, sizeof key, "%s %s", call->stage, org);
  json_t *holder =
      json_pack("{ss ss sO sO ss ss ss}", "stage", call->stage, "org", org, "user", json_object_get(to, "user"), "name",
                json_object_get(to, "name"), "by", text(call->command->actor, "user"), "on", call->date, "why", why);
  json_t *tell = json_pack("[{sO}]", "user", json_object_get(to, "user"));
  json_decref(to);
  return bf__office_note(call, "holders", key, holder, NULL, tell, "handed_over", bf__office_said(call, why), err);
}

int bf__office_release(struct bf__office_call *call, struct bf_error *err) {
  const char *why, *org = text(call->as, "org");
  char key[200];
  (void)snprintf(key, sizeof key, "%s %s", call->stage, org);
  if (!bf__office_text(call, "why", false, &why)) return 0;
  if (!bf__office_get(call->state, "holders", key))
    return bf__office_refuse(call, 409, "office.unheld", NULL, "Nobody holds this work: the post has it.", "此项没有指定经办人");
  if (!free_to_give(call)) return 0;
  return bf__office_note(call, "holders", key, NULL, *why ? json_pack("{ss}", "why", why) : NULL, NULL, NULL, NULL, err);
}

/* Another opinion. ----------------------------------------------------------------------------------------------------------- */

/* The entry of LIST that the body's NAME numbers, still open; NULL once refused. */
const json_t *bf__office_open_entry(struct bf__office_call *call, const char *list, const char *name, char key[24]) {
  const json_t *number = json_object_get(call->body, name);
  (void)snprintf(key, 24, "%lld", (long long)json_integer_value(number));
  const json_t *entry = json_is_integer(number) ? bf__office_get(call->state, list, key) : NULL;
  if (!entry)
    (void)bf__office_refuse(call, 404, "office.number", name, "There is no such number on this case.", "没有这个序号");
  else if (json_object_get(entry, "closed") || json_object_get(entry, "answered") || json_object_get(entry, "ended"))
    (void)bf__office_refuse(call, 409, "office.closed", name, "This has been answered or closed already.", "此项已答复或已结束");
  else
    return entry;
  return NULL;
}

static bool good_due(struct bf__office_call *call, const char *due) {
  int32_t day;
  if (!*due || (bf__date_parse(due, strlen(due), &day) == 0 && day >= call->turn->today)) return true;
  (void)bf__office_refuse(call, 400, "form.date", "due", "due is a date of today or later, such as 2026-12-31.",
                          "期限应为今天或以后的日期,如 2026-12-31");
  return false;
}

bool bf__office_known_action(struct bf__office_call *call, const char *action) {
  if (bf__view_action(call->view, call->stage, action)) return true;
  (void)bf__office_refuse(call, 404, "action.unknown", "action", "There is no such action in this stage.", "本环节没有这个操作");
  return false;
}

/* On the last day, and the day after: in the deadlines' table under no case, as "case number". */
static int remind(struct bf__office_call *call, const char *key, const char *due, struct bf_error *err) {
  int32_t day;
  char name[300], date[BF__DATE_TEXT];
  if (bf__date_parse(due, strlen(due), &day) < 0 || snprintf(name, sizeof name, "%s %s", call->id, key) >= (int)sizeof name)
    return 0;
  int r = 0;
  for (int i = 0; i < 2 && r >= 0; i++) {
    int64_t at = bf__date_start_ms(day + i);
    if (at <= call->turn->now_ms) continue;
    bf__date_format(day + i, date);
    bf__turn_next(call->turn, at);
    r = bf__store_rung_put(call->turn->store, "", BF__OFFICE_OPINION, name, date, at, date, err);
  }
  return r < 0 ? r : 0;
}

int bf__office_ask(struct bf__office_call *call, struct bf_error *err) {
  const char *question, *due, *action;
  char key[24];
  if (!bf__office_text(call, "question", true, &question) || !bf__office_text(call, "due", false, &due) ||
      !bf__office_text(call, "action", false, &action) || !good_due(call, due) ||
      (*action && !bf__office_known_action(call, action)) || !bf__office_next_key(call, "opinions", key))
    return 0;
  json_t *to = bf__office_to(call, call->body), *asked = to ? json_pack("[O]", to) : NULL;
  if (!to) return 0;
  json_t *entry = json_pack("{si ss ss* ss ss ss so ss ss* sb ss}", "id", (int)strtol(key, NULL, 10), "stage", call->stage,
                            "action", *action ? action : NULL, "by", text(call->command->actor, "user"), "by_name",
                            bf__office_name(call), "by_org", text(call->as, "org"), "to", to, "question", question, "due",
                            *due ? due : NULL, "blocks", json_is_true(json_object_get(call->body, "blocks")), "on", call->date);
  json_t *values = bf__office_said(call, question);
  if (values) (void)json_object_set_new(values, "no", json_string(key));
  if (values && *due) (void)json_object_set_new(values, "due", json_string(due));
  int r = bf__office_note(call, "opinions", key, entry, NULL, asked, "opinion_asked", values, err);
  return r < 0 || !*due ? r : remind(call, key, due, err);
}

int bf__office_remind(struct bf__turn *turn, const char *name, struct bf_error *err) {
  char id[300], notice[400];
  const char *number = strrchr(name, ' ');
  const json_t *state;
  if (!number) return 0;
  (void)snprintf(id, sizeof id, "%.*s", (int)(number - name), name);
  struct bf__change *change = bf__change_new(turn);
  int r = change ? bf__change_see(change, id, &state, err) : no_memory(err);
  const json_t *entry = r >= 0 ? bf__office_get(state, "opinions", number + 1) : NULL;
  if (entry && !json_object_get(entry, "answered") && !json_object_get(entry, "closed") && !json_object_get(state, "ended")) {
    const json_t *to = json_object_get(entry, "to");
    json_t *body =
        json_pack("{ss ss ss sO* sO* sO* sO* s{ss}}", "as", "opinion_awaited", "case", id, "title", text(state, "title"), "unit",
                  json_object_get(state, "unit"), "place", json_object_get(state, "jurisdiction"), "due",
                  json_object_get(entry, "due"), "stage", json_object_get(entry, "stage"), "values", "no", number + 1);
    const char *who[] = {text(to, "user"), text(entry, "by")};
    for (int i = 0; i < 2 && r >= 0; i++) {
      char person[120];
      (void)snprintf(person, sizeof person, BF__TO_PERSON "%s", who[i]);
      (void)snprintf(notice, sizeof notice, "opinion.%s.%d.%d", name, turn->today, i);
      r = bf__notice_put(turn, notice, *who[i] ? person : text(to, "org"), id, body, err);
    }
    json_decref(body);
  }
  bf__change_free(change);
  return r == BF_ENOTFOUND ? 0 : r < 0 ? r : 0;
}

/* Whoever opened something hears of it; his body does when he has left. */
json_t *bf__office_tell_opener(struct bf__office_call *call, const json_t *entry) {
  json_t *user = bf__directory_user(call->turn->app->directory, text(entry, "by"));
  bool there = user && !json_is_true(json_object_get(user, "disabled"));
  json_decref(user);
  return there ? json_pack("[{sO}]", "user", json_object_get(entry, "by"))
               : json_pack("[{sO}]", "org", json_object_get(entry, "by_org"));
}

/* Says on behalf of whom, when the entry names a person and the actor is his deputy. */
json_t *bf__office_who_says(struct bf__office_call *call, const json_t *entry) {
  const json_t *actor = call->command->actor, *to = json_object_get(entry, "to");
  bool deputy = *text(to, "user") && strcmp(text(to, "user"), text(actor, "user")) != 0;
  return json_pack("{sO sO sO ss sO*}", "user", json_object_get(actor, "user"), "name", json_object_get(actor, "name"), "org",
                   json_object_get(actor, "org"), "on", call->date, "on_behalf_of", deputy ? json_object_get(to, "user") : NULL);
}

int bf__office_answer_opinion(struct bf__office_call *call, struct bf_error *err) {
  const char *said;
  char key[24];
  const json_t *entry = bf__office_open_entry(call, "opinions", "opinion", key), *agrees = json_object_get(call->body, "agrees");
  if (!entry || !bf__office_text(call, "text", true, &said)) return 0;
  if (agrees && !json_is_boolean(agrees))
    return bf__office_refuse(call, 400, "form.type", "agrees", "agrees is true or false.", "“agrees”应为 true 或 false");
  if (!bf__addressed(call->turn->app, entry, call->command->actor))
    return bf__office_refuse(call, 403, "office.asked", "opinion", "Somebody else was asked.", "此项意见不是向您征求的");
  json_t *answered = bf__office_who_says(call, entry), *fresh = json_deep_copy(entry);
  if (!answered || !fresh || json_object_set_new(answered, "text", json_string(said)) < 0 ||
      (agrees && json_object_set_new(answered, "agrees", json_boolean(json_is_true(agrees))) < 0) ||
      json_object_set(fresh, "answered", answered) < 0) {
    json_decref(answered);
    json_decref(fresh);
    return no_memory(err);
  }
  json_decref(answered);
  json_t *values = bf__office_said(call, NULL);
  if (values) (void)json_object_set_new(values, "no", json_string(key));
  return bf__office_note(call, "opinions", key, fresh, NULL, bf__office_tell_opener(call, entry), "opinion_answered", values,
                         err);
}

/* The opener, or anybody of his post. */
static bool may_close(struct bf__office_call *call, const json_t *entry) {
  if (bf__office_is_self(call, text(entry, "by")) || strcmp(text(call->command->actor, "org"), text(entry, "by_org")) == 0)
    return true;
  (void)bf__office_refuse(call, 403, "office.opener", NULL, "Only whoever opened it, or a colleague of theirs, may close it.",
                          "只能由发起人或其同单位人员结束");
  return false;
}

int bf__office_close_entry(struct bf__office_call *call, const char *list, const char *field, const char *word,
                           struct bf_error *err) {
  const char *why;
  char key[24];
  const json_t *entry = bf__office_open_entry(call, list, field, key);
  if (!entry || !bf__office_text(call, "why", true, &why) || !may_close(call, entry)) return 0;
  json_t *fresh = json_deep_copy(entry);
  if (!fresh || json_object_set_new(fresh, "closed", json_string(word)) < 0 ||
      json_object_set_new(fresh, "why", json_string(why)) < 0) {
    json_decref(fresh);
    return no_memory(err);
  }
  return bf__office_note(call, list, key, fresh, NULL, NULL, NULL, NULL, err);
}

int bf__office_withdraw(struct bf__office_call *call, struct bf_error *err) {
  return bf__office_close_entry(call, "opinions", "opinion", "withdrawn", err);
}
