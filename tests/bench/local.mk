# Programs to measure with; RESULTS.md has figures and how they were taken.
check_PROGRAMS += tests/bench/parse
tests_bench_parse_SOURCES = tests/bench/parse.c
tests_bench_parse_LDADD = $(MESSAGE_LIBS) core/libroost.la
check_PROGRAMS += tests/bench/sieve
tests_bench_sieve_SOURCES = tests/bench/sieve.c
tests_bench_sieve_LDADD = $(SIEVE_LIBS)
EXTRA_DIST += tests/bench/RESULTS.md

check_PROGRAMS += tests/bench/index
tests_bench_index_SOURCES = tests/bench/index.c
tests_bench_index_LDADD = modules/mail/libmailbox.la core/libroost.la

if HAVE_CMOCKA
check_PROGRAMS += tests/bench/fetch
tests_bench_fetch_SOURCES = tests/bench/fetch.c $(STORE_WORLD) tests/unit/fetch_world.c \
	tests/unit/fetch_world.h tests/unit/mail_world.h
tests_bench_fetch_CPPFLAGS = $(UNIT_CPPFLAGS)
# The session's connection is made up: the real one stays in its archive.
tests_bench_fetch_LDFLAGS = -Wl,-z,muldefs
tests_bench_fetch_LDADD = $(FETCH_WORLD_LIBS) $(STORE_LIBS)
endif
EXTRA_DIST += tests/bench/instructions.py tests/bench/syscalls.py
