# IMAP.
unit_tests += tests/unit/test_imap_args
tests_unit_test_imap_args_SOURCES = tests/unit/test_imap_args.c
tests_unit_test_imap_args_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_imap_args_LDADD = modules/imap/libimapargs.la $(UNIT_LIBS)

unit_tests += tests/unit/test_imap_greet
tests_unit_test_imap_greet_SOURCES = tests/unit/test_imap_greet.c
tests_unit_test_imap_greet_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_imap_greet_LDADD = modules/imap/libimap.la $(UNIT_LIBS)

unit_tests += tests/unit/test_imap_session
tests_unit_test_imap_session_SOURCES = tests/unit/test_imap_session.c tests/unit/imap_world.c \
	tests/unit/imap_world.h
tests_unit_test_imap_session_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_imap_session_LDADD = modules/imap/libimap.la modules/mail/libmailbox.la \
	$(MESSAGE_LIBS) $(UNIT_LIBS)
