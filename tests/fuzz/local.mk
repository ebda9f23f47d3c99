# Fuzz targets, replayed over their corpora by make check. To fuzz for real:
#	../configure CC=clang --enable-fuzz && make && make tests/fuzz/fuzz_mime &&
#	tests/fuzz/fuzz_mime NEW_CORPUS ../tests/fuzz/corpus/mime
if FUZZ
FUZZ_MAIN = $(FUZZ_LDFLAGS)
else
check_LTLIBRARIES += tests/fuzz/libreplay.la
tests_fuzz_libreplay_la_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz.h
FUZZ_MAIN = tests/fuzz/libreplay.la
endif
check_PROGRAMS += $(fuzz_tests)
if !FUZZ
TESTS += $(fuzz_tests)
endif
EXTRA_DIST += tests/fuzz/corpus
fuzz_tests =

fuzz_tests += tests/fuzz/fuzz_mime
tests_fuzz_fuzz_mime_SOURCES = tests/fuzz/fuzz_mime.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_mime_LDADD = $(FUZZ_MAIN) $(MESSAGE_LIBS) core/libroost.la

fuzz_tests += tests/fuzz/fuzz_address
tests_fuzz_fuzz_address_SOURCES = tests/fuzz/fuzz_address.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_address_LDADD = $(FUZZ_MAIN) $(MESSAGE_LIBS) core/libroost.la

fuzz_tests += tests/fuzz/fuzz_date
tests_fuzz_fuzz_date_SOURCES = tests/fuzz/fuzz_date.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_date_LDADD = $(FUZZ_MAIN) $(MESSAGE_LIBS) core/libroost.la

fuzz_tests += tests/fuzz/fuzz_word
tests_fuzz_fuzz_word_SOURCES = tests/fuzz/fuzz_word.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_word_LDADD = $(FUZZ_MAIN) $(MESSAGE_LIBS) core/libroost.la

fuzz_tests += tests/fuzz/fuzz_transfer
tests_fuzz_fuzz_transfer_SOURCES = tests/fuzz/fuzz_transfer.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_transfer_LDADD = $(FUZZ_MAIN) $(MESSAGE_LIBS) core/libroost.la

fuzz_tests += tests/fuzz/fuzz_passwd_line
tests_fuzz_fuzz_passwd_line_SOURCES = tests/fuzz/fuzz_passwd_line.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_passwd_line_LDADD = $(FUZZ_MAIN) modules/passwd_file/libpasswd_file.la core/libroost.la

fuzz_tests += tests/fuzz/fuzz_auth_line
tests_fuzz_fuzz_auth_line_SOURCES = tests/fuzz/fuzz_auth_line.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_auth_line_LDADD = $(FUZZ_MAIN) modules/auth/libauth.la core/libroost.la

fuzz_tests += tests/fuzz/fuzz_imap_args
tests_fuzz_fuzz_imap_args_SOURCES = tests/fuzz/fuzz_imap_args.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_imap_args_LDADD = $(FUZZ_MAIN) modules/imap/libimapargs.la core/libroost.la

fuzz_tests += tests/fuzz/fuzz_sieve_script
tests_fuzz_fuzz_sieve_script_SOURCES = tests/fuzz/fuzz_sieve_script.c tests/fuzz/sieve_common.h \
	tests/fuzz/fuzz.h
tests_fuzz_fuzz_sieve_script_LDADD = $(FUZZ_MAIN) $(SIEVE_LIBS)

fuzz_tests += tests/fuzz/fuzz_sieve_program
tests_fuzz_fuzz_sieve_program_SOURCES = tests/fuzz/fuzz_sieve_program.c tests/fuzz/sieve_common.h \
	tests/fuzz/fuzz.h
tests_fuzz_fuzz_sieve_program_LDADD = $(FUZZ_MAIN) $(SIEVE_LIBS)

tests_fuzz_imap_extra = $(FETCH_WORLD) tests/fuzz/fuzz.h
fuzz_tests += tests/fuzz/fuzz_imap_fetch
tests_fuzz_fuzz_imap_fetch_SOURCES = tests/fuzz/fuzz_imap_fetch.c $(tests_fuzz_imap_extra)
tests_fuzz_fuzz_imap_fetch_LDADD = $(FUZZ_MAIN) $(FETCH_WORLD_LIBS) core/libroost.la

fuzz_tests += tests/fuzz/fuzz_imap_search
tests_fuzz_fuzz_imap_search_SOURCES = tests/fuzz/fuzz_imap_search.c $(tests_fuzz_imap_extra)
tests_fuzz_fuzz_imap_search_LDADD = $(FUZZ_MAIN) $(FETCH_WORLD_LIBS) core/libroost.la
fuzz_tests += tests/fuzz/fuzz_conf
tests_fuzz_fuzz_conf_SOURCES = tests/fuzz/fuzz_conf.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_conf_LDADD = $(FUZZ_MAIN) core/libroost-core.la $(CORE_LIBS)
fuzz_tests += tests/fuzz/fuzz_sieve_message
tests_fuzz_fuzz_sieve_message_SOURCES = tests/fuzz/fuzz_sieve_message.c tests/fuzz/sieve_common.h \
	tests/fuzz/fuzz.h
tests_fuzz_fuzz_sieve_message_LDADD = $(FUZZ_MAIN) $(SIEVE_LIBS)

fuzz_tests += tests/fuzz/fuzz_sieve_pattern
tests_fuzz_fuzz_sieve_pattern_SOURCES = tests/fuzz/fuzz_sieve_pattern.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_sieve_pattern_LDADD = $(FUZZ_MAIN) sieve/libsieve-match.la core/libroost.la

# The index: its files are made by the targets, in the store of the unit tests.
FUZZ_INDEX = tests/fuzz/index_common.h tests/unit/index_store.c tests/unit/index_store.h \
	tests/fuzz/fuzz.h
FUZZ_INDEX_LIBS = modules/mail/libmailbox.la core/libroost.la
fuzz_tests += tests/fuzz/fuzz_index_log tests/fuzz/fuzz_index_snap tests/fuzz/fuzz_index_cache
tests_fuzz_fuzz_index_log_SOURCES = tests/fuzz/fuzz_index_log.c $(FUZZ_INDEX)
tests_fuzz_fuzz_index_log_LDADD = $(FUZZ_MAIN) $(FUZZ_INDEX_LIBS)
tests_fuzz_fuzz_index_snap_SOURCES = tests/fuzz/fuzz_index_snap.c $(FUZZ_INDEX)
tests_fuzz_fuzz_index_snap_LDADD = $(FUZZ_MAIN) $(FUZZ_INDEX_LIBS)
tests_fuzz_fuzz_index_cache_SOURCES = tests/fuzz/fuzz_index_cache.c $(FUZZ_INDEX)
tests_fuzz_fuzz_index_cache_LDADD = $(FUZZ_MAIN) $(FUZZ_INDEX_LIBS)
