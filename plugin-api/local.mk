# plugin-api: what a module sees.
aclocaldir = $(datadir)/aclocal
roostinclude_HEADERS = \
	plugin-api/roost/address.h \
	plugin-api/roost/api.h \
	plugin-api/roost/arena.h \
	plugin-api/roost/authlink.h \
	plugin-api/roost/charset.h \
	plugin-api/roost/command.h \
	plugin-api/roost/date.h \
	plugin-api/roost/encode.h \
	plugin-api/roost/error.h \
	plugin-api/roost/expand.h \
	plugin-api/roost/header.h \
	plugin-api/roost/input.h \
	plugin-api/roost/layer.h \
	plugin-api/roost/log.h \
	plugin-api/roost/mailbox.h \
	plugin-api/roost/conn.h \
	plugin-api/roost/loop.h \
	plugin-api/roost/map.h \
	plugin-api/roost/mask.h \
	plugin-api/roost/mime.h \
	plugin-api/roost/module.h \
	plugin-api/roost/name.h \
	plugin-api/roost/passdb.h \
	plugin-api/roost/protocol.h \
	plugin-api/roost/role.h \
	plugin-api/roost/search.h \
	plugin-api/roost/set.h \
	plugin-api/roost/settings.h \
	plugin-api/roost/storage.h \
	plugin-api/roost/sieve.h \
	plugin-api/roost/str.h \
	plugin-api/roost/structure.h \
	plugin-api/roost/subject.h \
	plugin-api/roost/transfer.h \
	plugin-api/roost/user.h \
	plugin-api/roost/utf8.h \
	plugin-api/roost/vec.h \
	plugin-api/roost/word.h \
	plugin-api/roost/wire.h
pkgconfig_DATA += plugin-api/roost-plugin.pc
dist_aclocal_DATA = plugin-api/m4/roost.m4

examplesdir = $(datadir)/roost/examples
dist_examples_DATA = \
	plugin-api/examples/Makefile \
	plugin-api/examples/hush.c \
	plugin-api/examples/pinboard.c \
	plugin-api/examples/postcard.c
EXTRA_DIST += plugin-api/README plugin-api/abi/1.txt
EXTRA_DIST += plugin-api/roost.map plugin-api/roost-auth.map plugin-api/roost-mail.map
