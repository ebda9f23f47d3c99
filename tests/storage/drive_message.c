/* Commands about messages: saving, reading, copying. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/storage/drive.h"

static int commit(struct drive *drive, struct roost_saving *saving, struct roost_error *err)
{
	struct roost_set uids;
	uint32_t uidvalidity;

	if (roost_save_commit(saving, drive->arena, &uidvalidity, &uids, err) < 0)
		return -1;
	printf("OK %u ", uidvalidity);
	drive_put_set(&uids);
	return 0;
}

static int add(struct roost_saving *saving, const char *text, size_t len,
	       const struct roost_save_options *options, const char *const *keywords,
	       struct roost_error *err)
{
	struct roost_input *input = roost_input_from_memory(text, len);
	int result = roost_save_add(saving, input, options, keywords, err);

	roost_input_unref(input);
	return result;
}

static int do_save(struct drive *drive, struct roost_error *err)
{
	struct roost_save_options options = {
		.flags = drive_flags(drive->words[2]), .internaldate = atoll(drive->words[3]) * 1000000 };
	size_t len = strtoul(drive->words[4], NULL, 10);
	char *text = roost_arena_alloc(drive->arena, len + 1);
	struct roost_saving *saving;

	if (fread(text, 1, len, stdin) != len)
		exit(2);
	if (roost_save_begin(drive->user, drive->words[1], &saving, err) < 0)
		return -1;
	if (add(saving, text, len, &options, (const char *const *)drive->words + 5, err) < 0) {
		roost_save_abort(saving);
		return -1;
	}
	return commit(drive, saving, err);
}

static int do_batch(struct drive *drive, struct roost_error *err)
{
	struct roost_save_options options = { 0 };
	struct roost_saving *saving;

	if (roost_save_begin(drive->user, drive->words[1], &saving, err) < 0)
		return -1;
	for (int i = 0; i < atoi(drive->words[2]); i++) {
		const char *text = roost_arena_printf(drive->arena, "Subject: %s\n\n%d\n",
						      drive->words[3], i);

		if (add(saving, text, strlen(text), &options, NULL, err) < 0) {
			roost_save_abort(saving);
			return -1;
		}
	}
	return commit(drive, saving, err);
}

static int put_text(struct roost_message *message, struct roost_error *err)
{
	struct roost_input *input;
	const unsigned char *data;
	uint64_t size;
	size_t len;
	int more;

	if (roost_message_input(message, &input, err) < 0 || roost_input_size(input, &size, err) < 0)
		return -1;
	printf("OK %llu\n", (unsigned long long)size);
	while ((more = roost_input_more(input, &data, &len, err)) > 0) {
		fwrite(data, 1, len, stdout);
		roost_input_skip(input, len);
	}
	return more;
}

static int put_date(struct roost_message *message, struct roost_error *err)
{
	int64_t date;

	if (roost_message_internaldate(message, &date, err) < 0)
		return -1;
	printf("OK %lld\n", (long long)(date / 1000000));
	return 0;
}

static int put_size(struct roost_message *message, struct roost_error *err)
{
	uint64_t size;

	if (roost_message_size(message, &size, err) < 0)
		return -1;
	printf("OK %llu\n", (unsigned long long)size);
	return 0;
}

static int put_guid(struct roost_message *message, struct roost_error *err)
{
	uint8_t guid[16];

	if (roost_message_guid(message, guid, err) < 0)
		return -1;
	printf("OK ");
	for (size_t i = 0; i < sizeof(guid); i++)
		printf("%02x", guid[i]);
	printf("\n");
	return 0;
}

static int with_message(struct drive *drive,
			int (*put)(struct roost_message *message, struct roost_error *err),
			struct roost_error *err)
{
	uint32_t uid = (uint32_t)strtoul(drive->words[1], NULL, 10);
	struct roost_message *message;
	int result;

	if (roost_message_open(drive->box, uid, &message, err) < 0)
		return -1;
	result = put(message, err);
	roost_message_close(message);
	return result;
}

static int do_fetch(struct drive *drive, struct roost_error *err)
{
	return with_message(drive, put_text, err);
}

static int do_date(struct drive *drive, struct roost_error *err)
{
	return with_message(drive, put_date, err);
}

static int do_size(struct drive *drive, struct roost_error *err)
{
	return with_message(drive, put_size, err);
}

static int do_guid(struct drive *drive, struct roost_error *err)
{
	return with_message(drive, put_guid, err);
}

static int copy(struct drive *drive, bool move, struct roost_error *err)
{
	struct roost_set uids = drive_set(drive, drive->words[1]);
	struct roost_copied copied;

	if (roost_mailbox_copy(drive->box, &uids, drive->words[2], move, drive->arena, &copied,
			       err) < 0)
		return -1;
	printf("OK %u ", copied.uidvalidity);
	drive_put_set(&copied.to);
	return 0;
}

static int do_copy(struct drive *drive, struct roost_error *err)
{
	return copy(drive, false, err);
}

static int do_move(struct drive *drive, struct roost_error *err)
{
	return copy(drive, true, err);
}

const struct drive_command drive_message_commands[] = {
	{ "save", 5, false, do_save }, { "batch", 4, false, do_batch },
	{ "fetch", 2, true, do_fetch }, { "date", 2, true, do_date },
	{ "size", 2, true, do_size }, { "guid", 2, true, do_guid },
	{ "copy", 3, true, do_copy }, { "move", 3, true, do_move }, { 0 },
};
