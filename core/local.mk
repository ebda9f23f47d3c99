# core: processes, bytes and settings; knows no mail.
# libroost-base is all that the master links: no libuv, no OpenSSL.
noinst_LTLIBRARIES += core/libroost-base.la
core_libroost_base_la_SOURCES = \
	core/base/arena.c \
	core/base/encode.c \
	core/base/error.c \
	core/base/log.c core/base/log.h \
	core/base/log_pipe.c \
	core/base/map.c \
	core/base/mask.c \
	core/base/memory.c core/base/memory.h \
	core/base/paths.c core/base/paths.h \
	core/base/str.c \
	core/base/utf8.c \
	core/base/vec.c \
	core/base/wire.c \
	core/conf/filter.c \
	core/conf/format.h \
	core/conf/snapshot.c core/conf/snapshot.h \
	core/conf/snapshot_write.c \
	core/conf/value.c core/conf/value.h \
	core/proc/control.c core/proc/control.h \
	core/proc/configure.c core/proc/configure.h \
	core/proc/ipc.c core/proc/ipc.h \
	core/proc/running.c core/proc/running.h

BUILT_SOURCES += core/conf/grammar.h

# All of core, once more open to the unit tests of its inside. Programs and modules share one
# libroost.so: what a main() needs of core is exported from there (core/main/entry.h).
noinst_LTLIBRARIES += core/libroost-core.la
core_libroost_core_la_SOURCES = \
	core/conf/advise.c core/conf/advise.h \
	core/conf/conflict.c \
	core/conf/context.c \
	core/conf/context_open.c \
	core/conf/dollar.c \
	core/conf/emit.c core/conf/emit.h \
	core/conf/expand.c core/conf/expand.h \
	core/conf/expand_condition.c \
	core/conf/expand_digest.c \
	core/conf/expand_modify.c \
	core/conf/expect.c core/conf/expect.h \
	core/conf/grammar.y \
	core/conf/include.c \
	core/conf/judge.c core/conf/judge.h \
	core/conf/known.c core/conf/known.h \
	core/conf/known_services.c \
	core/conf/known_settings.c \
	core/conf/lex.l \
	core/conf/load.c core/conf/load.h \
	core/conf/nearest.c \
	core/conf/obsolete.c core/conf/obsolete.h \
	core/conf/parser.h \
	core/conf/problem.c core/conf/problem.h \
	core/conf/print.c core/conf/print.h \
	core/conf/print_value.c \
	core/conf/scope.c core/conf/scope.h core/conf/scope_private.h \
	core/conf/scope_block.c \
	core/conf/scope_variable.c core/conf/variable.h \
	core/conf/serve.c \
	core/conf/store.c core/conf/store.h \
	core/conf/struct.c \
	core/conf/tool.c \
	core/conf/tree.c core/conf/tree.h \
	core/conf/wanted.c core/conf/wanted.h \
	core/io/file.c \
	core/io/input.c core/io/input.h \
	core/io/lines.c \
	core/io/range.c \
	core/loop/loop.c core/loop/loop.h core/loop/uv.h \
	core/loop/timer.c \
	core/module/check.c core/module/check.h \
	core/module/load.c core/module/module.h \
	core/module/service.c \
	core/net/conn.c core/net/conn.h \
	core/net/tls.c core/net/tls.h \
	core/net/tls_context.c core/net/tls_context.h \
	core/main/admin.c core/main/admin.h \
	core/main/admin_builtin.c \
	core/main/admin_table.c \
	core/main/entry.h \
	core/proc/anvil.c core/proc/anvil.h \
	core/proc/anvil_admin.c \
	core/proc/anvil_session.c \
	core/proc/anvil_table.c \
	core/proc/anvil_worker.c \
	core/proc/authlink.c \
	core/proc/child.c core/proc/child.h \
	core/proc/confine.c core/proc/confine.h \
	core/proc/front.c core/proc/front.h \
	core/proc/front_auth.c \
	core/proc/front_handover.c \
	core/proc/front_job.c \
	core/proc/front_run.c \
	core/proc/handover.c core/proc/handover.h \
	core/proc/link.c core/proc/link.h \
	core/proc/logd.c \
	core/proc/privileges.c core/proc/privileges.h \
	core/proc/role.c \
	core/proc/session.c \
	core/proc/template.c \
	core/proc/worker.c core/proc/worker.h
core_libroost_core_la_CPPFLAGS = $(AM_CPPFLAGS) $(UV_CFLAGS) $(OPENSSL_CFLAGS) $(SECCOMP_CFLAGS)
core_libroost_core_la_LIBADD = core/libroost-base.la
CORE_LIBS = $(UV_LIBS) $(OPENSSL_LIBS) $(SECCOMP_LIBS) $(LTDL_LIBS)

# libroost: the runtime that modules call.
lib_LTLIBRARIES += core/libroost.la
core_libroost_la_SOURCES =
core_libroost_la_LDFLAGS = $(AM_LDFLAGS) -version-info 1:0:0 \
	-Wl,--version-script=$(top_srcdir)/plugin-api/roost.map
EXTRA_core_libroost_la_DEPENDENCIES = $(top_srcdir)/plugin-api/roost.map
core_libroost_la_LIBADD = core/libroost-core.la $(CORE_LIBS)

# The master: small and static, without the loop, TLS or modules (tests/server look at its ldd).
sbin_PROGRAMS += core/roost
core_roost_SOURCES = \
	core/main/roost.c \
	core/proc/connect.c \
	core/proc/descriptors.c \
	core/proc/environment.c \
	core/proc/listen.c \
	core/proc/master.c core/proc/master.h \
	core/proc/orders.c \
	core/proc/reload.c \
	core/proc/pidfile.c \
	core/proc/service.c core/proc/service.h \
	core/proc/sockets.c \
	core/proc/spawn.c \
	core/proc/supervise.c
core_roost_LDADD = core/libroost-base.la

# Every process that the master starts.
roostlibexec_PROGRAMS += core/roost-server
core_roost_server_SOURCES = core/main/roost_server.c
core_roost_server_LDADD = core/libroost.la

# Reads and judges the configuration, each time for a moment.
roostlibexec_PROGRAMS += core/roost-config
core_roost_config_SOURCES = core/main/roost_config.c
core_roost_config_LDADD = core/libroost.la

bin_PROGRAMS += core/roostconf
core_roostconf_SOURCES = core/main/roostconf.c
core_roostconf_LDADD = core/libroost.la

dist_man_MANS += core/roostconf.1 core/roost.conf.5
dist_roostconf_DATA += core/roost.conf
bin_PROGRAMS += core/roostadm
core_roostadm_SOURCES = core/main/roostadm.c
core_roostadm_LDADD = core/libroost.la

dist_man_MANS += core/roost.8 core/roostadm.8
EXTRA_DIST += core/README

# --with-dovecot-names: what scripts and notes call by those names. The programs look at the name
# they are called by. The links are of those whose programs there are.
if DOVECOT_NAMES
install-exec-hook:
	$(MKDIR_P) $(DESTDIR)$(sbindir) $(DESTDIR)$(bindir)
	ln -sf roost $(DESTDIR)$(sbindir)/dovecot
	ln -sf roostadm $(DESTDIR)$(bindir)/doveadm
	ln -sf roostconf $(DESTDIR)$(bindir)/doveconf
uninstall-hook:
	rm -f $(DESTDIR)$(sbindir)/dovecot $(DESTDIR)$(bindir)/doveadm \
		$(DESTDIR)$(bindir)/doveconf
endif
