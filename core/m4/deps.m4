# ROOST_DEPENDENCIES: the libraries we build on; each miss names the Debian package.
AC_DEFUN([ROOST_NEED], [
PKG_CHECK_MODULES([$1], [$2], [],
	[AC_MSG_ERROR([$2 is needed (apt-get install $3)])])
])
AC_DEFUN([ROOST_DEPENDENCIES], [
ROOST_NEED([UV], [libuv >= 1.40], [libuv1-dev])
ROOST_NEED([OPENSSL], [openssl >= 3.0], [libssl-dev])
ROOST_NEED([SODIUM], [libsodium >= 1.0.18], [libsodium-dev])
ROOST_NEED([CRYPT], [libxcrypt], [libcrypt-dev])
ROOST_NEED([SECCOMP], [libseccomp >= 2.5], [libseccomp-dev])
ROOST_NEED([UTF8PROC], [libutf8proc >= 2.4], [libutf8proc-dev])
ROOST_NEED([PCRE2], [libpcre2-8], [libpcre2-dev])
ROOST_NEED([JANSSON], [jansson], [libjansson-dev])
AC_CHECK_HEADER([ltdl.h], [], [AC_MSG_ERROR([ltdl.h is needed (apt-get install libltdl-dev)])])
AC_CHECK_LIB([ltdl], [lt_dlopenadvise], [LTDL_LIBS=-lltdl],
	[AC_MSG_ERROR([libltdl is needed (apt-get install libltdl-dev)])])
AC_SUBST([LTDL_LIBS])
AC_CHECK_HEADERS([linux/landlock.h])
PKG_CHECK_MODULES([CMOCKA], [cmocka], [have_cmocka=yes], [have_cmocka=no])
AM_CONDITIONAL([HAVE_CMOCKA], [test "x$have_cmocka" = xyes])
])
