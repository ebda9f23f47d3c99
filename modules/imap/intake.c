/*
 * From bytes to whole commands: lines, announced literals, what has to be skipped. RFC 9051 section
 * 2.2.1, LITERAL+ and LITERAL- RFC 7888. Each byte is looked at once, whatever pieces it comes in.
 */
#include <string.h>
#include "modules/imap/lex.h"

enum { TAIL = 32 };	/* what is kept of a line that is skipped: an announcement is shorter */

void imap_intake_reset(struct imap_intake *intake)
{
	roost_str_truncate(&intake->text, 0);
	if (intake->text.capacity > 16384)
		roost_str_free(&intake->text);	/* one long command is no reason to stay fat */
	intake->line_start = intake->announced_at = 0;
	intake->literal = 0;
	intake->in_literal = intake->skipping = intake->announced = false;
}

void imap_intake_free(struct imap_intake *intake)
{
	roost_str_free(&intake->text);
}

/* Whether the line ends with {n}, {n+} or ~{n}; fills the announcement in. */
static bool announcement(struct imap_intake *intake)
{
	const char *line = intake->text.data + intake->line_start;
	const char *end = intake->text.data + intake->text.len, *at;
	uint64_t size = 0;

	if (end > line && end[-1] == '\r')
		end--;
	if (end == line || *--end != '}')
		return false;
	intake->literal_sync = !(end > line && end[-1] == '+');
	if (!intake->literal_sync)
		end--;
	for (at = end; at > line && at[-1] >= '0' && at[-1] <= '9' && end - at < 19; at--)
		;
	if (at == end || at == line || at[-1] != '{')
		return false;
	for (const char *digit = at; digit < end; digit++)
		size = size * 10 + (uint64_t)(*digit - '0');
	at--;
	intake->literal8 = at > line && at[-1] == '~';
	intake->announced_at = (size_t)(at - intake->text.data) - (intake->literal8 ? 1 : 0);
	intake->literal = size;
	return true;
}

static enum imap_intake_result end_of_skipped_line(struct imap_intake *intake)
{
	bool more = announcement(intake) && !intake->literal_sync;

	roost_str_truncate(&intake->text, 0);
	if (more) {
		intake->in_literal = intake->literal > 0;
		return IMAP_INTAKE_MORE;
	}
	imap_intake_reset(intake);
	return IMAP_INTAKE_SKIPPED;
}

static enum imap_intake_result end_of_line(struct imap_intake *intake)
{
	struct roost_str *text = &intake->text;

	if (intake->skipping)
		return end_of_skipped_line(intake);
	if (announcement(intake)) {
		roost_str_byte(text, '\n');
		intake->announced = true;
		return IMAP_INTAKE_LITERAL;
	}
	if (text->len > intake->line_start && text->data[text->len - 1] == '\r')
		roost_str_truncate(text, text->len - 1);
	if (text->data == NULL)
		roost_str_reserve(text, 1)[0] = '\0';
	return IMAP_INTAKE_COMMAND;
}

/* Part of a line; false: it is too long. */
static bool add_line(struct imap_intake *intake, const char *data, size_t len)
{
	struct roost_str *text = &intake->text;

	if (!intake->skipping) {
		if (text->len + len > intake->limit)
			return false;
		roost_str_append(text, data, len);
		return true;
	}
	if (len > TAIL) {
		data += len - TAIL;
		len = TAIL;
	}
	roost_str_append(text, data, len);
	if (text->len > TAIL)
		roost_str_shift(text, text->len - TAIL);
	return true;
}

static size_t add_literal(struct imap_intake *intake, const char *data, size_t len)
{
	if (len > intake->literal)
		len = intake->literal;
	if (!intake->skipping)
		roost_str_append(&intake->text, data, len);
	intake->literal -= len;
	if (intake->literal == 0) {
		intake->in_literal = false;
		intake->line_start = intake->text.len;
	}
	return len;
}

enum imap_intake_result imap_intake(struct imap_intake *intake, const char *data, size_t len,
				    size_t *used)
{
	enum imap_intake_result result = IMAP_INTAKE_MORE;

	*used = 0;
	while (*used < len && result == IMAP_INTAKE_MORE) {
		const char *at = data + *used, *newline;
		size_t part;

		if (intake->in_literal) {
			*used += add_literal(intake, at, len - *used);
			continue;
		}
		newline = memchr(at, '\n', len - *used);
		part = newline == NULL ? len - *used : (size_t)(newline - at);
		if (!add_line(intake, at, part))
			return IMAP_INTAKE_TOO_LONG;	/* the line is still unread: skip finds its end */
		*used += part;
		if (newline != NULL) {
			++*used;
			result = end_of_line(intake);
		}
	}
	return result;
}

void imap_intake_accept(struct imap_intake *intake)
{
	intake->announced = false;
	intake->in_literal = intake->literal > 0;
	intake->line_start = intake->text.len;
}

void imap_intake_take(struct imap_intake *intake)
{
	roost_str_truncate(&intake->text, 0);
	intake->line_start = intake->announced_at = 0;
	intake->literal = 0;
	intake->announced = false;
}

void imap_intake_skip(struct imap_intake *intake)
{
	size_t tail = intake->announced ? 0 : intake->text.len - intake->line_start;

	/* A refused literal that waits for our word does not come, nor does the rest of the command. */
	if (intake->announced && intake->literal_sync) {
		imap_intake_reset(intake);
		return;
	}
	roost_str_shift(&intake->text, intake->text.len - (tail < TAIL ? tail : TAIL));
	intake->line_start = 0;
	intake->skipping = true;
	intake->in_literal = intake->announced && intake->literal > 0;
	intake->announced = false;
}

/* A word up to a space; NULL when it is empty or has a NUL in it. */
static char *take_word(char **at, char *end)
{
	char *start = *at;

	while (*at < end && **at != ' ' && **at != '\0')
		++*at;
	if (*at == start || (*at < end && **at == '\0'))
		return NULL;
	if (*at < end)
		*(*at)++ = '\0';
	return start;
}

bool imap_command_split(char *text, size_t len, const char **tag, const char **name, char **rest)
{
	char *at = text, *end = text + len, *word;

	*rest = end;
	if ((word = take_word(&at, end)) == NULL)
		return false;
	for (char *c = word; *c != '\0'; c++) {
		if (!imap_is_atom_char((unsigned char)*c) || strchr("+%*\\", *c) != NULL)
			return false;
	}
	*tag = word;
	if ((word = take_word(&at, end)) == NULL)
		return false;
	for (char *c = word; *c != '\0'; c++) {
		if (!imap_is_atom_char((unsigned char)*c))
			return false;
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	}
	*name = word;
	*rest = at;
	return true;
}
