/* OpenSSL contexts: certificate, key, protocols and ciphers of a scope; choice by server name. R-TL-1. */
#include <string.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <roost/arena.h>
#include <roost/log.h>
#include <roost/map.h>
#include "core/net/tls_context.h"

struct tls_settings {
	const char *cert, *key, *password, *alt_cert, *alt_key;
	const char *ciphers, *suites, *curves, *min_protocol;
	bool prefer_server;
	const char *const *options;
};

#define FIELD(name) offsetof(struct tls_settings, name)
static const struct roost_setting fields[] = {
	{ "ssl_cert", ROOST_SET_STRING, FIELD(cert), "", "Certificate chain, PEM; \"<file\"." },
	{ "ssl_key", ROOST_SET_STRING | ROOST_SET_SECRET, FIELD(key), "",
	  "Private key of ssl_cert, PEM; \"<file\"." },
	{ "ssl_key_password", ROOST_SET_STRING | ROOST_SET_SECRET, FIELD(password), "",
	  "Password of ssl_key." },
	{ "ssl_alt_cert", ROOST_SET_STRING, FIELD(alt_cert), "",
	  "A second certificate of another algorithm." },
	{ "ssl_alt_key", ROOST_SET_STRING | ROOST_SET_SECRET, FIELD(alt_key), "", "Its key." },
	{ "ssl_cipher_list", ROOST_SET_STRING, FIELD(ciphers),
	  "ALL:!kRSA:!SRP:!kDHd:!DSS:!aNULL:!eNULL:!EXPORT:!DES:!3DES:!MD5:!PSK:!RC4:!ADH:!LOW"
	  "@STRENGTH", "Ciphers up to TLS 1.2, as OpenSSL writes them." },
	{ "ssl_cipher_suites", ROOST_SET_STRING, FIELD(suites), "", "Suites of TLS 1.3." },
	{ "ssl_curve_list", ROOST_SET_STRING, FIELD(curves), "", "Groups of key exchange." },
	{ "ssl_min_protocol", ROOST_SET_STRING, FIELD(min_protocol), "TLSv1.2",
	  "Oldest TLS version that is spoken: TLSv1, TLSv1.1, TLSv1.2, TLSv1.3." },
	{ "ssl_prefer_server_ciphers", ROOST_SET_BOOL, FIELD(prefer_server), "no",
	  "The server's order of ciphers counts." },
	{ "ssl_options", ROOST_SET_LIST, FIELD(options), "", "no_ticket, compression." },
	{ 0 },
};
static const struct roost_settings schema = {
	"tls", sizeof(struct tls_settings), fields, ROOST_SCOPE_CONNECTION,
};

static struct roost_map *contexts;	/* by certificate */
static int scope_index = -1;

static int fail_ssl(struct roost_error *err, const char *what)
{
	char text[256];
	unsigned long code = ERR_peek_last_error();

	ERR_error_string_n(code, text, sizeof(text));
	ERR_clear_error();
	return roost_fail_detail(err, ROOST_ERR_CONFIG, "%s: %s", what, text);
}

static int take_password(char *buffer, int size, int writing, void *context)
{
	const char *password = context;
	size_t len = strlen(password);

	if (len > (size_t)size)
		return 0;
	memcpy(buffer, password, len);
	return (int)len;
}

static int use_chain(SSL_CTX *context, const char *pem, const char *name,
		     struct roost_error *err)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *cert = PEM_read_bio_X509_AUX(bio, NULL, NULL, NULL);
	int ret = -1;

	if (cert == NULL || SSL_CTX_use_certificate(context, cert) != 1) {
		fail_ssl(err, name);
		goto done;
	}
	SSL_CTX_clear_chain_certs(context);
	for (;;) {
		X509 *next = PEM_read_bio_X509(bio, NULL, NULL, NULL);

		if (next == NULL)
			break;
		SSL_CTX_add0_chain_cert(context, next);
	}
	ERR_clear_error();
	ret = 0;
done:
	X509_free(cert);
	BIO_free(bio);
	return ret;
}

static int use_key(SSL_CTX *context, const char *pem, const char *password, const char *name,
		   struct roost_error *err)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, take_password,
						(void *)(uintptr_t)password);
	int ret = 0;

	if (key == NULL || SSL_CTX_use_PrivateKey(context, key) != 1 ||
	    SSL_CTX_check_private_key(context) != 1)
		ret = fail_ssl(err, name);
	EVP_PKEY_free(key);
	BIO_free(bio);
	return ret;
}

static int version_number(const char *name)
{
	if (strcmp(name, "TLSv1.3") == 0)
		return TLS1_3_VERSION;
	if (strcmp(name, "TLSv1.1") == 0)
		return TLS1_1_VERSION;
	if (strcmp(name, "TLSv1") == 0)
		return TLS1_VERSION;
	return TLS1_2_VERSION;
}

static bool has_option(const struct tls_settings *set, const char *name)
{
	for (size_t i = 0; set->options[i] != NULL; i++) {
		if (strcmp(set->options[i], name) == 0)
			return true;
	}
	return false;
}

static int use_ciphers(SSL_CTX *context, const struct tls_settings *set, struct roost_error *err)
{
	if (SSL_CTX_set_min_proto_version(context, version_number(set->min_protocol)) != 1)
		return fail_ssl(err, "ssl_min_protocol");
	if (SSL_CTX_set_cipher_list(context, set->ciphers) != 1)
		return fail_ssl(err, "ssl_cipher_list");
	if (set->suites[0] != '\0' && SSL_CTX_set_ciphersuites(context, set->suites) != 1)
		return fail_ssl(err, "ssl_cipher_suites");
	if (set->curves[0] != '\0' && SSL_CTX_set1_groups_list(context, set->curves) != 1)
		return fail_ssl(err, "ssl_curve_list");
	if (set->prefer_server)
		SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE);
	if (has_option(set, "no_ticket"))
		SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
	return 0;
}

static int choose_by_name(SSL *ssl, int *alert, void *argument)
{
	const struct roost_scope *scope = SSL_get_ex_data(ssl, scope_index);
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	struct roost_setting_pair facts[] = { { "local_name", name }, { NULL, NULL } };
	struct roost_scope *named;
	struct roost_error err;
	SSL_CTX *context;

	if (name == NULL)
		return SSL_TLSEXT_ERR_NOACK;
	named = roost_scope_connection(scope, facts);
	if (tls_context_for(named, &context, &err) == 0)
		SSL_set_SSL_CTX(ssl, context);
	else
		roost_log(NULL, ROOST_LOG_ERROR, "TLS for %s: %s", name, roost_error_log(&err));
	roost_scope_free(named);
	return SSL_TLSEXT_ERR_OK;
}

static int fill_context(SSL_CTX *context, const struct tls_settings *set,
			struct roost_error *err)
{
	SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_RELEASE_BUFFERS |
			 SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
			    SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_tlsext_servername_callback(context, choose_by_name);
	if (use_ciphers(context, set, err) < 0 ||
	    use_chain(context, set->cert, "ssl_cert", err) < 0 ||
	    use_key(context, set->key, set->password, "ssl_key", err) < 0)
		return -1;
	if (set->alt_cert[0] == '\0')
		return 0;
	if (use_chain(context, set->alt_cert, "ssl_alt_cert", err) < 0)
		return -1;
	return use_key(context, set->alt_key, "", "ssl_alt_key", err);
}

int tls_context_for(const struct roost_scope *scope, SSL_CTX **result, struct roost_error *err)
{
	const struct tls_settings *set;
	const void *settings;
	SSL_CTX *context;

	if (roost_settings_get(scope, &schema, &settings, err) < 0)
		return -1;
	set = settings;
	if (set->cert[0] == '\0' || set->key[0] == '\0')
		return roost_fail_detail(err, ROOST_ERR_CONFIG, "ssl_cert and ssl_key are not set");
	if (contexts == NULL)
		contexts = roost_map_create();
	*result = roost_map_get(contexts, set->cert);
	if (*result != NULL)
		return 0;
	context = SSL_CTX_new(TLS_server_method());
	if (fill_context(context, set, err) < 0) {
		SSL_CTX_free(context);
		return -1;
	}
	roost_map_set(contexts, set->cert, context);
	*result = context;
	return 0;
}

void tls_context_bind(SSL *ssl, const struct roost_scope *scope)
{
	if (scope_index < 0)
		scope_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
	SSL_set_ex_data(ssl, scope_index, (void *)(uintptr_t)scope);
}
