# What pytest uses to load modules without a server.
check_PROGRAMS += tests/abi/load
pytest_needs += tests/abi/load
tests_abi_load_SOURCES = tests/abi/load.c
tests_abi_load_LDADD = core/libroost-core.la $(CORE_LIBS)
tests_abi_load_LDFLAGS = $(AM_LDFLAGS) -Wl,--export-dynamic
