/* ext_enotify - notifications by mail. RFC 5435, 5436. */
#include <ctype.h>
#include <unistd.h>
#include <roost/transfer.h>
#include <roost/word.h>
#include "sieve/extensions.h"
#include "sieve/mailto.h"
#include "sieve/send.h"

enum { MAX_SUBJECT = 256 };

static int check_notify(struct sieve_check *check, struct sieve_use *use)
{
	struct sieve_bound *importance = sieve_use_find(use, SIEVE_SLOT_IMPORTANCE);
	struct sieve_bound *from = sieve_use_find(use, SIEVE_SLOT_FROM);
	struct sieve_mailto mailto;
	struct sieve_text text;

	if (sieve_bound_constant(importance, &text) &&
	    (text.len != 1 || text.data[0] < '1' || text.data[0] > '3')) {
		sieve_check_error(check, importance->at, "invalid :importance value '%s' for the notify "
				  "command", text.data);
		return -1;
	}
	if (sieve_bound_constant(from, &text) && sieve_address_normal(check->arena, text) == NULL) {
		sieve_check_error(check, from->at, "specified :from address '%s' is invalid for the "
				  "notify command", text.data);
		return -1;
	}
	if (sieve_bound_constant(sieve_use_find(use, SIEVE_SLOT_ARG0), &text) &&
	    !sieve_mailto_parse(check->arena, text.data, &mailto)) {
		sieve_check_error(check, use->at, "the notify command: invalid method '%s'", text.data);
		return -1;
	}
	return 0;
}

static struct sieve_text first_value(struct sieve_run *run, const char *name)
{
	size_t position = 0;
	struct sieve_field *field = sieve_message_field(run->message, sieve_text_of(name), &position);

	return field != NULL ? sieve_field_value(run->message, field) : (struct sieve_text){ NULL, 0 };
}

/* Whether an earlier notification of this script goes there too. */
static bool served(const struct sieve_run *run, const char *list, const char *address)
{
	for (size_t i = 0; i < run->result->actions.count; i++) {
		const struct sieve_action *action = run->result->actions.items[i];

		if (action->kind == SIEVE_NOTIFY && action->target != NULL &&
		    strcasestr(action->target, roost_arena_printf(run->arena, "%s\n", address)) != NULL)
			return true;
	}
	return strcasestr(list, roost_arena_printf(run->arena, "%s\n", address)) != NULL;
}

/* "To: a, b": those not served yet, which are added to all, too. */
static void append_recipients(struct sieve_run *run, struct roost_str *out, struct roost_str *all,
			      const char *name, const char *const *addresses, unsigned count)
{
	bool any = false;

	for (unsigned i = 0; i < count; i++) {
		if (served(run, roost_str_text(all), addresses[i]))
			continue;
		if (name != NULL)
			roost_str_printf(out, any ? ", %s%s" : "%s%s", any ? "" :
					 roost_arena_printf(run->arena, "%s: ", name), addresses[i]);
		roost_str_printf(all, "%s\n", addresses[i]);
		any = true;
	}
	if (any && name != NULL)
		roost_str_puts(out, "\r\n");
}

static void append_encoded(struct roost_str *out, const char *name, const char *value)
{
	roost_str_printf(out, "%s: ", name);
	roost_word_encode(out, (struct roost_text){ value, strlen(value) }, strlen(name) + 2);
	roost_str_puts(out, "\r\n");
}

static void append_subject(struct sieve_run *run, const struct sieve_args *args,
			   const struct sieve_mailto *mailto, struct roost_str *out)
{
	struct sieve_text message = sieve_arg_string(run, args, SIEVE_SLOT_MESSAGE);
	struct sieve_text original = first_value(run, "Subject");
	struct roost_str subject = ROOST_STR_INIT;

	if (message.data != NULL)
		roost_str_append(&subject, message.data, message.len);
	else if (mailto->subject != NULL)
		roost_str_puts(&subject, mailto->subject);
	else
		roost_str_printf(&subject, "Notification: %s", original.data != NULL ? original.data :
				 "(no subject)");
	sieve_cut_characters(&subject, MAX_SUBJECT);
	for (size_t i = 0; i < subject.len; i++) {
		if (subject.data[i] == '\r' || subject.data[i] == '\n')
			subject.data[i] = ' ';
	}
	append_encoded(out, "Subject", roost_str_text(&subject));
	roost_str_free(&subject);
}

static void append_importance(struct roost_str *out, struct sieve_text importance)
{
	char level = importance.data != NULL && importance.len == 1 ? importance.data[0] : '2';

	if (level == '1')
		roost_str_puts(out, "X-Priority: 1 (Highest)\r\nImportance: High\r\n");
	else if (level == '3')
		roost_str_puts(out, "X-Priority: 5 (Lowest)\r\nImportance: Low\r\n");
	else
		roost_str_puts(out, "X-Priority: 3 (Normal)\r\nImportance: Normal\r\n");
}

static void compose(struct sieve_run *run, const struct sieve_args *args,
		    const struct sieve_mailto *mailto, struct sieve_action *action)
{
	struct sieve_text from = sieve_arg_string(run, args, SIEVE_SLOT_FROM);
	const char *user = sieve_user_address(run->instance, run->envelope);
	const char *sender = from.data != NULL ? sieve_address_normal(run->arena, from) :
		sieve_postmaster(run->instance);
	const char *email = sieve_setting(run->instance, "sieve_user_email");
	struct roost_str out = ROOST_STR_INIT, all = ROOST_STR_INIT;
	char hostname[256] = "localhost";

	gethostname(hostname, sizeof(hostname) - 1);
	sieve_send_begin(&out, hostname);
	roost_str_printf(&out, "Auto-Submitted: auto-notified; owner-email=\"%s\"\r\n",
			 user != NULL ? user : "");
	if (from.data != NULL)
		sieve_append_address(&out, run->arena, "From", from);
	else
		roost_str_printf(&out, "From: <%s>\r\n", sender);
	append_recipients(run, &out, &all, "To", mailto->to, mailto->to_count);
	append_recipients(run, &out, &all, "Cc", mailto->cc, mailto->cc_count);
	append_recipients(run, &out, &all, NULL, mailto->bcc, mailto->bcc_count);
	append_subject(run, args, mailto, &out);
	append_importance(&out, sieve_arg_string(run, args, SIEVE_SLOT_IMPORTANCE));
	for (unsigned i = 0; i < mailto->header_count; i++)
		append_encoded(&out, mailto->headers[i].name, mailto->headers[i].value);
	roost_str_puts(&out, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
		       "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
	if (mailto->body != NULL)
		roost_transfer_encode_quoted(&out, mailto->body, strlen(mailto->body));
	else
		roost_str_puts(&out, "Notification of new message.\r\n");
	action->message = sieve_text_dup(run->arena, sieve_text_of_str(&out));
	action->from = sieve_envelope_from(run->arena, run->instance, run->envelope,
		"sieve_notify_mailto_envelope_from", from.data == NULL && email != NULL ? "user_email" :
		roost_arena_printf(run->arena, "<%s>", sender));
	if (all.len > 0)
		action->target = roost_arena_strdup(run->arena, all.data);
	roost_str_free(&all);
	roost_str_free(&out);
}

static int run_notify(struct sieve_run *run, const struct sieve_args *args)
{
	struct sieve_text method = sieve_arg_string(run, args, SIEVE_SLOT_ARG0);
	struct sieve_text from = sieve_arg_string(run, args, SIEVE_SLOT_FROM);
	struct sieve_action action = { .kind = SIEVE_NOTIFY, .name = "notify", .text = method.data,
		.subject = sieve_arg_string(run, args, SIEVE_SLOT_MESSAGE).data };
	struct sieve_mailto mailto;

	if (!sieve_mailto_parse(run->arena, method.data, &mailto))
		return sieve_run_error(run, "the notify command: invalid method '%s'", method.data);
	if (from.data != NULL && sieve_address_normal(run->arena, from) == NULL)
		return sieve_run_error(run, "specified :from address '%s' is invalid for the notify "
				       "command", from.data);
	if (mailto.dropped)
		sieve_run_warning(run, "the method has too many recipients or headers; some are dropped");
	if (sieve_run_fcc(run, args, &action.fcc) < 0)
		return -1;
	if (!sieve_auto_submitted(run))
		compose(run, args, &mailto, &action);
	return sieve_run_act(run, &action, false);
}

static int run_valid(struct sieve_run *run, const struct sieve_args *args)
{
	uint32_t count = sieve_arg_count(args, SIEVE_SLOT_ARG0);
	struct sieve_mailto mailto;

	for (uint32_t i = 0; i < count; i++) {
		if (!sieve_mailto_parse(run->arena, sieve_arg_list(run, args, SIEVE_SLOT_ARG0, i).data,
					&mailto))
			return 0;
	}
	return 1;
}

static int run_capability(struct sieve_run *run, const struct sieve_args *args)
{
	struct sieve_matcher *matcher = sieve_match_begin(run, args);
	struct sieve_mailto mailto;

	if (sieve_mailto_parse(run->arena, sieve_arg_string(run, args, SIEVE_SLOT_ARG0).data, &mailto) &&
	    sieve_text_is(sieve_arg_string(run, args, SIEVE_SLOT_ARG1), "online"))
		sieve_match_value(matcher, SIEVE_TEXT("maybe"));
	return sieve_match_end(matcher);
}

static const struct sieve_def defs[] = {
	{ .name = "notify", .is_command = true, .action = true, .required = 1,
	  .params = { { SIEVE_STRING, "method" } }, .check = check_notify, .run = run_notify },
	{ .name = "valid_notify_method", .is_test = true, .required = 1,
	  .params = { { SIEVE_LIST, "notification-uris" } }, .run = run_valid },
	{ .name = "notify_method_capability", .is_test = true, .required = 3,
	  .groups = SIEVE_GROUP_ALL_MATCH, .keys = SIEVE_SLOT_ARG2,
	  .params = { { SIEVE_STRING, "notification-uri" }, { SIEVE_STRING, "notification-capability" },
		      { SIEVE_LIST, "key list" } }, .run = run_capability },
	{ 0 }
};

/* Each is name=value; RFC 5435 section 3.5. */
static int check_options(struct sieve_check *check, struct sieve_use *use, struct sieve_bound *bound)
{
	for (uint32_t i = 0; i < bound->count; i++) {
		struct sieve_text text = bound->strings[i].text;

		if (!bound->strings[i].constant)
			continue;
		if (text.len == 0 || !isalpha((unsigned char)text.data[0]) ||
		    memchr(text.data, '=', text.len) == NULL) {
			sieve_check_error(check, bound->at, "invalid :options value '%s' for the notify "
					  "command", text.data);
			return -1;
		}
		sieve_check_warning(check, bound->at, "unknown option '%s' is ignored", text.data);
	}
	return 0;
}

static const struct sieve_tag tags[] = {
	{ .name = "from", .commands = "notify", .slot = SIEVE_SLOT_FROM, .type = SIEVE_STRING },
	{ .name = "importance", .commands = "notify", .slot = SIEVE_SLOT_IMPORTANCE, .type = SIEVE_STRING },
	{ .name = "options", .commands = "notify", .slot = SIEVE_SLOT_OPTIONS, .type = SIEVE_LIST,
	  .check = check_options },
	{ .name = "message", .commands = "notify", .slot = SIEVE_SLOT_MESSAGE, .type = SIEVE_STRING },
	{ .name = "encodeurl", .commands = "set", .slot = SIEVE_SLOT_MODIFIER, .value = 64,
	  .collects = true, .exclusive = "MODIFIER", .check = sieve_check_modifier },
	{ 0 }
};

const struct sieve_extension sieve_ext_enotify = { .name = "enotify", .defs = defs, .tags = tags };

static int run_debug_log(struct sieve_run *run, const struct sieve_args *args)
{
	const char *text = sieve_arg_string(run, args, SIEVE_SLOT_ARG0).data;

	if (run->host->log != NULL)
		run->host->log(run->host->context, text);
	else
		sieve_diag_add(run->diag, SIEVE_INFO, sieve_run_at(run), "DEBUG: %s", text);
	return 0;
}

static const struct sieve_def debug_defs[] = {
	{ .name = "debug_log", .is_command = true, .required = 1,
	  .params = { { SIEVE_STRING, "message" } }, .run = run_debug_log },
	{ 0 }
};

const struct sieve_extension sieve_ext_debug = { .name = "vnd.dovecot.debug", .defs = debug_defs,
						 .off = true };
