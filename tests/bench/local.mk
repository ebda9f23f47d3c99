# Programs to measure with; RESULTS.md has figures and how they were taken.
check_PROGRAMS += tests/bench/parse
tests_bench_parse_SOURCES = tests/bench/parse.c
tests_bench_parse_LDADD = $(MESSAGE_LIBS) core/libroost.la
check_PROGRAMS += tests/bench/sieve
tests_bench_sieve_SOURCES = tests/bench/sieve.c
tests_bench_sieve_LDADD = $(SIEVE_LIBS)
EXTRA_DIST += tests/bench/RESULTS.md
