# lmtp: local mail transfer.
# The conversation, without mailboxes: for unit tests too.
noinst_LTLIBRARIES += modules/lmtp/liblmtp.la
modules_lmtp_liblmtp_la_SOURCES = \
	modules/lmtp/address.c \
	modules/lmtp/commands.c \
	modules/lmtp/data.c \
	modules/lmtp/lmtp.h \
	modules/lmtp/recipient.c \
	modules/lmtp/reply.c \
	modules/lmtp/session.c \
	modules/lmtp/trace.c \
	modules/lmtp/transfer.c

module_LTLIBRARIES += modules/lmtp.la
modules_lmtp_la_SOURCES = modules/lmtp/deliver.c modules/lmtp/module.c
modules_lmtp_la_LDFLAGS = $(MODULE_FLAGS)
modules_lmtp_la_LIBADD = modules/lmtp/liblmtp.la $(MAIL_MODULE_LIBS) $(MESSAGE_LIBS)
EXTRA_DIST += modules/lmtp/README
