# sieve: the Sieve language; knows neither mail storage nor server.
noinst_LTLIBRARIES += sieve/libsieve-match.la
sieve_libsieve_match_la_SOURCES = \
	sieve/comparator.c sieve/comparator.h \
	sieve/glob.c sieve/glob.h \
	sieve/regex.c sieve/regex.h \
	sieve/strset.c sieve/strset.h
sieve_libsieve_match_la_CPPFLAGS = $(AM_CPPFLAGS) $(PCRE2_CFLAGS) $(UTF8PROC_CFLAGS)
sieve_libsieve_match_la_LIBADD = $(PCRE2_LIBS) $(UTF8PROC_LIBS)
