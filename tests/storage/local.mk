# Programs that pytest drives and kills.
check_PROGRAMS += tests/storage/index_crash
pytest_needs += tests/storage/index_crash
tests_storage_index_crash_SOURCES = tests/storage/index_crash.c
tests_storage_index_crash_LDADD = modules/mail/libmailbox.la core/libroost.la
EXTRA_DIST += tests/storage/test_index_crash.py
