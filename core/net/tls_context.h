/* OpenSSL contexts made from settings; internal to tls*.c. */
#ifndef CORE_NET_TLS_CONTEXT_H
#define CORE_NET_TLS_CONTEXT_H

#include <openssl/ssl.h>
#include <roost/settings.h>

/* The context for scope's certificate, made once per certificate. Borrowed. */
int tls_context_for(const struct roost_scope *scope, SSL_CTX **context, struct roost_error *err);
/* Which scope the handshake of this connection asks for certificates by name; as ex data. */
void tls_context_bind(SSL *ssl, const struct roost_scope *scope);

#endif
