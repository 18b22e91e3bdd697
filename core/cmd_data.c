/* backup, restore, audit. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit.h"
#include "commands.h"

#define DATABASE "banfa.db" /* what storage_sqlite calls its file; other databases are restored by their own tools */
#define COPY_BYTES 65536
#define PATH_BYTES 4096

static int path_in(char path[PATH_BYTES], const char *folder, const char *name, struct bf_error *err) {
  return snprintf(path, PATH_BYTES, "%s/%s", folder, name) < PATH_BYTES ? 0
                                                                        : bf_fail(err, BF_ELIMIT, folder, "the path is too long");
}

static int failed(struct bf_error *err, const char *path, const char *what) {
  return bf_fail(err, errno == ENOSPC ? BF_EFULL : BF_EIO, path, "%s: %s", what, strerror(errno));
}

/* Backup. ---------------------------------------------------------------------------------------------------------------- */

int bf__cmd_backup(struct bf__cli *cli, int argc, char **argv) {
  int code = bf__cli_parse(cli, argc, argv, NULL, 1, 1);
  if (code >= 0) return code;
  char *path = bf__full_path(cli->words[0]);
  json_t *params = path ? json_pack("{s:s}", "path", path) : NULL;
  free(path);
  return bf__cli_run(cli, "backup", params, NULL);
}

/* Checking a copy: in a data folder of its own, so that nothing of the original is touched. ------------------------------- */

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *at) {
  (void)info, (void)type, (void)at;
  return remove(path);
}

static int copy_bytes(int from, int to, const char *path, struct bf_error *err) {
  static char bytes[COPY_BYTES];
  for (;;) {
    ssize_t got = read(from, bytes, sizeof bytes), done = 0;
    if (got == 0) return fsync(to) < 0 ? failed(err, path, "the copy cannot be made safe") : 0;
    if (got < 0) return failed(err, path, "cannot be read");
    while (done < got) {
      ssize_t put = write(to, bytes + done, (size_t)(got - done));
      if (put < 0) return failed(err, path, "the copy cannot be written");
      done += put;
    }
  }
}

static int copy_file(const char *from, const char *to, struct bf_error *err) {
  int in = open(from, O_RDONLY | O_CLOEXEC);
  if (in < 0) return failed(err, from, "cannot be opened");
  int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  int r = out < 0 ? failed(err, to, "cannot be made") : copy_bytes(in, out, from, err);
  if (out >= 0 && close(out) < 0 && r >= 0) r = failed(err, to, "cannot be written");
  (void)close(in);
  return r;
}

static bool is_true(const json_t *answer) {
  const json_t *ok = json_object_get(json_object_get(answer, "body"), "ok");
  return json_integer_value(json_object_get(answer, "status")) < 400 && !json_is_false(ok);
}

/* Opens the copy in SCRATCH as a program would, and checks its chain. *RET_ANSWER is audit.verify's. */
static int verify_copy(const struct bf__cli *cli, const char *scratch, json_t **ret_answer, struct bf_error *err) {
  struct bf__cli own = {.verb = cli->verb, .overrides = cli->overrides, .server = -1};
  own.overrides.data = scratch;
  int r = bf__cli_call(&own, "audit.verify", json_object(), ret_answer, err);
  bf__cli_done(&own);
  return r;
}

/* A folder below PARENT with a checked copy of FILE in it. RET_SCRATCH is the folder, to be removed by the caller when it is not
 * "". */
static int checked_copy(const struct bf__cli *cli, const char *parent, const char *file, char scratch[PATH_BYTES],
                        json_t **ret_answer, struct bf_error *err) {
  char path[PATH_BYTES], name[PATH_BYTES];
  scratch[0] = 0;
  int r = path_in(name, parent, "restore-XXXXXX", err);
  if (r >= 0 && !mkdtemp(name)) r = failed(err, parent, "no folder can be made in it");
  if (r < 0) return r;
  memcpy(scratch, name, sizeof name);
  r = path_in(path, scratch, DATABASE, err);
  if (r >= 0) r = copy_file(file, path, err);
  if (r >= 0) r = verify_copy(cli, scratch, ret_answer, err);
  return r;
}

static void remove_scratch(const char *scratch) {
  if (*scratch) (void)nftw(scratch, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* Restore. --------------------------------------------------------------------------------------------------------------- */

/* The old database and what SQLite keeps beside it, under another name: a log that fits another database would spoil this one. */
static int set_aside(const char *data, struct bf_error *err) {
  static const char *const suffixes[] = {"", "-wal", "-shm"};
  char from[PATH_BYTES], to[PATH_BYTES], name[64];
  struct stat info;
  int number = 1, r = 0;
  do {
    (void)snprintf(name, sizeof name, DATABASE ".before-restore-%d", number++);
    r = path_in(to, data, name, err);
  } while (r >= 0 && lstat(to, &info) == 0);
  for (int i = 0; r >= 0 && i < 3; i++) {
    if (snprintf(from, sizeof from, "%s/" DATABASE "%s", data, suffixes[i]) >= (int)sizeof from ||
        snprintf(to, sizeof to, "%s/%s%s", data, name, suffixes[i]) >= (int)sizeof to)
      r = bf_fail(err, BF_ELIMIT, data, "the path is too long");
    else if (rename(from, to) < 0 && errno != ENOENT)
      r = failed(err, from, "cannot be set aside");
  }
  return r;
}

static int sync_folder(const char *data, struct bf_error *err) {
  int fd = open(data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int r = fd < 0 || fsync(fd) < 0 ? failed(err, data, "cannot be made safe") : 0;
  if (fd >= 0) (void)close(fd);
  return r;
}

static int take_place(const char *data, const char *scratch, bool force, struct bf_error *err) {
  char from[PATH_BYTES], to[PATH_BYTES];
  struct stat info;
  int r = path_in(from, scratch, DATABASE, err);
  if (r >= 0) r = path_in(to, data, DATABASE, err);
  if (r >= 0 && lstat(to, &info) == 0)
    r = force ? set_aside(data, err)
              : bf_fail(err, BF_EREFUSED, data, "there is a database already: --force keeps it under another name and goes on");
  if (r >= 0 && rename(from, to) < 0) r = failed(err, to, "cannot be put in place");
  return r < 0 ? r : sync_folder(data, err);
}

/* Holds the data folder as storage does, so that no server starts under us. */
static int hold(const char *data, int *ret_lock, struct bf_error *err) {
  char path[PATH_BYTES];
  if (mkdir(data, 0700) < 0 && errno != EEXIST) return failed(err, data, "the data folder cannot be made");
  int r = path_in(path, data, "lock", err);
  if (r < 0) return r;
  int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return failed(err, path, "cannot be opened");
  if (flock(lock, LOCK_EX | LOCK_NB) < 0) {
    (void)close(lock);
    return bf_fail(err, BF_EBUSY, data, "a banfa is using this data folder: stop it first");
  }
  *ret_lock = lock;
  return 0;
}

static int restore(struct bf__cli *cli, const char *file, bool force, json_t **ret_answer, struct bf_error *err) {
  char scratch[PATH_BYTES] = "", path[PATH_BYTES];
  const char *data = cli->config.data;
  struct stat info;
  int lock = -1, r = hold(data, &lock, err);
  if (r < 0) return r;
  r = path_in(path, data, DATABASE, err);
  if (r >= 0 && !force && lstat(path, &info) == 0) /* said before the long check */
    r = bf_fail(err, BF_EREFUSED, data, "there is a database already: --force keeps it under another name and goes on");
  if (r >= 0) r = checked_copy(cli, data, file, scratch, ret_answer, err);
  if (r >= 0 && !is_true(*ret_answer)) r = bf_fail(err, BF_EREFUSED, file, "its chain does not hold: nothing was restored");
  if (r >= 0) r = take_place(data, scratch, force, err);
  remove_scratch(scratch);
  (void)close(lock);
  return r;
}

int bf__cmd_restore(struct bf__cli *cli, int argc, char **argv) {
  bool force = false;
  const struct bf__cli_option own[] = {{"--force", NULL, &force}, {0}};
  struct bf_error err = {0};
  json_t *answer = NULL;
  int code = bf__cli_parse(cli, argc, argv, own, 1, 1);
  if (code >= 0) return code;
  int r = bf__cli_config(cli, &err);
  if (r >= 0) r = restore(cli, cli->words[0], force, &answer, &err);
  if (answer && r < 0) (void)bf__cli_show(cli, answer, NULL);
  if (r >= 0 && cli->json)
    bf__print_json(json_object_get(answer, "body"));
  else if (r >= 0)
    (void)printf("已恢复并核对 · restored and checked: %s\n", cli->config.data);
  json_decref(answer);
  return r < 0 ? bf__cli_fail(&err) : BF__DONE;
}

/* Audit. ----------------------------------------------------------------------------------------------------------------- */

static void print_chain(const json_t *report) {
  (void)printf("完整 · whole  事件 · events: %lld  链头 · head: %s\n",
               (long long)json_integer_value(json_object_get(report, "events")),
               json_string_value(json_object_get(report, "head")));
}

static int verify_export(const struct bf__cli *cli, const char *path) {
  struct bf_error err = {0};
  json_t *report = NULL;
  if (bf__audit_verify_file(path, &report, &err) < 0) return bf__cli_fail(&err);
  const json_t *fault = json_object_get(report, "fault");
  if (cli->json)
    bf__print_json(report);
  else if (fault)
    (void)fprintf(stderr, "banfa: %s:%lld: %s · %s\n", path, (long long)json_integer_value(json_object_get(fault, "seq")),
                  json_string_value(json_object_get(fault, "zh")), json_string_value(json_object_get(fault, "en")));
  else
    print_chain(report);
  int code = fault ? BF__FAILED : BF__DONE;
  json_decref(report);
  return code;
}

/* A database file by itself: a copy of it is opened, never the file. */
static int verify_database(const struct bf__cli *cli, const char *path) {
  const char *parent = getenv("TMPDIR");
  char scratch[PATH_BYTES] = "";
  struct bf_error err = {0};
  json_t *answer = NULL;
  int r = checked_copy(cli, parent && *parent == '/' ? parent : "/tmp", path, scratch, &answer, &err);
  remove_scratch(scratch);
  if (r < 0) return bf__cli_fail(&err);
  int code = bf__cli_show(cli, answer, NULL);
  if (!is_true(answer)) code = BF__FAILED;
  json_decref(answer);
  return code;
}

static int verify_file(const struct bf__cli *cli, const char *path) {
  struct bf_error err = {0};
  char start[16] = "";
  FILE *in = fopen(path, "rb");
  if (!in) {
    (void)failed(&err, path, "cannot be opened");
    return bf__cli_fail(&err);
  }
  size_t got = fread(start, 1, sizeof start, in);
  bool is_database = got == sizeof start && memcmp(start, "SQLite format 3", 16) == 0;
  (void)fclose(in);
  return is_database ? verify_database(cli, path) : verify_export(cli, path);
}

static int verify_data(struct bf__cli *cli) {
  struct bf_error err = {0};
  json_t *answer = NULL;
  if (bf__cli_call(cli, "audit.verify", json_object(), &answer, &err) < 0) return bf__cli_fail(&err);
  int code = bf__cli_show(cli, answer, NULL);
  if (!is_true(answer)) code = BF__FAILED;
  json_decref(answer);
  return code;
}

/* Counts every deadline again and compares: exit 1 when one differs. */
static int check_deadlines(struct bf__cli *cli) {
  struct bf_error err = {0};
  json_t *answer = NULL;
  if (bf__cli_call(cli, "deadline.check", json_object(), &answer, &err) < 0) return bf__cli_fail(&err);
  bool ok = json_is_true(json_object_get(json_object_get(answer, "body"), "ok"));
  int code = bf__cli_show(cli, answer, NULL);
  json_decref(answer);
  return code == BF__DONE && !ok ? BF__FAILED : code;
}

int bf__cmd_audit(struct bf__cli *cli, int argc, char **argv) {
  static const char *const verbs[] = {"verify", "deadlines", "export", "head", NULL};
  int code = bf__cli_parse(cli, argc, argv, NULL, 1, 2);
  if (code >= 0) return code;
  const char *verb = cli->words[0], *file = cli->word_count > 1 ? cli->words[1] : NULL;
  if (strcmp(verb, "verify") == 0) return file ? verify_file(cli, file) : verify_data(cli);
  if (strcmp(verb, "head") == 0 && !file) return bf__cli_run(cli, "audit.head", json_object(), NULL);
  if (strcmp(verb, "deadlines") == 0 && !file) return check_deadlines(cli);
  if (strcmp(verb, "export") != 0) return bf__cli_unknown(cli, "audit", verb, verbs);
  if (!file) {
    (void)fprintf(stderr, "banfa: 缺少文件 · the file is missing\n");
    return bf__cli_usage(cli, stderr, BF__USAGE);
  }
  char *path = bf__full_path(file);
  json_t *params = path ? json_pack("{s:s}", "path", path) : NULL;
  free(path);
  return bf__cli_run(cli, "audit.export", params, NULL);
}
