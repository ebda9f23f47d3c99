/* The runner of the test language vnd.dovecot.testsuite: the state of one test file. */
#ifndef SIEVE_TESTER_H
#define SIEVE_TESTER_H

#include "sieve/compile.h"
#include "sieve/run.h"

struct tester_mail {
	const char *mailbox;		/* stored: where; sent: NULL */
	const char *from, *to;		/* sent */
	const char *flags;		/* stored: separated by spaces */
	struct sieve_text text;
	struct sieve_dsn dsn;		/* sent */
	bool committed;
};

struct tester {
	struct sieve_instance *instance;
	struct sieve_host host;
	struct sieve_run run;		/* of the file */
	struct sieve_result result;
	struct sieve_diag log;
	struct roost_arena *arena;	/* for the whole file */
	const char *folder;		/* of the file, absolute */
	const char *work;		/* for files of ours; goes when the file has ended */
	struct roost_map *settings;	/* set, not yet reloaded */
	struct sieve_text default_message;

	struct sieve_message *message;
	ROOST_VEC(struct sieve_message *) messages;	/* all, until the file ends */
	struct sieve_envelope envelope;

	ROOST_VEC(const char *) mailboxes;
	ROOST_VEC(struct tester_mail) stored, sent;
	struct roost_map *metadata, *binaries;		/* binaries: name -> path */
	struct sieve_program *script;
	ROOST_VEC(struct sieve_program *) programs;

	unsigned index, failed;
	const char *test;		/* name of the one that runs; NULL */
	uint32_t test_end;		/* where its block ends */
	bool aborted;			/* the file cannot go on */
	const struct sieve_trace *trace;	/* NULL: none */
	const struct sieve_loader *loader;
};

extern const struct sieve_extension tester_extension;

/* Conditions that end the file: an ERROR line, false. */
int tester_abort(struct tester *tester, const char *format, ...) ROOST_PRINTF(2, 3);
void tester_fail(struct tester *tester, const char *reason);
void tester_use_message(struct tester *tester, struct sieve_text text);
void tester_set_message(struct tester *tester, struct sieve_text text);
void tester_reset_result(struct tester *tester);
void tester_clear_log(struct tester *tester);
struct sieve_program *tester_compile(struct tester *tester, const char *path);
bool tester_execute(struct tester *tester);
/* Whether it did what scripts are to do; of one that is a test itself: whether it did not fail. */
bool tester_run_script(struct tester *tester, struct sieve_program *program);
/* The world of the test: mail is kept in memory. */
void tester_host_init(struct tester *tester);
bool tester_has_mailbox(const struct tester *tester, const char *name);
/* Of an annotation in the map of them; mailbox NULL: of the server. */
char *tester_metadata_key(struct roost_arena *arena, const char *mailbox, const char *name);
/* Name of the process's user; until the next call. */
const char *tester_user(void);
int tester_read_file(const char *path, struct roost_str *out);

#endif
