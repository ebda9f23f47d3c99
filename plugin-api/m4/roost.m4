# roost.m4 - for modules built outside the tree of roost.                 SPDX-License-Identifier: MIT
# ROOST_MODULE_BUILD([ABI])
#	ABI: the plugin ABI, "MAJOR.MINOR", that the module needs at least.
#	Sets ROOST_PLUGIN_CFLAGS, ROOST_PLUGIN_LIBS, roostmoduledir and roostconfdir.
AC_DEFUN([ROOST_MODULE_BUILD], [
AC_REQUIRE([PKG_PROG_PKG_CONFIG])
PKG_CHECK_MODULES([ROOST_PLUGIN], [roost-plugin], [],
	[AC_MSG_ERROR([roost-plugin.pc was not found: install roost-dev, or set PKG_CONFIG_PATH])])
roost_abi=$($PKG_CONFIG --variable=abi roost-plugin)
AC_MSG_CHECKING([whether plugin ABI $roost_abi serves for $1])
roost_wanted="$1"
AS_IF([test "${roost_abi%%.*}" = "${roost_wanted%%.*}" && test "${roost_abi##*.}" -ge "${roost_wanted##*.}"],
	[AC_MSG_RESULT([yes])],
	[AC_MSG_RESULT([no])
	 AC_MSG_ERROR([this module needs plugin ABI $1, the installed roost has $roost_abi])])
AC_SUBST([roostmoduledir], [$($PKG_CONFIG --variable=moduledir roost-plugin)])
AC_SUBST([roostconfdir], [$($PKG_CONFIG --variable=confdir roost-plugin)])
])
