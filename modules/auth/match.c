/* Who and where: user name globs, networks. R-PDB-5, R-PDB-7. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <roost/mask.h>
#include "modules/auth/auth.h"

bool auth_filter_matches(const char *const *filter, const char *user)
{
	bool positive = false, matched = false;

	for (; *filter != NULL; filter++) {
		if ((*filter)[0] == '!') {
			if (roost_mask_matches(*filter + 1, user))
				return false;
			continue;
		}
		positive = true;
		matched = matched || roost_mask_matches(*filter, user);
	}
	return matched || !positive;
}

/* Family and bytes of an address; IPv4 in IPv6 becomes IPv4. Bytes, or 0. */
static size_t parse_address(const char *text, unsigned char address[16])
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (inet_pton(AF_INET, text, address) == 1)
		return 4;
	if (inet_pton(AF_INET6, text, address) != 1)
		return 0;
	if (memcmp(address, mapped, sizeof(mapped)) != 0)
		return 16;
	memmove(address, address + 12, 4);
	return 4;
}

static bool in_net(char *net, const unsigned char *address, size_t len)
{
	char *slash = strchr(net, '/');
	unsigned char base[16];
	size_t bits, whole;

	if (slash != NULL)
		*slash = '\0';
	if (parse_address(net, base) != len)
		return false;
	bits = slash == NULL ? 8 * len : strtoul(slash + 1, NULL, 10);
	if (bits > 8 * len)
		return false;
	whole = bits / 8;
	if (memcmp(base, address, whole) != 0)
		return false;
	return bits % 8 == 0 || (base[whole] ^ address[whole]) >> (8 - bits % 8) == 0;
}

bool auth_nets_contain(const char *nets, const char *rip)
{
	unsigned char address[16];
	size_t len = parse_address(rip, address);
	bool found = false;

	for (nets += strspn(nets, ", "); *nets != '\0' && !found; nets += strspn(nets, ", ")) {
		size_t word = strcspn(nets, ", ");
		char net[64] = "";

		if (word < sizeof(net))
			memcpy(net, nets, word);
		nets += word;
		if (strcmp(net, "local") == 0)
			found = *rip == '\0';
		else if (len > 0)
			found = in_net(net, address, len);
	}
	return found;
}
