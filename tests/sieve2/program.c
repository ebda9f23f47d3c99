/* A mail filter as programs for libsieve are written; it includes nothing but the public header. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sieve2.h>

struct mail {
	const char *script, *headers, *body, *from, *to;
	char log[2048];
	int refuse;
};

static void note(struct mail *mail, const char *what, const char *detail)
{
	size_t len = strlen(mail->log);

	snprintf(mail->log + len, sizeof(mail->log) - len, "%s(%s) ", what, detail != NULL ? detail : "");
}

static int my_getscript(sieve2_context_t *context, void *user)
{
	struct mail *mail = user;

	if (strcmp(sieve2_getvalue_string(context, "name"), "") == 0)
		return sieve2_setvalue_string(context, "script", mail->script);
	if (strcmp(sieve2_getvalue_string(context, "name"), "shared") == 0)
		return sieve2_setvalue_string(context, "script", "redirect \"shared@example.com\";");
	return SIEVE2_OK;
}

static int my_getallheaders(sieve2_context_t *context, void *user)
{
	return sieve2_setvalue_string(context, "allheaders", ((struct mail *)user)->headers);
}

static int my_getheader(sieve2_context_t *context, void *user)
{
	static const char *const subject[] = { "asked for", NULL };

	if (strcasecmp(sieve2_getvalue_string(context, "header"), "subject") == 0)
		return sieve2_setvalue_stringlist(context, "body", subject);
	return SIEVE2_OK;
}

static int my_getbody(sieve2_context_t *context, void *user)
{
	return sieve2_setvalue_string(context, "body", ((struct mail *)user)->body);
}

static int my_getsize(sieve2_context_t *context, void *user)
{
	return sieve2_setvalue_int(context, "size", 5000);
}

static int my_getenvelope(sieve2_context_t *context, void *user)
{
	sieve2_setvalue_string(context, "from", ((struct mail *)user)->from);
	return sieve2_setvalue_string(context, "to", ((struct mail *)user)->to);
}

static int my_fileinto(sieve2_context_t *context, void *user)
{
	const char *const *flags = sieve2_getvalue_stringlist(context, "imapflags");

	note(user, "fileinto", sieve2_getvalue_string(context, "mailbox"));
	for (; flags != NULL && *flags != NULL; flags++)
		note(user, "flag", *flags);
	return ((struct mail *)user)->refuse ? -1 : SIEVE2_OK;
}

static int my_keep(sieve2_context_t *context, void *user)
{
	note(user, "keep", NULL);
	return SIEVE2_OK;
}

static int my_discard(sieve2_context_t *context, void *user)
{
	note(user, "discard", NULL);
	return SIEVE2_OK;
}

static int my_redirect(sieve2_context_t *context, void *user)
{
	note(user, "redirect", sieve2_getvalue_string(context, "address"));
	return SIEVE2_OK;
}

static int my_reject(sieve2_context_t *context, void *user)
{
	note(user, "reject", sieve2_getvalue_string(context, "message"));
	return SIEVE2_OK;
}

static int my_vacation(sieve2_context_t *context, void *user)
{
	char days[16];

	snprintf(days, sizeof(days), "%d", sieve2_getvalue_int(context, "days"));
	note(user, "vacation", sieve2_getvalue_string(context, "message"));
	note(user, "to", sieve2_getvalue_string(context, "address"));
	note(user, "days", days);
	return SIEVE2_OK;
}

static int my_error(sieve2_context_t *context, void *user)
{
	char line[16];

	snprintf(line, sizeof(line), "%d", sieve2_getvalue_int(context, "lineno"));
	note(user, "error", line);
	return SIEVE2_OK;
}

static sieve2_callback_t callbacks[] = {
	{ SIEVE2_SCRIPT_GETSCRIPT, my_getscript },
	{ SIEVE2_MESSAGE_GETBODY, my_getbody },
	{ SIEVE2_MESSAGE_GETENVELOPE, my_getenvelope },
	{ SIEVE2_ACTION_FILEINTO, my_fileinto },
	{ SIEVE2_ACTION_KEEP, my_keep },
	{ SIEVE2_ACTION_DISCARD, my_discard },
	{ SIEVE2_ACTION_REDIRECT, my_redirect },
	{ SIEVE2_ACTION_REJECT, my_reject },
	{ SIEVE2_ACTION_VACATION, my_vacation },
	{ SIEVE2_ERRCALL_PARSE, my_error },
	{ SIEVE2_ERRCALL_RUNTIME, my_error },
	{ 0 }
};
static sieve2_callback_t all_headers[] = { { SIEVE2_MESSAGE_GETALLHEADERS, my_getallheaders }, { 0 } };
static sieve2_callback_t each_header[] = { { SIEVE2_MESSAGE_GETHEADER, my_getheader },
					   { SIEVE2_MESSAGE_GETSIZE, my_getsize }, { 0 } };

struct test { const char *script, *want; int refuse, each, status; };

static const struct test tests[] = {
	{ "", "keep() ", 0, 0, SIEVE2_OK },
	{ "discard;", "discard() ", 0, 0, SIEVE2_OK },
	{ "require [\"fileinto\", \"imap4flags\"]; if header :contains \"subject\" \"hello\" {"
	  " fileinto :flags \"\\\\Seen $x\" \"Hi\"; }", "fileinto(Hi) flag(\\Seen) flag($x) ", 0, 0, SIEVE2_OK },
	{ "require \"envelope\"; if envelope \"from\" \"ann@example.com\" { redirect \"bob@example.com\"; keep; }",
	  "redirect(bob@example.com) keep() ", 0, 0, SIEVE2_OK },
	{ "require \"body\"; if body :contains \"friend\" { discard; }", "discard() ", 0, 0, SIEVE2_OK },
	{ "require \"reject\"; reject \"no\";", "reject(no) ", 0, 0, SIEVE2_OK },
	{ "require \"vacation\"; vacation :days 3 \"away\";",
	  "vacation(away) to(ann@example.com) days(3) keep() ", 0, 0, SIEVE2_OK },
	{ "require \"include\"; include \"shared\"; include :optional \"none\";",
	  "redirect(shared@example.com) ", 0, 0, SIEVE2_OK },
	{ "keep;\nfrop;\n", "error(2) error(0) ", 0, 0, SIEVE2_ERROR_PARSE },
	{ "require \"ihave\"; redirect \"a@b.c\"; error \"x\";", "error(1) keep() ", 0, 0, SIEVE2_ERROR_EXEC },
	{ "require \"fileinto\"; fileinto \"a\"; fileinto \"b\";", "fileinto(a) ", 1, 0, SIEVE2_ERROR_FAIL },
	{ "if header \"subject\" \"asked for\" { discard; }", "discard() ", 0, 1, SIEVE2_OK },
	{ "if size :over 4999 { discard; }", "discard() ", 0, 1, SIEVE2_OK },
};

static int run(const struct test *test)
{
	struct mail mail = { .script = test->script, .refuse = test->refuse, .body = "Dear friend\r\n",
			     .from = "ann@example.com", .to = "me@example.org",
			     .headers = "From: ann@example.com\nTo: me@example.org\nSubject: hello\n" };
	sieve2_context_t *context;
	int status;

	if (sieve2_alloc(&context) != SIEVE2_OK || sieve2_callbacks(context, callbacks) != SIEVE2_OK ||
	    sieve2_callbacks(context, test->each ? each_header : all_headers) != SIEVE2_OK)
		return -1;
	status = sieve2_execute(context, &mail);
	if (status != test->status || strcmp(mail.log, test->want) != 0) {
		printf("%s\n  gave %d (%s) %s\n  want %d %s\n", test->script, status, sieve2_errstr(status),
		       mail.log, test->status, test->want);
		sieve2_free(&context);
		return -1;
	}
	if (strstr(sieve2_listextensions(context), "fileinto") == NULL)
		return -1;
	return sieve2_free(&context);
}

int main(void)
{
	int failed = 0;

	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		failed |= run(&tests[i]) != SIEVE2_OK;
	return failed;
}
