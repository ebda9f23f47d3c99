# Searching: part of libroost-mail, and by itself for unit tests that bring a mailbox of their own.
noinst_LTLIBRARIES += modules/mail/libsearch.la
modules_mail_libsearch_la_SOURCES = \
	modules/mail/search/match.c modules/mail/search/match.h \
	modules/mail/search/query.c modules/mail/search/query.h \
	modules/mail/search/run.c \
	modules/mail/search/set.c
EXTRA_DIST += modules/mail/search/README
