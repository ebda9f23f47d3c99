/*
 * What the toolkit finds in messages, one JSON line for each file named on stdin. A leading mbox
 * "From " line is no part of the message. Fails where LF and CRLF forms do not agree or parts are
 * not nested.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <roost/charset.h>
#include <roost/date.h>
#include <roost/structure.h>
#include <roost/word.h>

static const char *path;
static int failures;

static void claim(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "%s: %s\n", path, what);
	failures++;
}

static bool read_file(struct roost_str *out)
{
	FILE *file = fopen(path, "rbe");
	char buffer[16384];
	size_t len;

	if (file == NULL) {
		claim(false, "cannot be opened");
		return false;
	}
	while ((len = fread(buffer, 1, sizeof(buffer), file)) > 0)
		roost_str_append(out, buffer, len);
	fclose(file);
	return true;
}

static void to_crlf(struct roost_str *out, const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (data[i] == '\n' && (i == 0 || data[i - 1] != '\r'))
			roost_str_byte(out, '\r');
		roost_str_byte(out, data[i]);
	}
}

static const struct roost_mime *parse(struct roost_arena *arena, const char *data, size_t len)
{
	struct roost_mime_parser *parser = roost_mime_begin(arena, NULL);

	roost_mime_push(parser, data, len);
	return roost_mime_end(parser);
}

static void check_nesting(const struct roost_mime *mime)
{
	for (uint32_t i = 0; i < mime->count; i++) {
		const struct roost_mime_part *part = &mime->parts[i];
		uint64_t from = 0, to = mime->size;

		if (i > 0) {
			const struct roost_mime_span *body = &mime->parts[part->parent].body;

			from = body->offset;
			to = from + body->size;
		}
		claim(part->header.offset >= from, "a part begins before its parent");
		claim(part->body.offset + part->body.size <= to, "a part ends behind its parent");
		claim(part->body.offset == part->header.offset + part->header.size,
		      "a body is not behind its header");
	}
}

static void check_crlf(const struct roost_mime *mime, const char *data, size_t len)
{
	struct roost_arena *arena = roost_arena_create("crlf");
	struct roost_str text = ROOST_STR_INIT, a = ROOST_STR_INIT, b = ROOST_STR_INIT;
	const struct roost_mime *other;

	to_crlf(&text, data, len);
	other = parse(arena, roost_str_text(&text), text.len);
	claim(other->size == other->crlf_size, "the CRLF form has bare line ends");
	claim(mime->crlf_size == other->size, "sizes of LF and CRLF form differ");
	roost_structure_body(&a, mime, true);
	roost_structure_body(&b, other, true);
	claim(a.len == b.len && memcmp(a.data, b.data, a.len) == 0,
	      "structures of LF and CRLF form differ");
	claim(mime->parts[0].envelope.len == other->parts[0].envelope.len,
	      "envelopes of LF and CRLF form differ");
	roost_str_free(&text);
	roost_str_free(&a);
	roost_str_free(&b);
	roost_arena_free(arena);
}

static void put_json(const char *text, size_t len)
{
	putchar('"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < ' ' || c == '"' || c == '\\' || c == 127)
			printf("\\u%04x", c);
		else
			putchar(c);
	}
	putchar('"');
}

static void put_clean(struct roost_text text)
{
	struct roost_str out = ROOST_STR_INIT;

	roost_text_clean(&out, text.data == NULL ? "" : text.data, text.len);
	put_json(roost_str_text(&out), out.len);
	roost_str_free(&out);
}

static void put_addresses(struct roost_arena *arena, struct roost_text value)
{
	struct roost_address_list list;
	const char *comma = "";

	roost_address_parse(arena, value, &list);
	putchar('[');
	for (size_t i = 0; i < list.count; i++) {
		struct roost_str out = ROOST_STR_INIT;

		if (list.items[i].kind != ROOST_ADDRESS_MAILBOX)
			continue;
		roost_address_write(&out, &list.items[i]);
		fputs(comma, stdout);
		put_clean((struct roost_text){ roost_str_text(&out), out.len });
		comma = ",";
		roost_str_free(&out);
	}
	putchar(']');
}

static void put_parts(const struct roost_mime *mime)
{
	for (uint32_t i = 0; i < mime->count; i++) {
		const struct roost_mime_part *part = &mime->parts[i];

		printf("%s{\"offset\":%" PRIu64 ",\"body\":%" PRIu64 ",\"size\":%" PRIu64
		       ",\"flags\":%u,\"type\":", i > 0 ? "," : "", part->header.offset,
		       part->body.offset, part->body.size, part->flags);
		put_clean(part->type);
		printf(",\"subtype\":");
		put_clean(part->subtype);
		putchar('}');
	}
}

static void put_message(struct roost_arena *arena, const struct roost_mime *mime, const char *data,
			size_t len)
{
	struct roost_str subject = ROOST_STR_INIT;
	int64_t time;
	int zone;

	printf("{\"path\":");
	put_json(path, strlen(path));
	roost_word_decode(&subject, roost_header_find(data, len, "Subject"));
	printf(",\"subject\":");
	put_json(roost_str_text(&subject), subject.len);
	roost_str_free(&subject);
	printf(",\"from\":");
	put_addresses(arena, roost_header_find(data, len, "From"));
	printf(",\"to\":");
	put_addresses(arena, roost_header_find(data, len, "To"));
	if (roost_date_parse(roost_header_find(data, len, "Date"), &time, &zone))
		printf(",\"date\":%" PRId64 ",\"zone\":%d", time / 1000000, zone);
	printf(",\"crlf_size\":%" PRIu64 ",\"parts\":[", mime->crlf_size);
	put_parts(mime);
	puts("]}");
}

static void dump(void)
{
	struct roost_arena *arena = roost_arena_create("dump");
	struct roost_str text = ROOST_STR_INIT;

	if (read_file(&text)) {
		const char *data = roost_str_text(&text), *lf;
		size_t len = text.len;
		const struct roost_mime *mime;

		if (strncmp(data, "From ", 5) == 0 && (lf = memchr(data, '\n', len)) != NULL) {
			len -= (size_t)(lf + 1 - data);
			data = lf + 1;
		}
		mime = parse(arena, data, len);
		check_nesting(mime);
		check_crlf(mime, data, len);
		put_message(arena, mime, data, len);
	}
	roost_str_free(&text);
	roost_arena_free(arena);
}

int main(void)
{
	char line[4096];

	while (fgets(line, sizeof(line), stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		path = line;
		dump();
	}
	return failures == 0 ? 0 : 1;
}
