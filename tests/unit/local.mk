# One program per subject; run one: make check TESTS=tests/unit/test_base
unit_tests += tests/unit/test_base

tests_unit_test_base_SOURCES = tests/unit/test_base.c
tests_unit_test_base_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_base_LDADD = $(UNIT_LIBS)
