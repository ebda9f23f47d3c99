# sieve: the Sieve language; knows neither mail storage nor server.
noinst_LTLIBRARIES += sieve/libsieve-match.la
sieve_libsieve_match_la_SOURCES = \
	sieve/comparator.c sieve/comparator.h \
	sieve/glob.c sieve/glob.h \
	sieve/regex.c sieve/regex.h \
	sieve/strset.c sieve/strset.h \
	sieve/text.h
sieve_libsieve_match_la_CPPFLAGS = $(AM_CPPFLAGS) $(PCRE2_CFLAGS) $(UTF8PROC_CFLAGS)
sieve_libsieve_match_la_LIBADD = $(PCRE2_LIBS) $(UTF8PROC_LIBS)

# Front end: text to tree.
BUILT_SOURCES += sieve/grammar.h
noinst_LTLIBRARIES += sieve/libsieve-parse.la
sieve_libsieve_parse_la_SOURCES = \
	sieve/ast.h \
	sieve/diag.c sieve/diag.h \
	sieve/grammar.y \
	sieve/lex.l \
	sieve/parser.h \
	sieve/recover.c
