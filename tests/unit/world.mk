# Made-up surroundings that unit tests and fuzz targets share.
# A mailbox in memory.
MAIL_WORLD = tests/unit/mail_world.c tests/unit/mail_world.h

# A session over it, for FETCH and SEARCH.
FETCH_WORLD = $(MAIL_WORLD) tests/unit/fetch_world.c tests/unit/fetch_world.h
FETCH_WORLD_LIBS = modules/imap/libimapfetch.la modules/mail/libsearch.la modules/mail/libmailbox.la \
	$(MESSAGE_LIBS)
