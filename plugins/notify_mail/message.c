#include "message.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WORD 42 /* bytes of UTF-8 in one encoded word: 56 in base64, 75 with its frame */
#define LINE 57 /* bytes in one line of base64: 76 characters */

int bf__mail_address_ok(const char *address) {
  const char *at = strchr(address, '@');
  if (!at || at == address || !at[1] || strchr(at + 1, '@') || strlen(address) > 254) return 0;
  for (const char *c = address; *c; c++)
    if ((unsigned char)*c <= ' ' || *c == 0x7F || strchr("<>()[],;:\\\"", *c)) return 0;
  return 1;
}

/* Bytes of TEXT that fit into ROOM without cutting a character. */
static size_t whole(const char *text, size_t length, size_t room) {
  if (length <= room) return length;
  while (room > 1 && ((unsigned char)text[room] & 0xC0) == 0x80) room--;
  return room;
}

static void put_base64(FILE *out, const char *bytes, size_t length) {
  unsigned char text[4 * ((LINE + 2) / 3) + 1];
  (void)EVP_EncodeBlock(text, (const unsigned char *)bytes, (int)length);
  (void)fputs((const char *)text, out);
}

/* TEXT in a header: encoded words, one a line. Line ends inside would make headers of their own: blanks stand for them. */
static void put_words(FILE *out, const char *text) {
  char one[WORD + 1];
  for (size_t left = strlen(text); left;) {
    size_t length = whole(text, left, WORD);
    for (size_t i = 0; i < length; i++) one[i] = iscntrl((unsigned char)text[i]) ? ' ' : text[i];
    (void)fputs("=?UTF-8?B?", out);
    put_base64(out, one, length);
    (void)fputs("?=", out);
    text += length;
    left -= length;
    if (left) (void)fputs("\r\n ", out);
  }
}

static void put_mailbox(FILE *out, const char *header, const char *name, const char *address) {
  (void)fprintf(out, "%s: ", header);
  if (name && *name) {
    put_words(out, name);
    (void)fputs("\r\n ", out);
  }
  (void)fprintf(out, "<%s>\r\n", address);
}

/* TEXT within a Message-ID: what is no letter, digit or .-_ becomes one. */
static void put_id(FILE *out, const char *header, const char *text, const char *domain) {
  (void)fprintf(out, "%s: <", header);
  for (; *text; text++) (void)fputc(isalnum((unsigned char)*text) || strchr("-_.", *text) ? *text : '.', out);
  (void)fprintf(out, "@%s>\r\n", domain);
}

static void put_date(FILE *out, int64_t at_ms) {
  static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  time_t china = (time_t)(at_ms / 1000 + 8 * 3600); /* the program's only time zone */
  struct tm at;
  if (!gmtime_r(&china, &at)) return;
  (void)fprintf(out, "Date: %s, %d %s %d %02d:%02d:%02d +0800\r\n", days[at.tm_wday], at.tm_mday, months[at.tm_mon],
                at.tm_year + 1900, at.tm_hour, at.tm_min, at.tm_sec);
}

static void put_part(FILE *out, const char *boundary, const char *type, const char *text) {
  (void)fprintf(out, "--%s\r\nContent-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n", boundary, type);
  for (size_t left = strlen(text), length; left; text += length, left -= length) {
    length = left < LINE ? left : LINE;
    put_base64(out, text, length);
    (void)fputs("\r\n", out);
  }
}

/* TEXT as HTML: nothing in it is markup, and each line is one. */
static void put_html(FILE *out, const char *text, size_t length) {
  for (size_t i = 0; i < length; i++) {
    if (text[i] == '<')
      (void)fputs("&lt;", out);
    else if (text[i] == '>')
      (void)fputs("&gt;", out);
    else if (text[i] == '&')
      (void)fputs("&amp;", out);
    else if (text[i] == '"')
      (void)fputs("&quot;", out);
    else if (text[i] == '\n')
      (void)fputs("<br>\n", out);
    else if (text[i] != '\r')
      (void)fputc(text[i], out);
  }
}

char *bf__mail_html(const char *plain, const char *link) {
  char *html = NULL;
  size_t length = 0, size = link ? strlen(link) : 0;
  FILE *out = open_memstream(&html, &length);
  if (!out) return NULL;
  (void)fputs("<!doctype html><meta charset=\"utf-8\"><p style=\"line-height:1.7\">", out);
  for (const char *at = plain, *found; *at; at = found ? found + size : at + strlen(at)) {
    found = size ? strstr(at, link) : NULL;
    put_html(out, at, found ? (size_t)(found - at) : strlen(at));
    if (!found) continue;
    (void)fputs("<a href=\"", out);
    put_html(out, link, size);
    (void)fputs("\">", out);
    put_html(out, link, size);
    (void)fputs("</a>", out);
  }
  (void)fputs("</p>\n", out);
  int bad = ferror(out);
  if (fclose(out) == 0 && !bad) return html;
  free(html);
  return NULL;
}

int bf__mail_write(const struct bf__mail *mail, char **ret, size_t *ret_length, struct bf_error *err) {
  const char *domain = strchr(mail->from, '@') + 1;
  static const char boundary[] = "=_banfa_part"; /* never in base64 */
  *ret = NULL;
  FILE *out = open_memstream(ret, ret_length);
  if (!out) return bf_fail(err, BF_ENOMEM, "mail", "no memory");
  put_mailbox(out, "From", mail->from_name, mail->from);
  put_mailbox(out, "To", mail->to_name, mail->to);
  (void)fputs("Subject: ", out);
  put_words(out, mail->subject);
  (void)fputs("\r\n", out);
  put_date(out, mail->at_ms);
  put_id(out, "Message-ID", mail->key, domain);
  if (mail->thread) {
    put_id(out, "In-Reply-To", mail->thread, domain);
    put_id(out, "References", mail->thread, domain);
  }
  (void)fputs("Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n", out);
  (void)fprintf(out, "Content-Type: multipart/alternative; boundary=\"%s\"\r\n\r\n", boundary);
  put_part(out, boundary, "text/plain", mail->plain);
  if (mail->html) put_part(out, boundary, "text/html", mail->html);
  (void)fprintf(out, "--%s--\r\n", boundary);
  int bad = ferror(out);
  if (fclose(out) != 0 || bad) {
    free(*ret);
    *ret = NULL;
    return bf_fail(err, BF_ENOMEM, "mail", "no memory");
  }
  return 0;
}
