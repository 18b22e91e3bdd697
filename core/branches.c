#include "branches.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define DEEP 200 /* blocks within blocks: Lua itself allows no more */

enum block { FUNCTION, IF, LOOP, DO, REPEAT };

struct spacing {
  const char *at, *end;
  char *out;
  size_t length, size;
  int line, out_line; /* where the old and the new text are */
  struct {
    enum block kind;
    int line;
    bool waits, has_else; /* a loop whose `do` is to come; an `if` that has its `else` */
  } blocks[DEEP];
  int depth;
  const char *pending; /* the next token begins this kind of branch */
  int pending_line;
  bool fresh; /* and stands on a new line already */
  json_t *lines, *branches;
  bool failed;
};

static void put(struct spacing *s, const char *bytes, size_t length) {
  if (s->length + length + 1 > s->size) {
    size_t size = (s->length + length + 1) * 2;
    char *grown = realloc(s->out, size);
    if (!grown) {
      s->failed = true;
      return;
    }
    s->out = grown;
    s->size = size;
  }
  memcpy(s->out + s->length, bytes, length);
  s->out[s->length += length] = '\0';
}

/* A new line of the new text, which comes from FROM. */
static void note_line(struct spacing *s, int from) {
  s->out_line++;
  if (json_array_append_new(s->lines, json_integer(from)) < 0) s->failed = true;
}

/* The next LENGTH bytes of the old text, as they are. */
static void copy(struct spacing *s, size_t length) {
  for (size_t i = 0; i < length; i++) {
    put(s, s->at + i, 1);
    if (s->at[i] == '\n') note_line(s, ++s->line);
  }
  s->at += length;
}

static void branch(struct spacing *s, int line, const char *kind) {
  if (json_array_append_new(s->branches, json_pack("{si si ss}", "at", s->out_line, "line", line, "kind", kind)) < 0)
    s->failed = true;
}

/* The length of "[[ … ]]" or "[=[ … ]=]" at FROM, 0 when none begins there. */
static size_t long_bracket(const struct spacing *s, const char *from) {
  const char *at = from;
  if (at >= s->end || *at != '[') return 0;
  size_t level = 0;
  for (at++; at < s->end && *at == '='; at++) level++;
  if (at >= s->end || *at != '[') return 0;
  for (at++; at < s->end; at++) {
    if (*at != ']') continue;
    const char *close = at + 1;
    size_t same = 0;
    while (close < s->end && *close == '=' && same < level) close++, same++;
    if (same == level && close < s->end && *close == ']') return (size_t)(close + 1 - from);
  }
  return (size_t)(s->end - from);
}

static size_t quoted(const struct spacing *s) {
  const char *at = s->at + 1;
  while (at < s->end && *at != *s->at) at += *at == '\\' && at + 1 < s->end ? 2 : 1;
  return (size_t)((at < s->end ? at + 1 : at) - s->at);
}

/* Space and comments; true when something was passed. */
static bool pass_space(struct spacing *s) {
  const char *began = s->at;
  int line = s->line;
  if (isspace((unsigned char)*s->at)) {
    copy(s, 1);
  } else if (s->end - s->at >= 2 && s->at[0] == '-' && s->at[1] == '-') {
    size_t length = long_bracket(s, s->at + 2);
    if (length) {
      length += 2;
    } else {
      const char *stop = memchr(s->at, '\n', (size_t)(s->end - s->at));
      length = (size_t)((stop ? stop : s->end) - s->at);
    }
    copy(s, length);
  }
  if (s->line != line) s->fresh = true;
  return s->at != began;
}

static size_t token(const struct spacing *s) {
  const char *at = s->at;
  size_t length = long_bracket(s, at);
  if (length) return length;
  if (*at == '"' || *at == '\'') return quoted(s);
  while (at < s->end && (isalnum((unsigned char)*at) || *at == '_' || (unsigned char)*at >= 0x80)) at++;
  return at > s->at ? (size_t)(at - s->at) : 1;
}

static bool is(const char *word, size_t length, const char *wanted) {
  return strlen(wanted) == length && memcmp(word, wanted, length) == 0;
}

static void begin(struct spacing *s, enum block kind) {
  if (s->depth >= DEEP) {
    s->failed = true;
    return;
  }
  s->blocks[s->depth].kind = kind;
  s->blocks[s->depth].line = s->line;
  s->blocks[s->depth].waits = kind == LOOP;
  s->blocks[s->depth++].has_else = false;
}

static void wait_for(struct spacing *s, const char *kind) {
  s->pending = kind;
  s->pending_line = s->line;
  s->fresh = false;
}

/* Before the `end` of an `if` that has no `else`: one that does nothing, but shows. */
static void put_else(struct spacing *s) {
  static const char *const parts[] = {"\n", "else\n", "local _ = nil\n"};
  int from = s->blocks[s->depth - 1].line;
  for (int i = 0; i < 3; i++) {
    put(s, parts[i], strlen(parts[i]));
    note_line(s, i < 2 ? 0 : s->line);
    if (i == 1) branch(s, from, "else");
  }
}

static void before(struct spacing *s, const char *word, size_t length) {
  if (s->pending) {
    if (!s->fresh) {
      put(s, "\n", 1);
      note_line(s, s->line);
    }
    if (s->pending_line) branch(s, s->pending_line, s->pending);
    s->pending = NULL;
  }
  if (is(word, length, "end") && s->depth && s->blocks[s->depth - 1].kind == IF && !s->blocks[s->depth - 1].has_else) put_else(s);
}

static void after(struct spacing *s, const char *word, size_t length) {
  bool top = s->depth > 0;
  if (is(word, length, "then") || is(word, length, "and") || is(word, length, "or")) {
    wait_for(s, *word == 't' ? "then" : *word == 'a' ? "and" : "or");
  } else if (is(word, length, "else")) {
    if (top) s->blocks[s->depth - 1].has_else = true;
    wait_for(s, "else");
  } else if (is(word, length, "elseif")) {
    wait_for(s, "else"); /* looked at where what went before did not hold */
    s->pending_line = top ? s->blocks[s->depth - 1].line : 0;
    if (top) s->blocks[s->depth - 1].line = s->line;
  } else if (is(word, length, "if")) {
    begin(s, IF);
  } else if (is(word, length, "function")) {
    begin(s, FUNCTION);
  } else if (is(word, length, "for") || is(word, length, "while")) {
    begin(s, LOOP);
  } else if (is(word, length, "repeat")) {
    begin(s, REPEAT);
  } else if (is(word, length, "do")) {
    if (top && s->blocks[s->depth - 1].waits) {
      s->blocks[s->depth - 1].waits = false;
      wait_for(s, "loop");
    } else {
      begin(s, DO);
    }
  } else if (top && (is(word, length, "end") || is(word, length, "until"))) {
    s->depth--;
  }
}

int bf__branches(const char *text, size_t length, struct bf__spaced *ret, struct bf_error *err) {
  struct spacing s = {.at = text, .end = text + length, .line = 1, .lines = json_array(), .branches = json_array()};
  note_line(&s, 0);
  note_line(&s, 1);
  s.out_line = 1;
  put(&s, "", 0);
  while (s.at < s.end && !s.failed) {
    if (pass_space(&s)) continue;
    const char *word = s.at;
    size_t size = token(&s);
    before(&s, word, size);
    copy(&s, size);
    after(&s, word, size);
  }
  ret->text = s.out;
  ret->length = s.length;
  ret->lines = s.lines;
  ret->branches = s.branches;
  if (!s.failed) return 0;
  bf__spaced_done(ret);
  return bf_fail(err, BF_ENOMEM, "branches", "no memory, or blocks nested too deep");
}

void bf__spaced_done(struct bf__spaced *spaced) {
  free(spaced->text);
  json_decref(spaced->lines);
  json_decref(spaced->branches);
  *spaced = (struct bf__spaced){0};
}

/* 0 no code, 1 code, 3 code that ran; by line of the new text. */
static unsigned char *states(const json_t *watched, size_t count) {
  unsigned char *out = calloc(count + 1, 1);
  static const char *const parts[] = {"run", "left"};
  for (int part = 0; out && part < 2; part++) {
    size_t i;
    json_t *line;
    json_array_foreach(json_object_get(watched, parts[part]), i, line) {
      json_int_t at = json_integer_value(line);
      if (at > 0 && (size_t)at < count) out[at] = part ? 1 : 3;
    }
  }
  return out;
}

json_t *bf__branches_taken(const json_t *lines, const json_t *branches, const json_t *watched) {
  size_t count = json_array_size(lines), i;
  unsigned char *of = states(watched, count), *old = calloc(count + 1, 1);
  json_t *run = json_array(), *left = json_array(), *out = json_array(), *one;
  if (!of || !old || !run || !left || !out) goto fail;
  for (i = 1; i < count; i++) {
    json_int_t from = json_integer_value(json_array_get(lines, i));
    if (from > 0 && (size_t)from < count) old[from] |= of[i];
  }
  for (i = 1; i < count; i++)
    if (old[i] && json_array_append_new(old[i] == 3 ? run : left, json_integer((json_int_t)i)) < 0) goto fail;
  json_array_foreach(branches, i, one) {
    json_int_t at = json_integer_value(json_object_get(one, "at")), line = json_integer_value(json_object_get(one, "line"));
    if (at <= 0 || (size_t)at >= count || !of[at] || line <= 0 || old[line] != 3) continue;
    if (json_array_append_new(out, json_pack("{sO sO sb}", "line", json_object_get(one, "line"), "kind",
                                             json_object_get(one, "kind"), "taken", of[at] == 3)) < 0)
      goto fail;
  }
  free(of);
  free(old);
  return json_pack("{so so so}", "run", run, "left", left, "branches", out);
fail:
  free(of);
  free(old);
  json_decref(run);
  json_decref(left);
  json_decref(out);
  return NULL;
}
