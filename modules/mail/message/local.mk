# The MIME toolkit, pure functions on bytes: libroost-message, for the mail toolkit and for Sieve.
MESSAGE_SOURCES = \
	modules/mail/message/address.c \
	modules/mail/message/base64.c \
	modules/mail/message/charset.c \
	modules/mail/message/date.c \
	modules/mail/message/envelope.c \
	modules/mail/message/filter.c modules/mail/message/filter.h \
	modules/mail/message/fold.c \
	modules/mail/message/header.c \
	modules/mail/message/lex.c modules/mail/message/lex.h \
	modules/mail/message/mime.c modules/mail/message/mime.h \
	modules/mail/message/pack.c \
	modules/mail/message/param.c \
	modules/mail/message/part.c \
	modules/mail/message/quoted.c \
	modules/mail/message/scan.c modules/mail/message/scan.h \
	modules/mail/message/structure.c \
	modules/mail/message/subject.c \
	modules/mail/message/transfer.c modules/mail/message/transfer.h \
	modules/mail/message/uu.c \
	modules/mail/message/word.c
MESSAGE_LIBS = modules/mail/message/libroost-message.la

lib_LTLIBRARIES += modules/mail/message/libroost-message.la
modules_mail_message_libroost_message_la_SOURCES = $(MESSAGE_SOURCES)
modules_mail_message_libroost_message_la_CPPFLAGS = $(AM_CPPFLAGS) $(UTF8PROC_CFLAGS)
modules_mail_message_libroost_message_la_LDFLAGS = $(AM_LDFLAGS) -version-info 1:0:0 \
	-Wl,--version-script=$(top_srcdir)/plugin-api/roost-mail.map
EXTRA_modules_mail_message_libroost_message_la_DEPENDENCIES = $(top_srcdir)/plugin-api/roost-mail.map
modules_mail_message_libroost_message_la_LIBADD = core/libroost.la $(UTF8PROC_LIBS)
EXTRA_DIST += modules/mail/message/README
