/* Opening filter blocks: protocol, local, remote, local_name, in that order of nesting. R-CFG-8. */
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include "core/conf/judge.h"

/* The order in which they may stand within each other. */
static const char *const words[] = { "local", "local_name", "remote", "protocol" };

static int word_index(const char *word)
{
	for (size_t i = 0; i < ROOST_COUNT(words); i++) {
		if (strcmp(words[i], word) == 0)
			return (int)i;
	}
	return -1;
}

bool conf_is_filter(const char *word)
{
	return word_index(word) >= 0;
}

static bool nesting_allowed(struct conf_store *store, const struct conf_node *node,
			    uint32_t outer)
{
	const char *outside = store->contexts.items[outer].word;

	if (outer == 0)
		return true;
	if (strcmp(outside, node->key) == 0) {
		/* A narrower network, name by name. */
		if (strcmp(node->key, "protocol") != 0)
			return true;
		conf_error(store->problems, node->at,
			   "Nested protocol { protocol { .. } } block not allowed");
		return false;
	}
	if (word_index(outside) > word_index(node->key)) {
		conf_error(store->problems, node->at, "%s { %s { .. } } not allowed (use %s "
			   "{ %s { .. } } instead)", outside, node->key, node->key, outside);
		return false;
	}
	return true;
}

/* An address, a network, or a host with all its addresses. */
static size_t find_nets(struct conf_store *store, const struct conf_node *node,
			struct conf_net *nets, size_t max)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found;
	char text[64];
	size_t count = 0;
	int code;

	if (conf_net_parse(node->name, &nets[0]) == 0)
		return 1;
	if (strchr(node->name, '/') != NULL) {
		conf_error(store->problems, node->at, "Invalid network mask: %s",
			   strchr(node->name, '/') + 1);
		return 0;
	}
	code = getaddrinfo(node->name, NULL, &hints, &found);
	if (code != 0) {
		conf_error(store->problems, node->at, "%s %s: %s", node->key, node->name,
			   gai_strerror(code));
		return 0;
	}
	for (struct addrinfo *at = found; at != NULL && count < max; at = at->ai_next) {
		if (getnameinfo(at->ai_addr, at->ai_addrlen, text, sizeof(text), NULL, 0,
				NI_NUMERICHOST) == 0 && conf_net_parse(text, &nets[count]) == 0)
			count++;
	}
	freeaddrinfo(found);
	return count;
}

static void set_protocol(struct conf_filter *filter, const char *name)
{
	filter->protocol_not = name[0] == '!';
	filter->protocol = name + strspn(name, "! \t");
	/* The name in 1.x */
	if (strcmp(filter->protocol, "managesieve") == 0)
		filter->protocol = "sieve";
}

size_t conf_open_filter(struct conf_store *store, const struct conf_node *node, uint32_t outer,
			uint32_t *contexts, size_t max)
{
	struct conf_context context = store->contexts.items[outer];
	struct conf_net nets[16];
	size_t count = 1;

	if (node->name == NULL || node->name[0] == '\0') {
		conf_error(store->problems, node->at, "%s needs a name", node->key);
		return 0;
	}
	if (!nesting_allowed(store, node, outer))
		return 0;
	context.parent = outer;
	context.word = node->key;
	context.name = node->name;
	context.at = node->at;
	if (strcmp(node->key, "protocol") == 0)
		set_protocol(&context.filter, node->name);
	else if (strcmp(node->key, "local_name") == 0)
		context.filter.local_name = node->name;
	else
		count = find_nets(store, node, nets, ROOST_COUNT(nets));
	if (count > max)
		count = max;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(node->key, "local") == 0)
			context.filter.local = nets[i];
		else if (strcmp(node->key, "remote") == 0)
			context.filter.remote = nets[i];
		contexts[i] = conf_store_context(store, &context);
	}
	return count;
}
