/* LMTP inside: one connection in the front, one recipient's delivery in a worker. RFC 2033. */
#ifndef LMTP_LMTP_H
#define LMTP_LMTP_H

#include <roost/arena.h>
#include <roost/input.h>
#include <roost/protocol.h>
#include <roost/str.h>
#include <roost/vec.h>

struct lmtp_settings {
	const char *login_greeting, *hostname, *recipient_delimiter;
	const char *const *lmtp_client_workarounds;
	uint32_t lmtp_hdr_delivery_address;	/* enum lmtp_delivery_address */
	uint64_t lmtp_max_message_size;
	bool lmtp_add_received_header, lmtp_save_to_detail_mailbox;
	bool lmtp_verbose_replies;
	bool lda_mailbox_autocreate, lda_mailbox_autosubscribe;
	const char *deliver_log_format;
};
extern const struct roost_settings lmtp_settings_schema;

enum lmtp_delivery_address { LMTP_ADDRESS_FINAL, LMTP_ADDRESS_NONE, LMTP_ADDRESS_ORIGINAL };

/* One RCPT that was accepted. */
struct lmtp_recipient {
	const char *address;		/* as given, without the brackets */
	const char *user;		/* what was looked up */
	const char *detail;		/* after the delimiter; "" none */
	uint64_t lookup;		/* its id at the host */
	struct roost_str reply;		/* once it is there; one or more whole lines */
};

enum lmtp_state { LMTP_COMMANDS, LMTP_DATA, LMTP_BDAT };

struct lmtp_front {
	const struct lmtp_settings *set;
	struct roost_arena *transaction;	/* emptied by RSET and after DATA */
	enum lmtp_state state;
	const char *last_command;	/* for the log */
	unsigned bad_commands, transactions;
	bool greeted;			/* LHLO was said */
	bool waiting;			/* for a lookup or deliveries: input stands still */
	bool leaving;			/* QUIT or too many errors: nothing more is read */
	const char *why_leaving;	/* for the log; NULL: the client went, or we had to */
	char host[256];
	char helo[256];
	char client[64];		/* address for Received; XCLIENT changes it */
	/* the transaction */
	const char *sender;		/* NULL: no MAIL yet; "" the null sender */
	bool body_8bit;
	uint64_t announced;		/* SIZE of MAIL; 0: none */
	ROOST_VEC(struct lmtp_recipient) recipients;
	uint64_t next_lookup;
	struct lmtp_recipient pending;	/* whose lookup runs */
	size_t outstanding;		/* deliveries without a reply */
	int spool;			/* -1: none */
	uint64_t spooled;
	bool too_big, spool_failed, chunked;
	unsigned line_start;		/* how much of CRLF "." CRLF the input stands in */
	uint64_t chunk_left;
	bool chunk_last;
};

/* session.c: the life of a connection */
void lmtp_greet(struct roost_front *front);
void lmtp_input(struct roost_front *front);
void lmtp_bye(struct roost_front *front, const char *why);
void lmtp_gone(struct roost_front *front);
/* The last reply is said: close. why goes to the log, and is a literal. */
void lmtp_leave(struct roost_front *front, const char *why);
/* Forget the transaction. */
void lmtp_reset(struct roost_front *front);
/* Go on with what is buffered: what was waited for is there. */
void lmtp_continue(struct roost_front *front);

/* commands.c: line has no line end and is NUL-terminated */
void lmtp_command(struct roost_front *front, char *line);

/* reply.c: one line, CRLF added */
void lmtp_reply(struct roost_front *front, const char *format, ...) ROOST_PRINTF(2, 3);
/* A reply that counts as the client's mistake; after too many the connection ends. */
void lmtp_bad(struct roost_front *front, const char *format, ...) ROOST_PRINTF(2, 3);

/* address.c: a path in MAIL and RCPT, "<a@b>" with what follows in *rest. RFC 5321 section 4.1.2. */
bool lmtp_path_parse(struct roost_arena *arena, char *text, const char *const *workarounds,
		     const char **address, char **rest);
/* Split local part and detail at the first of the delimiters. R-LM-5. */
void lmtp_address_split(struct roost_arena *arena, const char *address, const char *delimiters,
			const char **user, const char **detail);

/* recipient.c: RCPT and its lookup */
void lmtp_rcpt(struct roost_front *front, const char *address);

/* data.c: the message comes in */
void lmtp_data_begin(struct roost_front *front);
void lmtp_bdat_begin(struct roost_front *front, uint64_t size, bool last);
/* Take what is buffered; false when more has to come. */
bool lmtp_data_input(struct roost_front *front);
bool lmtp_bdat_input(struct roost_front *front);

/* transfer.c: hand the spooled message to a worker per recipient, and answer in order */
void lmtp_deliver(struct roost_front *front);

/* What the front tells the worker of one recipient. */
struct lmtp_job {
	const char *sender, *address, *detail, *session, *helo, *client;
	uint32_t flags;
	uint64_t size;
};
#define LMTP_JOB_ALONE 1u	/* the only recipient: Received may name it */
#define LMTP_JOB_TLS 2u
void lmtp_job_put(struct roost_str *out, const struct lmtp_job *job);
bool lmtp_job_get(const void *data, size_t len, struct roost_arena *arena, struct lmtp_job *job);

/* deliver.c: the worker's side */
void lmtp_serve(struct roost_session *session);
void lmtp_shutdown(struct roost_session *session, const char *why);
void lmtp_user_gone(void);

/* trace.c: the message as it is stored, and what its log line says of it */
struct lmtp_message {
	struct roost_input *input;	/* with our trace headers in front; the caller unrefs it */
	const char *message_id, *subject, *from;	/* "" when missing */
};
int lmtp_message_open(int spool, const struct lmtp_job *job, const struct lmtp_settings *set,
		      struct roost_arena *arena, struct lmtp_message *message,
		      struct roost_error *err);
/* deliver_log_format with entry in the place of %$ (R-VAR-6). In arena. */
const char *lmtp_log_line(struct roost_arena *arena, const struct lmtp_settings *set,
			  const struct lmtp_message *message, const struct lmtp_job *job,
			  const char *entry);

#endif
