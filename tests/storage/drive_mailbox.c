/* Commands about mailboxes: the tree, opening, what a session sees and changes. */
#include <stdio.h>
#include <string.h>
#include "tests/storage/drive.h"

static bool found(void *context, const struct roost_list_entry *entry)
{
	bool absent = (entry->flags & (ROOST_LIST_NOSELECT | ROOST_LIST_NONEXISTENT)) != 0;

	(void)context;
	printf(" %s%s", entry->name, absent ? "(no)" : "");
	return true;
}

static int list(struct drive *drive, uint32_t options, struct roost_error *err)
{
	static const char *const all[] = { "*", NULL };

	printf("OK");
	if (roost_mailbox_list(drive->user, all, options, found, NULL, err) < 0) {
		printf("\n");
		return -1;
	}
	printf("\n");
	return 0;
}

static int do_list(struct drive *drive, struct roost_error *err)
{
	return list(drive, 0, err);
}

static int do_subscriptions(struct drive *drive, struct roost_error *err)
{
	return list(drive, ROOST_LIST_ONLY_SUBSCRIBED, err);
}

static int do_create(struct drive *drive, struct roost_error *err)
{
	return drive_done(roost_mailbox_create(drive->user, drive->words[1], err));
}

static int do_delete(struct drive *drive, struct roost_error *err)
{
	return drive_done(roost_mailbox_delete(drive->user, drive->words[1], err));
}

static int do_rename(struct drive *drive, struct roost_error *err)
{
	return drive_done(roost_mailbox_rename(drive->user, drive->words[1], drive->words[2], err));
}

static int do_subscribe(struct drive *drive, struct roost_error *err)
{
	return drive_done(roost_mailbox_subscribe(drive->user, drive->words[1], true, err));
}

static int do_status(struct drive *drive, struct roost_error *err)
{
	struct roost_mailbox_status status;

	if (roost_mailbox_status_of(drive->user, drive->words[1], true, &status, err) < 0)
		return -1;
	printf("OK messages=%u unseen=%u deleted=%u recent=%u uidvalidity=%u uidnext=%u size=%llu\n",
	       status.messages, status.unseen, status.deleted, status.recent, status.uidvalidity,
	       status.uidnext, (unsigned long long)status.size);
	return 0;
}

static int do_open(struct drive *drive, struct roost_error *err)
{
	roost_mailbox_close(drive->box);
	drive->box = NULL;
	if (roost_mailbox_open(drive->user, drive->words[1], 0, &drive->box, err) < 0)
		return -1;
	printf("OK %u\n", roost_mailbox_count(drive->box));
	return 0;
}

static int do_close(struct drive *drive, struct roost_error *err)
{
	(void)err;
	roost_mailbox_close(drive->box);
	drive->box = NULL;
	return drive_done(0);
}

static int sync_box(struct drive *drive, uint32_t options, struct roost_error *err)
{
	const struct roost_changes *changes;

	if (roost_mailbox_sync(drive->box, options, &changes, err) < 0)
		return -1;
	printf("OK expunged=%zu changed=%zu count=%u\n", changes->expunged, changes->changed_count,
	       changes->count);
	return 0;
}

static int do_sync(struct drive *drive, struct roost_error *err)
{
	return sync_box(drive, 0, err);
}

static int do_scan(struct drive *drive, struct roost_error *err)
{
	return sync_box(drive, ROOST_SYNC_SCAN, err);
}

static void put_keywords(const struct roost_mailbox *box, uint64_t keywords)
{
	for (unsigned i = 0; i < 64; i++) {
		if ((keywords & (UINT64_C(1) << i)) != 0)
			printf("/%s", roost_mailbox_keyword(box, i));
	}
}

/* "UID/FLAGS/KEYWORD/KEYWORD" for each message. */
static int do_view(struct drive *drive, struct roost_error *err)
{
	(void)err;
	printf("OK");
	for (uint32_t seq = 1; seq <= roost_mailbox_count(drive->box); seq++) {
		struct roost_mail mail = roost_mailbox_mail(drive->box, seq);

		printf(" %u/", mail.uid);
		drive_put_flags(mail.flags);
		put_keywords(drive->box, mail.keywords);
	}
	printf("\n");
	return 0;
}

static int do_store(struct drive *drive, struct roost_error *err)
{
	struct roost_set uids = drive_set(drive, drive->words[1]);
	struct roost_store store = {
		.flags = drive_flags(drive->words[3]), .unchangedsince = UINT64_MAX,
		.mode = drive->words[2][0] == '+' ? ROOST_STORE_ADD :
			drive->words[2][0] == '-' ? ROOST_STORE_REMOVE : ROOST_STORE_SET,
	};

	for (int i = 4; i < drive->count; i++) {
		int number = roost_mailbox_keyword_number(drive->box, drive->words[i], true);

		if (number < 0)
			return roost_fail(err, ROOST_ERR_LIMIT, "no keyword %s", drive->words[i]);
		store.keywords |= UINT64_C(1) << number;
	}
	return drive_done(roost_mailbox_store(drive->box, &uids, &store, drive->arena, NULL, err));
}

static int do_expunge(struct drive *drive, struct roost_error *err)
{
	struct roost_set uids;

	if (drive->count == 1)
		return drive_done(roost_mailbox_expunge(drive->box, NULL, false, err));
	uids = drive_set(drive, drive->words[1]);
	return drive_done(roost_mailbox_expunge(drive->box, &uids, true, err));
}

const struct drive_command drive_mailbox_commands[] = {
	{ "list", 1, false, do_list }, { "create", 2, false, do_create },
	{ "delete", 2, false, do_delete }, { "rename", 3, false, do_rename },
	{ "subscribe", 2, false, do_subscribe }, { "subscriptions", 1, false, do_subscriptions },
	{ "status", 2, false, do_status }, { "open", 2, false, do_open },
	{ "close", 1, true, do_close }, { "sync", 1, true, do_sync }, { "scan", 1, true, do_scan },
	{ "view", 1, true, do_view }, { "store", 4, true, do_store },
	{ "expunge", 1, true, do_expunge }, { 0 },
};
