# What reads mailboxes, and FETCH and SEARCH.
unit_tests += tests/unit/test_search
tests_unit_test_search_SOURCES = tests/unit/test_search.c $(MAIL_WORLD)
tests_unit_test_search_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_search_LDADD = modules/mail/libsearch.la $(MESSAGE_LIBS) $(UNIT_LIBS)

unit_tests += tests/unit/test_imap_fetch
tests_unit_test_imap_fetch_SOURCES = tests/unit/test_imap_fetch.c $(FETCH_WORLD)
tests_unit_test_imap_fetch_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_imap_fetch_LDADD = $(FETCH_WORLD_LIBS) $(UNIT_LIBS)

unit_tests += tests/unit/test_imap_search
tests_unit_test_imap_search_SOURCES = tests/unit/test_imap_search.c $(FETCH_WORLD)
tests_unit_test_imap_search_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_imap_search_LDADD = $(FETCH_WORLD_LIBS) $(UNIT_LIBS)
