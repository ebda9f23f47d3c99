# Test files in the language vnd.dovecot.testsuite; run one: make check TESTS=tests/sieve/core.svtest
TEST_EXTENSIONS = .svtest
SVTEST_LOG_COMPILER = $(builddir)/sieve/sieve-testsuite
sieve_tests = \
	tests/sieve/actions.svtest \
	tests/sieve/core.svtest \
	tests/sieve/errors.svtest
TESTS += $(sieve_tests)
EXTRA_DIST += $(sieve_tests) \
	tests/sieve/errors/base.sieve
