/*
 * What the engine asks of the world around it. Each member may be NULL: then the host cannot do it.
 * Functions return 0, or -1 with err; TEMP: try the whole delivery later.
 */
#ifndef SIEVE_HOST_H
#define SIEVE_HOST_H

#include <roost/error.h>
#include "sieve/text.h"

/* How a forwarded message is to be delivered: RFC 3461, RFC 2852. */
struct sieve_dsn {
	const char *notify, *ret;	/* NULL: not given */
	char by_mode;			/* 0: no limit of time, 'N': notify, 'R': return */
	bool by_trace;
	uint64_t by_seconds;
};

struct sieve_mail {
	const char *from;		/* "": the null sender */
	const char *to;
	struct sieve_text message;
	struct sieve_dsn dsn;
};

/* A program that a script wants to be run: vnd.dovecot.pipe, filter and execute. */
struct sieve_external {
	const char *extension;		/* "pipe", "filter", "execute" */
	const char *program;		/* a file name without '/' */
	const char *const *args;	/* NULL-terminated */
	struct sieve_text input;
	const char *sender, *recipient, *orig_recipient;
	size_t most;			/* bytes of output that are wanted; the rest is dropped */
};

struct sieve_store {
	const char *mailbox;		/* UTF-8 */
	const char *special_use;	/* "\\Junk": rather the mailbox with it; NULL */
	const char *mailbox_id;		/* rather the mailbox with this id; NULL. RFC 9042 */
	const char *const *flags;	/* NULL-terminated; NULL: none given */
	bool create;			/* when it is not there */
	struct sieve_text message;
};

struct sieve_host {
	void *context;
	/* Stores are collected until commit. */
	int (*store)(void *context, const struct sieve_store *store, struct roost_error *err);
	int (*commit)(void *context, struct roost_error *err);
	void (*rollback)(void *context);
	/* 1: is there and can be stored to, 0: not. */
	int (*mailbox_exists)(void *context, const char *mailbox);
	int (*send)(void *context, const struct sieve_mail *mail, struct roost_error *err);
	/* Refuse at the protocol; without it a report is sent. */
	int (*reject)(void *context, const char *reason, struct roost_error *err);
	/* Whether id was marked within its time; mark: from now for seconds. */
	bool (*seen)(void *context, struct sieve_text id);
	void (*mark)(void *context, struct sieve_text id, uint64_t seconds);
	/* Environment items; false: unknown. */
	bool (*environment)(void *context, const char *item, struct roost_str *value);
	/* Whether the mailbox, NULL: any, is for this use ("\\Junk"). */
	bool (*special_use)(void *context, const char *mailbox, const char *use);
	/* Mailbox NULL: of the server. False: not there. */
	bool (*metadata)(void *context, const char *mailbox, const char *name, struct roost_str *value);
	/* 1: there is a mailbox with this id (RFC 8474), 0: none. */
	int (*mailbox_by_id)(void *context, const char *id);
	/* Where the message stays by keep; NULL: stored into INBOX. Of IMAP events: it stays there. */
	int (*keep)(void *context, const char *const *flags, struct sieve_text message, bool changed,
		    struct roost_error *err);
	/* The message is not wanted, and nothing else keeps it; NULL: then nothing is done. */
	int (*discard)(void *context, struct roost_error *err);
	/*
	 * Lists of RFC 6134; NULL: those that the settings sieve_extlists_list name.
	 * 1: value is in it, 0: not, -1: err. value NULL: whether there is such a list.
	 */
	int (*list_has)(void *context, const char *list, const char *value, struct roost_error *err);
	/* The addresses of a list, each as a line. */
	int (*list_members)(void *context, const char *list, struct roost_str *lines,
			    struct roost_error *err);
	/* 0: the program was content, 1: not (err says how it ended), -1: it did not run. output may be NULL. */
	int (*external)(void *context, const struct sieve_external *external,
			struct roost_str *output, struct roost_error *err);
	/* Time of the run, in microseconds since the epoch; NULL: the clock's. */
	int64_t (*now)(void *context);
	/* What debug_log says; NULL: it goes to the diagnostics as a note. */
	void (*log)(void *context, const char *text);
};

#endif
