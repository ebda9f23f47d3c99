# Fuzz targets, replayed over their corpora by make check. To fuzz one, compile fuzz_X.c without
# replay.c: clang -fsanitize=fuzzer,address.
check_PROGRAMS += $(fuzz_tests)
TESTS += $(fuzz_tests)
EXTRA_DIST += tests/fuzz/corpus
fuzz_tests =

fuzz_tests += tests/fuzz/fuzz_mime
tests_fuzz_fuzz_mime_SOURCES = tests/fuzz/fuzz_mime.c tests/fuzz/fuzz.h tests/fuzz/replay.c
tests_fuzz_fuzz_mime_LDADD = $(MESSAGE_LIBS) core/libroost.la

fuzz_tests += tests/fuzz/fuzz_address
tests_fuzz_fuzz_address_SOURCES = tests/fuzz/fuzz_address.c tests/fuzz/fuzz.h tests/fuzz/replay.c
tests_fuzz_fuzz_address_LDADD = $(MESSAGE_LIBS) core/libroost.la

fuzz_tests += tests/fuzz/fuzz_date
tests_fuzz_fuzz_date_SOURCES = tests/fuzz/fuzz_date.c tests/fuzz/fuzz.h tests/fuzz/replay.c
tests_fuzz_fuzz_date_LDADD = $(MESSAGE_LIBS) core/libroost.la

fuzz_tests += tests/fuzz/fuzz_word
tests_fuzz_fuzz_word_SOURCES = tests/fuzz/fuzz_word.c tests/fuzz/fuzz.h tests/fuzz/replay.c
tests_fuzz_fuzz_word_LDADD = $(MESSAGE_LIBS) core/libroost.la

fuzz_tests += tests/fuzz/fuzz_transfer
tests_fuzz_fuzz_transfer_SOURCES = tests/fuzz/fuzz_transfer.c tests/fuzz/fuzz.h tests/fuzz/replay.c
tests_fuzz_fuzz_transfer_LDADD = $(MESSAGE_LIBS) core/libroost.la

fuzz_tests += tests/fuzz/fuzz_passwd_line
tests_fuzz_fuzz_passwd_line_SOURCES = tests/fuzz/fuzz_passwd_line.c tests/fuzz/fuzz.h tests/fuzz/replay.c
tests_fuzz_fuzz_passwd_line_LDADD = modules/passwd_file/libpasswd_file.la core/libroost.la

fuzz_tests += tests/fuzz/fuzz_auth_line
tests_fuzz_fuzz_auth_line_SOURCES = tests/fuzz/fuzz_auth_line.c tests/fuzz/fuzz.h tests/fuzz/replay.c
tests_fuzz_fuzz_auth_line_LDADD = modules/auth/libauth.la core/libroost.la

fuzz_tests += tests/fuzz/fuzz_imap_args
tests_fuzz_fuzz_imap_args_SOURCES = tests/fuzz/fuzz_imap_args.c tests/fuzz/fuzz.h tests/fuzz/replay.c
tests_fuzz_fuzz_imap_args_LDADD = modules/imap/libimapargs.la core/libroost.la

fuzz_tests += tests/fuzz/fuzz_sieve_script
tests_fuzz_fuzz_sieve_script_SOURCES = tests/fuzz/fuzz_sieve_script.c tests/fuzz/sieve_common.h \
	tests/fuzz/fuzz.h tests/fuzz/replay.c
tests_fuzz_fuzz_sieve_script_LDADD = $(SIEVE_LIBS)

fuzz_tests += tests/fuzz/fuzz_sieve_program
tests_fuzz_fuzz_sieve_program_SOURCES = tests/fuzz/fuzz_sieve_program.c tests/fuzz/sieve_common.h \
	tests/fuzz/fuzz.h tests/fuzz/replay.c
tests_fuzz_fuzz_sieve_program_LDADD = $(SIEVE_LIBS)

tests_fuzz_imap_extra = $(FETCH_WORLD) tests/fuzz/fuzz.h tests/fuzz/replay.c
fuzz_tests += tests/fuzz/fuzz_imap_fetch
tests_fuzz_fuzz_imap_fetch_SOURCES = tests/fuzz/fuzz_imap_fetch.c $(tests_fuzz_imap_extra)
tests_fuzz_fuzz_imap_fetch_LDADD = $(FETCH_WORLD_LIBS) core/libroost.la

fuzz_tests += tests/fuzz/fuzz_imap_search
tests_fuzz_fuzz_imap_search_SOURCES = tests/fuzz/fuzz_imap_search.c $(tests_fuzz_imap_extra)
tests_fuzz_fuzz_imap_search_LDADD = $(FETCH_WORLD_LIBS) core/libroost.la
fuzz_tests += tests/fuzz/fuzz_conf
tests_fuzz_fuzz_conf_SOURCES = tests/fuzz/fuzz_conf.c tests/fuzz/fuzz.h tests/fuzz/replay.c
tests_fuzz_fuzz_conf_LDADD = core/libroost-core.la $(CORE_LIBS)
fuzz_tests += tests/fuzz/fuzz_sieve_message
tests_fuzz_fuzz_sieve_message_SOURCES = tests/fuzz/fuzz_sieve_message.c tests/fuzz/sieve_common.h \
	tests/fuzz/fuzz.h tests/fuzz/replay.c
tests_fuzz_fuzz_sieve_message_LDADD = $(SIEVE_LIBS)

fuzz_tests += tests/fuzz/fuzz_sieve_pattern
tests_fuzz_fuzz_sieve_pattern_SOURCES = tests/fuzz/fuzz_sieve_pattern.c tests/fuzz/fuzz.h \
	tests/fuzz/replay.c
tests_fuzz_fuzz_sieve_pattern_LDADD = sieve/libsieve-match.la core/libroost.la

# The index: its files are made by the targets, in the store of the unit tests.
FUZZ_INDEX = tests/fuzz/index_common.h tests/unit/index_store.c tests/unit/index_store.h \
	tests/fuzz/fuzz.h tests/fuzz/replay.c
FUZZ_INDEX_LIBS = modules/mail/libmailbox.la core/libroost.la
fuzz_tests += tests/fuzz/fuzz_index_log tests/fuzz/fuzz_index_snap tests/fuzz/fuzz_index_cache
tests_fuzz_fuzz_index_log_SOURCES = tests/fuzz/fuzz_index_log.c $(FUZZ_INDEX)
tests_fuzz_fuzz_index_log_LDADD = $(FUZZ_INDEX_LIBS)
tests_fuzz_fuzz_index_snap_SOURCES = tests/fuzz/fuzz_index_snap.c $(FUZZ_INDEX)
tests_fuzz_fuzz_index_snap_LDADD = $(FUZZ_INDEX_LIBS)
tests_fuzz_fuzz_index_cache_SOURCES = tests/fuzz/fuzz_index_cache.c $(FUZZ_INDEX)
tests_fuzz_fuzz_index_cache_LDADD = $(FUZZ_INDEX_LIBS)
