/* Address lists. RFC 5322 sections 3.4 and 4.4, and what people write instead. */
#include <string.h>
#include <roost/address.h>
#include <roost/vec.h>
#include "lex.h"

struct parser {
	struct roost_arena *arena;
	struct roost_text text;		/* what is left */
	const char *comment;		/* the last one seen: an old place for the display name */
	bool sloppy;			/* something was not by the letter */
	bool in_group;
	ROOST_VEC(struct roost_address) found;
};

struct phrase {
	struct roost_str words;		/* joined by single spaces */
	size_t count;
	size_t last;			/* where the last one after a space starts in words */
	bool last_quoted, atoms;	/* atoms: none was quoted */
	bool adjacent;			/* some word follows another without space */
};

/* Beyond spaces and comments; the text of the last comment is kept. */
static void skip(struct parser *parser)
{
	struct roost_text *text = &parser->text;

	while (text->len > 0 && (lex_is_space(*text->data) || *text->data == '\0' ||
				 *text->data == '(')) {
		struct roost_text comment = *text;

		if (*text->data != '(') {
			lex_advance(text, 1);
			continue;
		}
		lex_skip(text);
		comment.len -= text->len;
		comment = roost_text_trim(comment);
		lex_advance(&comment, 1);
		if (comment.len > 0 && comment.data[comment.len - 1] == ')')
			comment.len--;
		else
			parser->sloppy = true;
		comment = roost_text_trim(comment);
		if (comment.len > 0)
			parser->comment = lex_copy(parser->arena, comment);
	}
}

static char peek(const struct parser *parser)
{
	return parser->text.len == 0 ? '\0' : *parser->text.data;
}

static bool at_end(const struct parser *parser)
{
	return parser->text.len == 0;
}

static void phrase_add(struct phrase *phrase, const char *word, size_t len, bool quoted, bool space)
{
	if (phrase->count > 0 && space)
		roost_str_byte(&phrase->words, ' ');
	phrase->adjacent |= phrase->count > 0 && !space;
	if (phrase->count == 0 || space) {
		phrase->last = phrase->words.len;
		phrase->last_quoted = false;
	}
	phrase->last_quoted |= quoted;
	phrase->atoms = phrase->atoms && !quoted;
	phrase->count++;
	roost_str_append(&phrase->words, word, len);
}

static void read_phrase(struct parser *parser, struct phrase *phrase)
{
	const char *end = parser->text.data;

	phrase->atoms = true;
	for (;;) {
		struct roost_text *text = &parser->text;
		bool space;

		skip(parser);
		space = text->data != end;
		if (peek(parser) == '"') {
			const char *start = text->data;
			const char *word = lex_quoted(parser->arena, text);

			if (text->data[-1] != '"' || text->data - start < 2)
				parser->sloppy = true;
			phrase_add(phrase, word, strlen(word), true, space);
		} else if (!at_end(parser) && lex_is(peek(parser), LEX_WORD)) {
			struct roost_text word = { text->data, 0 };

			while (word.len < text->len && lex_is(word.data[word.len], LEX_WORD))
				word.len++;
			lex_advance(text, word.len);
			phrase_add(phrase, word.data, word.len, false, space);
		} else {
			return;
		}
		end = text->data;
	}
}

static const char *phrase_text(struct parser *parser, const struct phrase *phrase, size_t from,
			       size_t to)
{
	while (to > from && phrase->words.data[to - 1] == ' ')
		to--;
	return roost_arena_strndup(parser->arena, roost_str_text(&phrase->words) + from, to - from);
}

/* A dot-atom: no empty piece between dots. Bytes above 127 are fine (RFC 6532). */
static bool is_dot_atom(const char *text)
{
	bool piece = false;

	for (; *text != '\0'; text++) {
		if (*text == '.') {
			if (!piece)
				return false;
			piece = false;
		} else if (lex_is(*text, LEX_ATEXT)) {
			piece = true;
		} else {
			return false;
		}
	}
	return piece;
}

/* After the '@'. */
static const char *read_domain(struct parser *parser)
{
	struct roost_str domain = ROOST_STR_INIT;
	const char *result;

	skip(parser);
	if (peek(parser) == '[') {
		const char *close = memchr(parser->text.data, ']', parser->text.len);
		size_t len = close == NULL ? parser->text.len :
			(size_t)(close - parser->text.data) + 1;

		result = lex_copy(parser->arena, (struct roost_text){ parser->text.data, len });
		parser->sloppy |= close == NULL;
		lex_advance(&parser->text, len);
		return result;
	}
	for (;;) {
		struct roost_text *text = &parser->text;
		size_t len = 0;

		while (len < text->len && lex_is(text->data[len], LEX_DOMAIN))
			len++;
		roost_str_append(&domain, text->data, len);
		lex_advance(text, len);
		skip(parser);
		/* Space is allowed around dots only (section 4.4). */
		if (peek(parser) != '.' && (domain.len == 0 || domain.data[domain.len - 1] != '.'))
			break;
		if (at_end(parser) || !lex_is(peek(parser), LEX_DOMAIN))
			break;
		parser->sloppy = true;
	}
	result = lex_copy(parser->arena, (struct roost_text){ roost_str_text(&domain), domain.len });
	roost_str_free(&domain);
	if (!is_dot_atom(result))
		parser->sloppy = true;
	return result;
}

static void set_local(struct parser *parser, struct roost_address *address, const char *local,
		      bool quoted)
{
	address->local = local;
	address->quoted_local = !is_dot_atom(local);
	if (address->quoted_local && !quoted)
		parser->sloppy = true;
}

/* "@a,@b:" in front of an address; text is at the '@'. */
static void read_route(struct parser *parser, struct roost_address *address)
{
	const char *colon = memchr(parser->text.data, ':', parser->text.len);
	const char *close = memchr(parser->text.data, '>', parser->text.len);
	size_t len;

	if (colon == NULL || (close != NULL && close < colon))
		return;
	len = (size_t)(colon - parser->text.data);
	address->route = lex_copy(parser->arena, (struct roost_text){ parser->text.data, len });
	lex_advance(&parser->text, len + 1);
	parser->sloppy = true;
	skip(parser);
}

/* The local part inside of angle brackets, spaces and comments left out. */
static void read_local(struct parser *parser, struct roost_address *address)
{
	char *local = roost_arena_alloc(parser->arena, parser->text.len + 1), *to = local;
	bool quoted = false;

	while (!at_end(parser) && strchr("@>,;", peek(parser)) == NULL) {
		skip(parser);
		if (peek(parser) == '"') {
			const char *word = lex_quoted(parser->arena, &parser->text);

			to = mempcpy(to, word, strlen(word));
			quoted = true;
		} else if (!at_end(parser) && strchr("@>,;", peek(parser)) == NULL) {
			*to++ = peek(parser);
			lex_advance(&parser->text, 1);
		}
	}
	*to = '\0';
	set_local(parser, address, local, quoted);
}

/* From behind the '<' to behind the '>'. */
static void read_angle(struct parser *parser, struct roost_address *address)
{
	const char *comment = parser->comment;

	skip(parser);
	if (peek(parser) == '@')
		read_route(parser, address);
	read_local(parser, address);
	if (peek(parser) == '@') {
		lex_advance(&parser->text, 1);
		address->domain = read_domain(parser);
	} else {
		address->domain = "";
		parser->sloppy = true;
	}
	skip(parser);
	if (peek(parser) == '>')
		lex_advance(&parser->text, 1);
	else
		parser->sloppy = true;
	parser->comment = comment;
}

/* What follows an address up to the next separator is no part of anything. */
static void to_separator(struct parser *parser)
{
	skip(parser);
	while (!at_end(parser) && peek(parser) != ',' && peek(parser) != ';') {
		parser->sloppy = true;
		if (peek(parser) == '"')
			lex_quoted(parser->arena, &parser->text);
		else
			lex_advance(&parser->text, 1);
		skip(parser);
	}
}

static void set_invalid(struct parser *parser, struct roost_address *address,
			const struct phrase *phrase)
{
	address->kind = ROOST_ADDRESS_INVALID;
	address->local = address->domain = NULL;
	address->name = phrase->count > 0 ? phrase_text(parser, phrase, 0, phrase->words.len) : NULL;
	parser->sloppy = true;
}

/* Words, then an '@', or the end: an address without angle brackets. */
static void read_bare(struct parser *parser, struct roost_address *address, struct phrase *phrase)
{
	if (peek(parser) != '@') {
		if (phrase->count == 0 || phrase->last > 0) {
			set_invalid(parser, address, phrase);
			return;
		}
		set_local(parser, address, phrase_text(parser, phrase, 0, phrase->words.len),
			  phrase->last_quoted);
		address->domain = "";
		parser->sloppy = true;
	} else {
		lex_advance(&parser->text, 1);
		if (phrase->count == 0) {
			set_invalid(parser, address, phrase);
			return;
		}
		set_local(parser, address, phrase_text(parser, phrase, phrase->last,
						       phrase->words.len), phrase->last_quoted);
		parser->sloppy |= phrase->adjacent;
		if (phrase->last > 0) {
			address->name = phrase_text(parser, phrase, 0, phrase->last);
			parser->sloppy = true;
		}
		address->domain = read_domain(parser);
	}
	if (address->name == NULL)
		address->name = parser->comment;
}

/* In front of "<": specials must be quoted, but nearly nobody is strict about dots. */
static void check_phrase(struct parser *parser, const struct phrase *phrase)
{
	for (size_t i = 0; phrase->atoms && i < phrase->words.len; i++) {
		char c = phrase->words.data[i];

		if (c != ' ' && c != '.' && !lex_is(c, LEX_ATEXT))
			parser->sloppy = true;
	}
	parser->sloppy |= phrase->adjacent;
}

static void read_address(struct parser *parser)
{
	struct roost_address address = { 0 };
	struct phrase phrase = { .words = ROOST_STR_INIT };
	const char *start = parser->text.data;

	parser->comment = NULL;
	read_phrase(parser, &phrase);
	if (peek(parser) == ':' && !parser->in_group) {
		lex_advance(&parser->text, 1);
		address.kind = ROOST_ADDRESS_GROUP;
		address.name = phrase_text(parser, &phrase, 0, phrase.words.len);
		parser->in_group = true;
	} else if (peek(parser) == '<') {
		lex_advance(&parser->text, 1);
		if (phrase.count > 0) {
			check_phrase(parser, &phrase);
			address.name = phrase_text(parser, &phrase, 0, phrase.words.len);
		}
		read_angle(parser, &address);
		to_separator(parser);
		if (address.name == NULL)
			address.name = parser->comment;
	} else {
		read_bare(parser, &address, &phrase);
		to_separator(parser);
		if (address.kind == ROOST_ADDRESS_MAILBOX && address.name == NULL)
			address.name = parser->comment;
	}
	address.raw = roost_text_trim((struct roost_text){
		start, (size_t)(parser->text.data - start) });
	roost_str_free(&phrase.words);
	roost_vec_push(&parser->found, address);
}

static void group_end(struct parser *parser)
{
	struct roost_address end = { .kind = ROOST_ADDRESS_GROUP_END };

	roost_vec_push(&parser->found, end);
	parser->in_group = false;
}

static void parse(struct parser *parser)
{
	for (;;) {
		skip(parser);
		if (at_end(parser))
			break;
		if (peek(parser) == ',' || peek(parser) == ';') {
			if (peek(parser) == ';' && parser->in_group)
				group_end(parser);
			lex_advance(&parser->text, 1);
			continue;
		}
		read_address(parser);
	}
	if (parser->in_group)
		group_end(parser);
}

void roost_address_parse(struct roost_arena *arena, struct roost_text value,
			 struct roost_address_list *list)
{
	struct parser parser = { .arena = arena, .text = value };

	parse(&parser);
	list->count = parser.found.count;
	list->items = roost_arena_dup(arena, parser.found.items,
				      parser.found.count * sizeof(*parser.found.items));
	roost_vec_free(&parser.found);
}

bool roost_address_parse_one(struct roost_arena *arena, struct roost_text value,
			     struct roost_address *address)
{
	struct parser parser = { .arena = arena, .text = roost_text_trim(value) };
	bool good;

	if (parser.text.len == 0 || memchr(parser.text.data, ',', parser.text.len) ==
	    parser.text.data + parser.text.len - 1 || memchr(value.data, '\0', value.len) != NULL)
		return false;
	parse(&parser);
	good = !parser.sloppy && parser.found.count == 1 &&
		parser.found.items[0].kind == ROOST_ADDRESS_MAILBOX &&
		*parser.found.items[0].domain != '\0' && *parser.found.items[0].local != '\0';
	if (good)
		*address = parser.found.items[0];
	roost_vec_free(&parser.found);
	return good;
}

/* In quotes, with backslashes where they must be. */
static void write_quoted(struct roost_str *out, const char *text)
{
	roost_str_byte(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			roost_str_byte(out, '\\');
		roost_str_byte(out, *text);
	}
	roost_str_byte(out, '"');
}

void roost_address_write(struct roost_str *out, const struct roost_address *address)
{
	if (address->local != NULL && address->quoted_local && *address->local != '\0')
		write_quoted(out, address->local);
	else if (address->local != NULL)
		roost_str_puts(out, address->local);
	if (address->domain != NULL && *address->domain != '\0') {
		roost_str_byte(out, '@');
		roost_str_puts(out, address->domain);
	}
}

static bool is_phrase(const char *name)
{
	for (; *name != '\0'; name++) {
		if (*name != ' ' && !lex_is(*name, LEX_ATEXT))
			return false;
	}
	return true;
}

void roost_address_write_full(struct roost_str *out, const struct roost_address *address)
{
	if (address->name == NULL) {
		roost_address_write(out, address);
		return;
	}
	if (is_phrase(address->name))
		roost_str_puts(out, address->name);
	else
		write_quoted(out, address->name);
	roost_str_puts(out, " <");
	roost_address_write(out, address);
	roost_str_byte(out, '>');
}
