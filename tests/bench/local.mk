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
