/* Which boot of the machine this is: what was not synced survives a process, but not a boot. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "modules/mail/index/private.h"

static uint8_t boot_id[16];
static bool boot_known;

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void read_boot_id(void)
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	char text[64];
	ssize_t len = fd < 0 ? 0 : read(fd, text, sizeof(text));
	unsigned digits = 0;

	if (fd >= 0)
		close(fd);
	for (ssize_t i = 0; i < len && digits < 32; i++) {
		int digit = hex_digit(text[i]);

		if (digit < 0)
			continue;
		boot_id[digits / 2] = (uint8_t)(boot_id[digits / 2] << 4 | digit);
		digits++;
	}
	boot_known = true;
}

const uint8_t *index_boot_id(void)
{
	if (!boot_known)
		read_boot_id();
	return boot_id;
}

void index_set_boot_id(const uint8_t boot[16])
{
	memcpy(boot_id, boot, sizeof(boot_id));
	boot_known = true;
}
