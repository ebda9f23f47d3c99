/* ENVELOPE: written from a header, and read back. RFC 9051 section 7.5.2. */
#include <string.h>
#include <roost/structure.h>
#include <roost/vec.h>
#include "lex.h"

static const char *const field_names[ROOST_ENVELOPE_FIELDS] = {
	"Date", "Subject", "From", "Sender", "Reply-To", "To", "Cc", "Bcc", "In-Reply-To",
	"Message-ID",
};

static bool is_list(size_t field)
{
	return field >= ROOST_ENVELOPE_FROM && field <= ROOST_ENVELOPE_BCC;
}

/* Bytes of a quoted string: printable ASCII and TAB; all others need a literal. */
static bool fits_quotes(struct roost_text text, size_t *nuls)
{
	bool fits = true;

	*nuls = 0;
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];

		*nuls += c == '\0';
		if ((c < ' ' && c != '\t' && c != '\0') || c > '~')
			fits = false;
	}
	return fits;
}

/* Nearly every string: nothing in it to escape. */
static bool is_bare(struct roost_text text)
{
	size_t at = 0;

	while (at < text.len && lex_is(text.data[at], LEX_QUOTED))
		at++;
	return at == text.len;
}

static void put_bare(struct roost_str *out, struct roost_text text)
{
	char *to = roost_str_reserve(out, text.len + 2);

	*to++ = '"';
	to = mempcpy(to, text.data, text.len);
	*to++ = '"';
	*to = '\0';
	out->len += text.len + 2;
}

static void append_without_nuls(struct roost_str *out, struct roost_text text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] != '\0')
			roost_str_byte(out, text.data[i]);
	}
}

void roost_structure_string(struct roost_str *out, struct roost_text text)
{
	size_t nuls;

	if (text.data == NULL) {
		roost_str_append(out, "NIL", 3);
	} else if (is_bare(text)) {
		put_bare(out, text);
	} else if (!fits_quotes(text, &nuls)) {
		roost_str_byte(out, '{');
		roost_str_number(out, text.len - nuls);
		roost_str_append(out, "}\r\n", 3);
		append_without_nuls(out, text);
	} else {
		roost_str_byte(out, '"');
		for (size_t i = 0; i < text.len; i++) {
			if (text.data[i] == '"' || text.data[i] == '\\')
				roost_str_byte(out, '\\');
			if (text.data[i] != '\0')
				roost_str_byte(out, text.data[i]);
		}
		roost_str_byte(out, '"');
	}
}

static void put_string(struct roost_str *out, const char *text)
{
	roost_structure_string(out, (struct roost_text){ text, text == NULL ? 0 : strlen(text) });
}

/* An address without a domain must not look like a group (NIL). */
static const char *or_missing(const char *text, const char *missing)
{
	return text == NULL || *text == '\0' ? missing : text;
}

static void put_address(struct roost_str *out, struct roost_arena *arena,
			const struct roost_address *address)
{
	const char *name = address->name, *local = NULL, *domain = NULL;

	switch (address->kind) {
	case ROOST_ADDRESS_GROUP:
		local = name == NULL ? "" : name;
		name = NULL;
		break;
	case ROOST_ADDRESS_GROUP_END:
		break;
	case ROOST_ADDRESS_INVALID:
		if (name == NULL)
			name = roost_arena_strndup(arena, address->raw.data, address->raw.len);
		/* fall through */
	default:
		local = or_missing(address->local, "MISSING_MAILBOX");
		domain = or_missing(address->domain, "MISSING_DOMAIN");
		break;
	}
	roost_str_byte(out, '(');
	put_string(out, name);
	roost_str_byte(out, ' ');
	put_string(out, address->route);
	roost_str_byte(out, ' ');
	put_string(out, local);
	roost_str_byte(out, ' ');
	put_string(out, domain);
	roost_str_byte(out, ')');
}

/* What a walk over the header finds of one field. */
struct seen {
	struct roost_text value;	/* the first */
	bool again;
};

static void find_fields(const void *data, size_t len, struct seen seen[ROOST_ENVELOPE_FIELDS])
{
	struct roost_header header = roost_header_walk(data, len);
	struct roost_header_field field;

	memset(seen, 0, ROOST_ENVELOPE_FIELDS * sizeof(*seen));
	while (roost_header_next(&header, &field)) {
		for (size_t i = 0; field.name.len > 0 && i < ROOST_ENVELOPE_FIELDS; i++) {
			/* Most fields are told apart by their first letter. */
			if (((*field.name.data ^ *field_names[i]) & ~0x20) != 0 ||
			    !roost_text_is(field.name, field_names[i]))
				continue;
			if (seen[i].value.data == NULL)
				seen[i].value = field.value;
			else
				seen[i].again = true;
			break;
		}
	}
}

struct writer {
	struct roost_str *out;
	struct roost_arena *arena;
	const void *header;
	size_t len;
	struct seen seen[ROOST_ENVELOPE_FIELDS];
	size_t from_start, from_len;	/* of what was written for From, to be repeated */
};

static void put_list_value(struct writer *writer, struct roost_text value, size_t start)
{
	struct roost_address_list list;

	roost_address_parse(writer->arena, value, &list);
	for (size_t i = 0; i < list.count; i++) {
		if (writer->out->len == start)
			roost_str_byte(writer->out, '(');
		put_address(writer->out, writer->arena, &list.items[i]);
	}
}

/* A field that comes more than once: all of its addresses are one list. */
static void put_list(struct writer *writer, size_t field)
{
	size_t start = writer->out->len;
	const struct seen *seen = &writer->seen[field];

	if (seen->value.data != NULL && !seen->again) {
		put_list_value(writer, seen->value, start);
	} else if (seen->value.data != NULL) {
		struct roost_header header = roost_header_walk(writer->header, writer->len);
		struct roost_header_field each;

		while (roost_header_next_named(&header, field_names[field], &each))
			put_list_value(writer, each.value, start);
	}
	if (writer->out->len > start) {
		roost_str_byte(writer->out, ')');
	} else if (field == ROOST_ENVELOPE_SENDER || field == ROOST_ENVELOPE_REPLY_TO) {
		/* Absent or empty: the server repeats From (RFC 9051). */
		roost_str_reserve(writer->out, writer->from_len);
		roost_str_append(writer->out, writer->out->data + writer->from_start,
				 writer->from_len);
	} else {
		roost_str_append(writer->out, "NIL", 3);
	}
	if (field == ROOST_ENVELOPE_FROM) {
		writer->from_start = start;
		writer->from_len = writer->out->len - start;
	}
}

void roost_structure_envelope(struct roost_str *out, const void *header, size_t len)
{
	struct roost_arena *arena = roost_arena_create("envelope");
	struct writer writer = { .out = out, .arena = arena, .header = header, .len = len };

	find_fields(header, len, writer.seen);
	for (size_t i = 0; i < ROOST_ENVELOPE_FIELDS; i++) {
		roost_str_byte(out, i == 0 ? '(' : ' ');
		if (is_list(i))
			put_list(&writer, i);
		else if (writer.seen[i].value.data == NULL)
			roost_str_append(out, "NIL", 3);
		else
			roost_structure_string(out, roost_header_unfold(arena,
									writer.seen[i].value));
	}
	roost_str_byte(out, ')');
	roost_arena_free(arena);
}

/* --- reading it back --- */

struct reader {
	struct roost_arena *arena;
	const char *at, *end;
	bool bad;
};

static bool take(struct reader *reader, char byte)
{
	if (reader->bad || reader->at == reader->end || *reader->at != byte)
		return false;
	reader->at++;
	return true;
}

static void expect(struct reader *reader, char byte)
{
	if (!take(reader, byte))
		reader->bad = true;
}

static bool take_nil(struct reader *reader)
{
	if (reader->bad || reader->end - reader->at < 3 || memcmp(reader->at, "NIL", 3) != 0)
		return false;
	reader->at += 3;
	return true;
}

static struct roost_text read_escaped(struct reader *reader)
{
	char *text = roost_arena_alloc(reader->arena, (size_t)(reader->end - reader->at) + 1);
	char *to = text;

	while (reader->at < reader->end && *reader->at != '"') {
		if (*reader->at == '\\' && ++reader->at == reader->end)
			break;
		*to++ = *reader->at++;
	}
	*to = '\0';
	expect(reader, '"');
	return (struct roost_text){ text, (size_t)(to - text) };
}

/* Seldom is anything escaped. */
static struct roost_text read_quoted(struct reader *reader)
{
	const char *start = reader->at;
	const char *quote = memchr(start, '"', (size_t)(reader->end - start));
	size_t len = quote == NULL ? 0 : (size_t)(quote - start);

	if (quote == NULL || memchr(start, '\\', len) != NULL)
		return read_escaped(reader);
	reader->at = quote + 1;
	return (struct roost_text){ roost_arena_strndup(reader->arena, start, len), len };
}

static struct roost_text read_literal(struct reader *reader)
{
	struct roost_text text;
	size_t len = 0;

	while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9' &&
	       len < (size_t)(reader->end - reader->at))
		len = len * 10 + (size_t)(*reader->at++ - '0');
	expect(reader, '}');
	expect(reader, '\r');
	expect(reader, '\n');
	if (reader->bad || len > (size_t)(reader->end - reader->at)) {
		reader->bad = true;
		return (struct roost_text){ NULL, 0 };
	}
	text = (struct roost_text){ roost_arena_strndup(reader->arena, reader->at, len), len };
	reader->at += len;
	return text;
}

static struct roost_text read_string(struct reader *reader)
{
	if (take_nil(reader))
		return (struct roost_text){ NULL, 0 };
	if (take(reader, '{'))
		return read_literal(reader);
	expect(reader, '"');
	return reader->bad ? (struct roost_text){ NULL, 0 } : read_quoted(reader);
}

static struct roost_address read_one(struct reader *reader)
{
	struct roost_address address = { 0 };

	address.name = read_string(reader).data;
	expect(reader, ' ');
	address.route = read_string(reader).data;
	expect(reader, ' ');
	address.local = read_string(reader).data;
	expect(reader, ' ');
	address.domain = read_string(reader).data;
	expect(reader, ')');
	if (address.domain != NULL)
		return address;
	address.kind = address.local == NULL ? ROOST_ADDRESS_GROUP_END : ROOST_ADDRESS_GROUP;
	address.name = address.local;
	address.local = NULL;
	return address;
}

static void read_list(struct reader *reader, struct roost_address_list *list)
{
	ROOST_VEC(struct roost_address) found = { 0 };

	if (take_nil(reader))
		return;
	expect(reader, '(');
	while (take(reader, '('))
		roost_vec_push(&found, read_one(reader));
	expect(reader, ')');
	list->items = roost_arena_dup(reader->arena, found.items,
				      found.count * sizeof(*found.items));
	list->count = found.count;
	roost_vec_free(&found);
}

int roost_structure_parse_envelope(struct roost_arena *arena, const void *text, size_t len,
				   struct roost_envelope *envelope, struct roost_error *err)
{
	struct reader reader = { arena, text, (const char *)text + len, false };
	struct roost_envelope result = { 0 };

	for (size_t i = 0; i < ROOST_ENVELOPE_FIELDS; i++) {
		expect(&reader, i == 0 ? '(' : ' ');
		if (is_list(i))
			read_list(&reader, &result.lists[i]);
		else
			result.strings[i] = read_string(&reader);
	}
	expect(&reader, ')');
	if (reader.bad || reader.at != reader.end)
		return roost_fail_detail(err, ROOST_ERR_CORRUPT, "no ENVELOPE");
	*envelope = result;
	return 0;
}
