# The auth process: libroost-auth does the work, auth.so names it to the host.
AUTH_MODULE_LIBS = modules/auth/libroost-auth.la core/libroost.la

# All of it, once more open to the unit tests of its inside.
noinst_LTLIBRARIES += modules/auth/libauth.la
modules_auth_libauth_la_SOURCES = \
	modules/auth/auth.h \
	modules/auth/chain.c \
	modules/auth/client.c modules/auth/sockets.h \
	modules/auth/cookie.c modules/auth/cookie.h \
	modules/auth/db.c \
	modules/auth/fields.c \
	modules/auth/hash.c modules/auth/hash.h \
	modules/auth/hash_argon2.c \
	modules/auth/hash_crypt.c \
	modules/auth/hash_digest.c \
	modules/auth/hash_pbkdf2.c \
	modules/auth/identity.c \
	modules/auth/known.c \
	modules/auth/line.c modules/auth/lines.h \
	modules/auth/lines.c \
	modules/auth/link.c modules/auth/role.h \
	modules/auth/master.c \
	modules/auth/match.c \
	modules/auth/mech.c \
	modules/auth/prefetch.c \
	modules/auth/request.c modules/auth/request.h \
	modules/auth/settings.c \
	modules/auth/user.c \
	modules/auth/verify.c
modules_auth_libauth_la_CPPFLAGS = $(AM_CPPFLAGS) $(OPENSSL_CFLAGS) $(SODIUM_CFLAGS) $(CRYPT_CFLAGS)
modules_auth_libauth_la_LIBADD = $(OPENSSL_LIBS) $(SODIUM_LIBS) $(CRYPT_LIBS)

lib_LTLIBRARIES += modules/auth/libroost-auth.la
modules_auth_libroost_auth_la_SOURCES =
modules_auth_libroost_auth_la_LDFLAGS = $(AM_LDFLAGS) -version-info 1:0:0 \
	-Wl,--version-script=$(top_srcdir)/plugin-api/roost-auth.map
EXTRA_modules_auth_libroost_auth_la_DEPENDENCIES = $(top_srcdir)/plugin-api/roost-auth.map
modules_auth_libroost_auth_la_LIBADD = modules/auth/libauth.la core/libroost.la

module_LTLIBRARIES += modules/auth.la
modules_auth_la_SOURCES = modules/auth/module.c
modules_auth_la_LDFLAGS = $(MODULE_FLAGS)
modules_auth_la_LIBADD = $(AUTH_MODULE_LIBS)
EXTRA_DIST += modules/auth/README
