/*
 * Names of older configurations, replaced in the tree right after it was read, while files that
 * they name can still be read. R-CFG-17, R-CNV-1, R-CNV-2.
 */
#include <ctype.h>
#include <string.h>
#include "core/conf/parser.h"
#include "core/conf/obsolete.h"

enum change {
	RENAMED,	/* the same under a new name */
	REPLACED,	/* under a path within a service */
	FROM_FILE,	/* the value names a file: "= <file" */
	NOT_NEEDED,	/* dropped */
	SSL_DISABLE,
	SSL_PROTOCOLS,
	PER_LOGIN,	/* of each login service */
	PER_LOGIN_SIZE,	/* the same, in MB */
	PER_WORKER,
	PER_WORKER_SIZE,
	PROCESS_PER_CONNECTION,
};

static const struct obsolete {
	const char *old, *new;
	enum change change;
} table[] = {
	{ "auth_count", NULL, NOT_NEEDED },
	{ "auth_process_size", "service/auth/vsz_limit", REPLACED },
	{ "auth_worker_max_request_count", "service/auth-worker/service_count", REPLACED },
	{ "default_mail_env", "mail_location", RENAMED },
	{ "fsync_disable", NULL, NOT_NEEDED },
	{ "login_chroot", NULL, NOT_NEEDED },
	{ "login_dir", NULL, NOT_NEEDED },
	{ "login_executable", NULL, NOT_NEEDED },
	{ "login_greeting_capability", NULL, NOT_NEEDED },
	{ "login_max_connections", "client_limit", PER_LOGIN },
	{ "login_max_processes_count", "process_limit", PER_LOGIN },
	{ "login_process_per_connection", "service_count", PROCESS_PER_CONNECTION },
	{ "login_process_size", "vsz_limit", PER_LOGIN_SIZE },
	{ "login_processes_count", "process_min_avail", PER_LOGIN },
	{ "login_user", "default_login_user", RENAMED },
	{ "mail_drop_priv_before_exec", NULL, NOT_NEEDED },
	{ "mail_executable", NULL, NOT_NEEDED },
	{ "mail_extra_groups", "mail_access_groups", RENAMED },
	{ "mail_process_size", "vsz_limit", PER_WORKER_SIZE },
	{ "master_user_separator", "auth_master_user_separator", RENAMED },
	{ "max_mail_processes", "process_limit", PER_WORKER },
	{ "maildir_copy_preserve_filename", NULL, NOT_NEEDED },
	{ "ssl_ca_file", "ssl_ca", FROM_FILE },
	{ "ssl_cert_file", "ssl_cert", FROM_FILE },
	{ "ssl_dh_parameters_length", NULL, NOT_NEEDED },
	{ "ssl_disable", "ssl", SSL_DISABLE },
	{ "ssl_key_file", "ssl_key", FROM_FILE },
	{ "ssl_parameters_file", NULL, NOT_NEEDED },
	{ "ssl_parameters_regenerate", NULL, NOT_NEEDED },
	{ "ssl_protocols", "ssl_min_protocol", SSL_PROTOCOLS },
	{ "umask", NULL, NOT_NEEDED },
};

static void note(struct conf_tree *tree, const struct conf_node *node, const char *format, ...)
	ROOST_PRINTF(3, 4);

static void note(struct conf_tree *tree, const struct conf_node *node, const char *format, ...)
{
	static const struct conf_place nowhere = { "", 0 };
	va_list args;

	if (!tree->obsolete)
		conf_warning(&tree->problems, nowhere, "NOTE: You can get a new clean config file "
			     "with: roostconf -Pn > roost-new.conf");
	tree->obsolete = true;
	va_start(args, format);
	conf_warning(&tree->problems, nowhere, "Obsolete setting in %s:%u: %s", node->at.file,
		     node->at.line, roost_arena_vprintf(tree->arena, format, args));
	va_end(args);
}

/* The first of them that the list does not forbid. */
static const char *min_protocol(const char *list)
{
	static const char *const versions[] = { "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3" };

	for (size_t i = 0; i < ROOST_COUNT(versions); i++) {
		const char *found = list;
		size_t len = strlen(versions[i]);
		bool forbidden = false, named = false;

		while ((found = strstr(found, versions[i])) != NULL) {
			bool whole = found[len] == '\0' || isspace((unsigned char)found[len]);

			forbidden |= whole && found > list && found[-1] == '!';
			named |= whole && (found == list || found[-1] != '!');
			found += len;
		}
		if (named || (!forbidden && strchr(list, '!') != NULL))
			return versions[i];
	}
	return "TLSv1.2";
}

static void set_plain(struct conf_node *node, const char *key, const char *value)
{
	node->key = key;
	node->value = node->written = value;
}

/* The setting under each of some services: the node becomes the first one, others follow it. */
static void spread(struct conf_tree *tree, struct conf_node *node, const char *const *services,
		   const char *key, const char *value)
{
	for (size_t i = 0; services[i] != NULL; i++) {
		if (i > 0) {
			struct conf_node *next = roost_arena_dup(tree->arena, node, sizeof(*node));

			node->next = next;
			node = next;
		}
		set_plain(node, roost_arena_printf(tree->arena, "service/%s/%s", services[i], key),
			  value);
	}
}

static const char *in_megabytes(struct conf_tree *tree, const char *value)
{
	size_t digits = strspn(value, "0123456789");

	return value[digits] != '\0' || digits == 0 ? value :
		roost_arena_printf(tree->arena, "%s M", value);
}

static void replace(struct conf_tree *tree, struct conf_node *node, const struct obsolete *row)
{
	static const char *const logins[] = { "imap-login", "pop3-login", "managesieve-login", NULL };
	static const char *const workers[] = { "imap", "pop3", "managesieve", NULL };
	const char *value = node->value == NULL ? "" : node->value, *key = node->key;

	switch (row->change) {
	case RENAMED:
		note(tree, node, "%s has been renamed to %s", key, row->new);
		node->key = row->new;
		break;
	case REPLACED:
		note(tree, node, "%s has been replaced by %s", key, row->new);
		node->key = row->new;
		break;
	case FROM_FILE:
		note(tree, node, "%s has been replaced by %s = <file", key, row->new);
		conf_node_from_file(tree, node, value);
		node->key = row->new;
		break;
	case NOT_NEEDED:
		note(tree, node, "%s is no longer needed", key);
		node->type = CONF_NODE_NOTHING;
		break;
	case SSL_DISABLE:
		note(tree, node, "%s has been renamed to %s", key, row->new);
		set_plain(node, row->new, strcasecmp(value, "yes") == 0 ? "no" : "yes");
		break;
	case SSL_PROTOCOLS:
		note(tree, node, "%s has been replaced by %s", key, row->new);
		set_plain(node, row->new, min_protocol(value));
		break;
	case PROCESS_PER_CONNECTION:
		note(tree, node, "%s has been replaced by service { service_count }", key);
		spread(tree, node, logins, row->new, strcasecmp(value, "no") == 0 ? "0" : "1");
		break;
	default:
		note(tree, node, "%s has been replaced by service { %s }", key, row->new);
		if (row->change == PER_LOGIN_SIZE || row->change == PER_WORKER_SIZE)
			value = in_megabytes(tree, value);
		spread(tree, node, row->change == PER_LOGIN || row->change == PER_LOGIN_SIZE ?
		       logins : workers, row->new, value);
		break;
	}
}

/* "imaps" was a protocol once; now TLS is a listener's. */
static void drop_secure_protocols(struct conf_tree *tree, struct conf_node *node)
{
	char *copy = roost_arena_strdup(tree->arena, node->value), *word;
	const char *kept = "";
	bool changed = false;

	while ((word = strsep(&copy, " \t,")) != NULL) {
		if (strcmp(word, "imaps") == 0 || strcmp(word, "pop3s") == 0) {
			note(tree, node, "'%s' protocol is no longer necessary, remove it", word);
			changed = true;
		} else if (strcmp(word, "managesieve") == 0) {
			note(tree, node, "protocol managesieve has been renamed to sieve");
			kept = roost_arena_printf(tree->arena, "%s sieve", kept);
			changed = true;
		} else if (word[0] != '\0') {
			kept = roost_arena_printf(tree->arena, "%s %s", kept, word);
		}
	}
	if (changed)
		node->value = node->written = kept + strspn(kept, " ");
}

static void replace_in(struct conf_tree *tree, struct conf_node *block)
{
	for (struct conf_node *node = block->first; node != NULL; node = node->next) {
		/* Only outside blocks, and in filters. */
		if (node->type == CONF_NODE_BLOCK && (strcmp(node->key, "protocol") == 0 ||
		    strcmp(node->key, "local") == 0 || strcmp(node->key, "remote") == 0))
			replace_in(tree, node);
		if (node->type != CONF_NODE_SETTING)
			continue;
		if (strcmp(node->key, "protocols") == 0 && node->value != NULL)
			drop_secure_protocols(tree, node);
		for (size_t i = 0; i < ROOST_COUNT(table); i++) {
			if (strcmp(node->key, table[i].old) == 0) {
				replace(tree, node, &table[i]);
				break;
			}
		}
	}
}

void conf_replace_obsolete(struct conf_tree *tree)
{
	replace_in(tree, &tree->root);
}
