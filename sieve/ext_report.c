/* ext_report - abuse reports: vnd.dovecot.report. RFC 5965. */
#include <ctype.h>
#include <unistd.h>
#include "sieve/extensions.h"
#include "sieve/send.h"

/* A feedback type is a token: RFC 2045 section 5.1. */
static bool is_token(struct sieve_text text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] <= ' ' || text.data[i] > '~' ||
		    strchr("()<>@,;:\\\"/[]?=", text.data[i]) != NULL)
			return false;
	}
	return text.len > 0;
}

static int check_report(struct sieve_check *check, struct sieve_use *use)
{
	struct sieve_text text;

	if (sieve_bound_constant(sieve_use_find(use, SIEVE_SLOT_ARG0), &text) && !is_token(text)) {
		sieve_check_error(check, use->at, "the report command: invalid feedback type '%s'", text.data);
		return -1;
	}
	if (sieve_bound_constant(sieve_use_find(use, SIEVE_SLOT_ARG2), &text) &&
	    sieve_address_normal(check->arena, text) == NULL) {
		sieve_check_error(check, use->at, "the report command: specified address '%s' is invalid",
				  text.data);
		return -1;
	}
	return 0;
}

static void append_original(struct roost_str *out, struct sieve_text message, bool headers_only)
{
	size_t header = roost_header_length(message.data, message.len);

	roost_str_printf(out, "Content-Type: %s\r\nContent-Disposition: attachment\r\n\r\n",
			 headers_only ? "text/rfc822-headers" : "message/rfc822");
	roost_str_append(out, message.data, headers_only ? header : message.len);
}

/* Reports are read by people: a null sender is none to show them. */
static void compose(struct sieve_run *run, const struct sieve_args *args, const char *from,
		    const char *to, struct roost_str *out)
{
	const char *user = sieve_user_address(run->instance, run->envelope);
	struct sieve_text message = sieve_message_text(run->message);
	char hostname[256] = "localhost", boundary[64];

	gethostname(hostname, sizeof(hostname) - 1);
	snprintf(boundary, sizeof(boundary), "roost-report-%lld-%d", (long long)run->now, (int)getpid());
	sieve_send_begin(out, hostname);
	roost_str_printf(out, "From: <%s>\r\nTo: <%s>\r\nSubject: Report\r\n"
			 "Auto-Submitted: auto-generated (report)\r\nPrecedence: bulk\r\n"
			 "MIME-Version: 1.0\r\nContent-Type: multipart/report; "
			 "report-type=feedback-report;\r\n\tboundary=\"%s\"\r\n\r\n"
			 "--%s\r\nContent-Type: text/plain; charset=utf-8\r\n"
			 "Content-Transfer-Encoding: 8bit\r\n\r\n%s\r\n",
			 from != NULL && *from != '\0' ? from : sieve_postmaster(run->instance), to, boundary, boundary,
			 sieve_arg_string(run, args, SIEVE_SLOT_ARG1).data);
	roost_str_printf(out, "--%s\r\nContent-Type: message/feedback-report\r\n\r\nVersion: 1\r\n"
			 "Feedback-Type: %s\r\nUser-Agent: roost Sieve\r\n", boundary,
			 sieve_arg_string(run, args, SIEVE_SLOT_ARG0).data);
	if (run->envelope->from != NULL)
		roost_str_printf(out, "Original-Mail-From: <%s>\r\n", run->envelope->from);
	if (run->envelope->orig_to != NULL)
		roost_str_printf(out, "Original-Rcpt-To: <%s>\r\n", run->envelope->orig_to);
	if (user != NULL)
		roost_str_printf(out, "Dovecot-Reporting-User: <%s>\r\n", user);
	roost_str_printf(out, "\r\n--%s\r\n", boundary);
	append_original(out, message, sieve_arg_has(args, SIEVE_SLOT_HEADERS_ONLY));
	roost_str_printf(out, "\r\n--%s--\r\n", boundary);
}

static int run_report(struct sieve_run *run, const struct sieve_args *args)
{
	struct sieve_text type = sieve_arg_string(run, args, SIEVE_SLOT_ARG0);
	struct sieve_text address = sieve_arg_string(run, args, SIEVE_SLOT_ARG2);
	struct sieve_action action = { .kind = SIEVE_REPORT, .name = "report" };
	struct roost_str out = ROOST_STR_INIT;

	action.target = sieve_address_normal(run->arena, address);
	if (!is_token(type))
		return sieve_run_error(run, "the report command: invalid feedback type '%s'", type.data);
	if (action.target == NULL)
		return sieve_run_error(run, "the report command: specified address '%s' is invalid",
				       address.data);
	action.from = sieve_envelope_from(run->arena, run->instance, run->envelope,
					  "sieve_report_from", "postmaster");
	compose(run, args, action.from, action.target, &out);
	action.message = sieve_text_dup(run->arena, sieve_text_of_str(&out));
	roost_str_free(&out);
	return sieve_run_act(run, &action, false);
}

static const struct sieve_def defs[] = {
	{ .name = "report", .is_command = true, .action = true, .required = 3,
	  .params = { { SIEVE_STRING, "feedback-type" }, { SIEVE_STRING, "message" },
		      { SIEVE_STRING, "address" } }, .check = check_report, .run = run_report },
	{ 0 }
};

static const struct sieve_tag tags[] = {
	{ .name = "headers_only", .commands = "report", .slot = SIEVE_SLOT_HEADERS_ONLY },
	{ 0 }
};

const struct sieve_extension sieve_ext_report = { .name = "vnd.dovecot.report", .defs = defs,
						  .tags = tags, .off = true };
