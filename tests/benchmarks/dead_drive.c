/* Loaded before libc: whatever is asked of a path below $DEAD_DRIVE waits $DEAD_SECONDS and then
 * fails, as on a network drive that is gone; without $DEAD_SECONDS it is answered as ever. Each question is a line of $DEAD_LOG: "main" or
 * "other" for the thread that asked, the function, and the path. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int is_dead(const char *function, const char *path) {
    const char *drive = getenv("DEAD_DRIVE"), *log = getenv("DEAD_LOG");
    const char *seconds = getenv("DEAD_SECONDS");
    if (!drive || !path || strncmp(path, drive, strlen(drive))) return 0;
    if (log) {
        int handle = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND, 0644);
        const char *thread = syscall(SYS_gettid) == getpid() ? "main" : "other";
        dprintf(handle, "%s %s %s\n", thread, function, path);
        close(handle);
    }
    if (!seconds) return 0;
    struct timespec rest = {atoi(seconds), 0};
    while (nanosleep(&rest, &rest) && errno == EINTR) continue;
    errno = getenv("DEAD_ERRNO") ? atoi(getenv("DEAD_ERRNO")) : EHOSTDOWN;
    return 1;
}

#define ASKED(result, name, declared, given, path, failed)                  \
    result name declared {                                                  \
        static result(*real) declared;                                      \
        if (!real) real = (result(*) declared)dlsym(RTLD_NEXT, #name);      \
        return is_dead(#name, path) ? failed : real given;                  \
    }

ASKED(int, stat, (const char *p, struct stat *s), (p, s), p, -1)
ASKED(int, lstat, (const char *p, struct stat *s), (p, s), p, -1)
ASKED(int, stat64, (const char *p, struct stat64 *s), (p, s), p, -1)
ASKED(int, lstat64, (const char *p, struct stat64 *s), (p, s), p, -1)
ASKED(int, fstatat, (int d, const char *p, struct stat *s, int f), (d, p, s, f), p, -1)
ASKED(int, fstatat64, (int d, const char *p, struct stat64 *s, int f), (d, p, s, f), p, -1)
ASKED(int, statx, (int d, const char *p, int f, unsigned m, struct statx *s), (d, p, f, m, s), p, -1)
ASKED(int, access, (const char *p, int m), (p, m), p, -1)
ASKED(int, faccessat, (int d, const char *p, int m, int f), (d, p, m, f), p, -1)
ASKED(DIR *, opendir, (const char *p), (p), p, NULL)
ASKED(ssize_t, readlink, (const char *p, char *b, size_t n), (p, b, n), p, -1)
ASKED(char *, realpath, (const char *p, char *b), (p, b), p, NULL)
ASKED(int, inotify_add_watch, (int d, const char *p, uint32_t m), (d, p, m), p, -1)

#define OPENED(name)                                                        \
    int name(const char *path, int flags, ...) {                            \
        static int (*real)(const char *, int, ...);                         \
        if (!real) real = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name); \
        va_list rest;                                                       \
        va_start(rest, flags);                                              \
        mode_t mode = va_arg(rest, int);                                    \
        va_end(rest);                                                       \
        return is_dead(#name, path) ? -1 : real(path, flags, mode);         \
    }
OPENED(open)
OPENED(open64)

#define OPENED_AT(name)                                                     \
    int name(int folder, const char *path, int flags, ...) {                \
        static int (*real)(int, const char *, int, ...);                    \
        if (!real) real = (int (*)(int, const char *, int, ...))dlsym(RTLD_NEXT, #name); \
        va_list rest;                                                       \
        va_start(rest, flags);                                              \
        mode_t mode = va_arg(rest, int);                                    \
        va_end(rest);                                                       \
        return is_dead(#name, path) ? -1 : real(folder, path, flags, mode); \
    }
OPENED_AT(openat)
OPENED_AT(openat64)
