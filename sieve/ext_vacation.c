/* ext_vacation - automatic replies. RFC 5230, 6131. */
#include <unistd.h>
#include <roost/encode.h>
#include <roost/transfer.h>
#include <roost/utf8.h>
#include <roost/word.h>
#include "sieve/extensions.h"
#include "sieve/send.h"

enum { DAY = 86400, MAX_SUBJECT = 256 };

/* Seconds, between the administrator's bounds. */
static uint64_t clip(const struct sieve_instance *instance, uint64_t seconds)
{
	uint64_t least = sieve_setting_time(instance, "sieve_vacation_min_period", DAY);
	uint64_t most = sieve_setting_time(instance, "sieve_vacation_max_period", 60 * DAY);

	if (seconds < least)
		return least;
	return most > 0 && seconds > most ? most : seconds;
}

static uint64_t of_days(uint64_t days)
{
	return days > UINT64_MAX / DAY ? UINT64_MAX : days * DAY;
}

static void check_period(struct sieve_check *check, const struct sieve_use *use)
{
	const struct sieve_bound *days = sieve_use_find(use, SIEVE_SLOT_DAYS);
	const struct sieve_bound *seconds = sieve_use_find(use, SIEVE_SLOT_SECONDS);
	const struct sieve_bound *given = days != NULL ? days : seconds;
	uint64_t wanted, clipped;

	if (given == NULL)
		return;
	wanted = days != NULL ? of_days(days->number) : seconds->number;
	clipped = clip(check->instance, wanted);
	if (clipped != wanted)
		sieve_check_warning(check, given->at, "the period of :%s %llu for the vacation command is out "
				    "of range: it is taken as %llu seconds", days != NULL ? "days" : "seconds",
				    (unsigned long long)given->number, (unsigned long long)clipped);
}

static int check_vacation(struct sieve_check *check, struct sieve_use *use)
{
	struct sieve_bound *from = sieve_use_find(use, SIEVE_SLOT_FROM);
	struct sieve_text text;

	if (sieve_use_find(use, SIEVE_SLOT_DAYS) != NULL && sieve_use_find(use, SIEVE_SLOT_SECONDS) != NULL) {
		sieve_check_error(check, use->at, "the :days and :seconds tags for the vacation command "
				  "cannot be specified together");
		return -1;
	}
	if (sieve_bound_constant(from, &text) && sieve_address_normal(check->arena, text) == NULL) {
		sieve_check_error(check, from->at, "specified :from address '%s' is invalid for the "
				  "vacation command", text.data);
		return -1;
	}
	check_period(check, use);
	return 0;
}

/* --- whether to answer at all --- */

static struct sieve_text field_text(struct sieve_run *run, const char *name)
{
	size_t position = 0;
	struct sieve_field *field = sieve_message_field(run->message, sieve_text_of(name), &position);

	return field != NULL ? sieve_field_value(run->message, field) : (struct sieve_text){ NULL, 0 };
}

static bool contains(struct sieve_text text, const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; text.data != NULL && i + len <= text.len; i++) {
		if (strncasecmp(text.data + i, word, len) == 0)
			return true;
	}
	return false;
}

static bool from_program(const char *sender)
{
	const char *at = strrchr(sender, '@');
	struct sieve_text local = { sender, at != NULL ? (size_t)(at - sender) : strlen(sender) };

	return sieve_text_is(local, "MAILER-DAEMON") || sieve_text_is(local, "LISTSERV") ||
		sieve_text_is(local, "majordomo") || contains(local, "-request") ||
		strncasecmp(sender, "owner-", 6) == 0;
}

/* "no", and what may follow it: parameters and comments. RFC 3834 section 5. */
static bool by_a_person(struct sieve_text auto_submitted)
{
	struct sieve_text word = { auto_submitted.data, 0 };

	while (word.len < auto_submitted.len && strchr("; \t(", word.data[word.len]) == NULL)
		word.len++;
	return sieve_text_is(word, "no");
}

static bool any_field(struct sieve_run *run, const char *name, bool (*fits)(struct sieve_text value))
{
	struct sieve_field *field;
	size_t position = 0;

	while ((field = sieve_message_field(run->message, sieve_text_of(name), &position)) != NULL) {
		if (fits(sieve_field_value(run->message, field)))
			return true;
	}
	return false;
}

static bool by_a_program(struct sieve_text auto_submitted)
{
	return !by_a_person(auto_submitted);
}

static bool in_bulk(struct sieve_text precedence)
{
	return sieve_text_is(precedence, "bulk") || sieve_text_is(precedence, "list") ||
		sieve_text_is(precedence, "junk");
}

static bool suppressing(struct sieve_text suppress)
{
	return contains(suppress, "OOF") || contains(suppress, "All");
}

bool sieve_auto_submitted(struct sieve_run *run)
{
	return any_field(run, "Auto-Submitted", by_a_program);
}

static bool automatic(struct sieve_run *run)
{
	static const char *const lists[] = { "List-Id", "List-Owner", "List-Subscribe", "List-Post",
					     "List-Unsubscribe", "List-Help", "List-Archive" };

	for (size_t i = 0; i < ROOST_COUNT(lists); i++) {
		if (field_text(run, lists[i]).data != NULL)
			return true;
	}
	return sieve_auto_submitted(run) || any_field(run, "Precedence", in_bulk) ||
		any_field(run, "X-Auto-Response-Suppress", suppressing);
}

/* The user's addresses in the order in which they are looked for; NULL-terminated. */
static const char **own_addresses(struct sieve_run *run, const struct sieve_args *args)
{
	uint32_t count = sieve_arg_count(args, SIEVE_SLOT_ADDRESSES);
	const char **own = roost_arena_zalloc(run->arena, (count + 4) * sizeof(*own));
	size_t at = 0;

	if (run->envelope->to != NULL && run->envelope->to[0] != '\0')
		own[at++] = run->envelope->to;
	if (sieve_setting_bool(run->instance, "sieve_vacation_use_original_recipient", false) &&
	    run->envelope->orig_to != NULL)
		own[at++] = run->envelope->orig_to;
	for (uint32_t i = 0; i < count; i++) {
		struct sieve_text text = sieve_arg_list(run, args, SIEVE_SLOT_ADDRESSES, i);
		const char *address = sieve_address_normal(run->arena, text);

		if (address != NULL)
			own[at++] = address;
	}
	own[at] = sieve_setting(run->instance, "sieve_user_email");
	return own;
}

static bool field_has(struct sieve_run *run, const char *name, const char *wanted)
{
	struct sieve_field *field;
	size_t position = 0;

	while ((field = sieve_message_field(run->message, sieve_text_of(name), &position)) != NULL) {
		const struct roost_address_list *list = sieve_field_addresses(run->message, field);

		for (size_t i = 0; i < list->count; i++) {
			struct sieve_text text;

			if (list->items[i].kind == ROOST_ADDRESS_MAILBOX &&
			    sieve_address_part(run, SIEVE_PART_ALL, list->items[i].local,
					       list->items[i].domain, &text) &&
			    sieve_text_is(text, wanted))
				return true;
		}
	}
	return false;
}

/* The own address that the message was written to; NULL: to none. */
static const char *addressed(struct sieve_run *run, const char **own)
{
	static const char *const fields[] = { "To", "Cc", "Bcc", "Resent-To", "Resent-Cc",
					      "Resent-Bcc" };

	for (size_t i = 0; i < ROOST_COUNT(fields); i++) {
		for (const char **address = own; *address != NULL; address++) {
			if (field_has(run, fields[i], *address))
				return *address;
		}
	}
	return NULL;
}

static bool check_recipient(const struct sieve_run *run)
{
	return sieve_setting_bool(run->instance, "sieve_vacation_check_recipient", true) &&
		!sieve_setting_bool(run->instance, "sieve_vacation_dont_check_recipient", false);
}

/* From the user, by whichever of the addresses. */
static bool from_self(const struct sieve_run *run, const char **own, const char *sender)
{
	for (const char **address = own; *address != NULL; address++) {
		if (strcasecmp(*address, sender) == 0)
			return true;
	}
	return run->envelope->orig_to != NULL && strcasecmp(run->envelope->orig_to, sender) == 0;
}

static bool wanted(struct sieve_run *run, const char **own, const char *found)
{
	const char *sender = run->envelope->from;

	if (sender == NULL || sender[0] == '\0' || from_program(sender) || automatic(run) ||
	    from_self(run, own, sender))
		return false;
	return found != NULL || !check_recipient(run);
}

static uint64_t period(struct sieve_run *run, const struct sieve_args *args)
{
	uint64_t seconds = sieve_setting_time(run->instance, "sieve_vacation_default_period", 7 * DAY);

	if (sieve_arg_has(args, SIEVE_SLOT_DAYS))
		seconds = of_days(sieve_arg_number(args, SIEVE_SLOT_DAYS, 7));
	return clip(run->instance, sieve_arg_number(args, SIEVE_SLOT_SECONDS, seconds));
}

/* --- the reply --- */

/* "%{subject}", in the older generation "%$", stands for the subject of the message. */
static void append_template(struct roost_str *out, const char *template, struct sieve_text subject)
{
	static const char *const marks[] = { "%{subject}", "%$" };

	while (*template != '\0') {
		size_t len = 0;

		for (size_t i = 0; i < ROOST_COUNT(marks) && len == 0; i++) {
			if (strncmp(template, marks[i], strlen(marks[i])) == 0)
				len = strlen(marks[i]);
		}
		if (len > 0)
			roost_str_append(out, subject.data, subject.len);
		else
			roost_str_byte(out, *template);
		template += len > 0 ? len : 1;
	}
}

static void append_subject(struct sieve_run *run, const struct sieve_args *args,
			   struct roost_str *out)
{
	struct sieve_text subject = sieve_arg_string(run, args, SIEVE_SLOT_SUBJECT);
	struct sieve_text original = field_text(run, "Subject");
	const char *fallback = sieve_setting(run->instance, "sieve_vacation_default_subject");
	const char *template = sieve_setting(run->instance, "sieve_vacation_default_subject_template");
	uint64_t most = sieve_setting_size(run->instance, "sieve_vacation_max_subject_codepoints",
					   MAX_SUBJECT);
	struct roost_str text = ROOST_STR_INIT;

	if (subject.data != NULL)
		roost_str_append(&text, subject.data, subject.len);
	else if (original.data != NULL)
		append_template(&text, template != NULL ? template : "Auto: %{subject}", original);
	else
		roost_str_puts(&text, fallback != NULL ? fallback : "Automated reply");
	sieve_cut_characters(&text, most);
	roost_str_puts(out, "Subject: ");
	roost_word_encode(out, (struct roost_text){ text.data, text.len }, 9);
	roost_str_puts(out, "\r\n");
	roost_str_free(&text);
}

/* The sender as the header spells it, when it is the same address. */
static void append_to(struct sieve_run *run, struct roost_str *out)
{
	static const char *const fields[] = { "Sender", "Resent-From", "From" };
	bool any = sieve_setting_bool(run->instance, "sieve_vacation_to_header_ignore_envelope", false);

	roost_str_puts(out, "To: ");
	for (size_t i = 0; i < ROOST_COUNT(fields); i++) {
		size_t position = 0;
		struct sieve_field *field = sieve_message_field(run->message,
								sieve_text_of(fields[i]), &position);
		const struct roost_address_list *list;
		struct sieve_text text;

		if (field == NULL)
			continue;
		list = sieve_field_addresses(run->message, field);
		if (list->count == 0 || list->items[0].kind != ROOST_ADDRESS_MAILBOX)
			continue;
		sieve_address_part(run, SIEVE_PART_ALL, list->items[0].local, list->items[0].domain, &text);
		if (!any && !sieve_text_is(text, run->envelope->from))
			continue;
		sieve_write_address(out, strlen("To: "), &list->items[0]);
		roost_str_puts(out, "\r\n");
		return;
	}
	roost_str_printf(out, "<%s>\r\n", run->envelope->from);
}

static void append_references(struct sieve_run *run, struct roost_str *out)
{
	struct sieve_text id = field_text(run, "Message-ID");
	struct sieve_text references = field_text(run, "References");

	if (id.data == NULL || id.len == 0)
		return;
	roost_str_printf(out, "In-Reply-To: %s\r\nReferences: ", id.data);
	if (references.data != NULL && references.len > 0)
		roost_str_printf(out, "%s\r\n ", references.data);
	roost_str_printf(out, "%s\r\n", id.data);
}

static void append_reason(struct sieve_run *run, const struct sieve_args *args, struct roost_str *out)
{
	struct sieve_text reason = sieve_arg_string(run, args, SIEVE_SLOT_ARG0);

	roost_str_puts(out, "MIME-Version: 1.0\r\n");
	if (sieve_arg_has(args, SIEVE_SLOT_MIME)) {
		roost_str_append(out, reason.data, reason.len);
		return;
	}
	roost_str_puts(out, "Content-Type: text/plain; charset=utf-8\r\n"
		       "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
	roost_transfer_encode_quoted(out, reason.data, reason.len);
}

static struct sieve_text compose(struct sieve_run *run, const struct sieve_args *args,
				 const char *found)
{
	struct sieve_text from = sieve_arg_string(run, args, SIEVE_SLOT_FROM);
	const char *user = found != NULL ? found : sieve_user_address(run->instance, run->envelope);
	struct roost_str out = ROOST_STR_INIT;
	char hostname[256] = "localhost";
	struct sieve_text reply;

	gethostname(hostname, sizeof(hostname) - 1);
	sieve_send_begin(&out, hostname);
	if (from.data != NULL)
		sieve_append_address(&out, run->arena, "From", from);
	else
		roost_str_printf(&out, "From: <%s>\r\n", user != NULL ? user : "");
	append_to(run, &out);
	append_subject(run, args, &out);
	append_references(run, &out);
	roost_str_puts(&out, "Auto-Submitted: auto-replied (vacation)\r\nPrecedence: bulk\r\n"
		       "X-Auto-Response-Suppress: All\r\n");
	append_reason(run, args, &out);
	reply = sieve_text_dup(run->arena, sieve_text_of_str(&out));
	roost_str_free(&out);
	return reply;
}

static char *reply_id(struct sieve_run *run, const struct sieve_args *args)
{
	static const enum sieve_slot slots[] = { SIEVE_SLOT_SUBJECT, SIEVE_SLOT_FROM, SIEVE_SLOT_ARG0 };
	struct sieve_text handle = sieve_arg_string(run, args, SIEVE_SLOT_HANDLE);
	uint64_t hash = 14695981039346656037u;

	if (handle.data != NULL)
		return roost_arena_printf(run->arena, "vacation\n%s\n%s", handle.data,
					  run->envelope->from != NULL ? run->envelope->from : "");
	for (size_t i = 0; i < ROOST_COUNT(slots); i++) {
		struct sieve_text text = sieve_arg_string(run, args, slots[i]);

		for (size_t at = 0; at < text.len; at++)
			hash = (hash ^ (unsigned char)text.data[at]) * 1099511628211u;
		hash = (hash ^ 256u) * 1099511628211u;
	}
	return roost_arena_printf(run->arena, "vacation\n%016llx%d\n%s", (unsigned long long)hash,
				  sieve_arg_has(args, SIEVE_SLOT_MIME),
				  run->envelope->from != NULL ? run->envelope->from : "");
}

static int run_vacation(struct sieve_run *run, const struct sieve_args *args)
{
	const char **own = own_addresses(run, args), *found = addressed(run, own);
	struct sieve_text from = sieve_arg_string(run, args, SIEVE_SLOT_FROM);
	struct sieve_action action = { .kind = SIEVE_VACATION, .name = "vacation" };

	if (from.data != NULL && sieve_address_normal(run->arena, from) == NULL)
		return sieve_run_error(run, "specified :from address '%s' is invalid for the vacation "
				       "command", from.data);
	action.text = sieve_arg_string(run, args, SIEVE_SLOT_ARG0).data;
	action.subject = sieve_arg_string(run, args, SIEVE_SLOT_SUBJECT).data;
	action.from_header = from.data;
	action.mime = sieve_arg_has(args, SIEVE_SLOT_MIME);
	action.mark = reply_id(run, args);
	action.mark_seconds = period(run, args);
	if (wanted(run, own, found) && !(run->host->seen != NULL &&
	    run->host->seen(run->host->context, sieve_text_of(action.mark)))) {
		action.target = run->envelope->from;
		action.from = sieve_setting_bool(run->instance, "sieve_vacation_send_from_recipient",
						 false) ? run->envelope->to : "";
		action.message = compose(run, args, found);
		if (sieve_run_fcc(run, args, &action.fcc) < 0)
			return -1;
	}
	return sieve_run_act(run, &action, false);
}

static const struct sieve_def defs[] = {
	{ .name = "vacation", .is_command = true, .action = true, .required = 1,
	  .params = { { SIEVE_STRING, "reason" } }, .check = check_vacation, .run = run_vacation },
	{ 0 }
};

#define TAG(tag, place, kind) \
	{ .name = tag, .commands = "vacation", .slot = SIEVE_SLOT_##place, .type = kind }

static const struct sieve_tag tags[] = {
	TAG("days", DAYS, SIEVE_NUMBER), TAG("subject", SUBJECT, SIEVE_STRING),
	TAG("from", FROM, SIEVE_STRING), TAG("addresses", ADDRESSES, SIEVE_LIST),
	TAG("mime", MIME, SIEVE_FLAG), TAG("handle", HANDLE, SIEVE_STRING),
	{ 0 }
};

static const struct sieve_tag seconds_tags[] = {
	TAG("seconds", SECONDS, SIEVE_NUMBER),
	{ 0 }
};

const struct sieve_extension sieve_ext_vacation = { .name = "vacation", .defs = defs, .tags = tags };
const struct sieve_extension sieve_ext_vacation_seconds = { .name = "vacation-seconds",
	.tags = seconds_tags, .off = true, .implies = "vacation" };
