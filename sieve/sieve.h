/*
 * libroost-sieve: the Sieve language for programs that handle mail. Compile scripts, run them on
 * messages; what they ask for is done by the host (host.h). RFC 5228 and its extensions.
 *
 *	struct sieve_instance *instance = sieve_instance_create();
 *	if (sieve_cache_get(instance, &loader, "x.svbin", &source, &diag, &program, &err) >= 0) {
 *		delivery = sieve_delivery_create(instance, &host, message, &envelope);
 *		sieve_delivery_run(delivery, program, &diag);
 *		sieve_delivery_finish(delivery, &diag, &kept);
 *		sieve_delivery_free(delivery);
 *	}
 *
 * An instance may serve many scripts and messages, one thread at a time. Programs depend on it.
 */
#ifndef SIEVE_SIEVE_H
#define SIEVE_SIEVE_H

#include <roost/error.h>
#include "sieve/diag.h"
#include "sieve/host.h"

/* An engine: which extensions it knows and offers, and its settings. */
struct sieve_instance;
/* A compiled script. */
struct sieve_program;

/* Whose script it is; what the administrator keeps for global scripts is not for the others. */
enum sieve_location { SIEVE_MAIN, SIEVE_PERSONAL, SIEVE_GLOBAL };

/* Where included scripts come from. NOTFOUND: there is none of this name. */
struct sieve_loader {
	int (*load)(void *context, enum sieve_location location, const char *name,
		    struct roost_str *source, struct roost_error *err);
	void *context;
};

/* How the message came. Addresses without brackets. */
struct sieve_envelope {
	const char *from;		/* "": the null sender */
	const char *to, *orig_to;
	const char *auth;		/* NULL: none */
	/* RFC 3461; NULL: not given. notify and orcpt are the recipient's. */
	const char *notify, *ret, *envid, *orcpt;
	/* RFC 2852; by_mode 0: not given, else 'N' or 'R'. */
	int64_t by_time;		/* when it is due; microseconds since the epoch */
	char by_mode;
	bool by_trace;
};

/* With all extensions of this library and of the modules that are loaded. */
ROOST_API struct sieve_instance *sieve_instance_create(void);
ROOST_API void sieve_instance_free(struct sieve_instance *instance);
/*
 * Which are offered: a list of names, or "+name -name" changing the default; NULL: the default.
 * INVALID: an unknown name; the known ones are set.
 */
ROOST_API int sieve_instance_offer(struct sieve_instance *instance, const char *names,
				   struct roost_error *err);
ROOST_API void sieve_instance_offer_all(struct sieve_instance *instance);
ROOST_API bool sieve_instance_offers(const struct sieve_instance *instance, const char *name);
/* The names of those offered, a blank between; added to out. As ManageSieve announces them. */
ROOST_API void sieve_instance_list(const struct sieve_instance *instance, struct roost_str *out);
/* Settings by their names in the configuration; value NULL removes. What is set applies at once. */
ROOST_API void sieve_instance_set(struct sieve_instance *instance, const char *name,
				  const char *value);
/* For scripts of IMAP events (RFC 6785): offers imapsieve and nothing that needs an envelope. */
ROOST_API void sieve_instance_imap(struct sieve_instance *instance);

/*
 * Compile a script and all it includes. name: for diagnostics, without ".sieve". loader may be
 * NULL. The program's bytes are added to out; false: diag has the errors, the last of which says
 * which stage failed.
 */
ROOST_API bool sieve_compile(const struct sieve_instance *instance, const struct sieve_loader *loader,
			     const char *name, enum sieve_location location, struct sieve_text source,
			     struct sieve_diag *diag, struct roost_str *out);
/*
 * Take the bytes of a compiled script. They are copied. CORRUPT: not a program or damaged;
 * UNSUPPORTED: of another version, or it uses what this instance does not know.
 */
ROOST_API int sieve_program_load(const struct sieve_instance *instance, struct sieve_text data,
				 struct sieve_program **program, struct roost_error *err);
ROOST_API void sieve_program_free(struct sieve_program *program);

/*
 * One message on its way through one script or several (before, personal, after). instance, host,
 * envelope and message are borrowed.
 */
struct sieve_delivery;
ROOST_API struct sieve_delivery *sieve_delivery_create(const struct sieve_instance *instance,
						       const struct sieve_host *host,
						       struct sieve_text message,
						       const struct sieve_envelope *envelope);
ROOST_API void sieve_delivery_free(struct sieve_delivery *delivery);
/*
 * Collect what the script asks for. 1: a keep is in effect, a next script may run; 0: none;
 * -1: it failed (diag), what it asked for is dropped, the message is to be kept.
 */
ROOST_API int sieve_delivery_run(struct sieve_delivery *delivery, const struct sieve_program *program,
				 struct sieve_diag *diag);
/* Do it all, with the implicit keep. False: something failed; *kept: whether the message is safe. It is not
 * after a store that failed with ROOST_ERR_TEMP: then nothing was done, and the delivery is to be tried later. */
ROOST_API bool sieve_delivery_finish(struct sieve_delivery *delivery, struct sieve_diag *diag,
				     bool *kept);
/* What is told of a run as it goes: each level with those before it. */
enum sieve_trace_level {
	SIEVE_TRACE_ACTIONS = 1, SIEVE_TRACE_COMMANDS, SIEVE_TRACE_TESTS, SIEVE_TRACE_MATCHING,
};

struct sieve_trace {
	enum sieve_trace_level level;
	void (*line)(void *context, const char *text);	/* without a line end */
	void *context;
};

/* For the runs from now on; borrowed; NULL: none. */
ROOST_API void sieve_delivery_trace(struct sieve_delivery *delivery, const struct sieve_trace *trace);
/* CPU time of the last run in microseconds: for sieve_cache_used(). */
ROOST_API uint64_t sieve_delivery_cpu(const struct sieve_delivery *delivery);

#endif
