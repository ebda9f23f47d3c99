/*
 * The judged configuration as one sealed memfd per role: a flat, sorted table that every process
 * reads in place. Depends on core/base alone, so that the master can read its own. Ours; DESIGN 7.
 *
 * A name is the setting's path: "mail_location", "plugin/quota_rule", "service/imap/process_limit",
 * "service/imap/unix_listener/login/imap/mode", "passdb/1/driver", "namespace/inbox/mailbox/Sent
 * Messages/auto". All settings of the role stand in it, with their defaults where nothing was
 * written; values that depend on the connection stand once per filter, most specific first.
 */
#ifndef CORE_CONF_SNAPSHOT_H
#define CORE_CONF_SNAPSHOT_H

#include <netinet/in.h>
#include <roost/error.h>

/* Who gets which secrets (DESIGN section 2: "secrets only where the role needs them"). */
enum conf_role {
	CONF_ROLE_MASTER = 0,	/* none */
	CONF_ROLE_FRONT = 1,	/* login processes and lmtp: TLS keys */
	CONF_ROLE_AUTH = 2,	/* auth, auth-worker: passdb and userdb arguments, external files */
	CONF_ROLE_MAIL = 3,	/* imap, pop3, managesieve, lmtp delivery, doveadm: client passwords */
	CONF_ROLE_DICT = 4,	/* dict: external files */
	CONF_ROLE_PLAIN = 5,	/* anvil, log, stats, holder, scripts: none */
	CONF_ROLE_COUNT = 6,
};
const char *conf_role_name(enum conf_role role);

/* An address or network of either family; bits 0 with family 0: any. */
struct conf_net {
	uint16_t family;		/* AF_INET, AF_INET6, 0 */
	uint16_t bits;
	uint8_t address[16];		/* network byte order */
};
/* "10.0.0.0/8", "2001:db8::1"; IPv4-mapped addresses become IPv4. -1: not an address. */
int conf_net_parse(const char *text, struct conf_net *net);
bool conf_net_contains(const struct conf_net *net, const struct conf_net *address);

/* Under which circumstances a value holds: all that is set must match. */
struct conf_filter {
	const char *protocol;		/* NULL: any */
	bool protocol_not;		/* "protocol !imap" */
	const char *local_name;		/* globs of TLS server names, separated by blanks */
	struct conf_net local, remote;
};

/* What is known about a connection. Members may be missing. */
struct conf_facts {
	const char *protocol, *local_name;
	struct conf_net local, remote;
};
bool conf_filter_matches(const struct conf_filter *filter, const struct conf_facts *facts);

/* What kind of value an entry holds. */
#define CONF_ENTRY_TYPE 0xffu		/* enum roost_setting_type */
#define CONF_ENTRY_DEFAULT 0x100u	/* nobody wrote it */
#define CONF_ENTRY_EXPANDED 0x200u	/* %-variables are replaced when it is used */
#define CONF_ENTRY_SECRET 0x400u

struct conf_entry {
	const char *name, *value;
	const struct conf_filter *filter;	/* NULL: always */
	uint32_t flags;
	const char *file;			/* "" for defaults and -o */
	uint32_t line;
};

/* A block that was written or is built in: {"service", "imap"}, {"passdb", "1"}, in their order. */
struct conf_block {
	const char *path;		/* "service", "service/imap/unix_listener", "namespace" */
	const char *name;		/* "imap", "login/imap", "inbox"; "1", "2" ... for unnamed ones */
	const char *file;
	uint32_t line;
};

struct conf_snapshot;

/* fd is only read; the snapshot keeps no hold of it. Everything in it is checked: it is foreign. */
int conf_snapshot_open(int fd, struct conf_snapshot **snapshot, struct roost_error *err);
void conf_snapshot_free(struct conf_snapshot *snapshot);
enum conf_role conf_snapshot_role(const struct conf_snapshot *snapshot);

/* The entry that holds under facts (NULL: only what holds always); NULL: unknown. Borrowed. */
const struct conf_entry *conf_snapshot_find(const struct conf_snapshot *snapshot, const char *name,
					    const struct conf_facts *facts);
/* Its value; NULL when unknown. */
const char *conf_snapshot_get(const struct conf_snapshot *snapshot, const char *name,
			      const struct conf_facts *facts);
/* All entries, sorted by name, most specific filter first. Borrowed. */
const struct conf_entry *conf_snapshot_entries(const struct conf_snapshot *snapshot, size_t *count);
/* Index of the first entry whose name is not below name. */
size_t conf_snapshot_lower_bound(const struct conf_snapshot *snapshot, const char *name);
/* The blocks of one path in their order. Borrowed. */
const struct conf_block *conf_snapshot_blocks(const struct conf_snapshot *snapshot,
					      const char *path, size_t *count);

/* Typed reading for those who link only core/base; the values were judged, 0 or "" when unknown. */
const char *conf_snapshot_string(const struct conf_snapshot *snapshot, const char *name);
bool conf_snapshot_bool(const struct conf_snapshot *snapshot, const char *name);
uint64_t conf_snapshot_number(const struct conf_snapshot *snapshot, const char *name); /* by type */

/*
 * What the configuration children add for the master and for templates, by service name:
 *	"@role/SERVICE"		number: enum conf_role
 *	"@modules/SERVICE"	modules to load in their order, one line each:
 *				name TAB file TAB where it was named
 * and for auth and dict, which are not root:
 *	"@file/PATH"		content of a file that a passdb, userdb or dict names (R-CFG-16)
 */
#define CONF_DERIVED_ROLE "@role/"
#define CONF_DERIVED_MODULES "@modules/"
#define CONF_DERIVED_FILE "@file/"

/* Making one. Strings are copied. */
struct conf_builder;
struct conf_builder *conf_builder_create(enum conf_role role);
void conf_builder_free(struct conf_builder *builder);
/* The number to give to conf_builder_set; 0 is "always". Earlier ones win over later ones. */
uint32_t conf_builder_filter(struct conf_builder *builder, const struct conf_filter *filter);
void conf_builder_set(struct conf_builder *builder, const char *name, const char *value,
		      uint32_t flags, uint32_t filter, const char *file, uint32_t line);
void conf_builder_block(struct conf_builder *builder, const char *path, const char *name,
			const char *file, uint32_t line);
/* A sealed memfd, owned by the caller. */
int conf_builder_seal(struct conf_builder *builder, int *fd, struct roost_error *err);

#endif
