/* What the store has: every message with what its name tells, new ones with their dates. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>
#include <roost/vec.h>
#include "modules/maildir/maildir.h"

#define PASSES 5
#define GAP 1000		/* the highest UIDs may be those of expunged messages: none is given twice */

struct newcomer { const char *base, *path; uint32_t bits; };

struct scanning {
	struct maildir *maildir;
	struct roost_scan *scan;
	bool adopting;
	struct maildir_uidlist *list;	/* NULL: none, or not needed */
	struct roost_arena *arena;
	ROOST_VEC(struct newcomer) newcomers;
	ROOST_VEC(const char *) in_new;
	int number[32];			/* of the keyword behind a bit; -1: none, -2: not asked yet */
	uint64_t shown;			/* keywords that a letter stands for */
};

/* Numbers that names have already; letters that nobody uses make no keywords. */
static void prepare_keywords(struct scanning *scanning)
{
	const struct maildir *maildir = scanning->maildir;
	const char *name;

	for (size_t i = 0; i < ROOST_COUNT(scanning->number); i++)
		scanning->number[i] = -2;
	for (unsigned number = 0; number < 64 &&
	     (name = roost_mailbox_keyword(maildir->box, number)) != NULL; number++) {
		if (maildir_keyword_letter(maildir, name) >= 0 ||
		    strcasecmp(name, MAILDIR_FORWARDED) == 0)
			scanning->shown |= UINT64_C(1) << number;
	}
}

static int keyword_of(struct scanning *scanning, unsigned bit)
{
	const char *name = NULL;

	if (1u << bit == MAILDIR_P)
		name = MAILDIR_FORWARDED;
	else if (bit >= 6)
		name = scanning->maildir->keywords[bit - 6];
	if (scanning->number[bit] == -2) {
		scanning->number[bit] = name == NULL ? -1 :
			roost_scan_keyword(scanning->scan, name);
		if (scanning->number[bit] >= 0)
			scanning->shown |= UINT64_C(1) << scanning->number[bit];
	}
	return scanning->number[bit];
}

static uint64_t keywords_of(struct scanning *scanning, uint32_t bits)
{
	uint64_t keywords = 0;

	for (bits &= ~(MAILDIR_D | MAILDIR_F | MAILDIR_R | MAILDIR_S | MAILDIR_T); bits != 0;
	     bits &= bits - 1) {
		int number = keyword_of(scanning, (unsigned)__builtin_ctz(bits));

		if (number >= 0)
			keywords |= UINT64_C(1) << number;
	}
	return keywords;
}

static struct roost_found from_name(struct scanning *scanning, const char *path, uint32_t bits)
{
	struct roost_found found = { .has_flags = true, .recent = path[0] == 'n' };

	found.flags = maildir_flags(bits);
	found.keywords = keywords_of(scanning, bits);
	found.keywords_hidden = ~scanning->shown;
	return found;
}

static void each_message(void *context, const char *base, const char *path,
			 const struct maildir_entry *entry)
{
	struct scanning *scanning = context;

	if (scanning->maildir->settings->empty_new && path[0] == 'n')
		roost_vec_push(&scanning->in_new, roost_arena_strdup(scanning->arena, base));
	if (!scanning->adopting && roost_scan_knows(scanning->scan, base)) {
		struct roost_found found = from_name(scanning, path, entry->bits);

		roost_scan_found_details(scanning->scan, base, &found);
		return;
	}
	roost_vec_push(&scanning->newcomers, (struct newcomer){
		roost_arena_strdup(scanning->arena, base),
		roost_arena_strdup(scanning->arena, path), entry->bits });
}

/* Seconds, then M and microseconds, of those names that have them. */
static void arrival(const char *base, uint64_t when[2])
{
	const char *fraction;
	char *end;

	when[0] = strtoull(base, &end, 10);
	fraction = *end == '.' ? strpbrk(end, "MP,") : NULL;
	when[1] = fraction != NULL && *fraction == 'M' ? strtoull(fraction + 1, NULL, 10) : 0;
}

static int by_arrival(const void *left, const void *right)
{
	const char *a = ((const struct newcomer *)left)->base;
	const char *b = ((const struct newcomer *)right)->base;
	uint64_t first[2], second[2];

	arrival(a, first);
	arrival(b, second);
	for (int i = 0; i < 2; i++) {
		if (first[i] != second[i])
			return first[i] < second[i] ? -1 : 1;
	}
	return strcmp(a, b);
}

/* What the name says of size and UID; what another server's list says of the UID counts more. */
static void take_fields(struct scanning *scanning, const char *base, struct roost_found *found)
{
	struct maildir_fields fields = maildir_fields(base, strlen(base));
	const struct maildir_listed *listed = scanning->list == NULL ? NULL :
		roost_map_get(scanning->list->messages, base);

	found->uid = fields.uid;
	found->uidvalidity = fields.uidvalidity;
	if (listed != NULL) {
		found->uid = listed->uid;
		found->uidvalidity = scanning->list->uidvalidity;
		memcpy(found->guid, listed->guid, sizeof(found->guid));
	}
	if (scanning->maildir->settings->broken_sizes)
		return;
	if (fields.has_size)
		found->size = fields.size;
	found->vsize = fields.has_vsize ? fields.vsize : listed != NULL ? listed->vsize : 0;
}

/* One stat for each message that the index does not have, for its date. */
static void report_newcomer(struct scanning *scanning, const struct newcomer *newcomer)
{
	struct roost_found found = from_name(scanning, newcomer->path, newcomer->bits);
	struct stat st;

	if (fstatat(scanning->maildir->dir, newcomer->path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;			/* moved this moment: the changed stamp brings us back */
	found.internaldate = (int64_t)st.st_mtim.tv_sec * 1000000 + st.st_mtim.tv_nsec / 1000;
	found.size = (uint64_t)st.st_size;
	take_fields(scanning, newcomer->base, &found);
	roost_scan_found_details(scanning->scan, newcomer->base, &found);
}

/* Without any list: the UIDVALIDITY that most names carry, so that a lost index costs no UIDs. */
static void validity_from_names(struct scanning *scanning)
{
	uint32_t best = 0, uidnext = 1;
	size_t votes = 0;

	/* Majority by pairing off; a mailbox made by copying files has no better answer. */
	for (size_t i = 0; i < scanning->newcomers.count; i++) {
		const char *base = scanning->newcomers.items[i].base;
		uint32_t validity = maildir_fields(base, strlen(base)).uidvalidity;

		if (validity == 0)
			continue;
		if (votes == 0)
			best = validity;
		votes += validity == best ? 1 : (size_t)-1;
	}
	for (size_t i = 0; best != 0 && i < scanning->newcomers.count; i++) {
		const char *base = scanning->newcomers.items[i].base;
		struct maildir_fields fields = maildir_fields(base, strlen(base));

		if (fields.uidvalidity == best && fields.uid >= uidnext && fields.uid < UINT32_MAX)
			uidnext = fields.uid + 1;
	}
	if (best != 0)
		roost_scan_uidvalidity(scanning->scan, best,
				       uidnext < UINT32_MAX - GAP ? uidnext + GAP : uidnext);
}

/* A file that another program renames while a folder is read may show up under neither name. */
static bool misses_some(struct scanning *scanning)
{
	struct maildir *maildir = scanning->maildir;
	const char *key;
	uint32_t uid = 0;

	while ((uid = roost_mailbox_key_next(maildir->box, uid, &key)) != 0) {
		if (maildir_table_find(&maildir->table, key) == NULL)
			return true;
	}
	return false;
}

static bool changed_meanwhile(struct maildir *maildir)
{
	uint64_t before[4], now[4];
	bool settled;

	memcpy(before, maildir->seen, sizeof(before));
	return !maildir->seen_settled || maildir_stamp(maildir->box, now, &settled, NULL) < 0 ||
		memcmp(before, now, maildir->settings->very_dirty_syncs ? 16 : 32) != 0;
}

/* maildir_empty_new: look and empty at once, for other programs that watch new. */
static void empty_new(struct scanning *scanning)
{
	struct maildir *maildir = scanning->maildir;

	for (size_t i = 0; i < scanning->in_new.count; i++) {
		const char *base = scanning->in_new.items[i];
		const struct maildir_entry *entry = maildir_table_find(&maildir->table, base);
		char from[MAILDIR_PATH_MAX], to[MAILDIR_PATH_MAX];

		if (entry == NULL || (entry->where & MAILDIR_IN_NEW) == 0)
			continue;
		maildir_entry_path(&maildir->table, entry, base, from);
		maildir_path(to, base, entry->bits, from + 4 + strlen(base));
		if (renameat(maildir->dir, from, maildir->dir, to) == 0)
			maildir_table_put(&maildir->table, base, to, entry->pass);
	}
}

static int read_all(struct scanning *scanning, struct roost_error *err)
{
	for (uint8_t pass = 0; pass < PASSES; pass++) {
		if (maildir_read(scanning->maildir, pass, each_message, scanning, err) < 0)
			return -1;
		if (scanning->adopting || !changed_meanwhile(scanning->maildir) ||
		    !misses_some(scanning))
			break;
	}
	return 0;
}

static int run(struct scanning *scanning, struct roost_error *err)
{
	struct maildir *maildir = scanning->maildir;
	struct maildir_uidlist list;
	int result;

	maildir_keywords_load(maildir);
	prepare_keywords(scanning);
	scanning->arena = roost_arena_create("maildir scan");
	result = read_all(scanning, err);
	if (result == 0 && scanning->newcomers.count > 0) {
		qsort(scanning->newcomers.items, scanning->newcomers.count,
		      sizeof(*scanning->newcomers.items), by_arrival);
		maildir->uidlist_stale = true;
	}
	if (result == 0 && (scanning->adopting || (scanning->newcomers.count > 0 &&
	    maildir_uidlist_foreign(maildir))) && maildir_uidlist_read(maildir, &list))
		scanning->list = &list;
	if (result == 0 && scanning->adopting && scanning->list != NULL)
		roost_scan_uidvalidity(scanning->scan, list.uidvalidity, list.uidnext);
	else if (result == 0 && scanning->adopting)
		validity_from_names(scanning);
	for (size_t i = 0; result == 0 && i < scanning->newcomers.count; i++)
		report_newcomer(scanning, &scanning->newcomers.items[i]);
	empty_new(scanning);
	if (scanning->list != NULL)
		maildir_uidlist_free(&list);
	roost_vec_free(&scanning->newcomers);
	roost_vec_free(&scanning->in_new);
	roost_arena_free(scanning->arena);
	return result;
}

int maildir_scan(struct roost_mailbox *box, struct roost_scan *scan, struct roost_error *err)
{
	struct scanning scanning = { .maildir = roost_storage_state(box), .scan = scan };

	return run(&scanning, err);
}

/* Keywords first, in the order of their letters, so that they keep their numbers. */
int maildir_adopt(struct roost_mailbox *box, struct roost_scan *scan, struct roost_error *err)
{
	struct scanning scanning = {
		.maildir = roost_storage_state(box), .scan = scan, .adopting = true };

	maildir_keywords_load(scanning.maildir);
	for (size_t i = 0; i < MAILDIR_LETTERS; i++) {
		if (scanning.maildir->keywords[i] != NULL)
			roost_scan_keyword(scan, scanning.maildir->keywords[i]);
	}
	return run(&scanning, err);
}
