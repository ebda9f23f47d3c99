# tests: unit tests in C (cmocka); the rest is pytest, started by autogen.sh test.
include tests/sieve/local.mk

# Python tests are whole folders: what lies in them is needed.
EXTRA_DIST += tests/run.py tests/conftest.py tests/lib tests/server tests/clients tests/lint \
	tests/abi/conftest.py tests/abi/record.py tests/abi/test_examples.py \
	tests/abi/test_headers.py tests/abi/test_layout.py tests/abi/test_symbols.py tests/abi/old
dist-hook:
	find $(distdir)/tests -name __pycache__ -type d -prune -exec rm -rf {} +

# What pytest drives besides the installation: make pytest-needs
pytest_needs =
.PHONY: pytest-needs
pytest-needs: $(pytest_needs)

include tests/modules/local.mk
include tests/unit/world.mk

if HAVE_CMOCKA
UNIT_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
UNIT_LIBS = core/libroost.la $(CMOCKA_LIBS)
UNIT_CORE_LIBS = core/libroost-core.la $(CORE_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
unit_tests =
include tests/unit/local.mk
include tests/unit/imap.mk
include tests/unit/fetch.mk
include tests/unit/maildir.mk
endif
include tests/fuzz/local.mk
include tests/message/local.mk
include tests/abi/local.mk
include tests/bench/local.mk
include tests/storage/local.mk
