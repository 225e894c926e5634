// A layer between a process and its files, loaded by LD_PRELOAD. It appends what the process does
// to files below RECORD_ROOT to the file RECORD_JOURNAL: a header and the bytes of a path or of a
// write. recording.ts reads it; both must agree on `struct record`. A lock makes the order of the
// records that of the calls.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CREATE = 1, WRITE, TRUNCATE, SYNC, RENAME, LINK, REMOVE, MAKE_FOLDER };

struct record {
  uint32_t op;
  uint32_t bytes;   // that follow: a path, two paths with a NUL in between, or what was written
  uint64_t inode;   // 0: the call has none
  uint64_t offset;  // of a write; the size for TRUNCATE
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int journal = -1;
static const char *root;

#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static ssize_t append(const void *bytes, size_t count) {
  REAL(write);
  return real(journal, bytes, count);
}

__attribute__((constructor)) static void open_journal(void) {
  const char *path = getenv("RECORD_JOURNAL");
  root = getenv("RECORD_ROOT");
  if (path && root) journal = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void record(uint32_t op, uint64_t inode, uint64_t offset, const void *bytes, size_t count) {
  struct record header = {op, (uint32_t)count, inode, offset};
  if (append(&header, sizeof header) < 0 || (count && append(bytes, count) < 0)) abort();
}

static int is_below_root(const char *path) {
  return journal >= 0 && path && strncmp(path, root, strlen(root)) == 0;
}

// The inode of a file below the root, or 0.
static uint64_t inode_of(int fd) {
  if (journal < 0 || fd == journal) return 0;
  int before = errno;
  char link[32], path[PATH_MAX];
  struct stat status;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  uint64_t inode = 0;
  if (length > 0) {
    path[length] = 0;
    if (is_below_root(path) && fstat(fd, &status) == 0) inode = status.st_ino;
  }
  errno = before;
  return inode;
}

static off_t place_of(int fd) {
  struct stat status;
  if (fcntl(fd, F_GETFL) & O_APPEND) return fstat(fd, &status) == 0 ? status.st_size : 0;
  return lseek(fd, 0, SEEK_CUR);
}

static void record_vector(uint64_t inode, off_t at, ssize_t done, const struct iovec *from, int count) {
  for (int i = 0; i < count && done > 0; i++) {
    size_t part = from[i].iov_len < (size_t)done ? from[i].iov_len : (size_t)done;
    record(WRITE, inode, at, from[i].iov_base, part);
    at += part;
    done -= part;
  }
}

// Makes a call that writes, and records what it wrote.
#define WRITING(name, parameters, arguments, place, ...) \
  ssize_t name parameters { \
    REAL(name); \
    uint64_t inode = inode_of(fd); \
    if (!inode) return real arguments; \
    pthread_mutex_lock(&lock); \
    off_t start = place; \
    ssize_t done = real arguments; \
    record_vector(inode, start, done, __VA_ARGS__); \
    pthread_mutex_unlock(&lock); \
    return done; \
  }
static struct iovec one(const void *from, size_t count) {
  return (struct iovec){(void *)from, count};
}
#define ONE (struct iovec[]){one(from, count)}, 1
WRITING(write, (int fd, const void *from, size_t count), (fd, from, count), place_of(fd), ONE)
WRITING(writev, (int fd, const struct iovec *from, int count), (fd, from, count), place_of(fd), from, count)
WRITING(pwrite, (int fd, const void *from, size_t count, off_t at), (fd, from, count, at), at, ONE)
WRITING(pwrite64, (int fd, const void *from, size_t count, off64_t at), (fd, from, count, at), at, ONE)
WRITING(pwritev, (int fd, const struct iovec *from, int count, off_t at), (fd, from, count, at), at, from, count)
WRITING(pwritev64, (int fd, const struct iovec *from, int count, off64_t at), (fd, from, count, at), at, from, count)

// Makes a call, and records it if it succeeded.
#define ON_FILE(name, parameters, arguments, op, at) \
  int name parameters { \
    REAL(name); \
    uint64_t inode = inode_of(fd); \
    if (!inode) return real arguments; \
    pthread_mutex_lock(&lock); \
    int result = real arguments; \
    if (result == 0) record(op, inode, at, NULL, 0); \
    pthread_mutex_unlock(&lock); \
    return result; \
  }
ON_FILE(ftruncate, (int fd, off_t size), (fd, size), TRUNCATE, size)
ON_FILE(ftruncate64, (int fd, off64_t size), (fd, size), TRUNCATE, size)
ON_FILE(fsync, (int fd), (fd), SYNC, 0)
ON_FILE(fdatasync, (int fd), (fd), SYNC, 0)

#define ON_PATH(name, parameters, arguments, op) \
  int name parameters { \
    REAL(name); \
    if (!is_below_root(path)) return real arguments; \
    pthread_mutex_lock(&lock); \
    int result = real arguments; \
    if (result == 0) record(op, 0, 0, path, strlen(path)); \
    pthread_mutex_unlock(&lock); \
    return result; \
  }
ON_PATH(unlink, (const char *path), (path), REMOVE)
ON_PATH(mkdir, (const char *path, mode_t mode), (path, mode), MAKE_FOLDER)

#define ON_PATHS(name, op) \
  int name(const char *path, const char *to) { \
    REAL(name); \
    if (!is_below_root(path)) return real(path, to); \
    pthread_mutex_lock(&lock); \
    int result = real(path, to); \
    char both[2 * PATH_MAX]; \
    int length = snprintf(both, sizeof both, "%s%c%s", path, 0, to); \
    if (result == 0) record(op, 0, 0, both, length); \
    pthread_mutex_unlock(&lock); \
    return result; \
  }
ON_PATHS(rename, RENAME)
ON_PATHS(link, LINK)

#define OPENING(name) \
  int name(const char *path, int flags, ...) { \
    REAL(name); \
    va_list more; \
    va_start(more, flags); \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0; \
    va_end(more); \
    if (!is_below_root(path) || !(flags & (O_CREAT | O_TRUNC))) return real(path, flags, mode); \
    pthread_mutex_lock(&lock); \
    int is_new = access(path, F_OK) != 0; \
    int fd = real(path, flags, mode); \
    uint64_t inode = fd < 0 ? 0 : inode_of(fd); \
    if (inode && is_new) record(CREATE, inode, 0, path, strlen(path)); \
    if (inode && !is_new && (flags & O_TRUNC)) record(TRUNCATE, inode, 0, NULL, 0); \
    pthread_mutex_unlock(&lock); \
    return fd; \
  }
OPENING(open)
OPENING(open64)
