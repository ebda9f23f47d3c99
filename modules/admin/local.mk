# admin: commands that ask the running server.
module_LTLIBRARIES += modules/admin.la
modules_admin_la_SOURCES = \
	modules/admin/admin.h \
	modules/admin/ask.c \
	modules/admin/auth.c \
	modules/admin/module.c \
	modules/admin/user.c \
	modules/admin/who.c
modules_admin_la_LDFLAGS = $(MODULE_FLAGS)
modules_admin_la_LIBADD = core/libroost.la
EXTRA_DIST += modules/admin/README
