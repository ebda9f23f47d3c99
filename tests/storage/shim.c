/*
 * Preloaded into a program: counts its calls that change files, and lets something happen at one.
 *	SHIM_AT=N		at the Nth, counted from 1
 *	SHIM_DO=kill|nospace	the process is killed before the call; it and all after it fail with ENOSPC
 *	SHIM_FLUSHES=FILE	each fsync and fdatasync is a byte in it
 * Removing, and writing over what is there, never fail for lack of space, and are only counted.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>
#include <roost/api.h>

/* 0: go on, -1: refuse, errno is set. */
static int step(void)
{
	static long count, at = -1;
	const char *what;

	if (at < 0)
		at = getenv("SHIM_AT") == NULL ? 0 : atol(getenv("SHIM_AT"));
	count++;
	if (at == 0 || count < at)
		return 0;
	what = getenv("SHIM_DO");
	if (what != NULL && strcmp(what, "nospace") == 0) {
		errno = ENOSPC;
		return -1;
	}
	kill(getpid(), SIGKILL);
	return -1;
}

/* The next definition of a function, called with the same arguments. */
#define REAL(type, name, parameters, arguments) \
	static type (*real) parameters; \
	if (real == NULL) \
		real = (type (*) parameters)dlsym(RTLD_NEXT, #name); \
	return real arguments

#define CHANGES(type, name, parameters, arguments) \
	ROOST_API type name parameters; \
	type name parameters \
	{ \
		if (step() < 0) \
			return -1; \
		REAL(type, name, parameters, arguments); \
	}
#define REMOVES(name, parameters, arguments) \
	ROOST_API int name parameters; \
	int name parameters \
	{ \
		int before = errno; \
		if (step() < 0) \
			errno = before; \
		REAL(int, name, parameters, arguments); \
	}

CHANGES(ssize_t, copy_file_range, (int in, off_t *in_at, int out, off_t *out_at, size_t len,
				   unsigned flags), (in, in_at, out, out_at, len, flags))
CHANGES(ssize_t, sendfile, (int out, int in, off_t *at, size_t len), (out, in, at, len))
CHANGES(int, rename, (const char *from, const char *to), (from, to))
CHANGES(int, renameat, (int a, const char *from, int b, const char *to), (a, from, b, to))
CHANGES(int, renameat2, (int a, const char *from, int b, const char *to, unsigned flags),
	(a, from, b, to, flags))
CHANGES(int, linkat, (int a, const char *from, int b, const char *to, int flags),
	(a, from, b, to, flags))
CHANGES(int, mkdir, (const char *path, mode_t mode), (path, mode))
CHANGES(int, mkdirat, (int dir, const char *path, mode_t mode), (dir, path, mode))
REMOVES(unlink, (const char *path), (path))
REMOVES(unlinkat, (int dir, const char *path, int flags), (dir, path, flags))
REMOVES(rmdir, (const char *path), (path))
REMOVES(ftruncate, (int fd, off_t length), (fd, length))

static void note_flush(void)
{
	const char *path = getenv("SHIM_FLUSHES");
	int fd = path == NULL ? -1 :
		(int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_APPEND | O_CREAT, 0600);

	if (fd >= 0) {
		syscall(SYS_write, fd, "f", 1);
		close(fd);
	}
}

#define FLUSHES(name) \
	ROOST_API int name(int fd); \
	int name(int fd) \
	{ \
		note_flush(); \
		(void)step(); \
		REAL(int, name, (int fd_), (fd)); \
	}
FLUSHES(fsync)
FLUSHES(fdatasync)

ROOST_API ssize_t pwrite(int fd, const void *data, size_t len, off_t at)
{
	struct stat st;

	if (step() < 0 && (fstat(fd, &st) < 0 || at + (off_t)len > st.st_size)) {
		errno = ENOSPC;
		return -1;
	}
	REAL(ssize_t, pwrite, (int fd_, const void *data_, size_t len_, off_t at_),
	     (fd, data, len, at));
}

/* Answers on stdout and complaints on stderr are no changes. */
ROOST_API ssize_t write(int fd, const void *data, size_t len)
{
	if (fd > 2 && step() < 0)
		return -1;
	REAL(ssize_t, write, (int fd_, const void *data_, size_t len_), (fd, data, len));
}

/* Only opening that makes or empties a file counts. */
static int counted(int flags)
{
	return (flags & (O_CREAT | O_TRUNC)) == 0 ? 0 : step();
}

ROOST_API int open(const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(args, mode_t) : 0;
	va_end(args);
	if (counted(flags) < 0)
		return -1;
	REAL(int, open, (const char *path_, int flags_, ...), (path, flags, mode));
}

ROOST_API int openat(int dir, const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(args, mode_t) : 0;
	va_end(args);
	if (counted(flags) < 0)
		return -1;
	REAL(int, openat, (int dir_, const char *path_, int flags_, ...), (dir, path, flags, mode));
}
