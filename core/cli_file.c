#include <errno.h>
#include <iconv.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "commands.h"

#define PASSWORD_BYTES 1024

char *bf__full_path(const char *path) {
  char here[PATH_MAX], *text = NULL;
  if (*path == '/') return strdup(path);
  if (!getcwd(here, sizeof here) || asprintf(&text, "%s/%s", here, path) < 0) return NULL;
  return text;
}

static int read_stream(FILE *in, const char *path, size_t limit, char **ret_text, size_t *ret_length, struct bf_error *err) {
  size_t length = 0, capacity = 0;
  char *text = NULL;
  for (;;) {
    if (length + 1 >= capacity) {
      size_t wanted = capacity ? capacity * 2 : 65536;
      char *grown = realloc(text, wanted);
      if (!grown) {
        free(text);
        return bf_fail(err, BF_ENOMEM, path, "no memory");
      }
      text = grown;
      capacity = wanted;
    }
    size_t got = fread(text + length, 1, capacity - length - 1, in);
    length += got;
    if (got == 0 || length > limit) break;
  }
  int r = 0;
  if (ferror(in))
    r = bf_fail(err, BF_EIO, path, "cannot be read: %s", strerror(errno));
  else if (length > limit)
    r = bf_fail(err, BF_ELIMIT, path, "is larger than %zu bytes", limit);
  if (r < 0) {
    free(text);
    return r;
  }
  text[length] = 0;
  *ret_text = text;
  *ret_length = length;
  return 0;
}

int bf__read_whole(const char *path, size_t limit, char **ret_text, size_t *ret_length, struct bf_error *err) {
  if (strcmp(path, "-") == 0) return read_stream(stdin, "-", limit, ret_text, ret_length, err);
  FILE *in = fopen(path, "rb");
  if (!in) return bf_fail(err, BF_EIO, path, "cannot be opened: %s", strerror(errno));
  int r = read_stream(in, path, limit, ret_text, ret_length, err);
  (void)fclose(in);
  return r;
}

/* Spreadsheets put a byte order mark in front. */
static void drop_mark(char *text, size_t *length) {
  if (*length < 3 || memcmp(text, "\xEF\xBB\xBF", 3) != 0) return;
  *length -= 3;
  memmove(text, text + 3, *length + 1);
}

static bool is_utf8(const char *text, size_t length) {
  json_t *value = json_stringn(text, length);
  json_decref(value);
  return value != NULL;
}

int bf__to_utf8(char **text, size_t *length, struct bf_error *err) {
  if (is_utf8(*text, *length)) {
    drop_mark(*text, length);
    return 0;
  }
  size_t room = *length * 2 + 16, in_left = *length, out_left = room; /* two bytes become three at most, four four */
  char *out = malloc(room + 1), *in_at = *text, *out_at = out;
  iconv_t converter = iconv_open("UTF-8", "GB18030");
  int r = 0;
  if (!out)
    r = bf_fail(err, BF_ENOMEM, "text", "no memory");
  else if (converter == (iconv_t)-1)
    r = bf_fail(err, BF_EIO, "text", "this machine cannot convert GB18030 (libc-bin's gconv is missing): save the file as UTF-8");
  else if (iconv(converter, &in_at, &in_left, &out_at, &out_left) == (size_t)-1)
    r = bf_fail(err, BF_EINVAL, "text", "is neither UTF-8 nor GB18030: the fault is at byte %zu. Save the file as UTF-8",
                *length - in_left);
  if (converter != (iconv_t)-1) (void)iconv_close(converter);
  if (r < 0) {
    free(out);
    return r;
  }
  *out_at = 0;
  free(*text);
  *text = out;
  *length = (size_t)(out_at - out);
  drop_mark(*text, length); /* GB18030 can write one as well */
  return 0;
}

/* Passwords. ------------------------------------------------------------------------------------------------------------- */

static char *first_line(char *text) {
  text[strcspn(text, "\r\n")] = 0;
  return text;
}

static int ask(const char *prompt, char password[PASSWORD_BYTES], struct bf_error *err) {
  struct termios before, quiet;
  (void)fputs(prompt, stderr);
  if (tcgetattr(STDIN_FILENO, &before) < 0)
    return bf_fail(err, BF_EIO, "password", "the terminal cannot be read: %s", strerror(errno));
  quiet = before;
  quiet.c_lflag &= ~(tcflag_t)ECHO;
  (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  bool got = fgets(password, PASSWORD_BYTES, stdin);
  (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
  (void)fputc('\n', stderr);
  if (!got) return bf_fail(err, BF_EINVAL, "password", "none was given");
  (void)first_line(password);
  return 0;
}

static int ask_twice(char **ret, struct bf_error *err) {
  char first[PASSWORD_BYTES] = "", second[PASSWORD_BYTES] = "";
  int r = ask("密码 · password: ", first, err);
  if (r >= 0) r = ask("再输一次 · again: ", second, err);
  if (r >= 0 && strcmp(first, second) != 0) r = bf_fail(err, BF_EINVAL, "password", "两次不一致 · the two are not the same");
  char *copy = r >= 0 ? strdup(first) : NULL;
  if (r >= 0 && !copy) r = bf_fail(err, BF_ENOMEM, "password", "no memory");
  explicit_bzero(first, sizeof first);
  explicit_bzero(second, sizeof second);
  if (r >= 0) *ret = copy;
  return r;
}

int bf__read_password(const char *file, char **ret, struct bf_error *err) {
  char *text;
  size_t length;
  if (!file && isatty(STDIN_FILENO)) return ask_twice(ret, err);
  int r = bf__read_whole(file ? file : "-", PASSWORD_BYTES, &text, &length, err);
  if (r < 0) return r;
  if (!is_utf8(text, length) || strlen(first_line(text)) == 0) {
    free(text);
    return bf_fail(err, BF_EINVAL, "password", "its first line is empty or not UTF-8 text");
  }
  *ret = text;
  return 0;
}
