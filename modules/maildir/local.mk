# maildir: storage driver. libmaildir is once more open to the unit tests, which stand in for the toolkit.
noinst_LTLIBRARIES += modules/maildir/libmaildir.la
modules_maildir_libmaildir_la_SOURCES = \
	modules/maildir/dotlock.c \
	modules/maildir/folder.c \
	modules/maildir/keywords.c \
	modules/maildir/maildir.h \
	modules/maildir/message.c \
	modules/maildir/module.c \
	modules/maildir/name.c \
	modules/maildir/path.c \
	modules/maildir/save.c \
	modules/maildir/scan.c \
	modules/maildir/table.c \
	modules/maildir/tmp.c \
	modules/maildir/tree.c \
	modules/maildir/uidlist.c

module_LTLIBRARIES += modules/maildir.la
modules_maildir_la_SOURCES =
modules_maildir_la_LDFLAGS = $(MODULE_FLAGS)
modules_maildir_la_LIBADD = modules/maildir/libmaildir.la $(MAIL_MODULE_LIBS)
EXTRA_DIST += modules/maildir/README
