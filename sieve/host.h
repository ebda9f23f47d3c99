/*
 * What the engine asks of the world around it. Each member may be NULL: then the host cannot do it.
 * Functions return 0, or -1 with err; TEMP: try the whole delivery later.
 */
#ifndef SIEVE_HOST_H
#define SIEVE_HOST_H

#include <roost/error.h>
#include "sieve/text.h"

struct sieve_store {
	const char *mailbox;		/* UTF-8 */
	const char *special_use;	/* "\\Junk": rather the mailbox with it; NULL */
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
	/* from "": the null sender. */
	int (*send)(void *context, const char *from, const char *to, struct sieve_text message,
		    struct roost_error *err);
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
};

#endif
