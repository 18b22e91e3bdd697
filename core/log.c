#include "log.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#define SHANGHAI (8 * 3600) /* no summer time since 1991 */

static const char *const levels[] = {"debug", "info", "warn", "error"};
static const char *const formats[] = {"auto", "json", "text"};
enum { FORMAT_AUTO, FORMAT_JSON, FORMAT_TEXT };

static _Atomic int threshold = BF_LOG_INFO;
static _Atomic int chosen_format = FORMAT_AUTO;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* one line at a time */
static unsigned long dropped;                            /* under the lock */

/* A line under construction. `limit` leaves room for what must still follow: the mark of a cut, the closing brace, the newline.
 */
struct line {
  char text[BF__LOG_LINE];
  size_t length, limit;
  bool json;
};

static int word_index(const char *const words[], size_t count, const char *name) {
  for (size_t i = 0; name && i < count; i++)
    if (strcmp(words[i], name) == 0) return (int)i;
  return BF_EINVAL;
}

int bf__log_level_set(const char *name) {
  int level = word_index(levels, sizeof levels / sizeof *levels, name);
  if (level >= 0) atomic_store(&threshold, level);
  return level < 0 ? level : 0;
}

int bf__log_format_set(const char *name) {
  int format = word_index(formats, sizeof formats / sizeof *formats, name);
  if (format >= 0) atomic_store(&chosen_format, format);
  return format < 0 ? format : 0;
}

static bool put(struct line *line, const char *text, size_t length) {
  if (line->length + length > line->limit) return false;
  memcpy(line->text + line->length, text, length);
  line->length += length;
  return true;
}

static bool put_word(struct line *line, const char *word) {
  return put(line, word, strlen(word));
}

/* The bytes of the UTF-8 character at S, 0 when they are none: too long, a surrogate, past U+10FFFF, or cut off at the end. */
static size_t utf8_length(const unsigned char *s, size_t left) {
  if (s[0] < 0x80) return 1;
  size_t n = s[0] >= 0xc2 && s[0] <= 0xdf ? 2 : (s[0] & 0xf0) == 0xe0 ? 3 : s[0] >= 0xf0 && s[0] <= 0xf4 ? 4 : 0;
  if (n == 0 || n > left) return 0;
  for (size_t i = 1; i < n; i++)
    if ((s[i] & 0xc0) != 0x80) return 0;
  if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf0 && s[1] < 0x90) ||
      (s[0] == 0xf4 && s[1] > 0x8f))
    return 0;
  return n;
}

/* One character as it may stand in a line. Nobody forges a second line or moves a terminal's cursor through a message. */
static bool put_character(struct line *line, const unsigned char *s, size_t length) {
  char escape[8];
  unsigned code = length == 1 ? s[0] : length == 2 ? (s[0] & 0x1fu) << 6 | (s[1] & 0x3fu) : 0xffff;
  if (line->json && (code == '"' || code == '\\')) return put(line, (char[]){'\\', (char)code}, 2);
  if (code == '\n') return put_word(line, "\\n");
  if (code == '\t') return put_word(line, "\\t");
  if (code >= 0x20 && (code < 0x7f || code > 0x9f)) return put(line, (const char *)s, length);
  (void)snprintf(escape, sizeof escape, "\\u%04x", code);
  return put_word(line, escape);
}

/* False when TEXT did not fit whole. Bytes that are no UTF-8 become U+FFFD. */
static bool put_text(struct line *line, const char *text, size_t length) {
  const unsigned char *s = (const unsigned char *)text;
  for (size_t i = 0; i < length;) {
    size_t n = utf8_length(s + i, length - i);
    if (!(n ? put_character(line, s + i, n) : put(line, "\xef\xbf\xbd", 3))) return false;
    i += n ? n : 1;
  }
  return true;
}

static void stamp(const struct line *line, char *ret, size_t size) {
  struct timespec now;
  struct tm tm;
  char day[32];
  (void)clock_gettime(CLOCK_REALTIME, &now);
  time_t local = now.tv_sec + SHANGHAI;
  (void)gmtime_r(&local, &tm);
  (void)strftime(day, sizeof day, line->json ? "%Y-%m-%dT%H:%M:%S" : "%Y-%m-%d %H:%M:%S", &tm);
  (void)snprintf(ret, size, "%s.%03d%s", day, (int)(now.tv_nsec / 1000000), line->json ? "+08:00" : "");
}

static void begin_line(struct line *line, enum bf_log_level level, const char *event) {
  char head[128], at[64];
  line->length = 0;
  line->limit = 512; /* a mad event name may not push the message out */
  stamp(line, at, sizeof at);
  if (line->json)
    (void)snprintf(head, sizeof head, "{\"ts\":\"%s\",\"level\":\"%s\",\"event\":\"", at, levels[level]);
  else
    (void)snprintf(head, sizeof head, "%s %-5s ", at, levels[level]);
  (void)put_word(line, head);
  (void)put_text(line, event, strlen(event));
  line->limit = BF__LOG_LINE;
  (void)put_word(line, line->json ? "\",\"message\":\"" : "  ");
  line->limit = BF__LOG_LINE - sizeof "…\"}\n" + 1;
}

static void end_line(struct line *line, bool whole) {
  line->limit = BF__LOG_LINE;
  if (!whole) (void)put_word(line, "…");
  (void)put_word(line, line->json ? "\"}\n" : "\n");
}

/* A pipe that polls writable takes PIPE_BUF bytes, a whole line, without blocking. Files and terminals always do. */
static bool write_line(const struct line *line) {
  struct pollfd fd = {.fd = STDERR_FILENO, .events = POLLOUT};
  if (poll(&fd, 1, 0) != 1 || !(fd.revents & POLLOUT)) return false;
  for (size_t done = 0; done < line->length;) {
    ssize_t n = write(STDERR_FILENO, line->text + done, line->length - done);
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) done += (size_t)n;
  }
  return true;
}

static void tell_dropped(bool json) {
  struct line line = {.json = json};
  char text[64];
  if (dropped == 0) return;
  (void)snprintf(text, sizeof text, "%lu lines were lost: stderr was not read", dropped);
  begin_line(&line, BF_LOG_WARN, "log.dropped");
  end_line(&line, put_word(&line, text));
  if (write_line(&line)) dropped = 0;
}

void bf__logv(enum bf_log_level level, const char *event, const char *format, va_list args) {
  char message[BF__LOG_LINE];
  struct line line;
  int wanted = atomic_load(&chosen_format);
  int kept_errno = errno;
  if ((int)level < atomic_load(&threshold) || level > BF_LOG_ERROR) return;
  line.json = wanted == FORMAT_JSON || (wanted == FORMAT_AUTO && !isatty(STDERR_FILENO));
  int length = vsnprintf(message, sizeof message, format, args);
  bool cut = length < 0 || (size_t)length >= sizeof message;
  size_t used = length < 0 ? 0 : cut ? sizeof message - 1 : (size_t)length;
  begin_line(&line, level, event ? event : "");
  end_line(&line, put_text(&line, message, used) && !cut);
  (void)pthread_mutex_lock(&lock);
  tell_dropped(line.json);
  if (!write_line(&line)) dropped++;
  (void)pthread_mutex_unlock(&lock);
  errno = kept_errno; /* a log line between a failure and its errno must not hide it */
}

void bf__log(enum bf_log_level level, const char *event, const char *format, ...) {
  va_list args;
  va_start(args, format);
  bf__logv(level, event, format, args);
  va_end(args);
}
