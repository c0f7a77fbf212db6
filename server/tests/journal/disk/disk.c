/* Stands between SQLite and the disk in a test's process: counts syncs, and makes them wait or fail as
 * files in the folder $TAUTLINE_DISK say. Loaded before the C library, whose functions it calls. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

/* Whether the test has put a file of this name there. */
static int is_asked(const char *name) {
  const char *folder = getenv("TAUTLINE_DISK");
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder ? folder : "", name);
  return access(path, F_OK) == 0;
}

/* Adds a byte to a file: its length is the count. */
static void count(const char *name) {
  const char *folder = getenv("TAUTLINE_DISK");
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder ? folder : "", name);
  int file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (file >= 0) {
    ssize_t (*put)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    if (put(file, ".", 1) < 0) abort();
    close(file);
  }
}

static int sync_with(const char *name, int file) {
  count("begun");
  while (is_asked("hold")) usleep(1000);
  if (is_asked("fail")) {
    errno = EIO;
    return -1;
  }
  int (*sync)(int) = dlsym(RTLD_NEXT, name);
  int result = sync(file);
  if (result == 0) count("synced");
  return result;
}

int fdatasync(int file) { return sync_with("fdatasync", file); }
int fsync(int file) { return sync_with("fsync", file); }

static ssize_t write_with(const char *name, int file, const void *bytes, size_t length, off_t at) {
  if (is_asked("full") || is_asked("readonly")) {
    errno = is_asked("full") ? ENOSPC : EROFS;
    return -1;
  }
  ssize_t (*put)(int, const void *, size_t, off_t) = dlsym(RTLD_NEXT, name);
  return put(file, bytes, length, at);
}

ssize_t pwrite(int file, const void *bytes, size_t length, off_t at) {
  return write_with("pwrite", file, bytes, length, at);
}
ssize_t pwrite64(int file, const void *bytes, size_t length, off_t at) {
  return write_with("pwrite64", file, bytes, length, at);
}

/* A journal on a file system that was made read-only is opened for reading alone. */
static int open_with(const char *name, const char *path, int flags, int mode) {
  if ((flags & O_ACCMODE) != O_RDONLY && strstr(path, "journal.db") && is_asked("readonly")) {
    errno = EROFS;
    return -1;
  }
  int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, name);
  return real(path, flags, mode);
}

static int mode_of(int flags, va_list rest) { return flags & O_CREAT ? va_arg(rest, int) : 0; }

int open(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  int mode = mode_of(flags, rest);
  va_end(rest);
  return open_with("open", path, flags, mode);
}
int open64(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  int mode = mode_of(flags, rest);
  va_end(rest);
  return open_with("open64", path, flags, mode);
}
