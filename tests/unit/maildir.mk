# The Maildir driver under a made-up host.
MAILDIR_WORLD = tests/unit/maildir_world.c tests/unit/maildir_world.h

unit_tests += tests/unit/test_maildir_name
tests_unit_test_maildir_name_SOURCES = tests/unit/test_maildir_name.c $(MAILDIR_WORLD)
tests_unit_test_maildir_name_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_maildir_name_LDADD = modules/maildir/libmaildir.la modules/mail/libmailbox.la $(UNIT_LIBS)

unit_tests += tests/unit/test_maildir_save
tests_unit_test_maildir_save_SOURCES = tests/unit/test_maildir_save.c $(MAILDIR_WORLD)
tests_unit_test_maildir_save_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_maildir_save_LDADD = modules/maildir/libmaildir.la modules/mail/libmailbox.la $(UNIT_LIBS)

unit_tests += tests/unit/test_maildir_sync
tests_unit_test_maildir_sync_SOURCES = tests/unit/test_maildir_sync.c $(MAILDIR_WORLD)
tests_unit_test_maildir_sync_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_maildir_sync_LDADD = modules/maildir/libmaildir.la modules/mail/libmailbox.la $(UNIT_LIBS)

unit_tests += tests/unit/test_maildir_uidlist
tests_unit_test_maildir_uidlist_SOURCES = tests/unit/test_maildir_uidlist.c $(MAILDIR_WORLD)
tests_unit_test_maildir_uidlist_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_maildir_uidlist_LDADD = modules/maildir/libmaildir.la modules/mail/libmailbox.la $(UNIT_LIBS)

unit_tests += tests/unit/test_maildir_tree
tests_unit_test_maildir_tree_SOURCES = tests/unit/test_maildir_tree.c $(MAILDIR_WORLD)
tests_unit_test_maildir_tree_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_maildir_tree_LDADD = modules/maildir/libmaildir.la modules/mail/libmailbox.la $(UNIT_LIBS)
