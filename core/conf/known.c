/* The blocks with their keys; plugins of other servers; looking things up. R-SVC-1, R-NS-1, R-PDB-1. */
#include <string.h>
#include <roost/arena.h>
#include "core/conf/known.h"

#define BOOL ROOST_SET_BOOL
#define UINT ROOST_SET_UINT
#define OCTAL ROOST_SET_OCTAL
#define SIZE ROOST_SET_SIZE
#define TIME ROOST_SET_TIME
#define STRING ROOST_SET_STRING
#define LIST ROOST_SET_LIST
#define ENUM ROOST_SET_ENUM
#define X ROOST_SET_EXPANDED
#define H ROOST_SET_HIDDEN

#define RESULTS(first) first "|return-ok|return|return-fail|continue|continue-ok|continue-fail"

static const struct roost_setting service_fields[] = {
	{ "protocol", STRING, 0, "", "Started only when protocols names it." },
	{ "type", ENUM, 0, "|startup|login|log|config|anvil|worker", "What kind of service it is." },
	{ "executable", STRING, 0, "", "Program and arguments; \"script PATH\" runs an external one." },
	{ "user", STRING, 0, "", "Whom its processes run as." },
	{ "group", STRING, 0, "", "Their group, when it is not the user's." },
	{ "privileged_group", STRING, 0, "", "A group that is taken on only where it is needed." },
	{ "extra_groups", STRING, 0, "", "Further groups." },
	{ "chroot", STRING, 0, "", "Root directory of its processes, below base_dir." },
	{ "drop_priv_before_exec", BOOL, 0, "no", "Without effect: privileges are always dropped first." },
	{ "process_min_avail", UINT, 0, "0", "Processes that are kept waiting." },
	{ "process_limit", UINT, 0, "0", "Most processes; 0: default_process_limit." },
	{ "client_limit", UINT, 0, "0", "Most clients of a process; 0: default_client_limit." },
	{ "service_count", UINT, 0, "0", "Clients that a process serves before it ends; 0: no limit." },
	{ "idle_kill", TIME, 0, "0", "Idle processes end after this; 0: default_idle_kill." },
	{ "vsz_limit", SIZE, 0, "18446744073709551615 B",
	  "Memory of a process; unlimited: default_vsz_limit; 0: no limit." },
	{ 0 },
};
static const struct roost_setting file_listener_fields[] = {
	{ "path", STRING | H, 0, "", "The socket's path, when it is not the name." },
	{ "mode", OCTAL, 0, "0600", "Its mode; 0: no socket." },
	{ "user", STRING, 0, "", "Its owner." },
	{ "group", STRING, 0, "", "Its group." },
	{ 0 },
};
static const struct roost_setting inet_listener_fields[] = {
	{ "address", STRING, 0, "", "Addresses; empty: those of listen." },
	{ "port", UINT | CONF_SET_PORT, 0, "0", "Port; 0: no socket." },
	{ "ssl", BOOL, 0, "no", "TLS from the first byte." },
	{ "reuse_port", BOOL, 0, "no", "Let the kernel spread connections over processes." },
	{ "haproxy", BOOL, 0, "no", "Connections begin with a PROXY protocol header." },
	{ 0 },
};
static const struct conf_block_type service_blocks[] = {
	{ "unix_listener", CONF_BLOCK_NAMED, file_listener_fields, NULL },
	{ "fifo_listener", CONF_BLOCK_NAMED, file_listener_fields, NULL },
	{ "inet_listener", CONF_BLOCK_NUMBERED, inet_listener_fields, NULL },
	{ 0 },
};

static const struct roost_setting namespace_fields[] = {
	{ "type", ENUM, 0, "private|shared|public", "Whose mailboxes these are." },
	{ "separator", STRING, 0, "", "Hierarchy separator; empty: the storage's own." },
	{ "prefix", STRING | X, 0, "", "What names in it begin with; ends with the separator." },
	{ "location", STRING | X, 0, "", "As mail_location, which holds when it is empty." },
	{ "alias_for", STRING | H, 0, "", "Prefix of the namespace with the same mailboxes." },
	{ "inbox", BOOL, 0, "no", "INBOX is here." },
	{ "hidden", BOOL, 0, "no", "Not shown by NAMESPACE." },
	{ "list", ENUM, 0, "yes|no|children", "Whether LIST shows its mailboxes." },
	{ "subscriptions", BOOL, 0, "yes", "It keeps its own subscriptions." },
	{ "ignore_on_failure", BOOL, 0, "no", "Go on without it when it cannot be opened." },
	{ "disabled", BOOL, 0, "no", "As if it were not written." },
	{ "order", UINT, 0, "0", "Place in the list of namespaces." },
	{ 0 },
};
static const struct roost_setting mailbox_fields[] = {
	{ "auto", ENUM, 0, "no|create|subscribe", "Create it at the first use, and subscribe to it." },
	{ "special_use", STRING, 0, "", "\\Drafts, \\Sent, \\Trash ... of RFC 6154." },
	{ "driver", STRING, 0, "", "Storage driver, when it is not the namespace's." },
	{ "comment", STRING, 0, "", "What METADATA's /shared/comment says." },
	{ "autoexpunge", TIME, 0, "0", "Messages saved longer ago than this are expunged; 0: never." },
	{ "autoexpunge_max_mails", UINT, 0, "0", "The oldest beyond this number are expunged; 0: none." },
	{ 0 },
};
static const struct conf_block_type namespace_blocks[] = {
	{ "mailbox", CONF_BLOCK_NAMED, mailbox_fields, NULL },
	{ 0 },
};

static const struct roost_setting passdb_fields[] = {
	{ "name", STRING, 0, "", "For logs." },
	{ "driver", STRING, 0, "", "What answers." },
	{ "args", STRING, 0, "", "What the driver needs." },
	{ "default_fields", STRING, 0, "", "\"name=value\" words, before the driver's own." },
	{ "override_fields", STRING, 0, "", "The same, after them." },
	{ "mechanisms", STRING, 0, "", "Only for these SASL mechanisms; none: only lookups." },
	{ "username_filter", STRING, 0, "", "Only for names that these globs match; \"!\" negates." },
	{ "skip", ENUM, 0, "never|authenticated|unauthenticated", "When it is not asked." },
	{ "result_failure", ENUM, 0, RESULTS("continue"), "What follows a failure." },
	{ "result_internalfail", ENUM, 0, RESULTS("continue"), "What follows an internal failure." },
	{ "result_success", ENUM, 0, RESULTS("return-ok"), "What follows a success." },
	{ "deny", BOOL, 0, "no", "Who is found is refused." },
	{ "pass", BOOL, 0, "no", "After a success the next ones are asked." },
	{ "master", BOOL, 0, "no", "Only for master users." },
	{ "auth_verbose", ENUM, 0, "default|yes|no", "auth_verbose for this one." },
	{ 0 },
};
static const struct roost_setting userdb_fields[] = {
	{ "name", STRING, 0, "", "For logs." },
	{ "driver", STRING, 0, "", "What answers." },
	{ "args", STRING, 0, "", "What the driver needs." },
	{ "default_fields", STRING, 0, "", "\"name=value\" words, before the driver's own." },
	{ "override_fields", STRING, 0, "", "The same, after them." },
	{ "skip", ENUM, 0, "never|found|notfound", "When it is not asked." },
	{ "result_failure", ENUM, 0, RESULTS("continue"), "What follows a failure." },
	{ "result_internalfail", ENUM, 0, RESULTS("continue"), "What follows an internal failure." },
	{ "result_success", ENUM, 0, RESULTS("return-ok"), "What follows a success." },
	{ "auth_verbose", ENUM, 0, "default|yes|no", "auth_verbose for this one." },
	{ 0 },
};

static const struct roost_setting metric_fields[] = {
	{ "event_name", STRING | H, 0, "", "Name of the events that count." },
	{ "source_location", STRING | H, 0, "", "Where they come from." },
	{ "categories", STRING | H, 0, "", "Their categories." },
	{ "filter", STRING, 0, "", "Which events count." },
	{ "fields", STRING, 0, "", "Fields that are summed up." },
	{ "group_by", STRING, 0, "", "Fields by whose values it is split." },
	{ "exporter", STRING, 0, "", "Exporter that gets the events." },
	{ "exporter_include", STRING, 0, "name hostname timestamps categories fields",
	  "What it gets of each." },
	{ "description", STRING, 0, "", "For OpenMetrics." },
	{ 0 },
};
static const struct conf_block_type metric_blocks[] = {
	{ "labels", CONF_BLOCK_SINGLE, NULL, NULL },
	{ 0 },
};
static const struct roost_setting exporter_fields[] = {
	{ "format", STRING, 0, "", "json, tab-text, none." },
	{ "format_args", STRING, 0, "", "What the format needs." },
	{ "transport", STRING, 0, "", "log, http-post, file, unix, drop." },
	{ "transport_args", STRING, 0, "", "What the transport needs." },
	{ "transport_timeout", TIME, 0, "250 msecs", "How long one may take." },
	{ 0 },
};

const struct conf_block_type conf_block_types[] = {
	{ "service", CONF_BLOCK_NAMED, service_fields, service_blocks },
	{ "namespace", CONF_BLOCK_NUMBERED, namespace_fields, namespace_blocks },
	{ "passdb", CONF_BLOCK_NUMBERED, passdb_fields, NULL },
	{ "userdb", CONF_BLOCK_NUMBERED, userdb_fields, NULL },
	{ "plugin", CONF_BLOCK_SINGLE, NULL, NULL },
	{ "dict", CONF_BLOCK_SINGLE, NULL, NULL },
	{ "metric", CONF_BLOCK_NAMED, metric_fields, metric_blocks },
	{ "event_exporter", CONF_BLOCK_NAMED, exporter_fields, NULL },
	{ 0 },
};

const struct conf_block_type *conf_block_type_find(const struct conf_block_type *types,
						   const char *word)
{
	for (; types != NULL && types->word != NULL; types++) {
		if (strcmp(types->word, word) == 0)
			return types;
	}
	return NULL;
}

const char *conf_setting_fallback(struct roost_arena *arena, const struct roost_setting *setting)
{
	if (setting->fallback == NULL)
		return "";
	if ((setting->type & 0xff) != ROOST_SET_ENUM || strchr(setting->fallback, '|') == NULL)
		return setting->fallback;
	return roost_arena_strndup(arena, setting->fallback, strcspn(setting->fallback, "|"));
}

static const struct conf_plugin plugins[] = {
	{ "acl", CONF_PLUGIN_EXPOSES, NULL },
	{ "apparmor", CONF_PLUGIN_MISSING, NULL },
	{ "charset_alias", CONF_PLUGIN_MISSING, NULL },
	{ "expire", CONF_PLUGIN_MISSING, NULL },
	{ "fs_compress", CONF_PLUGIN_MISSING, NULL },
	{ "fts", CONF_PLUGIN_MISSING, NULL },
	{ "fts_flatcurve", CONF_PLUGIN_MISSING, NULL },
	{ "fts_lucene", CONF_PLUGIN_MISSING, NULL },
	{ "fts_solr", CONF_PLUGIN_MISSING, NULL },
	{ "fts_squat", CONF_PLUGIN_MISSING, NULL },
	{ "fts_xapian", CONF_PLUGIN_MISSING, NULL },
	{ "imap_acl", CONF_PLUGIN_MISSING, NULL },
	{ "imap_filter_sieve", CONF_PLUGIN_MISSING, NULL },
	{ "imap_old_stats", CONF_PLUGIN_MISSING, NULL },
	{ "imap_quota", CONF_PLUGIN_MISSING, NULL },
	{ "imap_sieve", CONF_PLUGIN_MISSING, NULL },
	{ "imap_stats", CONF_PLUGIN_MISSING, NULL },
	{ "imap_zlib", CONF_PLUGIN_MISSING, NULL },
	{ "last_login", CONF_PLUGIN_MISSING, NULL },
	{ "lazy_expunge", CONF_PLUGIN_MISSING, NULL },
	{ "listescape", CONF_PLUGIN_MISSING, NULL },
	{ "mail_compress", CONF_PLUGIN_MODULE, "zlib" },
	{ "mail_crypt", CONF_PLUGIN_EXPOSES, NULL },
	{ "mail_crypt_acl", CONF_PLUGIN_EXPOSES, NULL },
	{ "mail_log", CONF_PLUGIN_MISSING, NULL },
	{ "mail_lua", CONF_PLUGIN_MISSING, NULL },
	{ "mailbox_alias", CONF_PLUGIN_MISSING, NULL },
	{ "notify", CONF_PLUGIN_BUILT_IN, NULL },
	{ "notify_status", CONF_PLUGIN_MISSING, NULL },
	{ "old_stats", CONF_PLUGIN_MISSING, NULL },
	{ "pop3_migration", CONF_PLUGIN_MISSING, NULL },
	{ "push_notification", CONF_PLUGIN_MISSING, NULL },
	{ "push_notification_lua", CONF_PLUGIN_MISSING, NULL },
	{ "quota_clone", CONF_PLUGIN_MISSING, NULL },
	{ "replication", CONF_PLUGIN_MISSING, NULL },
	{ "snarf", CONF_PLUGIN_MISSING, NULL },
	{ "stats", CONF_PLUGIN_MISSING, NULL },
	{ "trash", CONF_PLUGIN_MISSING, NULL },
	{ "var_expand_crypt", CONF_PLUGIN_MISSING, NULL },
	{ "virtual", CONF_PLUGIN_MISSING, NULL },
	{ "welcome", CONF_PLUGIN_MISSING, NULL },
};

const struct conf_plugin *conf_plugin_find(const char *name)
{
	for (size_t i = 0; i < ROOST_COUNT(plugins); i++) {
		if (strcmp(plugins[i].name, name) == 0)
			return &plugins[i];
	}
	return NULL;
}
