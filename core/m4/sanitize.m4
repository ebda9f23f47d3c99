# ROOST_SANITIZE: --enable-sanitize (ASan, UBSan) and --enable-fuzz (libFuzzer, clang only).
AC_DEFUN([ROOST_SANITIZE], [
AC_ARG_ENABLE([sanitize],
	[AS_HELP_STRING([--enable-sanitize], [build with address and undefined-behaviour sanitizers])],
	[], [enable_sanitize=no])
AC_ARG_ENABLE([fuzz],
	[AS_HELP_STRING([--enable-fuzz], [build the fuzz targets with libFuzzer (needs clang)])],
	[], [enable_fuzz=no])
SANITIZE_FLAGS=
AS_IF([test "x$enable_sanitize" != xno],
	[SANITIZE_FLAGS="-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer"])
AS_IF([test "x$enable_fuzz" != xno], [
	SANITIZE_FLAGS="-fsanitize=address,undefined,fuzzer-no-link -fno-omit-frame-pointer"
	FUZZ_LDFLAGS="-fsanitize=fuzzer"
])
AS_IF([test -n "$SANITIZE_FLAGS"], [
	AC_DEFINE([ROOST_SANITIZED], [1], [Built with sanitizers, which reserve memory by the terabyte.])
	roost_saved_cflags=$CFLAGS
	CFLAGS="$CFLAGS $SANITIZE_FLAGS"
	AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])], [],
		[AC_MSG_ERROR([$CC cannot link with $SANITIZE_FLAGS (for clang: libclang-rt-dev)])])
	CFLAGS=$roost_saved_cflags
	# _FORTIFY_SOURCE hides errors from ASan.
	ROOST_CFLAGS=$(echo "$ROOST_CFLAGS" | sed 's/-D_FORTIFY_SOURCE=2//')
])
AC_SUBST([SANITIZE_FLAGS])
AC_SUBST([FUZZ_LDFLAGS])
AM_CONDITIONAL([SANITIZE], [test -n "$SANITIZE_FLAGS"])
AM_CONDITIONAL([FUZZ], [test "x$enable_fuzz" != xno])
])
