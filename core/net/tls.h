/*
 * TLS ends here: the relay speaks it with the client and plain bytes with whoever holds the other end
 * of a socketpair, the front first and a worker later. One interface, so that the kernel's TLS can
 * take its place. OpenSSL; settings R-TL-1, R-TL-2.
 */
#ifndef CORE_NET_TLS_H
#define CORE_NET_TLS_H

#include <roost/settings.h>

struct tls_relay;

struct tls_relay_ops {
	/* The handshake is done; local_name: SNI, "" without. */
	void (*ready)(void *context, const char *local_name);
	/* The relay is over and frees itself; why: NULL when it ended in order, else for the log. */
	void (*over)(void *context, const char *why);
};

/* Read certificates of scope's connection settings now, so that errors are found at start. */
int tls_prepare(const struct roost_scope *scope, struct roost_error *err);
/* Whether scope has a certificate and ssl is not "no". */
bool tls_available(const struct roost_scope *scope);
/*
 * Takes fd, the client's connection. *plain: the other end, the caller's. scope is asked for the
 * certificate of the name that the client wants (local_name blocks) and must outlive the handshake.
 */
int tls_accept(const struct roost_scope *scope, int fd, const struct tls_relay_ops *ops,
	       void *context, int *plain, struct tls_relay **relay, struct roost_error *err);
/* Nobody is to be told any more. */
void tls_relay_detach(struct tls_relay *relay);
/* Relays of this process that are up. */
unsigned tls_relay_count(void);
/* End the client's connection at once. */
void tls_relay_close(struct tls_relay *relay);

#endif
