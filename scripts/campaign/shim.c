/*
 * Preloaded into a process, lets one of its file operations below a folder fail, or kills the process there. What to do is in a
 * file that FAULT_CONTROL names, mapped by all processes of a run, so that they count together; faults.mjs writes and reads it.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum mode { COUNT = 0, KILL_BEFORE = 1, KILL_AFTER = 2, KILL_HALFWAY = 3, FAIL = 4 };
enum kind { READS = 1, WRITES = 2 };

/* 64-bit numbers, then text: the layout that faults.mjs knows. */
struct control {
  long count, at, mode, error, kinds, fired, logged;
  char folder[1024];
  char operation[1024];
};

static struct control *control;
static int log_file = -1;
static char *names[4096];

#define REAL(name) static __typeof__(&name) real; if (!real) real = dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void prepare(void) {
  const char *path = getenv("FAULT_CONTROL");
  int file = path ? open(path, O_RDWR) : -1;
  if (file < 0) return;
  void *mapped = mmap(0, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (mapped == MAP_FAILED) return;
  const char *log = getenv("FAULT_LOG");
  if (log) log_file = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
  control = mapped;
}

static int is_inside(const char *path) {
  if (!control || !path) return 0;
  size_t length = strlen(control->folder);
  return length > 0 && strncmp(path, control->folder, length) == 0 && (path[length] == '/' || path[length] == 0);
}

static void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

/* Counts an operation; returns what is to happen to it, COUNT for nothing. */
static long meet(long kind, const char *what, const char *path) {
  if (control->kinds && !(control->kinds & kind)) return COUNT;
  long number = __sync_add_and_fetch(&control->count, 1);
  if (log_file >= 0) {
    char line[1200];
    int length = snprintf(line, sizeof line, "%ld %s %s\n", number, what, path);
    REAL(write);
    if (real(log_file, line, length) < 0) log_file = -1;
  }
  if (number != control->at) return COUNT;
  control->fired = number;
  snprintf(control->operation, sizeof control->operation, "%s %s", what, path);
  if (control->mode == KILL_BEFORE) die();
  return control->mode;
}

static void after(long mode) { if (mode == KILL_AFTER || mode == KILL_HALFWAY) die(); }
static int fail(void) { errno = (int)control->error; return -1; }
static const char *name_of(int file) { return control && file >= 0 && file < 4096 ? names[file] : 0; }
static void remember(int file, const char *path) {
  if (file < 0 || file >= 4096) return;
  char *old = names[file];
  names[file] = path ? strdup(path) : 0;
  free(old);
}

#define OPEN(NAME)                                                                       \
  int NAME(const char *path, int flags, ...) {                                           \
    REAL(NAME);                                                                          \
    va_list list; va_start(list, flags); mode_t rights = va_arg(list, mode_t); va_end(list); \
    if (!is_inside(path)) { int file = real(path, flags, rights); if (control && file >= 0) remember(file, 0); return file; } \
    int writes = (flags & (O_CREAT | O_WRONLY | O_RDWR)) != 0;                           \
    long mode = meet(writes ? WRITES : READS, writes ? "open for writing" : "open", path); \
    if (mode == FAIL) return fail();                                                     \
    int file = real(path, flags, rights);                                                \
    remember(file, path);                                                                \
    after(mode);                                                                         \
    return file;                                                                         \
  }
OPEN(open)
OPEN(open64)

/* The descriptor is closed even when that reports an error, as Linux does. */
int close(int file) {
  REAL(close);
  const char *name = name_of(file);
  if (!name) return real(file);
  long mode = meet(WRITES, "close", name);
  remember(file, 0);
  int result = real(file);
  after(mode);
  return mode == FAIL ? fail() : result;
}

/* A write that stops in the middle, for KILL_HALFWAY. */
#define TRANSFER(NAME, KIND, PARAMETERS, ARGUMENTS, HALF)         \
  ssize_t NAME PARAMETERS {                                       \
    REAL(NAME);                                                   \
    const char *name = name_of(file);                             \
    if (!name) return real ARGUMENTS;                             \
    long mode = meet(KIND, #NAME, name);                          \
    if (mode == FAIL) return fail();                              \
    ssize_t result = mode == KILL_HALFWAY ? real HALF : real ARGUMENTS; \
    after(mode);                                                  \
    return result;                                                \
  }
TRANSFER(write, WRITES, (int file, const void *data, size_t size), (file, data, size), (file, data, (size + 1) / 2))
TRANSFER(pwrite, WRITES, (int file, const void *data, size_t size, off_t at), (file, data, size, at), (file, data, (size + 1) / 2, at))
TRANSFER(pwrite64, WRITES, (int file, const void *data, size_t size, off64_t at), (file, data, size, at), (file, data, (size + 1) / 2, at))
TRANSFER(writev, WRITES, (int file, const struct iovec *parts, int count), (file, parts, count), (file, parts, 1))
TRANSFER(pwritev, WRITES, (int file, const struct iovec *parts, int count, off_t at), (file, parts, count, at), (file, parts, 1, at))
TRANSFER(pwritev64, WRITES, (int file, const struct iovec *parts, int count, off64_t at), (file, parts, count, at), (file, parts, 1, at))
TRANSFER(read, READS, (int file, void *data, size_t size), (file, data, size), (file, data, size))
TRANSFER(pread, READS, (int file, void *data, size_t size, off_t at), (file, data, size, at), (file, data, size, at))
TRANSFER(pread64, READS, (int file, void *data, size_t size, off64_t at), (file, data, size, at), (file, data, size, at))

#define ON_FILE(NAME, PARAMETERS, ARGUMENTS)          \
  int NAME PARAMETERS {                               \
    REAL(NAME);                                       \
    const char *name = name_of(file);                 \
    if (!name) return real ARGUMENTS;                 \
    long mode = meet(WRITES, #NAME, name);            \
    if (mode == FAIL) return fail();                  \
    int result = real ARGUMENTS;                      \
    after(mode);                                      \
    return result;                                    \
  }
ON_FILE(fsync, (int file), (file))
ON_FILE(fdatasync, (int file), (file))
ON_FILE(ftruncate, (int file, off_t size), (file, size))
ON_FILE(ftruncate64, (int file, off64_t size), (file, size))

#define ON_PATH(NAME, KIND, PARAMETERS, PATH, ARGUMENTS) \
  int NAME PARAMETERS {                                  \
    REAL(NAME);                                          \
    if (!is_inside(PATH)) return real ARGUMENTS;         \
    long mode = meet(KIND, #NAME, PATH);                 \
    if (mode == FAIL) return fail();                     \
    int result = real ARGUMENTS;                         \
    after(mode);                                         \
    return result;                                       \
  }
ON_PATH(rename, WRITES, (const char *from, const char *to), to, (from, to))
ON_PATH(link, WRITES, (const char *from, const char *to), to, (from, to))
ON_PATH(symlink, WRITES, (const char *target, const char *path), path, (target, path))
ON_PATH(unlink, WRITES, (const char *path), path, (path))
ON_PATH(rmdir, WRITES, (const char *path), path, (path))
ON_PATH(mkdir, WRITES, (const char *path, mode_t rights), path, (path, rights))
ON_PATH(access, READS, (const char *path, int wanted), path, (path, wanted))
ON_PATH(scandir, READS,
        (const char *path, struct dirent ***list, int (*filter)(const struct dirent *), int (*compare)(const struct dirent **, const struct dirent **)),
        path, (path, list, filter, compare))
ON_PATH(scandir64, READS,
        (const char *path, struct dirent64 ***list, int (*filter)(const struct dirent64 *), int (*compare)(const struct dirent64 **, const struct dirent64 **)),
        path, (path, list, filter, compare))

DIR *opendir(const char *path) {
  REAL(opendir);
  if (!is_inside(path)) return real(path);
  long mode = meet(READS, "opendir", path);
  if (mode == FAIL) { fail(); return 0; }
  DIR *result = real(path);
  after(mode);
  return result;
}

char *mkdtemp(char *pattern) {
  REAL(mkdtemp);
  if (!is_inside(pattern)) return real(pattern);
  long mode = meet(WRITES, "mkdtemp", pattern);
  if (mode == FAIL) { fail(); return 0; }
  char *result = real(pattern);
  after(mode);
  return result;
}

/* Node asks for the state of a file by the bare system call. */
long syscall(long number, ...) {
  static long (*real)(long, ...);
  if (!real) real = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
  long a[6];
  va_list list;
  va_start(list, number);
  for (int i = 0; i < 6; i++) a[i] = va_arg(list, long);
  va_end(list);
  if (number == SYS_statx) {
    const char *path = (const char *)a[1];
    const char *name = path && path[0] ? (is_inside(path) ? path : 0) : name_of((int)a[0]);
    if (name && meet(READS, "stat", name) == FAIL) return fail();
  }
  return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
