/* The web application's files, mapped into memory and handed to whoever speaks HTTP. It knows no page: everything that the pages
 * show comes from the API. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "banfa/assets.h"
#include "banfa/plugin.h"

#define FILES 400
#define INDEX "/index.html"
/* Scripts and styles come from this server alone; none stands in a page. Images and previews may be made in the browser. */
#define POLICY                                                                                                                   \
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "   \
  "object-src 'none'; frame-src blob:; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

struct file {
  char *path; /* "/assets/a-1234.js" */
  const char *body;
  size_t length;
  char etag[24];
};

struct console {
  struct bf_assets assets; /* first, so that it leads back here */
  struct file files[FILES];
  size_t count;
};

static const char missing[] =
    "<!doctype html><html lang=\"zh\"><meta charset=\"utf-8\"><title>办法 banfa</title><h1>办法 banfa</h1>"
    "<p>服务已运行,但网页界面没有构建:请安装 Node.js 18 以上和 npm,然后重新构建。接口说明见 <a "
    "href=\"/openapi.json\">/openapi.json</a>。</p>"
    "<p lang=\"en\">The server runs, but its web pages were not built: install Node.js 18 or newer and npm, then build again. "
    "The API is "
    "described at <a href=\"/openapi.json\">/openapi.json</a>.</p></html>";

static const char *type_of(const char *path) {
  static const struct {
    const char *end, *type;
  } types[] = {{".html", "text/html; charset=utf-8"},
               {".js", "text/javascript; charset=utf-8"},
               {".css", "text/css; charset=utf-8"},
               {".svg", "image/svg+xml"},
               {".png", "image/png"},
               {".json", "application/json"},
               {".woff2", "font/woff2"},
               {".webmanifest", "application/manifest+json"},
               {".txt", "text/plain; charset=utf-8"}};
  const char *dot = strrchr(path, '.');
  for (size_t i = 0; dot && i < sizeof types / sizeof *types; i++)
    if (strcmp(dot, types[i].end) == 0) return types[i].type;
  return "application/octet-stream";
}

/* A short mark of the content (FNV-1a, 64 bits): it says when a file is another one, and guards nothing. */
static void mark(struct file *file) {
  uint64_t hash = UINT64_C(14695981039346656037);
  for (size_t i = 0; i < file->length; i++) hash = (hash ^ (unsigned char)file->body[i]) * UINT64_C(1099511628211);
  (void)snprintf(file->etag, sizeof file->etag, "\"%016llx\"", (unsigned long long)hash);
}

static int by_path(const void *a, const void *b) {
  return strcmp(((const struct file *)a)->path, ((const struct file *)b)->path);
}

static const struct file *find_file(const struct console *console, const char *path) {
  struct file key = {.path = (char *)(uintptr_t)path};
  return bsearch(&key, console->files, console->count, sizeof *console->files, by_path);
}

static int map_file(struct console *console, const char *full, const char *path, struct bf_error *err) {
  struct file *file = &console->files[console->count];
  struct stat info;
  if (console->count == FILES) return bf_fail(err, BF_ELIMIT, full, "more than %d files of the web application", FILES);
  int fd = open(full, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || fstat(fd, &info) < 0 || info.st_size == 0) {
    if (fd >= 0) (void)close(fd);
    return fd < 0 ? bf_fail(err, BF_EIO, full, "cannot be opened: %s", strerror(errno)) : 0; /* an empty file is left out */
  }
  void *body = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
  (void)close(fd);
  if (body == MAP_FAILED) return bf_fail(err, BF_ENOMEM, full, "cannot be mapped: %s", strerror(errno));
  file->body = body;
  file->length = (size_t)info.st_size;
  file->path = strdup(path);
  console->count++;
  if (!file->path) return bf_fail(err, BF_ENOMEM, full, "no memory");
  mark(file);
  return 0;
}

static int map_folder(struct console *console, const char *folder, const char *under, int depth, struct bf_error *err) {
  char full[700], path[200];
  int r = 0;
  DIR *dir = opendir(folder);
  if (!dir) return errno == ENOENT ? 0 : bf_fail(err, BF_EIO, folder, "cannot be read: %s", strerror(errno));
  for (struct dirent *entry; r >= 0 && (entry = readdir(dir));) {
    struct stat info;
    if (*entry->d_name == '.') continue;
    int a = snprintf(full, sizeof full, "%s/%s", folder, entry->d_name),
        b = snprintf(path, sizeof path, "%s/%s", under, entry->d_name);
    if (a >= (int)sizeof full || b >= (int)sizeof path || stat(full, &info) < 0) continue;
    if (S_ISREG(info.st_mode)) r = map_file(console, full, path, err);
    if (S_ISDIR(info.st_mode) && depth < 4) r = map_folder(console, full, path, depth + 1, err);
  }
  (void)closedir(dir);
  return r;
}

/* A page of the application has no dot in its last part; the application itself decides what it shows there. */
static bool is_page(const char *path) {
  const char *last = strrchr(path, '/');
  return strncmp(path, "/api/", 5) != 0 && strncmp(path, "/assets/", 8) != 0 && last && !strchr(last, '.');
}

static void give(const struct file *file, const char *path, struct bf_asset *ret) {
  *ret = (struct bf_asset){.type = type_of(path),
                           .body = file->body,
                           .length = file->length,
                           .etag = file->etag,
                           .policy = POLICY,
                           .immutable = strncmp(path, "/assets/", 8) == 0};
}

static bool find(const struct bf_assets *self, const char *path, bool gzip, struct bf_asset *ret) {
  const struct console *console = (const struct console *)self;
  char packed[300];
  if (is_page(path)) path = INDEX;
  const struct file *file = find_file(console, path);
  if (!file && strcmp(path, INDEX) == 0) {
    *ret = (struct bf_asset){.type = "text/html; charset=utf-8", .body = missing, .length = sizeof missing - 1, .policy = POLICY};
    return true;
  }
  if (!file) return false;
  give(file, path, ret);
  (void)snprintf(packed, sizeof packed, "%s.gz", path);
  const struct file *smaller = gzip ? find_file(console, packed) : NULL;
  if (smaller) {
    ret->body = smaller->body;
    ret->length = smaller->length;
    ret->etag = smaller->etag;
    ret->encoding = "gzip";
  }
  return true;
}

static void console_free(struct console *console) {
  for (size_t i = 0; i < console->count; i++) {
    (void)munmap((void *)(uintptr_t)console->files[i].body, console->files[i].length);
    free(console->files[i].path);
  }
  free(console);
}

/* The folder "console-pages" beside this plugin, wherever that was installed. */
static int folder_of(const struct bf_host *host, char *ret, size_t room) {
  const char *given = host->option_text(host->context, "web_dir");
  Dl_info info;
  if (given && *given) return snprintf(ret, room, "%s", given);
  if (!dladdr((const void *)(uintptr_t)&missing, &info) || !info.dli_fname) return -1;
  const char *slash = strrchr(info.dli_fname, '/');
  return snprintf(ret, room, "%.*s/console-pages", slash ? (int)(slash - info.dli_fname) : 1, slash ? info.dli_fname : ".");
}

static int start(const struct bf_host *host, void **ret_self, struct bf_error *err) {
  struct console *console = calloc(1, sizeof *console);
  char folder[600];
  if (!console) return bf_fail(err, BF_ENOMEM, "console", "no memory");
  console->assets = (struct bf_assets){.size = sizeof console->assets, .find = find};
  int length = folder_of(host, folder, sizeof folder);
  int r = length < 0 || length >= (int)sizeof folder ? bf_fail(err, BF_EINVAL, "plugins.console.web_dir", "too long")
                                                     : map_folder(console, folder, "", 0, err);
  if (r >= 0) {
    qsort(console->files, console->count, sizeof *console->files, by_path);
    r = host->provide(host->context, "assets", 1, &console->assets, err);
  }
  if (r < 0) {
    console_free(console);
    return r;
  }
  if (!find_file(console, INDEX))
    host->log(host->context, BF_LOG_WARN, "console", "the web pages were not built (%s): Node.js 18 and npm are needed for that",
              folder);
  *ret_self = console;
  return 0;
}

static void stop(void *self) {
  console_free(self);
}

static const struct bf_option options[] = {
    {"web_dir", BF_OPTION_TEXT, "", 0, 0, "folder of the built web application; empty: `console-pages` beside this plugin"},
    {0},
};
static const char *const provides[] = {"assets/1", NULL};

BF_PLUGIN_EXPORT extern const struct bf_plugin banfa_plugin;
const struct bf_plugin banfa_plugin = {
    .abi = 1u,
    .size = sizeof(struct bf_plugin),
    .name = "console",
    .version = "0.1.0",
    .options = options,
    .provides = provides,
    .start = start,
    .stop = stop,
};
