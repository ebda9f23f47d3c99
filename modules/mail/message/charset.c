/* Charsets to UTF-8 and back, by iconv; converters stay open. */
#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>
#include <roost/charset.h>
#include <roost/utf8.h>
#include "filter.h"

enum { NAME_MAX_LENGTH = 40, CACHE_SIZE = 16 };

#define REPLACEMENT "\xef\xbf\xbd"	/* U+FFFD */

struct converter {
	char name[NAME_MAX_LENGTH + 1];	/* lower case, as mail spells it */
	iconv_t handle;			/* (iconv_t)-1: unknown, or no conversion is needed */
	bool utf8;			/* or ASCII */
	bool known;
	bool ascii;			/* bytes below 128 mean ASCII, always */
	uint64_t used;
};

static struct converter cache[CACHE_SIZE];
static uint64_t clock_of_use;

/* Names that mail uses and iconv does not know, or where a superset reads more of what is sent. */
static const char *const aliases[][2] = {
	{ "gb2312", "GB18030" }, { "gbk", "GB18030" }, { "x-gbk", "GB18030" },
	{ "ks_c_5601-1987", "CP949" }, { "ks_c_5601", "CP949" }, { "euc-kr", "CP949" },
	{ "shift_jis", "CP932" }, { "shift-jis", "CP932" }, { "x-sjis", "CP932" },
	{ "iso-8859-8-i", "ISO-8859-8" }, { "iso-8859-8-e", "ISO-8859-8" },
	{ "x-mac-roman", "MACINTOSH" }, { "x-mac-cyrillic", "MAC-CYRILLIC" },
	{ "unicode-1-1-utf-7", "UTF-7" }, { "x-unicode-2-0-utf-7", "UTF-7" },
	{ "unicode-1-1-utf-8", "UTF-8" }, { "x-euc-jp", "EUC-JP" }, { "x-big5", "BIG5" },
};
static const char *const utf8_names[] = {
	"utf-8", "utf8", "us-ascii", "ascii", "ansi_x3.4-1968", "unicode-1-1-utf-8", "646",
};
static const char *const ascii_prefixes[] = {
	"iso-8859-", "iso8859-", "windows-125", "cp125", "koi8-", "gb", "x-gbk", "big5", "euc-",
	"ks_c_", "latin",
};

/* False: nothing that a charset's name may hold (iconv takes options after slashes). */
static bool normalise(struct roost_text name, char out[NAME_MAX_LENGTH + 1])
{
	name = roost_text_trim(name);
	if (name.len > 1 && (*name.data == '"' || *name.data == '\'')) {
		name.data++;		/* charset=3D"x" and kin leave quotes behind */
		name.len -= 2;
	}
	if (name.len == 0 || name.len > NAME_MAX_LENGTH)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = (unsigned char)name.data[i];

		if (c >= 'A' && c <= 'Z')
			c |= 0x20;
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		      memchr("-_.:+", c, 5) != NULL))	/* strchr would find NUL */
			return false;
		out[i] = (char)c;
	}
	out[name.len] = '\0';
	return true;
}

static bool in_list(const char *name, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(list[i], name) == 0)
			return true;
	}
	return false;
}

static const char *iconv_name(const char *name)
{
	for (size_t i = 0; i < ROOST_COUNT(aliases); i++) {
		if (strcmp(aliases[i][0], name) == 0)
			return aliases[i][1];
	}
	return name;
}

static void converter_open(struct converter *converter, const char *name)
{
	memset(converter, 0, sizeof(*converter));
	strcpy(converter->name, name);
	converter->handle = (iconv_t)-1;
	converter->utf8 = in_list(name, utf8_names, ROOST_COUNT(utf8_names));
	converter->known = true;
	if (converter->utf8)
		return;
	converter->handle = iconv_open("UTF-8", iconv_name(name));
	converter->known = converter->handle != (iconv_t)-1;
	for (size_t i = 0; i < ROOST_COUNT(ascii_prefixes); i++) {
		if (strncmp(ascii_prefixes[i], name, strlen(ascii_prefixes[i])) == 0)
			converter->ascii = true;
	}
}

/* The cached converter, ready to start; the least recently used makes room. NULL: no valid name. */
static struct converter *converter_find(struct roost_text charset)
{
	char name[NAME_MAX_LENGTH + 1];
	struct converter *oldest = &cache[0];

	if (charset.data == NULL)
		strcpy(name, "utf-8");
	else if (!normalise(charset, name))
		return NULL;
	for (size_t i = 0; i < CACHE_SIZE; i++) {
		if (cache[i].used > 0 && strcmp(cache[i].name, name) == 0) {
			oldest = &cache[i];
			goto found;
		}
		if (cache[i].used < oldest->used)
			oldest = &cache[i];
	}
	if (oldest->used > 0 && oldest->handle != (iconv_t)-1)
		iconv_close(oldest->handle);
	converter_open(oldest, name);
found:
	oldest->used = ++clock_of_use;
	if (oldest->handle != (iconv_t)-1)
		iconv(oldest->handle, NULL, NULL, NULL, NULL);
	return oldest->known ? oldest : NULL;
}

bool roost_charset_known(struct roost_text name)
{
	return name.data != NULL && converter_find(name) != NULL;
}

static bool all_ascii(const char *text, size_t len)
{
	unsigned char high = 0;

	for (size_t i = 0; i < len; i++)
		high |= (unsigned char)text[i];
	return high < 0x80;
}

/*
 * Convert what can be, replacing what is invalid. Returns the bytes used; those left are an
 * incomplete character.
 */
static size_t convert(iconv_t handle, struct roost_str *out, const char *data, size_t len)
{
	char *from = (char *)(uintptr_t)data;
	size_t left = len;

	while (left > 0) {
		size_t room = left * 2 + 16, before = room;
		char *to = roost_str_reserve(out, room);
		size_t result = iconv(handle, &from, &left, &to, &room);

		out->len += before - room;
		out->data[out->len] = '\0';
		if (result != (size_t)-1 || errno == E2BIG)
			continue;
		if (errno == EINVAL)
			break;
		roost_str_puts(out, REPLACEMENT);
		from++;
		left--;
	}
	return len - left;
}

static void shift_back(iconv_t handle, struct roost_str *out)
{
	size_t room = 16;
	char *to = roost_str_reserve(out, room);

	iconv(handle, NULL, NULL, &to, &room);
	out->len += 16 - room;
	out->data[out->len] = '\0';
}

static void unknown_to_utf8(struct roost_str *out, const char *text, size_t len)
{
	if (roost_utf8_valid(text, len)) {
		roost_str_append(out, text, len);
		return;
	}
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] < 0x80)
			roost_str_byte(out, text[i]);
		else
			roost_str_puts(out, REPLACEMENT);
	}
}

bool roost_charset_to_utf8(struct roost_str *out, struct roost_text charset, const void *data,
			   size_t len)
{
	struct converter *converter = converter_find(charset);

	if (converter == NULL) {
		unknown_to_utf8(out, data, len);
		return false;
	}
	if (converter->utf8) {
		roost_text_clean(out, data, len);
	} else if (converter->ascii && all_ascii(data, len)) {
		roost_str_append(out, data, len);
	} else {
		if (convert(converter->handle, out, data, len) < len)
			roost_str_puts(out, REPLACEMENT);
		shift_back(converter->handle, out);
	}
	return true;
}

int roost_charset_from_utf8(struct roost_str *out, struct roost_text charset, const char *text,
			    size_t len, struct roost_error *err)
{
	char name[NAME_MAX_LENGTH + 1];
	size_t start = out->len, left = len;
	char *from = (char *)(uintptr_t)text;
	iconv_t handle;

	if (!normalise(charset, name) ||
	    (handle = iconv_open(iconv_name(name), "UTF-8")) == (iconv_t)-1)
		return roost_fail(err, ROOST_ERR_INVALID, "Unknown charset");
	while (left > 0) {
		size_t room = left * 2 + 16, before = room;
		char *to = roost_str_reserve(out, room);
		size_t result = iconv(handle, &from, &left, &to, &room);

		out->len += before - room;
		if (result == (size_t)-1 && errno != E2BIG)
			break;
	}
	shift_back(handle, out);
	iconv_close(handle);
	if (left > 0) {
		roost_str_truncate(out, start);
		return roost_fail(err, ROOST_ERR_INVALID, "Text cannot be written in this charset");
	}
	return 0;
}

/* --- as a stream --- */

enum { HELD_BYTES = 16 };

struct charset_state {
	iconv_t handle;
	char held[HELD_BYTES];		/* the start of a character */
	size_t held_len;
};

/* A character that two pieces share: complete it with bytes of the new one. Returns how many. */
static size_t join_held(struct charset_state *state, struct roost_str *out, const char *data,
			size_t len)
{
	size_t old = state->held_len, take = HELD_BYTES - old, used;

	if (take > len)
		take = len;
	memcpy(state->held + old, data, take);
	used = convert(state->handle, out, state->held, old + take);
	if (used >= old) {
		state->held_len = 0;
		return used - old;
	}
	state->held_len = old + take - used;
	memmove(state->held, state->held + used, state->held_len);
	if (state->held_len == HELD_BYTES) {	/* longer than any character is */
		roost_str_puts(out, REPLACEMENT);
		state->held_len = 0;
	}
	return take;
}

static void charset_piece(void *context, struct roost_str *out, const void *data, size_t len)
{
	struct charset_state *state = context;
	const char *bytes = data;
	size_t used = 0;

	while (state->held_len > 0 && used < len)
		used += join_held(state, out, bytes + used, len - used);
	if (used == len)
		return;
	used += convert(state->handle, out, bytes + used, len - used);
	if (len - used > HELD_BYTES / 2) {
		roost_str_puts(out, REPLACEMENT);
		return;
	}
	memcpy(state->held, bytes + used, len - used);
	state->held_len = len - used;
}

static void charset_finish(void *context, struct roost_str *out)
{
	struct charset_state *state = context;

	if (state->held_len > 0)
		roost_str_puts(out, REPLACEMENT);
	state->held_len = 0;
	shift_back(state->handle, out);
}

static void charset_restart(void *context)
{
	struct charset_state *state = context;

	iconv(state->handle, NULL, NULL, NULL, NULL);
	state->held_len = 0;
}

static void charset_close(void *context)
{
	struct charset_state *state = context;

	iconv_close(state->handle);
}

static const struct filter_ops charset_filter = {
	.state_size = sizeof(struct charset_state), .piece = charset_piece,
	.finish = charset_finish, .restart = charset_restart, .close = charset_close,
};

struct roost_input *roost_charset_input(struct roost_input *parent, struct roost_text charset)
{
	struct converter *converter = converter_find(charset);
	struct roost_input *input;
	iconv_t handle;
	void *state;

	if (converter == NULL)
		return NULL;
	handle = iconv_open("UTF-8", converter->utf8 ? "UTF-8" : iconv_name(converter->name));
	if (handle == (iconv_t)-1)
		return NULL;
	input = filter_create(parent, &charset_filter, &state);
	((struct charset_state *)state)->handle = handle;
	return input;
}

void roost_charset_preload(void)
{
	/* Each is a file of its own that a confined process can no longer open. */
	static const char *const names[] = {
		"iso-8859-1", "iso-8859-2", "iso-8859-15", "windows-1252", "windows-1251",
		"koi8-r", "gb2312", "big5", "euc-kr", "shift_jis", "iso-2022-jp", "utf-7",
		"utf-16",
	};

	for (size_t i = 0; i < ROOST_COUNT(names); i++)
		converter_find((struct roost_text){ names[i], strlen(names[i]) });
}
