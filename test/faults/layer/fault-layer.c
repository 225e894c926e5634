// A layer between a process and its files, loaded by LD_PRELOAD. It makes calls slow or lets them
// fail, as the rules in the file FAULT_CONTROL say. The file is shared memory: rules change while
// the process runs. fault-layer.ts writes it; both must agree on `struct rule`.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { READ = 1, WRITE = 2, SYNC = 4, CHANGE = 8 };
enum { RULES = 8 };

struct rule {
  volatile uint32_t ops;  // 0: unused
  int32_t error;          // errno of the call; 0: the call is made
  uint32_t delay_ms;      // before that
  uint32_t every;         // fails each call of so many; 0 and 1: all
  uint64_t calls;         // that matched
  uint64_t hits;          // that were delayed or failed
  char of[112];           // part of the path
  char except[112];       // paths with this part are left alone; empty: none
};

static struct rule *rules;

#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void map_rules(void) {
  const char *path = getenv("FAULT_CONTROL");
  int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
  if (fd < 0) return;
  void *memory = mmap(NULL, RULES * sizeof(struct rule), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (memory != MAP_FAILED) rules = memory;
}

static int is_wanted(uint32_t op) {
  if (!rules) return 0;
  for (int i = 0; i < RULES; i++)
    if (rules[i].ops & op) return 1;
  return 0;
}

// Returns -1 with errno if the call is to fail.
static int fault(uint32_t op, const char *path) {
  for (int i = 0; i < RULES; i++) {
    struct rule *rule = &rules[i];
    if (!(rule->ops & op) || !strstr(path, rule->of)) continue;
    if (rule->except[0] && strstr(path, rule->except)) continue;
    uint64_t call = __atomic_add_fetch(&rule->calls, 1, __ATOMIC_RELAXED);
    if (rule->every > 1 && call % rule->every != 0) continue;
    __atomic_add_fetch(&rule->hits, 1, __ATOMIC_RELAXED);
    if (rule->delay_ms) {
      struct timespec pause = {rule->delay_ms / 1000, (long)(rule->delay_ms % 1000) * 1000000};
      nanosleep(&pause, NULL);
    }
    if (rule->error) {
      errno = rule->error;
      return -1;
    }
  }
  return 0;
}

static int fault_path(uint32_t op, const char *path) {
  return is_wanted(op) && path ? fault(op, path) : 0;
}

static int fault_fd(uint32_t op, int fd) {
  if (!is_wanted(op)) return 0;
  char link[32], path[PATH_MAX];
  int before = errno;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  errno = before;
  if (length <= 0) return 0;
  path[length] = 0;
  return fault(op, path);
}

#define BY_FD(result, op, name, parameters, arguments) \
  result name parameters { \
    REAL(name); \
    return fault_fd(op, fd) ? -1 : real arguments; \
  }
#define BY_PATH(result, name, parameters, arguments) \
  result name parameters { \
    REAL(name); \
    return fault_path(CHANGE, path) ? -1 : real arguments; \
  }

BY_FD(ssize_t, READ, read, (int fd, void *to, size_t count), (fd, to, count))
BY_FD(ssize_t, READ, readv, (int fd, const struct iovec *to, int count), (fd, to, count))
BY_FD(ssize_t, READ, pread, (int fd, void *to, size_t count, off_t at), (fd, to, count, at))
BY_FD(ssize_t, READ, pread64, (int fd, void *to, size_t count, off64_t at), (fd, to, count, at))
BY_FD(ssize_t, READ, preadv, (int fd, const struct iovec *to, int count, off_t at), (fd, to, count, at))
BY_FD(ssize_t, READ, preadv64, (int fd, const struct iovec *to, int count, off64_t at), (fd, to, count, at))
BY_FD(ssize_t, WRITE, write, (int fd, const void *from, size_t count), (fd, from, count))
BY_FD(ssize_t, WRITE, writev, (int fd, const struct iovec *from, int count), (fd, from, count))
BY_FD(ssize_t, WRITE, pwrite, (int fd, const void *from, size_t count, off_t at), (fd, from, count, at))
BY_FD(ssize_t, WRITE, pwrite64, (int fd, const void *from, size_t count, off64_t at), (fd, from, count, at))
BY_FD(ssize_t, WRITE, pwritev, (int fd, const struct iovec *from, int count, off_t at), (fd, from, count, at))
BY_FD(ssize_t, WRITE, pwritev64, (int fd, const struct iovec *from, int count, off64_t at), (fd, from, count, at))
BY_FD(int, WRITE, ftruncate, (int fd, off_t size), (fd, size))
BY_FD(int, WRITE, ftruncate64, (int fd, off64_t size), (fd, size))
BY_FD(int, WRITE, fallocate, (int fd, int mode, off_t at, off_t size), (fd, mode, at, size))
BY_FD(int, WRITE, fallocate64, (int fd, int mode, off64_t at, off64_t size), (fd, mode, at, size))
BY_FD(int, SYNC, fsync, (int fd), (fd))
BY_FD(int, SYNC, fdatasync, (int fd), (fd))
BY_PATH(int, mkdir, (const char *path, mode_t mode), (path, mode))
BY_PATH(int, unlink, (const char *path), (path))
BY_PATH(int, rename, (const char *path, const char *to), (path, to))

#define OPENING(name) \
  int name(const char *path, int flags, ...) { \
    REAL(name); \
    va_list more; \
    va_start(more, flags); \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0; \
    va_end(more); \
    if ((flags & (O_WRONLY | O_RDWR | O_CREAT)) && fault_path(CHANGE, path)) return -1; \
    return real(path, flags, mode); \
  }
OPENING(open)
OPENING(open64)
