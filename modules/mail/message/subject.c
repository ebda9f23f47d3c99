/* Base subjects for sorting and threading. RFC 5256 section 2.1. */
#include <string.h>
#include <strings.h>
#include <roost/subject.h>
#include <roost/word.h>

/* A window on the decoded, space-squeezed subject that the rules cut down from both ends. */
struct window {
	const char *start, *end;
};

static bool at(const struct window *window, const char *from, const char *word)
{
	size_t len = strlen(word);

	return (size_t)(window->end - from) >= len && strncasecmp(from, word, len) == 0;
}

static void squeeze_spaces(struct roost_str *text)
{
	size_t to = 0;

	for (size_t i = 0; i < text->len; i++) {
		char byte = text->data[i] == '\t' ? ' ' : text->data[i];

		if (byte == ' ' && (to == 0 || text->data[to - 1] == ' '))
			continue;
		text->data[to++] = byte;
	}
	if (to > 0 && text->data[to - 1] == ' ')
		to--;
	roost_str_truncate(text, to);
}

static void trim(struct window *window)
{
	while (window->start < window->end && window->start[0] == ' ')
		window->start++;
	while (window->end > window->start && window->end[-1] == ' ')
		window->end--;
}

/* subj-trailer: "(fwd)" and blanks. */
static bool drop_trailer(struct window *window, bool *reply)
{
	const char *tail;

	trim(window);
	tail = window->end - 5;
	if (window->end - window->start < 5 || strncasecmp(tail, "(fwd)", 5) != 0)
		return false;
	window->end = tail;
	*reply = true;
	return true;
}

/* subj-blob: "[...]" without brackets inside, and blanks; where it ends, or NULL. */
static const char *blob_end(const struct window *window, const char *from)
{
	const char *close = from;

	if (from >= window->end || *from != '[')
		return NULL;
	do {
		close++;
	} while (close < window->end && *close != '[' && *close != ']');
	if (close >= window->end || *close != ']')
		return NULL;
	close++;
	while (close < window->end && *close == ' ')
		close++;
	return close;
}

/* subj-refwd: re, fw or fwd, perhaps a blob, a colon; where it ends, or NULL. */
static const char *refwd_end(const struct window *window, const char *from)
{
	const char *next;

	if (at(window, from, "fwd"))
		from += 3;
	else if (at(window, from, "re") || at(window, from, "fw"))
		from += 2;
	else
		return NULL;
	while (from < window->end && *from == ' ')
		from++;
	next = blob_end(window, from);
	if (next != NULL)
		from = next;
	return from < window->end && *from == ':' ? from + 1 : NULL;
}

/* subj-leader: blobs and then a refwd. */
static bool drop_leader(struct window *window, bool *reply)
{
	const char *from, *next;

	trim(window);
	from = window->start;
	while ((next = blob_end(window, from)) != NULL)
		from = next;
	next = refwd_end(window, from);
	if (next == NULL)
		return false;
	window->start = next;
	*reply = true;
	return true;
}

/* A blob in front goes unless nothing would be left. */
static bool drop_blob(struct window *window)
{
	const char *next = blob_end(window, window->start);

	if (next == NULL || next >= window->end)
		return false;
	window->start = next;
	return true;
}

/* "[fwd: ... ]" around it all. */
static bool drop_wrapping(struct window *window, bool *reply)
{
	if (!at(window, window->start, "[fwd:") || window->end[-1] != ']')
		return false;
	window->start += 5;
	window->end--;
	*reply = true;
	return true;
}

void roost_subject_base(struct roost_str *out, struct roost_text value, bool *reply)
{
	struct roost_str text = ROOST_STR_INIT;
	struct window window;
	bool answers = false;

	roost_word_decode(&text, value);
	squeeze_spaces(&text);
	window.start = roost_str_text(&text);
	window.end = window.start + text.len;
	do {
		while (drop_trailer(&window, &answers))
			continue;
		while (drop_leader(&window, &answers) || drop_blob(&window))
			continue;
		trim(&window);
	} while (drop_wrapping(&window, &answers));
	roost_str_append(out, window.start, (size_t)(window.end - window.start));
	roost_str_free(&text);
	if (reply != NULL)
		*reply = answers;
}
