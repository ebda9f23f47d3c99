/* Line ends: every bare LF as CRLF, every CRLF as LF. */
#include <string.h>
#include "core/io/input.h"

struct lines_state {
	struct roost_input *parent;
	bool after_cr;		/* the byte before was a CR: crlf */
	bool held_cr;		/* a CR waits to be told from CRLF: lf */
};

static int lines_restart(struct roost_input *self, uint64_t position, struct roost_error *err)
{
	struct lines_state *lines = roost_input_state(self);

	if (position != 0)
		return roost_fail(err, ROOST_ERR_UNSUPPORTED, "only from the start");
	lines->after_cr = lines->held_cr = false;
	return roost_input_seek(lines->parent, 0, err);
}

static void lines_close(struct roost_input *self)
{
	struct lines_state *lines = roost_input_state(self);

	roost_input_unref(lines->parent);
}

/* Copy up to the next LF at full speed; only line ends are looked at. */
static ssize_t crlf_read(struct roost_input *self, void *buffer, size_t size,
			 struct roost_error *err)
{
	struct lines_state *lines = roost_input_state(self);
	unsigned char *to = buffer, *end = to + size;
	const unsigned char *data;
	size_t len, taken = 0;
	int more = roost_input_more(lines->parent, &data, &len, err);

	if (more <= 0)
		return more;
	while (taken < len && to < end) {
		const unsigned char *from = data + taken;
		size_t room = (size_t)(end - to), part = len - taken;
		const unsigned char *newline;

		if (part > room)
			part = room;
		newline = memchr(from, '\n', part);
		if (newline != NULL)
			part = (size_t)(newline - from);
		if (part > 0) {
			memcpy(to, from, part);
			to += part;
			taken += part;
			lines->after_cr = from[part - 1] == '\r';
		}
		if (newline == NULL)
			continue;
		if (!lines->after_cr) {
			if (end - to < 2)
				break;
			*to++ = '\r';
		} else if (to == end) {
			break;
		}
		*to++ = '\n';
		taken++;
		lines->after_cr = false;
	}
	roost_input_skip(lines->parent, taken);
	return to - (unsigned char *)buffer;
}

static const struct roost_input_ops crlf_ops = {
	.state_size = sizeof(struct lines_state), .read = crlf_read, .seek = lines_restart,
	.close = lines_close,
};

struct roost_input *roost_input_crlf(struct roost_input *parent)
{
	struct roost_input *input = roost_input_create(&crlf_ops);
	struct lines_state *lines = roost_input_state(input);

	lines->parent = roost_input_ref(parent);
	return input;
}

static ssize_t lf_read(struct roost_input *self, void *buffer, size_t size,
		       struct roost_error *err)
{
	struct lines_state *lines = roost_input_state(self);
	unsigned char *to = buffer, *end = to + size;

	while (to == (unsigned char *)buffer) {
		const unsigned char *data;
		size_t len, taken = 0;
		int more = roost_input_more(lines->parent, &data, &len, err);

		if (more < 0)
			return -1;
		if (more == 0) {
			if (lines->held_cr)
				*to++ = '\r';
			lines->held_cr = false;
			break;
		}
		while (taken < len && to < end) {
			const unsigned char *from = data + taken, *cr;
			size_t part = len - taken;

			if (lines->held_cr) {
				lines->held_cr = false;
				if (*from != '\n') {
					*to++ = '\r';
					continue;
				}
			}
			if (part > (size_t)(end - to))
				part = (size_t)(end - to);
			cr = memchr(from, '\r', part);
			if (cr != NULL)
				part = (size_t)(cr - from);
			memcpy(to, from, part);
			to += part;
			taken += part;
			if (cr != NULL) {
				lines->held_cr = true;
				taken++;
			}
		}
		roost_input_skip(lines->parent, taken);
	}
	return to - (unsigned char *)buffer;
}

static const struct roost_input_ops lf_ops = {
	.state_size = sizeof(struct lines_state), .read = lf_read, .seek = lines_restart,
	.close = lines_close,
};

struct roost_input *roost_input_lf(struct roost_input *parent)
{
	struct roost_input *input = roost_input_create(&lf_ops);
	struct lines_state *lines = roost_input_state(input);

	lines->parent = roost_input_ref(parent);
	return input;
}
