# imap: mailboxes read over RFC 9051 and 3501.
# What needs no server: for unit tests and fuzz targets too.
noinst_LTLIBRARIES += modules/imap/libimapargs.la
modules_imap_libimapargs_la_SOURCES = \
	modules/imap/args.c \
	modules/imap/imap.h \
	modules/imap/intake.c \
	modules/imap/lex.c \
	modules/imap/lex.h \
	modules/imap/ranges.c

noinst_LTLIBRARIES += modules/imap/libimap.la
modules_imap_libimap_la_SOURCES = \
	modules/imap/capability.c \
	modules/imap/cmd_append.c \
	modules/imap/cmd_copy.c \
	modules/imap/cmd_expunge.c \
	modules/imap/cmd_idle.c \
	modules/imap/cmd_list.c \
	modules/imap/cmd_mailbox.c \
	modules/imap/cmd_select.c \
	modules/imap/cmd_simple.c \
	modules/imap/cmd_status.c \
	modules/imap/cmd_store.c \
	modules/imap/commands.c \
	modules/imap/flags.c \
	modules/imap/greet.c \
	modules/imap/id.c \
	modules/imap/login.c \
	modules/imap/logout.c \
	modules/imap/name.c \
	modules/imap/quote.c \
	modules/imap/reply.c \
	modules/imap/resync.c \
	modules/imap/session.c \
	modules/imap/session.h \
	modules/imap/set.c \
	modules/imap/sync.c \
	modules/imap/watch.c
modules_imap_libimap_la_LIBADD = modules/imap/libimapargs.la

# FETCH and SEARCH: for unit tests and fuzz targets too, which bring session and mailbox.
noinst_LTLIBRARIES += modules/imap/libimapfetch.la
modules_imap_libimapfetch_la_SOURCES = \
	modules/imap/cmd_fetch.c \
	modules/imap/cmd_search.c \
	modules/imap/fetch.h \
	modules/imap/fetch_binary.c \
	modules/imap/fetch_body.c \
	modules/imap/fetch_envelope.c \
	modules/imap/fetch_flags.c \
	modules/imap/fetch_header.c \
	modules/imap/fetch_items.c \
	modules/imap/fetch_mark.c \
	modules/imap/fetch_section.c \
	modules/imap/search_args.c \
	modules/imap/search_args.h
modules_imap_libimapfetch_la_LIBADD = modules/imap/libimap.la

module_LTLIBRARIES += modules/imap.la
modules_imap_la_SOURCES = modules/imap/module.c
modules_imap_la_LDFLAGS = $(MODULE_FLAGS)
modules_imap_la_LIBADD = modules/imap/libimapfetch.la $(MAIL_MODULE_LIBS) $(MESSAGE_LIBS)
EXTRA_DIST += modules/imap/README
EXTRA_DIST += modules/imap/extensions.md
