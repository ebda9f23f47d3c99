/* Which connections a value holds for: addresses and conditions. R-CFG-8. */
#include <arpa/inet.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include "core/conf/snapshot.h"

int conf_net_parse(const char *text, struct conf_net *net)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct conf_net parsed = { 0 };
	const char *slash = strchr(text, '/');
	size_t len = slash == NULL ? strlen(text) : (size_t)(slash - text);
	char host[INET6_ADDRSTRLEN], *end;
	unsigned long bits;

	if (len >= sizeof(host))
		return -1;
	memcpy(host, text, len);
	host[len] = '\0';
	if (inet_pton(AF_INET, host, parsed.address) == 1) {
		parsed.family = AF_INET;
		parsed.bits = 32;
	} else if (inet_pton(AF_INET6, host, parsed.address) == 1) {
		parsed.family = AF_INET6;
		parsed.bits = 128;
	} else {
		return -1;
	}
	if (slash != NULL) {
		bits = strtoul(slash + 1, &end, 10);
		if (slash[1] < '0' || slash[1] > '9' || *end != '\0' || bits > parsed.bits)
			return -1;
		parsed.bits = (uint16_t)bits;
	}
	if (parsed.family == AF_INET6 && parsed.bits >= 96 &&
	    memcmp(parsed.address, mapped, sizeof(mapped)) == 0) {
		memmove(parsed.address, parsed.address + 12, 4);
		memset(parsed.address + 4, 0, 12);
		parsed.family = AF_INET;
		parsed.bits = (uint16_t)(parsed.bits - 96);
	}
	*net = parsed;
	return 0;
}

bool conf_net_contains(const struct conf_net *net, const struct conf_net *address)
{
	size_t bytes = net->bits / 8;
	unsigned int rest = net->bits % 8;

	if (net->family == 0)
		return true;
	if (net->family != address->family || address->bits < net->bits)
		return false;
	if (memcmp(net->address, address->address, bytes) != 0)
		return false;
	return rest == 0 ||
		(net->address[bytes] ^ address->address[bytes]) >> (8 - rest) == 0;
}

/* One of several globs, as in a certificate: case does not matter. */
static bool name_matches(const char *globs, const char *name)
{
	char glob[256];

	while (*globs != '\0') {
		size_t len = strcspn(globs, " \t,");

		if (len > 0 && len < sizeof(glob)) {
			memcpy(glob, globs, len);
			glob[len] = '\0';
			if (fnmatch(glob, name, FNM_CASEFOLD) == 0)
				return true;
		}
		globs += len + strspn(globs + len, " \t,");
	}
	return false;
}

bool conf_filter_matches(const struct conf_filter *filter, const struct conf_facts *facts)
{
	if (filter == NULL)
		return true;
	if (facts == NULL)
		return false;
	if (filter->protocol != NULL &&
	    (facts->protocol == NULL ||
	     (strcmp(filter->protocol, facts->protocol) == 0) == filter->protocol_not))
		return false;
	if (filter->local_name != NULL &&
	    (facts->local_name == NULL || !name_matches(filter->local_name, facts->local_name)))
		return false;
	if (filter->local.family != 0 && (facts->local.family == 0 ||
					  !conf_net_contains(&filter->local, &facts->local)))
		return false;
	if (filter->remote.family != 0 && (facts->remote.family == 0 ||
					   !conf_net_contains(&filter->remote, &facts->remote)))
		return false;
	return true;
}
