# static: the same fields for everybody.
module_LTLIBRARIES += modules/static.la
modules_static_la_SOURCES = modules/static/module.c
modules_static_la_LDFLAGS = $(MODULE_FLAGS)
modules_static_la_LIBADD = $(AUTH_MODULE_LIBS)
EXTRA_DIST += modules/static/README
