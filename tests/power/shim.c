/* Stands between a process and its files, for tests of power cuts and failing disks.
 *
 * For every file directly in the directory POWER_ROOT it writes down, in the order in which they happen, creations,
 * writes with their data, changes of length, syncs, renames and removals, into the file POWER_LOG; and, among them, the
 * lines that the process writes to the file POWER_NOTES. Of a sync its beginning and its end are written down: only
 * what was written before the beginning is on disk after the end. Nothing is really synced.
 *
 *   POWER_SWALLOW=-wal         syncs of files whose names end so are not written down: a disk that lies
 *   POWER_SYNC_US=200          how long a sync takes, so that work piles up behind it
 *   POWER_FAIL="change 17 28"  the 17th change of a file fails with errno 28, and so do all later ones
 *   POWER_FAIL="once 17 5"     the 17th change of a file fails with errno 5, and only that one
 *   POWER_FAIL="sync 3 5"      the 3rd sync fails with errno 5, and only that one
 *   POWER_FAIL="bytes 8192 28" files may grow by so many bytes together; then writes are cut short and fail
 *
 * Changes are creations, writes, changes of length, renames and removals.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { FDS = 4096, NODES = 65536 };
enum { CREATE = 1, EXISTS, WRITE, RESIZE, SYNC_BEGIN, SYNC_END, SYNC_FAILED, UNLINK, RENAME, NOTE };

/* The directory itself has id 1; files have the ids after it. */
enum { NOTHING = 0, ROOT_ID = 1, NOTES_ID = UINT32_MAX };

struct record {
    uint32_t kind;
    uint32_t id;
    uint64_t at;
    uint64_t length;
};

struct node {
    dev_t device;
    ino_t number;
    uint32_t id;
    int swallows;
};

static int (*real_open)(const char *, int, ...);
static int (*real_openat)(int, const char *, int, ...);
static int (*real_close)(int);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_ftruncate)(int, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_unlink)(const char *);
static int (*real_rename)(const char *, const char *);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char root[4096];
static size_t root_length;
static char notes[4096];
static int log_fd = -1;
static const char *swallow;
static unsigned sync_us;
static uint32_t id_of_fd[FDS];
static struct node nodes[NODES];
static uint32_t node_count;
static uint64_t record_count;

static char fail_what[16];
static uint64_t fail_at, change_count, sync_count, grown_bytes;
static int fail_errno;

static void find(void *to, const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (!found) {
        fprintf(stderr, "shim: %s is not there\n", name);
        abort();
    }
    memcpy(to, &found, sizeof found);
}

__attribute__((constructor)) static void begin(void) {
    find(&real_open, "open64");
    find(&real_openat, "openat64");
    find(&real_close, "close");
    find(&real_write, "write");
    find(&real_writev, "writev");
    find(&real_pwrite, "pwrite64");
    find(&real_ftruncate, "ftruncate64");
    find(&real_fsync, "fsync");
    find(&real_fdatasync, "fdatasync");
    find(&real_unlink, "unlink");
    find(&real_rename, "rename");
    const char *in_root = getenv("POWER_ROOT"), *log = getenv("POWER_LOG"), *in_notes = getenv("POWER_NOTES");
    if (!in_root || !log || !in_notes)
        return;
    snprintf(root, sizeof root, "%s", in_root);
    snprintf(notes, sizeof notes, "%s", in_notes);
    root_length = strlen(root);
    swallow = getenv("POWER_SWALLOW");
    sync_us = getenv("POWER_SYNC_US") ? (unsigned)atoi(getenv("POWER_SYNC_US")) : 0;
    if (getenv("POWER_FAIL")) {
        unsigned long long at;
        if (sscanf(getenv("POWER_FAIL"), "%15s %llu %d", fail_what, &at, &fail_errno) != 3) {
            fprintf(stderr, "shim: POWER_FAIL cannot be read\n");
            abort();
        }
        fail_at = at;
    }
    log_fd = real_open(log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    if (log_fd < 0) {
        perror("shim: the log cannot be opened");
        abort();
    }
    unsetenv("LD_PRELOAD");
}

/* The name within the root, or NULL for a path elsewhere. */
static const char *name_in_root(const char *path) {
    if (!root_length || !path || strncmp(path, root, root_length) != 0 || path[root_length] != '/')
        return NULL;
    const char *name = path + root_length + 1;
    return strcmp(name, "..") == 0 ? NULL : name;
}

static void put(const void *data, size_t length) {
    const char *from = data;
    while (length > 0) {
        ssize_t done = real_write(log_fd, from, length);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0) {
            perror("shim: the log cannot be written");
            abort();
        }
        from += done;
        length -= (size_t)done;
    }
}

/* Returns the number of the record, counted from 0. The lock is held. */
static uint64_t note(uint32_t kind, uint32_t id, uint64_t at, const void *data, size_t length) {
    int kept = errno;
    struct record record = {kind, id, at, length};
    put(&record, sizeof record);
    put(data, length);
    errno = kept;
    return record_count++;
}

static uint32_t id_of(int fd) {
    return fd >= 0 && fd < FDS ? id_of_fd[fd] : NOTHING;
}

/* Whether the change that comes now fails. The lock is held. */
static int change_fails(void) {
    change_count++;
    int fails = (strcmp(fail_what, "change") == 0 && change_count >= fail_at) ||
                (strcmp(fail_what, "once") == 0 && change_count == fail_at);
    if (fails)
        errno = fail_errno;
    return fails;
}

/* How many of `length` bytes at `at` may be written. The lock is held. */
static size_t room_for(int fd, off_t at, size_t length) {
    struct stat64 state;
    if (strcmp(fail_what, "bytes") != 0 || fstat64(fd, &state) != 0)
        return length;
    uint64_t end = (uint64_t)at + length, size = (uint64_t)state.st_size;
    uint64_t growth = end > size ? end - size : 0;
    uint64_t left = fail_at - grown_bytes;
    if (growth > left) {
        uint64_t lacking = growth - left;
        length = lacking < length ? length - (size_t)lacking : 0;
        growth = left;
    }
    grown_bytes += growth;
    return length;
}

static int swallows(const char *name) {
    size_t length = strlen(name), ending = swallow ? strlen(swallow) : 0;
    return swallow && length >= ending && strcmp(name + length - ending, swallow) == 0;
}

static void remember(int fd, const char *name, int is_new) {
    struct stat64 state;
    if (fd >= FDS || node_count >= NODES || fstat64(fd, &state) != 0) {
        fprintf(stderr, "shim: too many files\n");
        abort();
    }
    for (uint32_t n = node_count; n > 0 && !is_new; n--)
        if (nodes[n - 1].device == state.st_dev && nodes[n - 1].number == state.st_ino) {
            id_of_fd[fd] = nodes[n - 1].id;
            return;
        }
    uint32_t id = ROOT_ID + 1 + node_count;
    nodes[node_count++] = (struct node){state.st_dev, state.st_ino, id, swallows(name)};
    id_of_fd[fd] = id;
    note(is_new ? CREATE : EXISTS, id, 0, name, strlen(name));
}

static int open_in_root(int at_fd, const char *path, const char *name, int flags, mode_t mode) {
    struct stat64 state;
    pthread_mutex_lock(&lock);
    int is_new = (flags & O_CREAT) && lstat64(path, &state) != 0;
    if (is_new && (change_fails() || (strcmp(fail_what, "bytes") == 0 && grown_bytes >= fail_at))) {
        errno = fail_errno;
        pthread_mutex_unlock(&lock);
        return -1;
    }
    int fd = real_openat(at_fd, path, flags, mode);
    if (fd >= 0) {
        remember(fd, name, is_new);
        if (!is_new && (flags & O_TRUNC))
            note(RESIZE, id_of(fd), 0, NULL, 0);
    }
    pthread_mutex_unlock(&lock);
    return fd;
}

static int open_any(int at_fd, const char *path, int flags, mode_t mode) {
    const char *name = name_in_root(path);
    if (name)
        return open_in_root(at_fd, path, name, flags, mode);
    int fd = real_openat(at_fd, path, flags, mode);
    if (fd >= 0 && fd < FDS && root_length) {
        pthread_mutex_lock(&lock);
        id_of_fd[fd] = strcmp(path, root) == 0 ? ROOT_ID : strcmp(path, notes) == 0 ? NOTES_ID : NOTHING;
        pthread_mutex_unlock(&lock);
    }
    return fd;
}

#define MODE_FROM(flags, last)                                                                                 \
    mode_t mode = 0;                                                                                           \
    if ((flags) & (O_CREAT | O_TMPFILE)) {                                                                     \
        va_list more;                                                                                          \
        va_start(more, last);                                                                                  \
        mode = va_arg(more, mode_t);                                                                           \
        va_end(more);                                                                                          \
    }

int open(const char *path, int flags, ...) {
    MODE_FROM(flags, flags)
    return open_any(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    MODE_FROM(flags, flags)
    return open_any(AT_FDCWD, path, flags | O_LARGEFILE, mode);
}

int openat(int at_fd, const char *path, int flags, ...) {
    MODE_FROM(flags, flags)
    return open_any(at_fd, path, flags, mode);
}

int openat64(int at_fd, const char *path, int flags, ...) {
    MODE_FROM(flags, flags)
    return open_any(at_fd, path, flags | O_LARGEFILE, mode);
}

int close(int fd) {
    if (id_of(fd) != NOTHING) {
        pthread_mutex_lock(&lock);
        id_of_fd[fd] = NOTHING;
        pthread_mutex_unlock(&lock);
    }
    return real_close(fd);
}

/* A write of a file in the root, at `at`, or where the file stands when `at` is negative. */
static ssize_t write_in_root(int fd, const void *data, size_t length, off_t at) {
    pthread_mutex_lock(&lock);
    ssize_t done = -1;
    if (!change_fails()) {
        struct stat64 state;
        off_t begins = at;
        if (at < 0)
            begins = (fcntl(fd, F_GETFL) & O_APPEND) && fstat64(fd, &state) == 0 ? state.st_size
                                                                                 : lseek64(fd, 0, SEEK_CUR);
        size_t room = room_for(fd, begins, length);
        if (room == 0 && length > 0)
            errno = fail_errno;
        else
            done = at < 0 ? real_write(fd, data, room) : real_pwrite(fd, data, room, at);
        if (done > 0)
            note(WRITE, id_of(fd), (uint64_t)begins, data, (size_t)done);
    }
    pthread_mutex_unlock(&lock);
    return done;
}

ssize_t write(int fd, const void *data, size_t length) {
    uint32_t id = id_of(fd);
    if (id == NOTHING)
        return real_write(fd, data, length);
    if (id != NOTES_ID)
        return write_in_root(fd, data, length, -1);
    pthread_mutex_lock(&lock);
    ssize_t done = real_write(fd, data, length);
    note(NOTE, 0, 0, data, length);
    pthread_mutex_unlock(&lock);
    return done;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    if (id_of(fd) == NOTHING)
        return real_writev(fd, parts, count);
    /* One part is a short write, which every caller has to go on from. */
    return count > 0 ? write(fd, parts[0].iov_base, parts[0].iov_len) : 0;
}

ssize_t pwrite64(int fd, const void *data, size_t length, off_t at) {
    return id_of(fd) == NOTHING ? real_pwrite(fd, data, length, at) : write_in_root(fd, data, length, at);
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t at) {
    return pwrite64(fd, data, length, at);
}

int ftruncate64(int fd, off_t length) {
    if (id_of(fd) == NOTHING)
        return real_ftruncate(fd, length);
    pthread_mutex_lock(&lock);
    int done = change_fails() ? -1 : real_ftruncate(fd, length);
    if (done == 0)
        note(RESIZE, id_of(fd), (uint64_t)length, NULL, 0);
    pthread_mutex_unlock(&lock);
    return done;
}

int ftruncate(int fd, off_t length) {
    return ftruncate64(fd, length);
}

static int sync_in_root(int fd) {
    pthread_mutex_lock(&lock);
    uint32_t id = id_of(fd);
    if (id != ROOT_ID && nodes[id - ROOT_ID - 1].swallows) {
        pthread_mutex_unlock(&lock);
        return 0;
    }
    sync_count++;
    if (strcmp(fail_what, "sync") == 0 && sync_count == fail_at) {
        note(SYNC_FAILED, id, 0, NULL, 0);
        pthread_mutex_unlock(&lock);
        errno = fail_errno;
        return -1;
    }
    uint64_t began = note(SYNC_BEGIN, id, 0, NULL, 0);
    pthread_mutex_unlock(&lock);
    if (sync_us)
        usleep(sync_us);
    pthread_mutex_lock(&lock);
    note(SYNC_END, id, began, NULL, 0);
    pthread_mutex_unlock(&lock);
    return 0;
}

int fsync(int fd) {
    return id_of(fd) == NOTHING ? real_fsync(fd) : sync_in_root(fd);
}

int fdatasync(int fd) {
    return id_of(fd) == NOTHING ? real_fdatasync(fd) : sync_in_root(fd);
}

int unlink(const char *path) {
    const char *name = name_in_root(path);
    if (!name)
        return real_unlink(path);
    pthread_mutex_lock(&lock);
    int done = change_fails() ? -1 : real_unlink(path);
    if (done == 0)
        note(UNLINK, ROOT_ID, 0, name, strlen(name));
    pthread_mutex_unlock(&lock);
    return done;
}

int rename(const char *from, const char *to) {
    const char *from_name = name_in_root(from), *to_name = name_in_root(to);
    if (!from_name || !to_name)
        return real_rename(from, to);
    pthread_mutex_lock(&lock);
    int done = change_fails() ? -1 : real_rename(from, to);
    if (done == 0) {
        char both[8192];
        int length = snprintf(both, sizeof both, "%s/%s", from_name, to_name);
        note(RENAME, ROOT_ID, 0, both, (size_t)length);
    }
    pthread_mutex_unlock(&lock);
    return done;
}
