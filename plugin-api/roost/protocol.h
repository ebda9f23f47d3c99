/* SPDX-License-Identifier: MIT */
/*
 * Provisional: may change in a minor version.
 * Protocol modules: the conversation before login in a confined front process, the session as the
 * user in a worker. DESIGN of both sides: core/README. Ours.
 *
 * front process                                   worker process (uid of the mail user)
 *   greet -> input ... -> roost_front_auth()
 *        auth says yes: cookie  --- descriptor, cookie, unread input, facts --->  serve -> ...
 */
#ifndef ROOST_PROTOCOL_H
#define ROOST_PROTOCOL_H

#include <roost/conn.h>
#include <roost/log.h>
#include <roost/module.h>

struct roost_front;	/* one connection in a front */
struct roost_session;	/* one connection (or delivery) in a worker */

/* What is known of a connection; strings are never NULL, "" is unknown. Borrowed from its owner. */
struct roost_facts {
	const char *service;	/* "imap", "lmtp" */
	const char *session_id;
	const char *rip, *lip;	/* as text; "" for unix sockets */
	uint16_t rport, lport;
	const char *local_name;	/* TLS SNI */
	bool secured;		/* TLS, or the peer is local */
	bool tls;		/* really TLS (here, or at a trusted proxy) */
	bool trusted;		/* login_trusted_networks */
	const char *client_id;	/* IMAP ID, as key value pairs */
};

/* Why an authentication or lookup ended. */
enum roost_auth_result {
	ROOST_AUTH_OK = 0,
	ROOST_AUTH_CONTINUE = 1,	/* SASL: challenge in data; answer with _auth_continue */
	ROOST_AUTH_FAILED = 2,		/* wrong password, unknown user: never told apart */
	ROOST_AUTH_NO_USER = 3,		/* lookups only */
	ROOST_AUTH_TEMP = 4,
	ROOST_AUTH_DENIED = 5,		/* authorization failed: [AUTHORIZATIONFAILED] */
	ROOST_AUTH_DISABLED = 6,	/* nologin, with reason: [CONTACTADMIN] */
	ROOST_AUTH_EXPIRED = 7,
	ROOST_AUTH_LIMIT = 8,		/* too many connections of this user from this address */
	ROOST_AUTH_NEED_TLS = 9,	/* plaintext mechanism on an unsecured connection */
	ROOST_AUTH_BAD_MECH = 10,	/* mechanism unknown or not offered here */
};

struct roost_auth_reply {
	enum roost_auth_result result;
	const char *user;		/* final name; "" when it failed */
	const char *reason;		/* for the client; may be "" */
	const void *data;		/* SASL challenge, or data of success; raw bytes */
	size_t len;
	/* userdb and passdb extra fields "name=value", ends with NULL; never NULL. */
	const char *const *fields;
};

struct roost_protocol_ops {
	const char *name;		/* "imap" */
	const char *front_service;	/* "imap-login"; NULL: no front of its own */
	const char *worker_service;	/* "imap" */
	uint16_t port, tls_port;	/* usual ones; 0: none */
	size_t front_state_size;	/* zeroed, roost_front_state() */

	/* --- in the front --- */
	/* A connection is there (TLS, if the listener has it, is up): send the greeting. */
	void (*greet)(struct roost_front *front);
	/* Input is buffered; also called again after auth replies and STARTTLS when some is left. */
	void (*input)(struct roost_front *front);
	/* Answer to roost_front_auth or roost_front_lookup. With ROOST_AUTH_OK of an
	 * authentication the module has nothing to send: the worker answers. A limit found later
	 * comes as a second reply with ROOST_AUTH_LIMIT or _TEMP. After the third refusal of a
	 * name or password the host calls bye and closes. */
	void (*auth_reply)(struct roost_front *front, const struct roost_auth_reply *reply);
	/* Say goodbye; why is text fit for the client ("Server shutting down.",
	 * "Disconnected for inactivity."). The host closes afterwards. */
	void (*bye)(struct roost_front *front, const char *why);
	/* The connection is going: free what the state holds. May be NULL. */
	void (*gone)(struct roost_front *front);

	/* --- in the worker --- */
	/* Serve one session; returns at once, lives by callbacks of roost_session_conn(). */
	void (*serve)(struct roost_session *session);
	/* Shutting down or kicked: say goodbye and call roost_session_end() soon. */
	void (*shutdown)(struct roost_session *session, const char *why);
	/* The user leaves, some seconds after his last session or when another one comes: close
	 * mailboxes, drop what is kept. May be NULL. */
	void (*user_gone)(void);
};

#define ROOST_PROTOCOL_REVISION 1
#define ROOST_PROTOCOL(ops) \
	ROOST_PROVIDE_(ROOST_KIND_PROTOCOL, ROOST_PROTOCOL_REVISION, struct roost_protocol_ops, ops)

/* --- fronts --- */
ROOST_API void *roost_front_state(struct roost_front *front);
ROOST_API const struct roost_facts *roost_front_facts(const struct roost_front *front);
ROOST_API const struct roost_scope *roost_front_scope(const struct roost_front *front);
ROOST_API const struct roost_log_scope *roost_front_log(const struct roost_front *front);
ROOST_API const char *roost_front_input(const struct roost_front *front, size_t *len);
ROOST_API void roost_front_consume(struct roost_front *front, size_t n);
ROOST_API struct roost_str *roost_front_output(struct roost_front *front);
ROOST_API bool roost_front_tls_available(const struct roost_front *front);
/* After this output has left: TLS handshake; buffered plaintext is dropped (R-TL-2). */
ROOST_API void roost_front_starttls(struct roost_front *front);
/* Mechanisms as "PLAIN", in the configured order, those allowed on this connection now; NULL ends. */
ROOST_API const char *const *roost_front_mechanisms(const struct roost_front *front);
/* Whether plaintext mechanisms are refused on this connection until it is secured. */
ROOST_API bool roost_front_needs_tls(const struct roost_front *front);
ROOST_API void roost_front_set_client_id(struct roost_front *front, const char *id);

/*
 * Begin authentication: SASL mechanism, optional initial response (NULL: none; raw bytes).
 * One at a time; input is not called until auth_reply was. tag is kept and given to the worker
 * (roost_session_tag), which completes the command.
 */
ROOST_API void roost_front_auth(struct roost_front *front, const char *mechanism,
				const void *response, size_t len, const char *tag);
ROOST_API void roost_front_auth_continue(struct roost_front *front, const void *response,
					 size_t len);
ROOST_API void roost_front_auth_cancel(struct roost_front *front);

/* userdb lookup (LMTP RCPT). Several may run; id comes back through roost_front_lookup_id(). */
ROOST_API void roost_front_lookup(struct roost_front *front, const char *user, uint64_t id,
	void (*done)(struct roost_front *front, uint64_t id, const struct roost_auth_reply *reply));
/*
 * Hand one job for the user of an answered lookup (by its id) to a worker of that user: extra
 * descriptors are duplicated, message is protocol-defined bytes (at most 32 KB). done is called
 * with the worker's reply (roost_session_reply), or with failed = true when none can come
 * (worker limit, crash, timeout): the job then may or may not have been done.
 */
ROOST_API void roost_front_job(struct roost_front *front, uint64_t lookup_id, const int *fds,
	size_t fd_count, const void *message, size_t len,
	void (*done)(struct roost_front *front, uint64_t id, bool failed, const char *reply,
		     size_t len));
/* A nameless file for a message of about expected bytes (0: unknown): in memory up to 128 KB, in
 * mail_temp_dir beyond. *fd is the caller's. */
ROOST_API int roost_front_spool(struct roost_front *front, uint64_t expected, int *fd,
				struct roost_error *err);
/* Forget lookups (their cookies become void). */
ROOST_API void roost_front_lookup_drop(struct roost_front *front);

/* Close after the output has left; reason goes to the log. */
ROOST_API void roost_front_close(struct roost_front *front, const char *reason);

/* --- workers --- */
ROOST_API struct roost_conn *roost_session_conn(struct roost_session *session);
ROOST_API const struct roost_facts *roost_session_facts(const struct roost_session *session);
ROOST_API const struct roost_scope *roost_session_scope(const struct roost_session *session);
ROOST_API const struct roost_log_scope *roost_session_log(const struct roost_session *session);
ROOST_API const char *roost_session_user(const struct roost_session *session);
ROOST_API const char *roost_session_home(const struct roost_session *session);
/* passdb and userdb fields, "name=value", ends with NULL. */
ROOST_API const char *const *roost_session_fields(const struct roost_session *session);
/* What the front kept of the login command; "" when pre-authenticated on standard input. */
ROOST_API const char *roost_session_tag(const struct roost_session *session);
ROOST_API bool roost_session_preauth(const struct roost_session *session);
ROOST_API void roost_session_set_state(struct roost_session *session, void *state);
ROOST_API void *roost_session_state(const struct roost_session *session);
/* Jobs: the message and the descriptors (borrowed), and the one reply that ends the job. */
ROOST_API const void *roost_session_message(const struct roost_session *session, size_t *len);
ROOST_API const int *roost_session_fds(const struct roost_session *session, size_t *count);
ROOST_API void roost_session_reply(struct roost_session *session, const char *reply, size_t len);
/* Over: closes the connection after its output has left; reason goes to the log as is. */
ROOST_API void roost_session_end(struct roost_session *session, const char *reason);

/* Change notices (who commits, who has it selected). mailbox: GUID as 32 hex digits. */
ROOST_API void roost_notice_send(struct roost_session *session, const char *mailbox,
				 uint64_t modseq);
ROOST_API void roost_notice_watch(struct roost_session *session, const char *mailbox,
	void (*changed)(struct roost_session *session, const char *mailbox, uint64_t modseq));
ROOST_API void roost_notice_unwatch(struct roost_session *session, const char *mailbox);

#endif
