/*
 * POSIX extended regular expressions on PCRE2. The expression is rewritten where the two syntaxes
 * differ; the longest match is found without backtracking first, and groups only within it.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>
#include <time.h>
#include <roost/str.h>
#include <roost/utf8.h>
#include "sieve/regex.h"

enum {
	MATCH_LIMIT = 200000,		/* backtracking steps: some milliseconds */
	HEAP_LIMIT = 4096,		/* KiB */
	PATTERN_LIMIT = 64 * 1024,
	DFA_WORK = 4096,
	WINDOW = 512,			/* bytes in which a match begins, between looks at the clock */
	LONGEST_TEXT = 64 * 1024,	/* bytes that the longest match is looked for in */
	MATCH_MS = 1000,		/* CPU time of one match */
};

struct sieve_regex {
	pcre2_code *code;
	bool utf;			/* text has to be valid UTF-8 */
	pcre2_code *tolerant;		/* for text that is not: made from source when first wanted */
	const char *source;
	size_t source_len;
	uint32_t options;
	pcre2_match_context *limits;
	pcre2_match_data *data;
	bool longest;			/* alternatives or counts: the first match may not be the longest */
	bool back_reference;		/* needs the backtracking matcher */
};

struct rewriter {
	struct roost_str out;
	size_t atom;			/* where the last atom starts in out */
	bool have_atom, quantified;
	size_t groups[64];		/* starts of open groups */
	unsigned depth;
	struct sieve_regex *regex;
};

static int invalid(struct roost_error *err, const char *why)
{
	return roost_fail(err, ROOST_ERR_INVALID, "invalid regular expression: %s", why);
}

static void begin_atom(struct rewriter *rewriter)
{
	rewriter->atom = rewriter->out.len;
	rewriter->have_atom = true;
	rewriter->quantified = false;
}

/* Length of the bracket expression at text, 0 when it is not closed. */
static size_t bracket_len(const char *text, size_t len)
{
	size_t i = 1;

	if (i < len && text[i] == '^')
		i++;
	if (i < len && text[i] == ']')
		i++;
	while (i < len && text[i] != ']') {
		if (text[i] == '[' && i + 1 < len && strchr(":.=", text[i + 1]) != NULL) {
			char close[2] = { text[i + 1], ']' };
			const char *end = memmem(text + i + 2, len - i - 2, close, 2);

			if (end == NULL)
				return 0;
			i = (size_t)(end - text) + 2;
		} else {
			i++;
		}
	}
	return i < len ? i + 1 : 0;
}

/* A backslash is an ordinary character within brackets; PCRE2 thinks otherwise. */
static int rewrite_bracket(struct rewriter *rewriter, const char *text, size_t len,
			   struct roost_error *err)
{
	size_t i = 1;

	roost_str_byte(&rewriter->out, '[');
	if (text[i] == '^')
		roost_str_byte(&rewriter->out, text[i++]);
	if (text[i] == ']') {
		roost_str_puts(&rewriter->out, "\\]");
		i++;
	}
	for (; i + 1 < len; i++) {
		if (text[i] == '[' && (text[i + 1] == '.' || text[i + 1] == '=')) {
			/* [.x.] and [=x=] of one character are that character. */
			if (i + 4 >= len || text[i + 3] != text[i + 1] || text[i + 4] != ']')
				return invalid(err, "collating element of several characters");
			roost_str_printf(&rewriter->out, "\\x{%x}", (unsigned char)text[i + 2]);
			i += 4;
			continue;
		}
		if (text[i] == '[' && text[i + 1] == ':') {
			const char *end = memmem(text + i, len - i, ":]", 2);

			roost_str_append(&rewriter->out, text + i, (size_t)(end + 2 - (text + i)));
			i = (size_t)(end - text) + 1;
			continue;
		}
		if (text[i] == '\\' || text[i] == '[')
			roost_str_byte(&rewriter->out, '\\');
		roost_str_byte(&rewriter->out, text[i]);
	}
	roost_str_byte(&rewriter->out, ']');
	return 0;
}

static int rewrite_escape(struct rewriter *rewriter, char c, struct roost_error *err)
{
	begin_atom(rewriter);
	if (c >= '1' && c <= '9') {
		rewriter->regex->back_reference = true;
		roost_str_printf(&rewriter->out, "\\g{%c}", c);
	} else if (c == '<') {
		roost_str_puts(&rewriter->out, "\\b(?=\\w)");
	} else if (c == '>') {
		roost_str_puts(&rewriter->out, "\\b(?<=\\w)");
	} else if (c != '\0' && strchr("wWsSbB", c) != NULL) {
		roost_str_printf(&rewriter->out, "\\%c", c);	/* as the C library has them */
	} else if ((unsigned char)c < 0x80 && c != '\0' &&
		   strchr("^.[]$()|*+?{}\\", c) != NULL) {
		roost_str_printf(&rewriter->out, "\\%c", c);
	} else if (c == '\0') {
		return invalid(err, "trailing backslash");
	} else if ((unsigned char)c < 0x80) {
		roost_str_printf(&rewriter->out, "\\x{%x}", (unsigned char)c);
	} else {
		roost_str_byte(&rewriter->out, c);
	}
	return 0;
}

/* Length of "{n}", "{n,}" or "{n,m}" at text; 0: none. */
static size_t count_len(const char *text, size_t len)
{
	size_t i = 1, digits = 0;

	for (; i < len && text[i] >= '0' && text[i] <= '9'; i++)
		digits++;
	if (digits == 0 || digits > 4)
		return 0;
	if (i < len && text[i] == ',')
		for (i++; i < len && text[i] >= '0' && text[i] <= '9'; i++)
			;
	return i < len && text[i] == '}' ? i + 1 : 0;
}

/* PCRE2 reads a second quantifier as "lazy" or "possessive": it gets a group of its own. */
static int rewrite_quantifier(struct rewriter *rewriter, const char *text, size_t len,
			      struct roost_error *err)
{
	if (!rewriter->have_atom)
		return invalid(err, "nothing to repeat");
	if (rewriter->quantified) {
		struct roost_str tail = ROOST_STR_INIT;

		roost_str_puts(&tail, rewriter->out.data + rewriter->atom);
		roost_str_truncate(&rewriter->out, rewriter->atom);
		roost_str_printf(&rewriter->out, "(?:%s)", tail.data);
		roost_str_free(&tail);
	}
	roost_str_append(&rewriter->out, text, len);
	rewriter->quantified = true;
	return 0;
}

static int rewrite(struct rewriter *rewriter, const char *pattern, size_t len,
		   struct roost_error *err)
{
	for (size_t i = 0; i < len; i++) {
		char c = pattern[i];
		size_t part;

		switch (c) {
		case '\0':
			return invalid(err, "NUL character");
		case '\\':
			if (rewrite_escape(rewriter, i + 1 < len ? pattern[i + 1] : '\0', err) < 0)
				return -1;
			i++;
			break;
		case '[':
			part = bracket_len(pattern + i, len - i);
			if (part == 0)
				return invalid(err, "unmatched [");
			begin_atom(rewriter);
			if (rewrite_bracket(rewriter, pattern + i, part, err) < 0)
				return -1;
			i += part - 1;
			break;
		case '(':
			if (rewriter->depth == ROOST_COUNT(rewriter->groups))
				return invalid(err, "too many nested groups");
			rewriter->groups[rewriter->depth++] = rewriter->out.len;
			roost_str_byte(&rewriter->out, '(');
			rewriter->have_atom = false;
			break;
		case ')':
			if (rewriter->depth == 0)
				return invalid(err, "unmatched )");
			roost_str_byte(&rewriter->out, ')');
			begin_atom(rewriter);
			rewriter->atom = rewriter->groups[--rewriter->depth];
			break;
		case '|':
			rewriter->regex->longest = true;
			roost_str_byte(&rewriter->out, '|');
			rewriter->have_atom = false;
			break;
		case '*':
		case '+':
		case '?':
			if (rewrite_quantifier(rewriter, &pattern[i], 1, err) < 0)
				return -1;
			break;
		case '{':
			part = count_len(pattern + i, len - i);
			if (part == 0)
				return invalid(err, "invalid content of {}");
			if (rewrite_quantifier(rewriter, pattern + i, part, err) < 0)
				return -1;
			i += part - 1;
			break;
		case '^':
		case '$':
			roost_str_byte(&rewriter->out, c);
			rewriter->have_atom = false;
			break;
		default:
			/* A multi-byte character is one atom. */
			if (((unsigned char)c & 0xc0) != 0x80)
				begin_atom(rewriter);
			roost_str_byte(&rewriter->out, c);
			break;
		}
	}
	return rewriter->depth > 0 ? invalid(err, "unmatched (") : 0;
}

static void regex_free(void *context)
{
	struct sieve_regex *regex = context;

	pcre2_match_data_free(regex->data);
	pcre2_match_context_free(regex->limits);
	pcre2_code_free(regex->code);
	pcre2_code_free(regex->tolerant);
}

int sieve_regex_create(struct roost_arena *arena, const char *pattern, size_t len, bool fold_case,
		       struct sieve_regex **result, struct roost_error *err)
{
	struct sieve_regex *regex = roost_arena_new(arena, struct sieve_regex);
	struct rewriter rewriter = { .regex = regex };
	PCRE2_SIZE where;
	int number;

	if (len > PATTERN_LIMIT)
		return invalid(err, "too long");
	if (rewrite(&rewriter, pattern, len, err) < 0) {
		roost_str_free(&rewriter.out);
		return -1;
	}
	regex->utf = roost_utf8_valid(pattern, len);
	regex->options = PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY | PCRE2_DOTALL |
		PCRE2_USE_OFFSET_LIMIT | (fold_case ? PCRE2_CASELESS : 0) | (regex->utf ? PCRE2_UTF : 0);
	regex->source = roost_arena_strndup(arena, roost_str_text(&rewriter.out),
					    rewriter.out.len);
	regex->source_len = rewriter.out.len;
	roost_str_free(&rewriter.out);
	regex->code = pcre2_compile((PCRE2_SPTR)regex->source, regex->source_len,
				    regex->options, &number, &where, NULL);
	if (regex->code == NULL) {
		PCRE2_UCHAR why[128];

		pcre2_get_error_message(number, why, sizeof(why));
		return invalid(err, (const char *)why);
	}
	regex->limits = pcre2_match_context_create(NULL);
	pcre2_set_match_limit(regex->limits, MATCH_LIMIT);
	pcre2_set_heap_limit(regex->limits, HEAP_LIMIT);
	regex->data = pcre2_match_data_create_from_pattern(regex->code, NULL);
	roost_arena_cleanup(arena, regex_free, regex);
	*result = regex;
	return 0;
}

static int failed(int code, struct roost_error *err)
{
	if (code == PCRE2_ERROR_NOMATCH)
		return 0;
	if (code == PCRE2_ERROR_MATCHLIMIT || code == PCRE2_ERROR_HEAPLIMIT ||
	    code == PCRE2_ERROR_DEPTHLIMIT)
		return roost_fail(err, ROOST_ERR_LIMIT, "regular expression takes too much work");
	return roost_fail_detail(err, ROOST_ERR_TEMP, "regular expression: PCRE2 error %d", code);
}

/*
 * End of the longest match that starts at or after *start; 1 found, 0 none, -2 this matcher cannot tell.
 * Unanchored it looks at all texts from all places: for short ones only.
 */
static int find_longest(const struct sieve_regex *regex, const char *text, size_t len, uint32_t options,
			size_t *start, size_t *end)
{
	int workspace[DFA_WORK];
	int code = pcre2_dfa_match(regex->code, (PCRE2_SPTR)text, len, *start, options | PCRE2_NO_UTF_CHECK,
				   regex->data, regex->limits, workspace, DFA_WORK);
	const PCRE2_SIZE *spans;

	if (code == PCRE2_ERROR_NOMATCH)
		return 0;
	if (code < 0)
		return -2;
	spans = pcre2_get_ovector_pointer(regex->data);
	*start = spans[0];
	*end = spans[1];
	return 1;
}

static void collect(const struct sieve_regex *regex, int groups, struct sieve_span *captures,
		    unsigned *count)
{
	const PCRE2_SIZE *spans = pcre2_get_ovector_pointer(regex->data);
	unsigned all = pcre2_get_ovector_count(regex->data);

	if (all > SIEVE_CAPTURES)
		all = SIEVE_CAPTURES;
	for (unsigned i = 0; i < all; i++) {
		bool set = (int)i < groups && spans[2 * i] != PCRE2_UNSET;

		captures[i] = (struct sieve_span){ set ? spans[2 * i] : 0,
						   set ? spans[2 * i + 1] - spans[2 * i] : 0 };
	}
	*count = all;
}

/* Bytes that are no UTF-8 match nothing; only this slower code can step over them. */
static const pcre2_code *code_for(struct sieve_regex *regex, const char *text, size_t len)
{
	PCRE2_SIZE where;
	int number;

	if (!regex->utf || roost_utf8_valid(text, len))
		return regex->code;
	if (regex->tolerant == NULL)
		regex->tolerant = pcre2_compile((PCRE2_SPTR)regex->source, regex->source_len,
						regex->options | PCRE2_MATCH_INVALID_UTF,
						&number, &where, NULL);
	return regex->tolerant;
}

static uint64_t cpu_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Where the character at that place or the next one begins, or the end. */
static size_t boundary(const char *text, size_t len, size_t at)
{
	while (at < len && ((unsigned char)text[at] & 0xc0) == 0x80)
		at++;
	return at < len ? at : len;
}

/*
 * The first match, as PCRE2 has it: groups, or its error. Its limit of steps is for each place where a
 * match could begin: a long text is gone through in windows, with a look at the clock between them.
 */
static int find_first(const struct sieve_regex *regex, const pcre2_code *code, const char *text,
		      size_t len, uint32_t options)
{
	uint64_t begin = len > WINDOW ? cpu_ms() : 0;

	for (size_t from = 0;;) {
		size_t next = len - from > WINDOW ? from + WINDOW : len;
		int groups;

		pcre2_set_offset_limit(regex->limits, next);
		groups = pcre2_match(code, (PCRE2_SPTR)text, len, from, options, regex->data, regex->limits);
		if (groups != PCRE2_ERROR_NOMATCH || next == len)
			return groups;
		if (cpu_ms() - begin > MATCH_MS)
			return PCRE2_ERROR_MATCHLIMIT;
		from = boundary(text, len, next);
	}
}

/* The groups of the longest match that starts where the first one does; 0: the first one has to do. */
static int match_longest(const struct sieve_regex *regex, const char *text, size_t len, size_t start,
			 size_t end)
{
	uint32_t options = PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_NO_UTF_CHECK;
	int groups;

	pcre2_set_offset_limit(regex->limits, PCRE2_UNSET);
	groups = pcre2_match(regex->code, (PCRE2_SPTR)text, end, start,
			     options | (end < len ? PCRE2_NOTEOL : 0), regex->data, regex->limits);
	/* A cut text can read differently: \b at its end. */
	return groups == PCRE2_ERROR_NOMATCH ? 0 : groups;
}

/* The longest of the leftmost matches, in texts that are short enough to look at them all. */
static int match_posix(const struct sieve_regex *regex, const char *text, size_t len)
{
	size_t start = 0, end = len;
	int found = -2, groups = 0;

	if (len <= WINDOW)
		found = find_longest(regex, text, len, 0, &start, &end);
	if (found == 0)
		return PCRE2_ERROR_NOMATCH;
	if (found < 0) {
		groups = find_first(regex, regex->code, text, len, PCRE2_NO_UTF_CHECK);
		if (groups < 0)
			return groups;
		start = pcre2_get_ovector_pointer(regex->data)[0];
		end = boundary(text, len, start + LONGEST_TEXT);
		found = find_longest(regex, text, end, PCRE2_ANCHORED | (end < len ? PCRE2_NOTEOL : 0),
				     &start, &end);
	}
	groups = found == 1 ? match_longest(regex, text, len, start, end) : 0;
	return groups != 0 ? groups : find_first(regex, regex->code, text, len, PCRE2_NO_UTF_CHECK);
}

int sieve_regex_match(struct sieve_regex *regex, const char *text, size_t len,
		      struct sieve_span *captures, unsigned *count, struct roost_error *err)
{
	const pcre2_code *code = code_for(regex, text, len);
	bool posix = captures != NULL && regex->longest && !regex->back_reference && code == regex->code;
	int groups = posix ? match_posix(regex, text, len) :
		find_first(regex, code, text, len, code == regex->code ? PCRE2_NO_UTF_CHECK : 0);

	if (groups < 0)
		return failed(groups, err);
	if (captures != NULL)
		collect(regex, groups, captures, count);
	return 1;
}
