/*
 * IMAP inside: the conversation before login in a front, the session in a worker, and what commands
 * share. RFC 9051 and 3501; which file serves which RFC: extensions.md. The life of a command: README.
 */
#ifndef IMAP_IMAP_H
#define IMAP_IMAP_H

#include <roost/arena.h>
#include <roost/conn.h>
#include <roost/loop.h>
#include <roost/mailbox.h>
#include <roost/protocol.h>
#include <roost/str.h>

struct imap_settings {
	const char *login_greeting, *imap_capability, *imap_logout_format, *imap_id_send,
		*imap_id_log, *imap_urlauth_host;
	const char *const *imap_client_workarounds;
	uint64_t imap_max_line_length, imap_urlauth_port,
		mail_max_keyword_length;
	int64_t imap_idle_notify_interval, imap_hibernate_timeout, mailbox_idle_check_interval;
	uint32_t imap_fetch_failure;	/* enum imap_fetch_failure */
	bool imap_literal_minus, imap_id_retain, imap_metadata;
};
extern const struct roost_settings imap_settings_schema;

enum imap_fetch_failure {
	IMAP_FAILURE_DISCONNECT_NOW, IMAP_FAILURE_DISCONNECT_AFTER, IMAP_FAILURE_NO_AFTER,
};

/* --- arguments: lex.c, args.c --- */
enum imap_arg_type {
	IMAP_ARG_END = 0,	/* behind the last argument of a command or list */
	IMAP_ARG_ATOM,		/* also flags "\Seen", sets "1:*", patterns, "BODY[HEADER.FIELDS" */
	IMAP_ARG_NIL,		/* the atom NIL; text is as written */
	IMAP_ARG_QUOTED,
	IMAP_ARG_LITERAL,
	IMAP_ARG_LIST,
};

struct imap_arg {
	enum imap_arg_type type;
	bool literal8;			/* ~{n}: RFC 3516 */
	const char *text;		/* NUL-terminated, no NUL inside; NULL for lists */
	size_t len;			/* of a list: its members */
	const struct imap_arg *list;	/* members of a list, IMAP_ARG_END behind the last */
};

#define IMAP_LIST_DEPTH_MAX 50

/*
 * Parse what follows a command's name. text is changed and must live as long as args; text[len] is
 * writable. An atom ends at space, parenthesis, quote or '{'; after a list an atom may follow without
 * space if it begins with ']' ("BODY[HEADER.FIELDS" "(" ... ")" "]<0.100>"). Lists may stand
 * against each other (the address lists of RFC 3501) and be empty.
 * NULL, or what is wrong with it, fit for a BAD. args: in arena.
 */
const char *imap_args_parse(struct roost_arena *arena, char *text, size_t len,
			    const struct imap_arg **args);

/* Whether it is an atom, in any case. */
bool imap_arg_is(const struct imap_arg *arg, const char *atom);
/* The text of an atom (NIL too), NULL otherwise. */
const char *imap_arg_atom(const struct imap_arg *arg);
/* The text of anything but a list: an astring. NULL otherwise. */
const char *imap_arg_astring(const struct imap_arg *arg);
/* The text of a string, NULL otherwise; and "" for NIL, where a nstring may stand. */
const char *imap_arg_string(const struct imap_arg *arg);
const char *imap_arg_nstring(const struct imap_arg *arg);
/* Decimal digits only, no overflow. */
bool imap_arg_number(const struct imap_arg *arg, uint64_t *number);
bool imap_text_number(const char *text, uint64_t *number);
/* The number of arguments before IMAP_ARG_END. */
size_t imap_args_count(const struct imap_arg *args);

/* --- intake.c: from bytes to whole commands, for front and session --- */
enum imap_intake_result {
	IMAP_INTAKE_MORE,	/* all was used, more has to come */
	IMAP_INTAKE_COMMAND,	/* text is a whole command without its last line end */
	IMAP_INTAKE_LITERAL,	/* one was announced: accept, take or skip */
	IMAP_INTAKE_TOO_LONG,	/* the line is longer than limit: answer, then skip */
	IMAP_INTAKE_SKIPPED,	/* the command that was skipped has ended */
};

struct imap_intake {
	struct roost_str text;	/* the command so far, announcements and literals in their places */
	size_t limit;		/* of text */
	size_t announced_at;	/* of the last announcement in text */
	uint64_t literal;	/* its size; while the literal comes in: what is missing */
	bool literal_sync, literal8;
	bool announced;		/* and not decided on yet */
	bool in_literal, skipping;
	size_t line_start;
};

/* Take bytes until something happens; *used of them were consumed. */
enum imap_intake_result imap_intake(struct imap_intake *intake, const char *data, size_t len,
				    size_t *used);
/* The literal's bytes shall go to text. The caller has compared its size with the limit. */
void imap_intake_accept(struct imap_intake *intake);
/* Somebody else reads the literal's bytes; afterwards the command goes on with an empty text. */
void imap_intake_take(struct imap_intake *intake);
/* The command was answered: drop the rest of it, literals that nobody can stop included. */
void imap_intake_skip(struct imap_intake *intake);
/* Forget the command. */
void imap_intake_reset(struct imap_intake *intake);
void imap_intake_free(struct imap_intake *intake);

/* Split "tag NAME rest" in place; false when there is no tag or no name (tag may be set even so). name is
 * upper case. */
bool imap_command_split(char *text, size_t len, const char **tag, const char **name, char **rest);

/* --- the session --- */
struct imap_session;
struct imap_command;

#define IMAP_CMD_SELECTED 0x01u	/* BAD unless a mailbox is selected */
#define IMAP_CMD_UID 0x02u	/* has a UID form */
#define IMAP_CMD_UID_ONLY 0x04u	/* has no other */
#define IMAP_CMD_KEEP_EXPUNGED 0x08u /* no EXPUNGE may be sent with it, unless in the UID form */
#define IMAP_CMD_NO_SYNC 0x10u	/* changes are not looked for at its end */
#define IMAP_CMD_NEWS 0x20u	/* tells of new mail even to clients who want it delayed */

struct imap_command_def {
	const char *name;	/* upper case */
	uint32_t flags;
	/*
	 * Called when the command is whole. Ends, now or later, with one imap_reply_*(); until then
	 * the command waits for something it asked for (imap_command_wait_drained, input).
	 */
	void (*run)(struct imap_session *imap, struct imap_command *cmd);
	/*
	 * A literal was announced (imap->intake.literal, _sync, literal8); cmd->args has what came before
	 * it, in arena. NULL or false: it becomes an argument. true: the command has called
	 * imap_intake_take() and takes the bytes by cmd->input, or has replied.
	 */
	bool (*literal)(struct imap_session *imap, struct imap_command *cmd);
	/* The command has ended, with a reply or without (connection lost): free what the arena does not.
	 * May come twice, and when run was never called. */
	void (*abandon)(struct imap_session *imap, struct imap_command *cmd);
};

/* All that exist, sorted by name; commands.c. */
const struct imap_command_def *imap_command_find(const char *name);

struct imap_command {
	const struct imap_command_def *def;
	const char *tag, *name;
	bool uid;			/* the UID form */
	bool running;			/* run was called, no reply yet */
	bool tagged;			/* the tagged reply is out */
	struct roost_arena *arena;	/* gone when the tagged reply is sent */
	const struct imap_arg *args;	/* behind the name; ends with IMAP_ARG_END */
	void *state;			/* the command's own */
	/*
	 * While it waits. resume: output has drained. input: bytes came in, they are the command's:
	 * consume from imap->conn; true: call again if there is more.
	 */
	void (*resume)(struct imap_session *imap, struct imap_command *cmd);
	bool (*input)(struct imap_session *imap, struct imap_command *cmd);
};

/* Enabled features; ENABLE, or by use. */
#define IMAP_ENABLED_CONDSTORE 1u
#define IMAP_ENABLED_QRESYNC 2u
#define IMAP_ENABLED_UTF8 4u
#define IMAP_ENABLED_REV2 8u

#define IMAP_WORKAROUND_DELAY_NEWMAIL 1u
#define IMAP_WORKAROUND_TB_EXTRA_SEP 2u
#define IMAP_WORKAROUND_TB_LSUB_FLAGS 4u

/* What a STORE left behind, ascending by UID: not news to the client who asked for it. */
struct imap_known_flags {
	uint32_t uid, flags;
	uint64_t keywords;
};

/* Where the last FETCH of a part of what is stored with LF began: fetch_mark.c. */
struct imap_fetch_mark {
	uint32_t uid;			/* 0: nowhere */
	uint64_t offset;		/* of the section in the message */
	uint64_t crlf, stored;		/* from its start: with CRLF line ends, and as stored */
};

struct imap_session {
	struct roost_session *session;
	struct roost_arena *arena;	/* this lives in it */
	struct roost_conn *conn;
	const struct imap_settings *set;
	struct roost_user *user;
	struct roost_mailbox *box;	/* selected, or NULL */
	char *box_name;			/* as it was selected */
	bool readonly;			/* by EXAMINE, or the mailbox is */
	uint32_t enabled, workarounds;
	struct roost_set saved;		/* "$" of RFC 5182, UIDs; imap_saved_set() */
	struct imap_command command;	/* the one that is being read or worked on */
	struct imap_intake intake;

	unsigned bad_commands;		/* since the last good one */
	bool leaving;			/* BYE was said: nothing more is read */
	bool broken;			/* the connection is gone */
	bool ended;			/* the host knows; memory goes at the next turn of the loop */
	const char *end_reason;		/* for the log; in arena */
	bool throttled;			/* too much output waits: commands stand still until it has left */
	bool in_input;			/* commands are being worked off further up the stack */
	struct roost_loop_timer *timer;	/* autologout */
	int64_t last_active;
	const char *last_command;	/* for the logout line */
	int64_t last_finished;

	/* sync.c */
	uint32_t known_count, known_recent;	/* as last told to the client */
	unsigned known_keywords;		/* likewise, how many */
	const struct imap_known_flags *known;	/* of the running STORE */
	size_t known_len;
	bool known_silent;		/* it was SILENT: the client does not know the new MODSEQ */
	struct imap_fetch_mark fetch_mark;
	/* watch.c */
	struct roost_loop_fd *watch;
	struct roost_loop_timer *watch_timer;
	char watched[33];		/* GUID whose notices we get; "" none */
	void (*changed)(struct imap_session *imap);

	/* for imap_logout_format */
	struct {
		uint64_t deleted, expunged, trashed, hdr_count, hdr_bytes, body_count, body_bytes,
			autoexpunged, append;
	} count;
};

/* session.c */
void imap_serve(struct roost_session *session);
void imap_shutdown(struct roost_session *session, const char *why);
void imap_user_gone(void);
/* Say BYE with this text and end; reason goes to the log before the logout fields. */
void imap_disconnect(struct imap_session *imap, const char *bye, const char *reason);
/*
 * Long output: when imap_output_full(), return and go on in resume, once the peer has taken what is
 * there. Each time it is called anew it has to be asked for again.
 */
bool imap_output_full(const struct imap_session *imap);
void imap_command_wait_drained(struct imap_command *cmd,
	void (*resume)(struct imap_session *imap, struct imap_command *cmd));

static inline struct roost_str *imap_out(const struct imap_session *imap)
{
	return roost_conn_output(imap->conn);
}

/* greet.c: the front */
struct imap_front {
	const struct imap_settings *set;
	struct imap_intake intake;
	struct roost_arena *arena;	/* of the command; holds passwords, so it is wiped */
	char *tag;			/* of the command that waits for auth or SASL; in arena */
	unsigned bad_commands;
	bool sasl;			/* the next line is a SASL response */
	bool authenticating;		/* auth was asked */
	bool securing;			/* STARTTLS was answered: what is buffered is not ours */
	bool asked_capability;		/* R-IM-2: how the worker tells its own */
	bool leaving;
};
void imap_greet(struct roost_front *front);
void imap_front_input(struct roost_front *front);
void imap_front_auth_reply(struct roost_front *front, const struct roost_auth_reply *reply);
void imap_front_bye(struct roost_front *front, const char *why);
void imap_front_gone(struct roost_front *front);
/* login.c: LOGIN and AUTHENTICATE; a line of the SASL exchange, without line end. */
void imap_front_login(struct roost_front *front, const struct imap_arg *args);
void imap_front_authenticate(struct roost_front *front, const struct imap_arg *args);
void imap_front_sasl_line(struct roost_front *front, char *line, size_t len);
/* "tag OK text" for the running command, whose arena ends with it. */
void imap_front_reply(struct roost_front *front, const char *format, ...) ROOST_PRINTF(2, 3);
/* BAD; after too many the connection ends. */
void imap_front_bad(struct roost_front *front, const char *format, ...) ROOST_PRINTF(2, 3);

/* capability.c: without "CAPABILITY " in front */
void imap_capability_front(struct roost_str *out, struct roost_front *front,
			   const struct imap_settings *set);
void imap_capability_session(struct roost_str *out, const struct imap_session *imap);

/*
 * id.c: RFC 2971 for both sides. Appends the untagged reply, logs what imap_id_log asks for; the
 * parameters as they were sent go to client when it is not NULL. NULL, or what is wrong.
 */
const char *imap_id(const struct imap_arg *args, const struct imap_settings *set,
		    const struct roost_log_scope *log, struct roost_str *out,
		    struct roost_str *client);

/*
 * reply.c: the tagged reply. The first three sync first (what kind of sync: def->flags); ok's text may
 * begin with a response code. After one of them cmd is only good for returning.
 */
void imap_reply_ok(struct imap_command *cmd, const char *format, ...) ROOST_PRINTF(2, 3);
/* code: "CANNOT" or NULL. */
void imap_reply_no(struct imap_command *cmd, const char *code, const char *format, ...)
	ROOST_PRINTF(3, 4);
/* By the kind of the error; what is ours to mend goes to the log, with the time in the reply. */
void imap_reply_err(struct imap_command *cmd, const struct roost_error *err);
/* The same, but a missing mailbox is TRYCREATE (APPEND, COPY, MOVE). */
void imap_reply_err_target(struct imap_command *cmd, const struct roost_error *err);
/* Counts as the client's mistake; after 20 in a row the session ends. The text is introduced by
 * "Error in IMAP command NAME: " unless cmd->name is NULL. */
void imap_reply_bad(struct imap_command *cmd, const char *format, ...) ROOST_PRINTF(2, 3);
/* The response code for an error ("NONEXISTENT"), or NULL. */
const char *imap_error_code(const struct roost_error *err);
/* Log what is to be logged and append the public words, with code, without line end. */
void imap_error_words(const struct imap_session *imap, const struct roost_error *err,
		      struct roost_str *out);

/* quote.c: strings out. None adds spaces. */
void imap_put_string(struct roost_str *out, const char *data, size_t len); /* quoted or literal */
void imap_put_nstring(struct roost_str *out, const char *text);		/* NULL: NIL */
void imap_put_astring(struct roost_str *out, const char *text);		/* atom when it can be */
void imap_put_literal(struct roost_str *out, const char *data, size_t len);
/* A mailbox name as this client spells it. */
void imap_put_mailbox(struct roost_str *out, const struct imap_session *imap, const char *name);
/* The same, in quotes even where an atom would do: prefixes of namespaces. */
void imap_put_mailbox_string(struct roost_str *out, const struct imap_session *imap,
			     const char *name);
/* CR, LF, NUL become spaces: for texts of responses. */
void imap_put_text(struct roost_str *out, const char *text);
/* "\Seen $Label" without parentheses. */
void imap_put_flags(struct roost_str *out, const struct imap_session *imap, uint32_t flags,
		    uint64_t keywords);

/* A mailbox name as a client gives it, to UTF-8 in arena. */
int imap_mailbox_name(const struct imap_session *imap, struct roost_arena *arena,
		      const struct imap_arg *arg, const char **name, struct roost_error *err);
/* The same, and the tagged reply when it is none; NULL then. */
const char *imap_mailbox_arg(struct imap_session *imap, struct imap_command *cmd,
			     const struct imap_arg *arg);

/*
 * set.c: sets on the wire. The results are UIDs in ascending ranges without overlap, in arena.
 * "$" is the saved search. A sequence set must lie within the view (RFC 9051 section 9, "*" in an
 * empty mailbox included); UIDs need not exist. NULL, or what is wrong, fit for a BAD.
 */
const char *imap_set_parse(const struct imap_session *imap, struct roost_arena *arena,
			   const char *text, bool uid, struct roost_set *uids);
/* For commands: by cmd->uid. false: the BAD is out. */
bool imap_set_arg(struct imap_session *imap, struct imap_command *cmd, const struct imap_arg *arg,
		  struct roost_set *uids);
/* Ranges as written, sorted, without a mailbox to compare with; max stands for "*". */
const char *imap_set_ranges(struct roost_arena *arena, const char *text, uint32_t max,
			    struct roost_set *set);
/* Sequence numbers of the messages of uids that are in the view, as ascending ranges. */
void imap_set_seqs(const struct imap_session *imap, struct roost_arena *arena,
		   const struct roost_set *uids, struct roost_set *seqs);
/* "1:3,7" */
void imap_put_set(struct roost_str *out, const struct roost_set *set);
/* Keep a copy as "$". */
void imap_saved_set(struct imap_session *imap, const struct roost_set *uids);
uint64_t imap_set_size(const struct roost_set *set);

/*
 * sync.c: tell the client what has changed. Called by imap_reply_*(); commands that need the newest
 * state before they work call it themselves. The view changes only here.
 */
int imap_sync(struct imap_session *imap, uint32_t options, bool with_uid, struct roost_error *err);
/* Whether the message has these flags; \Recent does not count. */
bool imap_flags_known(const struct imap_known_flags *known, const struct roost_mail *mail);
/* "* n FETCH (FLAGS (...))", with UID when asked for or QRESYNC, with MODSEQ when CONDSTORE. */
void imap_fetch_flags_line(struct imap_session *imap, uint32_t seq, bool with_uid);
/* FLAGS and PERMANENTFLAGS lines. */
void imap_put_flags_lines(struct imap_session *imap);
/* The same, when there are keywords that the client was not told of. */
void imap_put_new_keywords(struct imap_session *imap);
/* The first use of a CONDSTORE feature turns it on: tells HIGHESTMODSEQ (RFC 7162 section 3.1). */
void imap_condstore_enable(struct imap_session *imap);

/* watch.c: call changed(imap) when the selected mailbox may have changed; stop. */
void imap_watch_start(struct imap_session *imap, void (*changed)(struct imap_session *imap));
void imap_watch_stop(struct imap_session *imap);

/* cmd_select.c: leave the selected mailbox, if there is one. */
void imap_unselect(struct imap_session *imap);

/* Flags as arguments: system flags to *flags, keyword names to keywords (ends with NULL, in arena). A list or
 * single atoms up to the end. NULL, or what is wrong. */
const char *imap_flags_parse(const struct imap_session *imap, struct roost_arena *arena,
			     const struct imap_arg *arg, uint32_t *flags,
			     const char *const **keywords);

/* --- the commands; cmd_*.c --- */
typedef void imap_run(struct imap_session *imap, struct imap_command *cmd);
imap_run imap_cmd_append, imap_cmd_capability, imap_cmd_close, imap_cmd_copy,
	imap_cmd_create, imap_cmd_delete, imap_cmd_enable, imap_cmd_examine, imap_cmd_expunge,
	imap_cmd_id, imap_cmd_idle, imap_cmd_list, imap_cmd_logout, imap_cmd_lsub,
	imap_cmd_move, imap_cmd_namespace, imap_cmd_noop, imap_cmd_rename, imap_cmd_select,
	imap_cmd_status, imap_cmd_store, imap_cmd_subscribe, imap_cmd_unselect,
	imap_cmd_unsubscribe;
bool imap_append_literal(struct imap_session *imap, struct imap_command *cmd);
void imap_append_abandon(struct imap_session *imap, struct imap_command *cmd);
void imap_idle_abandon(struct imap_session *imap, struct imap_command *cmd);

/* cmd_fetch.c, cmd_search.c: cmd->uid for the UID forms. */
imap_run imap_fetch, imap_search;

#endif
