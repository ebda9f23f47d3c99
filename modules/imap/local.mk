# imap: mailboxes read over RFC 9051 and 3501.
# What needs no server: for unit tests and fuzz targets too.
noinst_LTLIBRARIES += modules/imap/libimapargs.la
modules_imap_libimapargs_la_SOURCES = \
	modules/imap/args.c \
	modules/imap/imap.h \
	modules/imap/intake.c \
	modules/imap/lex.c \
	modules/imap/lex.h

noinst_LTLIBRARIES += modules/imap/libimap.la
modules_imap_libimap_la_SOURCES = \
	modules/imap/quote.c \
	modules/imap/set.c
modules_imap_libimap_la_LIBADD = modules/imap/libimapargs.la
