# lmtp: local mail transfer.
module_LTLIBRARIES += modules/lmtp.la
modules_lmtp_la_SOURCES = \
	modules/lmtp/address.c \
	modules/lmtp/commands.c \
	modules/lmtp/data.c \
	modules/lmtp/deliver.c \
	modules/lmtp/lmtp.h \
	modules/lmtp/module.c \
	modules/lmtp/recipient.c \
	modules/lmtp/reply.c \
	modules/lmtp/session.c \
	modules/lmtp/trace.c \
	modules/lmtp/transfer.c
modules_lmtp_la_LDFLAGS = $(MODULE_FLAGS)
modules_lmtp_la_LIBADD = $(MAIL_MODULE_LIBS) $(MESSAGE_LIBS)
