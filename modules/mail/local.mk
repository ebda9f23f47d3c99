# The mail toolkit: libroost-mail, libroost-message.
MAIL_MODULE_LIBS = modules/mail/libroost-mail.la core/libroost.la

# All of it, once more open to the unit tests of its inside.
# Alone: sieve-test names folders by it, and knows nothing else of the toolkit.
noinst_LTLIBRARIES += modules/mail/libutf7.la
modules_mail_libutf7_la_SOURCES = modules/mail/mailbox/utf7.c

noinst_LTLIBRARIES += modules/mail/libmailbox.la
modules_mail_libmailbox_la_SOURCES = \
	modules/mail/index/apply.c \
	modules/mail/index/boot.c \
	modules/mail/index/bytes.h \
	modules/mail/index/cache.c \
	modules/mail/index/change.c \
	modules/mail/index/change.h \
	modules/mail/index/commit.c \
	modules/mail/index/compact.c \
	modules/mail/index/crc.c \
	modules/mail/index/crc.h \
	modules/mail/index/index.c \
	modules/mail/index/index.h \
	modules/mail/index/keep.c \
	modules/mail/index/le.h \
	modules/mail/index/load.c \
	modules/mail/index/log.c \
	modules/mail/index/log.h \
	modules/mail/index/make.c \
	modules/mail/index/ops.h \
	modules/mail/index/private.h \
	modules/mail/index/snap.c \
	modules/mail/index/snap.h \
	modules/mail/index/snap_format.h \
	modules/mail/index/snap_write.c \
	modules/mail/index/state.c \
	modules/mail/index/state.h \
	modules/mail/index/store.c \
	modules/mail/index/store.h \
	modules/mail/index/store_dir.c \
	modules/mail/index/vanished.c \
	modules/mail/mailbox/copy.c \
	modules/mail/mailbox/expunge.c \
	modules/mail/mailbox/layer.c \
	modules/mail/mailbox/layout.c \
	modules/mail/mailbox/list.c \
	modules/mail/mailbox/location.c \
	modules/mail/mailbox/mailbox.h \
	modules/mail/mailbox/message.c \
	modules/mail/mailbox/name.c \
	modules/mail/mailbox/open.c \
	modules/mail/mailbox/parse.c \
	modules/mail/mailbox/save.c \
	modules/mail/mailbox/scan.c \
	modules/mail/mailbox/settings.c \
	modules/mail/mailbox/space.c \
	modules/mail/mailbox/special.c \
	modules/mail/mailbox/store.c \
	modules/mail/mailbox/subscribe.c \
	modules/mail/mailbox/sync.c \
	modules/mail/mailbox/tree.c \
	modules/mail/mailbox/user.c \
	modules/mail/mailbox/watch.c
modules_mail_libmailbox_la_LIBADD = modules/mail/libutf7.la

lib_LTLIBRARIES += modules/mail/libroost-mail.la
modules_mail_libroost_mail_la_SOURCES =
modules_mail_libroost_mail_la_LDFLAGS = $(AM_LDFLAGS) -version-info 1:0:0 \
	-Wl,--version-script=$(top_srcdir)/plugin-api/roost-mail.map
EXTRA_modules_mail_libroost_mail_la_DEPENDENCIES = $(top_srcdir)/plugin-api/roost-mail.map
modules_mail_libroost_mail_la_LIBADD = modules/mail/libmailbox.la modules/mail/libsearch.la \
	$(MESSAGE_LIBS) core/libroost.la
EXTRA_DIST += modules/mail/README
EXTRA_DIST += modules/mail/index/README
