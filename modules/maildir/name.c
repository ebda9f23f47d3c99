/* Names of message files: BASE:2,FLAGS with BASE = secs.MusecPpidQn.host,S=size,W=vsize,U=validity-uid. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "modules/maildir/maildir.h"

static const char order[] = "DFPRSTabcdefghijklmnopqrstuvwxyz";	/* bit by bit, and sorted */

size_t maildir_base_len(const char *name)
{
	return strcspn(name, ":");
}

/* Characters that would end the base name or a field are written as \ooo, as cr.yp.to/proto/maildir.html has it. */
static void host_name(char *out, size_t size)
{
	char host[256] = "";
	size_t at = 0;

	gethostname(host, sizeof(host) - 1);
	for (const char *c = host; *c != '\0' && at + 5 < size; c++) {
		if (strchr("/:,", *c) != NULL)
			at += (size_t)snprintf(out + at, size - at, "\\%03o", (unsigned char)*c);
		else
			out[at++] = *c;
	}
	out[at] = '\0';
	if (at == 0)
		snprintf(out, size, "localhost");
}

void maildir_unique(char *base, size_t size)
{
	static char host[64];
	static atomic_uint counter;
	struct timespec now;

	if (host[0] == '\0')
		host_name(host, sizeof(host));
	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(base, size, "%lld.M%06ldP%ldQ%u.%s", (long long)now.tv_sec, now.tv_nsec / 1000,
		 (long)getpid(), ++counter, host);
}

/* Decimal digits at *at; false when there are none or too many. */
static bool number(const char **at, uint64_t max, uint64_t *value)
{
	const char *start = *at;

	*value = 0;
	while (**at >= '0' && **at <= '9') {
		uint64_t digit = (uint64_t)(**at - '0');

		if (*value > (max - digit) / 10)
			return false;
		*value = *value * 10 + digit;
		(*at)++;
	}
	return *at > start;
}

static void uid_field(const char *at, const char *end, struct maildir_fields *fields)
{
	uint64_t uidvalidity, uid;

	if (number(&at, UINT32_MAX, &uidvalidity) && *at++ == '-' && number(&at, UINT32_MAX, &uid) &&
	    at == end && uidvalidity > 0 && uid > 0) {
		fields->uidvalidity = (uint32_t)uidvalidity;
		fields->uid = (uint32_t)uid;
	}
}

struct maildir_fields maildir_fields(const char *base, size_t len)
{
	struct maildir_fields fields = { 0 };
	const char *end = base + len, *at = memchr(base, ',', len), *next, *digits;
	uint64_t value;

	for (; at != NULL; at = next == end ? NULL : next) {
		next = memchr(at + 1, ',', (size_t)(end - at - 1));
		if (next == NULL)
			next = end;
		if (next - at < 4 || at[2] != '=')
			continue;
		digits = at + 3;
		if (at[1] == 'U')
			uid_field(digits, next, &fields);
		if ((at[1] != 'S' && at[1] != 'W') || !number(&digits, INT64_MAX, &value) || digits != next)
			continue;
		if (at[1] == 'S') {
			fields.size = value;
			fields.has_size = true;
		} else {
			fields.vsize = value;
			fields.has_vsize = true;
		}
	}
	return fields;
}

/* info: from the colon on, or "" when there is none. */
bool maildir_info_parse(const char *info, uint32_t *bits)
{
	bool plain = true;
	int last = -1;

	*bits = 0;
	if (strncmp(info, ":2,", 3) != 0)
		return false;
	for (info += 3; *info != '\0' && *info != ','; info++) {
		const char *known = strchr(order, *info);

		if (known == NULL || known - order <= last)
			plain = false;
		if (known != NULL) {
			*bits |= 1u << (known - order);
			last = (int)(known - order);
		}
	}
	return plain && *info == '\0';
}

static int by_character(const void *left, const void *right)
{
	return *(const unsigned char *)left - *(const unsigned char *)right;
}

/* The flags of old that we know nothing of stay where they are in the order, and so does its tail. */
static void keep_rest(char *letters, size_t count, const char *old, char *path)
{
	const char *tail;

	if (strncmp(old, ":2,", 3) != 0)
		return;
	tail = strchrnul(old + 3, ',');
	for (const char *at = old + 3; at < tail && count < NAME_MAX; at++) {
		if (strchr(order, *at) == NULL)
			letters[count++] = *at;
	}
	letters[count] = '\0';
	qsort(letters, count, 1, by_character);
	strncat(path, letters, MAILDIR_PATH_MAX - 1 - strlen(path));
	strncat(path, tail, MAILDIR_PATH_MAX - 1 - strlen(path));
}

void maildir_path(char path[MAILDIR_PATH_MAX], const char *base, uint32_t bits, const char *old)
{
	char letters[NAME_MAX + 1];
	size_t count = 0;

	for (size_t i = 0; i < sizeof(order) - 1; i++) {
		if ((bits & (1u << i)) != 0)
			letters[count++] = order[i];
	}
	letters[count] = '\0';
	if (old == NULL || strncmp(old, ":2,", 3) != 0) {
		snprintf(path, MAILDIR_PATH_MAX, "cur/%s:2,%s", base, letters);
		return;
	}
	snprintf(path, MAILDIR_PATH_MAX, "cur/%s:2,", base);
	keep_rest(letters, count, old, path);
}

static const struct { uint32_t bit, flag; } meanings[] = {
	{ MAILDIR_D, ROOST_FLAG_DRAFT }, { MAILDIR_F, ROOST_FLAG_FLAGGED },
	{ MAILDIR_R, ROOST_FLAG_ANSWERED }, { MAILDIR_S, ROOST_FLAG_SEEN },
	{ MAILDIR_T, ROOST_FLAG_DELETED },
};

uint32_t maildir_bits(uint32_t flags)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < ROOST_COUNT(meanings); i++) {
		if ((flags & meanings[i].flag) != 0)
			bits |= meanings[i].bit;
	}
	return bits;
}

uint32_t maildir_flags(uint32_t bits)
{
	uint32_t flags = 0;

	for (size_t i = 0; i < ROOST_COUNT(meanings); i++) {
		if ((bits & meanings[i].bit) != 0)
			flags |= meanings[i].flag;
	}
	return flags;
}
