# Modules that only tests load: without fault, and with one fault each.
TEST_MODULE_FLAGS = -module -avoid-version -shared -rpath /nowhere $(SANITIZE_FLAGS)
check_LTLIBRARIES += tests/modules/good.la $(bad_modules)
tests_modules_good_la_SOURCES = tests/modules/good.c
tests_modules_good_la_LDFLAGS = $(TEST_MODULE_FLAGS)

bad_modules = \
	tests/modules/lazy.la \
	tests/modules/plain.la \
	tests/modules/future.la \
	tests/modules/revision.la \
	tests/modules/needy.la \
	tests/modules/alias.la \
	tests/modules/twin.la \
	tests/modules/noinit.la
tests_modules_lazy_la_SOURCES = tests/modules/bad.c
tests_modules_lazy_la_CPPFLAGS = $(AM_CPPFLAGS) -DFAULT_lazy
tests_modules_lazy_la_LDFLAGS = $(TEST_MODULE_FLAGS)
tests_modules_plain_la_SOURCES = tests/modules/bad.c
tests_modules_plain_la_CPPFLAGS = $(AM_CPPFLAGS) -DFAULT_plain
tests_modules_plain_la_LDFLAGS = $(TEST_MODULE_FLAGS)
tests_modules_future_la_SOURCES = tests/modules/bad.c
tests_modules_future_la_CPPFLAGS = $(AM_CPPFLAGS) -DFAULT_future
tests_modules_future_la_LDFLAGS = $(TEST_MODULE_FLAGS)
tests_modules_revision_la_SOURCES = tests/modules/bad.c
tests_modules_revision_la_CPPFLAGS = $(AM_CPPFLAGS) -DFAULT_revision
tests_modules_revision_la_LDFLAGS = $(TEST_MODULE_FLAGS)
tests_modules_needy_la_SOURCES = tests/modules/bad.c
tests_modules_needy_la_CPPFLAGS = $(AM_CPPFLAGS) -DFAULT_needy
tests_modules_needy_la_LDFLAGS = $(TEST_MODULE_FLAGS)
tests_modules_alias_la_SOURCES = tests/modules/bad.c
tests_modules_alias_la_CPPFLAGS = $(AM_CPPFLAGS) -DFAULT_alias
tests_modules_alias_la_LDFLAGS = $(TEST_MODULE_FLAGS)
tests_modules_twin_la_SOURCES = tests/modules/bad.c
tests_modules_twin_la_CPPFLAGS = $(AM_CPPFLAGS) -DFAULT_twin
tests_modules_twin_la_LDFLAGS = $(TEST_MODULE_FLAGS)
tests_modules_noinit_la_SOURCES = tests/modules/bad.c
tests_modules_noinit_la_CPPFLAGS = $(AM_CPPFLAGS) -DFAULT_noinit
tests_modules_noinit_la_LDFLAGS = $(TEST_MODULE_FLAGS)
# A Sieve extension, for tests/unit/test_sieve_plugin.
check_LTLIBRARIES += tests/modules/shout.la
tests_modules_shout_la_SOURCES = tests/modules/shout.c
tests_modules_shout_la_LDFLAGS = $(TEST_MODULE_FLAGS)
# The toy protocol of tests/server/proc.
check_LTLIBRARIES += tests/modules/echo.la
pytest_needs += tests/modules/echo.la
tests_modules_echo_la_SOURCES = \
	tests/modules/echo.c \
	tests/modules/echo.h \
	tests/modules/echo_thief.c
tests_modules_echo_la_LDFLAGS = $(TEST_MODULE_FLAGS)
