/* SPDX-License-Identifier: MIT */
/* hush - layer: watches what is saved, and refuses what shouts. */
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <roost/layer.h>

struct hush { unsigned saved; };	/* per mailbox */

#define HEAD 4096	/* bytes in which a Subject has to be found */

/* At least one letter, and none of them small. */
static bool shouts(const char *text, size_t len)
{
	bool letters = false;

	for (size_t i = 0; i < len && text[i] != '\n'; i++) {
		if (islower((unsigned char)text[i]))
			return false;
		letters |= isupper((unsigned char)text[i]) != 0;
	}
	return letters;
}

static bool subject_shouts(const char *head, size_t len)
{
	for (size_t at = 0; at + 8 < len && head[at] != '\n' && head[at] != '\r';) {
		const char *end = memchr(head + at, '\n', len - at);

		if (strncasecmp(head + at, "Subject:", 8) == 0)
			return shouts(head + at + 8, len - at - 8);
		if (end == NULL)
			break;
		at = (size_t)(end - head) + 1;
	}
	return false;
}

/* The message is only looked at: whoever comes next reads it from its start. */
static int hush_save(struct roost_layer *self, struct roost_input **message,
		     struct roost_save_options *options, struct roost_error *err)
{
	char head[HEAD];
	uint64_t start = roost_input_position(*message);
	ssize_t got = roost_input_read(*message, head, sizeof(head), err);

	if (got < 0 || roost_input_seek(*message, start, err) < 0)
		return -1;
	if (subject_shouts(head, (size_t)got))
		return roost_fail(err, ROOST_ERR_NOPERM, "Please do not shout");
	return roost_next_save(self, message, options, err);
}

/* After commit: what really came. */
static void hush_changed(struct roost_layer *self, const struct roost_layer_changes *changes)
{
	struct hush *hush = roost_layer_state(self);
	struct roost_mailbox *box = roost_layer_mailbox(self);

	hush->saved += (unsigned)changes->added_count;
	if (changes->added_count > 0)
		roost_log(roost_user_log(roost_mailbox_user(box)), ROOST_LOG_DEBUG,
			  "hush: %s: %u quiet messages so far", roost_mailbox_name(box), hush->saved);
}

static const struct roost_layer_ops hush = {
	.name = "hush", .position = ROOST_LAYER_ACCESS, .state_size = sizeof(struct hush),
	.save = hush_save, .changed = hush_changed,
};

ROOST_MODULE(hush, .version = "1.0", .provides = ROOST_PROVIDES(ROOST_LAYER(&hush)));
