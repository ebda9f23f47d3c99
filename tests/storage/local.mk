# Programs that pytest drives and kills.
check_PROGRAMS += tests/storage/index_crash
pytest_needs += tests/storage/index_crash
tests_storage_index_crash_SOURCES = tests/storage/index_crash.c
# Killed within a moment: no wrapper of libtool, which takes its time.
tests_storage_index_crash_LDFLAGS = $(AM_LDFLAGS) -no-install
tests_storage_index_crash_LDADD = modules/mail/libmailbox.la core/libroost.la
EXTRA_DIST += tests/storage/test_index_crash.py

# A user's mail, driven by lines; with all drivers built in. And what is preloaded to it.
check_PROGRAMS += tests/storage/drive
pytest_needs += tests/storage/drive tests/storage/shim.la
tests_storage_drive_SOURCES = \
	plugin-api/examples/postcard.c \
	tests/modules/onefile.c \
	tests/modules/onefile.h \
	tests/modules/onefile_tree.c \
	tests/storage/drive.c \
	tests/storage/drive.h \
	tests/storage/drive_mailbox.c \
	tests/storage/drive_message.c
# No wrapper of libtool: it would be what is counted and killed.
tests_storage_drive_LDFLAGS = $(AM_LDFLAGS) -no-install
tests_storage_drive_LDADD = modules/maildir/libmaildir.la modules/mail/libmailbox.la \
	modules/mail/libsearch.la $(MESSAGE_LIBS) core/libroost-core.la $(CORE_LIBS)

check_LTLIBRARIES += tests/storage/shim.la
tests_storage_shim_la_SOURCES = tests/storage/shim.c
tests_storage_shim_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -rpath /nowhere
EXTRA_DIST += \
	tests/storage/conftest.py tests/storage/test_storage.py tests/storage/test_storage_concurrent.py \
	tests/storage/test_storage_crash.py tests/storage/test_storage_crash_tree.py tests/storage/test_storage_flushes.py \
	tests/storage/test_storage_full.py \
	tests/storage/test_maildir_adoption.py tests/storage/test_maildir_foreign.py
