# Test files in the language vnd.dovecot.testsuite; run one: make check TESTS=tests/sieve/core.svtest
TEST_EXTENSIONS = .svtest
SVTEST_LOG_COMPILER = $(builddir)/sieve/sieve-testsuite
sieve_tests = \
	tests/sieve/actions.svtest \
	tests/sieve/body.svtest \
	tests/sieve/core.svtest \
	tests/sieve/date.svtest \
	tests/sieve/editheader.svtest \
	tests/sieve/enotify.svtest \
	tests/sieve/errors.svtest \
	tests/sieve/ihave.svtest \
	tests/sieve/include.svtest \
	tests/sieve/limits.svtest \
	tests/sieve/metadata.svtest \
	tests/sieve/mime.svtest \
	tests/sieve/reject.svtest \
	tests/sieve/report.svtest \
	tests/sieve/spamtest.svtest \
	tests/sieve/strings.svtest \
	tests/sieve/vacation.svtest
TESTS += $(sieve_tests)
EXTRA_DIST += $(sieve_tests) \
	tests/sieve/errors/arguments.sieve \
	tests/sieve/errors/base.sieve \
	tests/sieve/errors/circular.sieve \
	tests/sieve/errors/date.sieve \
	tests/sieve/errors/editheader.sieve \
	tests/sieve/errors/enotify.sieve \
	tests/sieve/errors/include.sieve \
	tests/sieve/errors/mime.sieve \
	tests/sieve/errors/regex.sieve \
	tests/sieve/errors/report.sieve \
	tests/sieve/errors/specialuse.sieve \
	tests/sieve/errors/unicode.sieve \
	tests/sieve/errors/vacation.sieve \
	tests/sieve/included-global/two.sieve \
	tests/sieve/included/circle.sieve \
	tests/sieve/included/count.sieve \
	tests/sieve/included/drop.sieve \
	tests/sieve/included/one.sieve \
	tests/sieve/scripts/error.sieve \
	tests/sieve/scripts/include.sieve \
	tests/sieve/scripts/loop.sieve \
	tests/sieve/scripts/redirects.sieve \
	tests/sieve/scripts/regex.sieve \
	tests/sieve/scripts/reject-keep.sieve \
	tests/sieve/scripts/vacation-twice.sieve
