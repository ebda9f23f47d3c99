# passwd-file: users in a file.
noinst_LTLIBRARIES += modules/passwd_file/libpasswd_file.la
modules_passwd_file_libpasswd_file_la_SOURCES = \
	modules/passwd_file/file.c \
	modules/passwd_file/line.c \
	modules/passwd_file/passwd_file.h

module_LTLIBRARIES += modules/passwd_file.la
modules_passwd_file_la_SOURCES = modules/passwd_file/module.c
modules_passwd_file_la_LDFLAGS = $(MODULE_FLAGS)
modules_passwd_file_la_LIBADD = modules/passwd_file/libpasswd_file.la $(AUTH_MODULE_LIBS)
EXTRA_DIST += modules/passwd_file/README
