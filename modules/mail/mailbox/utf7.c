/* Modified UTF-7. RFC 3501 section 5.1.3. */
#include <string.h>
#include <roost/name.h>
#include <roost/str.h>
#include <roost/utf8.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

static int sextet(char byte)
{
	const char *at = byte == '\0' ? NULL : strchr(alphabet, byte);

	return at == NULL ? -1 : (int)(at - alphabet);
}

static bool is_direct(uint32_t code)
{
	return code >= 0x20 && code <= 0x7e;
}

static int bad(struct roost_error *err)
{
	return roost_fail(err, ROOST_ERR_INVALID,
			  "Mailbox name is not valid modified UTF-7");
}

/* One UTF-16 unit of a shifted run. high: first half of a pair that waits for its second. */
static int add_unit(struct roost_str *out, uint32_t unit, uint32_t *high)
{
	char bytes[4];
	uint32_t code = unit;

	if (*high != 0) {
		if (unit < 0xdc00 || unit > 0xdfff)
			return -1;
		code = 0x10000 + ((*high - 0xd800) << 10) + (unit - 0xdc00);
		*high = 0;
	} else if (unit >= 0xd800 && unit <= 0xdbff) {
		*high = unit;
		return 0;
	}
	/* What can be written directly must be; a NUL can be written not at all. */
	if (is_direct(code) || code == 0)
		return -1;
	size_t len = roost_utf8_encode(code, bytes);

	if (len == 0)
		return -1;
	roost_str_append(out, bytes, len);
	return 0;
}

/* What stands between '&' and '-'; returns where it ends (at the '-'), NULL when it is wrong. */
static const char *decode_run(struct roost_str *out, const char *wire)
{
	uint32_t bits = 0, high = 0;
	unsigned have = 0;
	int value;

	for (; (value = sextet(*wire)) >= 0; wire++) {
		bits = bits << 6 | (uint32_t)value;
		have += 6;
		if (have < 16)
			continue;
		have -= 16;
		if (add_unit(out, bits >> have & 0xffff, &high) < 0)
			return NULL;
		bits &= (1u << have) - 1;
	}
	/* Less than a sextet may be left over, and it is zero. */
	return *wire == '-' && high == 0 && have < 6 && bits == 0 ? wire : NULL;
}

static int decode(struct roost_str *out, const char *wire)
{
	for (; *wire != '\0'; wire++) {
		if (!is_direct((unsigned char)*wire))
			return -1;
		if (*wire != '&') {
			roost_str_byte(out, *wire);
		} else if (wire[1] == '-') {
			roost_str_byte(out, '&');
			wire++;
		} else {
			wire = decode_run(out, wire + 1);
			if (wire == NULL)
				return -1;
			/* Two runs in a row could have been one. */
			if (wire[1] == '&' && wire[2] != '-')
				return -1;
		}
	}
	return 0;
}

int roost_name_from_utf7(struct roost_arena *arena, const char *wire, const char **name,
			 struct roost_error *err)
{
	struct roost_str out = ROOST_STR_INIT;
	int result = decode(&out, wire);

	if (result == 0)
		*name = roost_arena_strndup(arena, roost_str_text(&out), out.len);
	roost_str_free(&out);
	return result < 0 ? bad(err) : 0;
}

struct encoder {
	struct roost_str out;
	uint32_t bits;
	unsigned have;
};

static void put_unit(struct encoder *to, uint32_t unit)
{
	to->bits = to->bits << 16 | unit;
	to->have += 16;
	while (to->have >= 6) {
		to->have -= 6;
		roost_str_byte(&to->out, alphabet[to->bits >> to->have & 63]);
		to->bits &= (1u << to->have) - 1;
	}
}

static const char *encode_run(struct encoder *to, const char *name)
{
	uint32_t code;
	size_t len;

	to->bits = to->have = 0;
	roost_str_byte(&to->out, '&');
	while ((len = roost_utf8_decode(name, strlen(name), &code)) > 0 && !is_direct(code)) {
		if (code >= 0x10000) {
			put_unit(to, 0xd800 + ((code - 0x10000) >> 10));
			put_unit(to, 0xdc00 + ((code - 0x10000) & 0x3ff));
		} else {
			put_unit(to, code);
		}
		name += len;
	}
	if (to->have > 0)
		roost_str_byte(&to->out, alphabet[to->bits << (6 - to->have) & 63]);
	roost_str_byte(&to->out, '-');
	return name;
}

static bool is_plain(const char *name)
{
	for (; *name != '\0'; name++) {
		if (!is_direct((unsigned char)*name) || *name == '&')
			return false;
	}
	return true;
}

const char *roost_name_to_utf7(struct roost_arena *arena, const char *name)
{
	struct encoder to = { .out = ROOST_STR_INIT };
	const char *text;

	if (is_plain(name))
		return name;
	while (*name != '\0') {
		uint32_t code;

		if (is_direct((unsigned char)*name)) {
			roost_str_byte(&to.out, *name);
			if (*name++ == '&')
				roost_str_byte(&to.out, '-');
		} else if (roost_utf8_decode(name, strlen(name), &code) > 0) {
			name = encode_run(&to, name);
		} else {
			break;		/* not UTF-8: against the contract, but no reason to hang */
		}
	}
	text = roost_arena_strndup(arena, roost_str_text(&to.out), to.out.len);
	roost_str_free(&to.out);
	return text;
}
