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
	sieve/pool.h \
	sieve/recover.c \
	sieve/words.c sieve/words.h

# Compiler, interpreter, extensions.
noinst_LTLIBRARIES += sieve/libsieve-engine.la
sieve_libsieve_engine_la_SOURCES = \
	sieve/address.c \
	sieve/build.c sieve/build.h \
	sieve/cache.c sieve/cache.h \
	sieve/check.c sieve/check.h \
	sieve/check_args.c \
	sieve/check_string.c \
	sieve/compile.c sieve/compile.h \
	sieve/core.c \
	sieve/delivery.c sieve/delivery.h \
	sieve/def.h \
	sieve/dump.c \
	sieve/ext_body.c \
	sieve/ext_date.c \
	sieve/ext_dsn.c \
	sieve/ext_duplicate.c \
	sieve/ext_editheader.c \
	sieve/ext_environment.c \
	sieve/ext_enotify.c \
	sieve/ext_fileinto.c \
	sieve/ext_fcc.c \
	sieve/ext_flags.c \
	sieve/ext_ihave.c \
	sieve/ext_include.c \
	sieve/ext_lists.c \
	sieve/ext_metadata.c \
	sieve/ext_mime.c \
	sieve/ext_programs.c \
	sieve/ext_reject.c \
	sieve/ext_replace.c \
	sieve/ext_report.c \
	sieve/ext_spamtest.c \
	sieve/ext_special_use.c \
	sieve/ext_vacation.c \
	sieve/ext_variables.c \
	sieve/exchange.c sieve/exchange.h \
	sieve/external.c sieve/external.h sieve/external_parts.h \
	sieve/external_socket.c \
	sieve/extensions.c sieve/extensions.h \
	sieve/generate.c \
	sieve/hash.h \
	sieve/host.h \
	sieve/instance.c sieve/instance.h \
	sieve/lists.c sieve/lists.h \
	sieve/match.c sieve/match.h \
	sieve/message.c sieve/message.h \
	sieve/mailto.c sieve/mailto.h \
	sieve/mime_fields.h \
	sieve/plugin.c sieve/plugin.h \
	sieve/part_text.c sieve/part_text.h \
	sieve/program.c sieve/program.h sieve/program_file.h \
	sieve/result.c sieve/result.h \
	sieve/run.c sieve/run.h \
	sieve/sieve.h \
	sieve/sieve2.c sieve/sieve2.h \
	sieve/send.c sieve/send.h \
	sieve/settings.c \
	sieve/slot.h \
	sieve/tag_match.c \
	sieve/test_header.c \
	sieve/trace.c sieve/trace.h \
	sieve/view.c sieve/view.h

lib_LTLIBRARIES += sieve/libroost-sieve.la
sieve_libroost_sieve_la_SOURCES =
sieve_libroost_sieve_la_LDFLAGS = $(AM_LDFLAGS) -version-info 1:0:0 \
	-Wl,--version-script=$(srcdir)/sieve/libroost-sieve.map
EXTRA_sieve_libroost_sieve_la_DEPENDENCIES = sieve/libroost-sieve.map
nobase_include_HEADERS += sieve/cache.h sieve/diag.h sieve/external.h sieve/host.h sieve/sieve.h \
	sieve/text.h
include_HEADERS += sieve/sieve2.h
pkgconfig_DATA += sieve/roost-sieve.pc
sieve_libroost_sieve_la_LIBADD = $(SIEVE_LIBS)
SIEVE_LIBS = sieve/libsieve-engine.la sieve/libsieve-parse.la sieve/libsieve-match.la \
	$(MESSAGE_LIBS) core/libroost.la -lm

# The tools see the inside of the library.
bin_PROGRAMS += sieve/sieve-testsuite
sieve_sieve_testsuite_SOURCES = \
	sieve/tester.c sieve/tester.h \
	sieve/tester_commands.c \
	sieve/tester_host.c \
	sieve/testsuite.c
sieve_sieve_testsuite_LDADD = sieve/libsieve-tool.la $(SIEVE_LIBS)
dist_man_MANS += sieve/sieve-testsuite.1

noinst_LTLIBRARIES += sieve/libsieve-tool.la
sieve_libsieve_tool_la_SOURCES = sieve/tool.c sieve/tool.h sieve/tool_out.c
bin_PROGRAMS += sieve/sievec sieve/sieve-dump sieve/sieve-filter sieve/sieve-test
sieve_sievec_SOURCES = sieve/sievec.c
sieve_sievec_LDADD = sieve/libsieve-tool.la $(SIEVE_LIBS)
sieve_sieve_dump_SOURCES = sieve/sieve_dump.c
sieve_sieve_dump_LDADD = sieve/libsieve-tool.la $(SIEVE_LIBS)
sieve_sieve_filter_SOURCES = sieve/sieve_filter.c
sieve_sieve_filter_LDADD = sieve/libsieve-tool.la $(SIEVE_LIBS)
sieve_sieve_test_SOURCES = sieve/sieve_test.c \
	sieve/tool_host.c sieve/tool_host.h \
	sieve/tool_keywords.c sieve/tool_keywords.h
sieve_sieve_test_LDADD = sieve/libsieve-tool.la modules/mail/libutf7.la $(SIEVE_LIBS)

dist_man_MANS += sieve/sievec.1 sieve/sieve-dump.1 sieve/sieve-filter.1 sieve/sieve-test.1 \
	sieve/roost-sieve.3 sieve/sieve2.3
EXTRA_DIST += sieve/README sieve/libroost-sieve.map
