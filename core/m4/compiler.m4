# ROOST_COMPILER: C17, warnings, hardening, what linkers take.
AC_DEFUN([ROOST_COMPILER], [
AC_ARG_ENABLE([werror], [AS_HELP_STRING([--enable-werror], [warnings are errors (CI)])],
	[], [enable_werror=no])
ROOST_CFLAGS=
ROOST_LDFLAGS=
roost_try_cflag () {
	roost_saved_cflags=$CFLAGS
	CFLAGS="$CFLAGS -Werror $[]1"
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])], [ROOST_CFLAGS="$ROOST_CFLAGS $[]1"])
	CFLAGS=$roost_saved_cflags
}
roost_try_ldflag () {
	roost_saved_ldflags=$LDFLAGS
	LDFLAGS="$LDFLAGS $[]1"
	AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])], [ROOST_LDFLAGS="$ROOST_LDFLAGS $[]1"])
	LDFLAGS=$roost_saved_ldflags
}
AC_MSG_CHECKING([which compiler and linker flags work])
for flag in -std=gnu17 -Wall -Wextra -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings \
	-Wpointer-arith -Wno-unused-parameter -Wno-missing-field-initializers -Wvla \
	-fvisibility=hidden -fno-strict-aliasing -fstack-protector-strong -fstack-clash-protection \
	-fcf-protection -fPIC; do
	roost_try_cflag $flag
done
AS_CASE(["$CFLAGS $CPPFLAGS"], [*_FORTIFY_SOURCE*], [],
	[*-O[[123s]]*], [ROOST_CFLAGS="$ROOST_CFLAGS -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2"])
AS_IF([test "x$enable_werror" != xno], [ROOST_CFLAGS="$ROOST_CFLAGS -Werror"])
for flag in -Wl,-z,relro -Wl,-z,now -Wl,--as-needed; do
	roost_try_ldflag $flag
done
AC_MSG_RESULT([$ROOST_CFLAGS $ROOST_LDFLAGS])
AC_SUBST([ROOST_CFLAGS])
AC_SUBST([ROOST_LDFLAGS])
])
