# One program per subject; run one: make check TESTS=tests/unit/test_base
unit_tests += tests/unit/test_base

tests_unit_test_base_SOURCES = tests/unit/test_base.c
tests_unit_test_base_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_base_LDADD = $(UNIT_LIBS)

unit_tests += tests/unit/test_input
tests_unit_test_input_SOURCES = tests/unit/test_input.c
tests_unit_test_input_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_input_LDADD = $(UNIT_LIBS)

unit_tests += tests/unit/test_conn
tests_unit_test_conn_SOURCES = tests/unit/test_conn.c
tests_unit_test_conn_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_conn_LDADD = $(UNIT_CORE_LIBS)

unit_tests += tests/unit/test_ipc
tests_unit_test_ipc_SOURCES = tests/unit/test_ipc.c
tests_unit_test_ipc_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_ipc_LDADD = $(UNIT_CORE_LIBS)

unit_tests += tests/unit/test_module
tests_unit_test_module_SOURCES = tests/unit/test_module.c
tests_unit_test_module_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_module_LDADD = $(UNIT_CORE_LIBS)
tests_unit_test_module_LDFLAGS = $(AM_LDFLAGS) -Wl,--export-dynamic
EXTRA_tests_unit_test_module_DEPENDENCIES = tests/modules/good.la $(bad_modules)

unit_tests += tests/unit/test_sieve_match
tests_unit_test_sieve_match_SOURCES = tests/unit/test_sieve_match.c
tests_unit_test_sieve_match_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_sieve_match_LDADD = sieve/libsieve-match.la $(UNIT_LIBS)

unit_tests += tests/unit/test_sieve_parse
tests_unit_test_sieve_parse_SOURCES = tests/unit/test_sieve_parse.c
tests_unit_test_sieve_parse_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_sieve_parse_LDADD = sieve/libsieve-parse.la $(UNIT_LIBS)

unit_tests += tests/unit/test_sieve_cache
tests_unit_test_sieve_cache_SOURCES = tests/unit/test_sieve_cache.c
tests_unit_test_sieve_cache_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_sieve_cache_LDADD = $(SIEVE_LIBS) $(UNIT_LIBS)

unit_tests += tests/unit/test_sieve_limits
tests_unit_test_sieve_limits_SOURCES = tests/unit/test_sieve_limits.c
tests_unit_test_sieve_limits_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_sieve_limits_LDADD = $(SIEVE_LIBS) $(UNIT_LIBS)

unit_tests += tests/unit/test_sieve_marks
tests_unit_test_sieve_marks_SOURCES = tests/unit/test_sieve_marks.c
tests_unit_test_sieve_marks_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_sieve_marks_LDADD = $(SIEVE_LIBS) $(UNIT_LIBS)

unit_tests += tests/unit/test_sieve_plugin
tests_unit_test_sieve_plugin_SOURCES = tests/unit/test_sieve_plugin.c
tests_unit_test_sieve_plugin_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_sieve_plugin_LDADD = $(SIEVE_LIBS) $(UNIT_CORE_LIBS)
tests_unit_test_sieve_plugin_LDFLAGS = $(AM_LDFLAGS) -Wl,--export-dynamic
EXTRA_tests_unit_test_sieve_plugin_DEPENDENCIES = tests/modules/shout.la

unit_tests += tests/unit/test_expand
tests_unit_test_expand_SOURCES = tests/unit/test_expand.c
tests_unit_test_expand_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_expand_LDADD = $(UNIT_LIBS)

unit_tests += tests/unit/test_scope
tests_unit_test_scope_SOURCES = tests/unit/test_scope.c
tests_unit_test_scope_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_scope_LDADD = $(UNIT_CORE_LIBS)

unit_tests += tests/unit/test_name
tests_unit_test_name_SOURCES = tests/unit/test_name.c
tests_unit_test_name_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_name_LDADD = modules/mail/libroost-mail.la $(UNIT_LIBS)

unit_tests += tests/unit/test_message
tests_unit_test_message_SOURCES = tests/unit/test_message.c
tests_unit_test_message_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_message_LDADD = $(MESSAGE_LIBS) $(UNIT_LIBS)

unit_tests += tests/unit/test_auth_hash
tests_unit_test_auth_hash_SOURCES = tests/unit/test_auth_hash.c
tests_unit_test_auth_hash_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_auth_hash_LDADD = modules/auth/libauth.la $(UNIT_LIBS)

unit_tests += tests/unit/test_passwd_file
tests_unit_test_passwd_file_SOURCES = tests/unit/test_passwd_file.c
tests_unit_test_passwd_file_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_passwd_file_LDADD = modules/passwd_file/libpasswd_file.la $(UNIT_LIBS)

unit_tests += tests/unit/test_auth_chain
tests_unit_test_auth_chain_SOURCES = tests/unit/test_auth_chain.c tests/unit/auth_world.c tests/unit/auth_world.h
tests_unit_test_auth_chain_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_auth_chain_LDADD = modules/auth/libauth.la $(UNIT_CORE_LIBS)

unit_tests += tests/unit/test_auth_link
tests_unit_test_auth_link_SOURCES = tests/unit/test_auth_link.c tests/unit/auth_world.c tests/unit/auth_world.h
tests_unit_test_auth_link_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_auth_link_LDADD = modules/auth/libauth.la $(UNIT_CORE_LIBS)

# LMTP.
unit_tests += tests/unit/test_lmtp
tests_unit_test_lmtp_SOURCES = tests/unit/test_lmtp.c
tests_unit_test_lmtp_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_lmtp_LDADD = modules/lmtp/liblmtp.la $(MESSAGE_LIBS) $(UNIT_LIBS)

# The message toolkit.
EXTRA_DIST += tests/unit/message.h tests/unit/unit.h

unit_tests += tests/unit/test_address
tests_unit_test_address_SOURCES = tests/unit/test_address.c
tests_unit_test_address_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_address_LDADD = $(MESSAGE_LIBS) $(UNIT_LIBS)

unit_tests += tests/unit/test_date
tests_unit_test_date_SOURCES = tests/unit/test_date.c
tests_unit_test_date_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_date_LDADD = $(MESSAGE_LIBS) $(UNIT_LIBS)

unit_tests += tests/unit/test_word
tests_unit_test_word_SOURCES = tests/unit/test_word.c
tests_unit_test_word_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_word_LDADD = $(MESSAGE_LIBS) $(UNIT_LIBS)

unit_tests += tests/unit/test_transfer
tests_unit_test_transfer_SOURCES = tests/unit/test_transfer.c
tests_unit_test_transfer_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_transfer_LDADD = $(MESSAGE_LIBS) $(UNIT_LIBS)

unit_tests += tests/unit/test_header
tests_unit_test_header_SOURCES = tests/unit/test_header.c
tests_unit_test_header_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_header_LDADD = $(MESSAGE_LIBS) $(UNIT_LIBS)

unit_tests += tests/unit/test_charset
tests_unit_test_charset_SOURCES = tests/unit/test_charset.c
tests_unit_test_charset_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_charset_LDADD = $(MESSAGE_LIBS) $(UNIT_LIBS)

unit_tests += tests/unit/test_subject
tests_unit_test_subject_SOURCES = tests/unit/test_subject.c
tests_unit_test_subject_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_subject_LDADD = $(MESSAGE_LIBS) $(UNIT_LIBS)

unit_tests += tests/unit/test_mime
tests_unit_test_mime_SOURCES = tests/unit/test_mime.c
tests_unit_test_mime_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_mime_LDADD = $(MESSAGE_LIBS) $(UNIT_LIBS)

unit_tests += tests/unit/test_structure
tests_unit_test_structure_SOURCES = tests/unit/test_structure.c
tests_unit_test_structure_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_structure_LDADD = $(MESSAGE_LIBS) $(UNIT_LIBS)

unit_tests += tests/unit/test_auth_sockets
tests_unit_test_auth_sockets_SOURCES = tests/unit/test_auth_sockets.c tests/unit/auth_world.c tests/unit/auth_world.h
tests_unit_test_auth_sockets_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_auth_sockets_LDADD = modules/auth/libauth.la $(UNIT_CORE_LIBS)

unit_tests += tests/unit/test_auth_db
tests_unit_test_auth_db_SOURCES = tests/unit/test_auth_db.c tests/unit/auth_world.c tests/unit/auth_world.h \
	modules/passwd_file/module.c modules/static/module.c
tests_unit_test_auth_db_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_auth_db_LDADD = modules/passwd_file/libpasswd_file.la modules/auth/libauth.la $(UNIT_CORE_LIBS)

# The index of a mailbox, over a store in memory and over files.
INDEX_STORE = tests/unit/index_store.c tests/unit/index_store.h
INDEX_LIBS = modules/mail/libmailbox.la $(UNIT_LIBS)

unit_tests += tests/unit/test_index
tests_unit_test_index_SOURCES = tests/unit/test_index.c $(INDEX_STORE)
tests_unit_test_index_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_index_LDADD = $(INDEX_LIBS)

unit_tests += tests/unit/test_index_files
tests_unit_test_index_files_SOURCES = tests/unit/test_index_files.c
tests_unit_test_index_files_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_index_files_LDADD = $(INDEX_LIBS)

unit_tests += tests/unit/test_index_damage
tests_unit_test_index_damage_SOURCES = tests/unit/test_index_damage.c $(INDEX_STORE)
tests_unit_test_index_damage_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_index_damage_LDADD = $(INDEX_LIBS)

# Users, mailboxes, messages over a storage driver of the short form.
STORE_WORLD = tests/unit/store_world.c tests/unit/store_world.h
STORE_LIBS = modules/mail/libmailbox.la modules/mail/libsearch.la $(MESSAGE_LIBS) $(UNIT_CORE_LIBS)

unit_tests += tests/unit/test_location
tests_unit_test_location_SOURCES = tests/unit/test_location.c $(STORE_WORLD)
tests_unit_test_location_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_location_LDADD = $(STORE_LIBS)

unit_tests += tests/unit/test_list
tests_unit_test_list_SOURCES = tests/unit/test_list.c $(STORE_WORLD)
tests_unit_test_list_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_list_LDADD = $(STORE_LIBS)

unit_tests += tests/unit/test_view
tests_unit_test_view_SOURCES = tests/unit/test_view.c $(STORE_WORLD)
tests_unit_test_view_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_view_LDADD = $(STORE_LIBS)

unit_tests += tests/unit/test_save
tests_unit_test_save_SOURCES = tests/unit/test_save.c $(STORE_WORLD)
tests_unit_test_save_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_save_LDADD = $(STORE_LIBS)

unit_tests += tests/unit/test_layer
tests_unit_test_layer_SOURCES = tests/unit/test_layer.c $(STORE_WORLD)
tests_unit_test_layer_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_layer_LDADD = $(STORE_LIBS)

unit_tests += tests/unit/test_share
tests_unit_test_share_SOURCES = tests/unit/test_share.c $(STORE_WORLD)
tests_unit_test_share_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_share_LDADD = $(STORE_LIBS)
