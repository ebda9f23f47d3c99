/*
 * The C interface that programs written for libsieve use: a context, a list of callbacks, and named
 * values that both sides set and get. Behind it is the engine of libroost-sieve.
 *
 * All strings that are given out live until the next call of the same callback or sieve2_free().
 * Functions return SIEVE2_OK or an error for sieve2_errstr().
 */
#ifndef SIEVE2_H
#define SIEVE2_H

#ifdef __cplusplus
extern "C" {
#endif

#define SIEVE2_API __attribute__((visibility("default")))

typedef struct sieve2_context sieve2_context_t;

typedef enum {
	SIEVE2_VALUE_FIRST = 0,

	/* What the script decided; with the values that the action has. */
	SIEVE2_ACTION_REDIRECT,		/* address */
	SIEVE2_ACTION_REJECT,		/* message */
	SIEVE2_ACTION_DISCARD,
	SIEVE2_ACTION_FILEINTO,		/* mailbox; list imapflags */
	SIEVE2_ACTION_KEEP,		/* list imapflags */
	SIEVE2_ACTION_NOTIFY,		/* method, message, id, priority */
	SIEVE2_ACTION_VACATION,		/* message, subject, fromaddr, address, hash, days, mime */

	/* What the engine asks for; the callback sets it. */
	SIEVE2_SCRIPT_GETSCRIPT,	/* gets path, name; sets script */
	SIEVE2_MESSAGE_GETHEADER,	/* gets header; sets list body */
	SIEVE2_MESSAGE_GETALLHEADERS,	/* sets allheaders */
	SIEVE2_MESSAGE_GETSUBADDRESS,	/* accepted; the engine splits addresses itself */
	SIEVE2_MESSAGE_GETENVELOPE,	/* sets from, to */
	SIEVE2_MESSAGE_GETBODY,		/* sets body */
	SIEVE2_MESSAGE_GETSIZE,		/* sets size */

	/* What went wrong. */
	SIEVE2_ERRCALL_RUNTIME,		/* message */
	SIEVE2_ERRCALL_PARSE,		/* lineno, message */
	SIEVE2_ERRCALL_ADDRESS,
	SIEVE2_ERRCALL_HEADER,

	SIEVE2_DEBUG_TRACE,		/* level, message */

	SIEVE2_VALUE_LAST
} sieve2_values_t;

/* Returns 0; anything else from an action ends the execution with an error. */
typedef int (*sieve2_callback_func)(sieve2_context_t *context, void *user_data);

/* A list of them ends with { 0 }. */
typedef struct {
	sieve2_values_t value;
	sieve2_callback_func func;
} sieve2_callback_t;

typedef enum {
	SIEVE2_OK = 0,
	SIEVE2_DONE,
	SIEVE2_ERROR_UNSUPPORTED,
	SIEVE2_ERROR_NOT_FINALIZED,
	SIEVE2_ERROR_NOMEM,
	SIEVE2_ERROR_EXISTS,
	SIEVE2_ERROR_PARSE,
	SIEVE2_ERROR_EXEC,
	SIEVE2_ERROR_INTERNAL,
	SIEVE2_ERROR_BADARGS,
	SIEVE2_ERROR_GETSCRIPT,
	SIEVE2_ERROR_FAIL,
	SIEVE2_ERROR_LAST
} sieve2_error_t;

SIEVE2_API int sieve2_alloc(sieve2_context_t **context);
SIEVE2_API int sieve2_free(sieve2_context_t **context);
/* Later lists add to earlier ones. */
SIEVE2_API int sieve2_callbacks(sieve2_context_t *context, sieve2_callback_t *callbacks);
/* Asks for the script and compiles it; errors go to SIEVE2_ERRCALL_PARSE. */
SIEVE2_API int sieve2_validate(sieve2_context_t *context, void *user_data);
/* The same, then runs it on the message that the callbacks give, then calls the actions. */
SIEVE2_API int sieve2_execute(sieve2_context_t *context, void *user_data);

SIEVE2_API char *sieve2_errstr(const int code);
/* Names of the extensions with a blank between. */
SIEVE2_API char *sieve2_listextensions(sieve2_context_t *context);
SIEVE2_API char *sieve2_credits(void);
SIEVE2_API char *sieve2_license(void);

/* Values that were not set: -1, NULL. */
SIEVE2_API int sieve2_getvalue_int(sieve2_context_t *context, const char * const name);
SIEVE2_API const char *sieve2_getvalue_string(sieve2_context_t *context, const char * const name);
SIEVE2_API const char * const *sieve2_getvalue_stringlist(sieve2_context_t *context,
							  const char * const name);
SIEVE2_API int sieve2_setvalue_int(sieve2_context_t *context, const char * const name, int value);
SIEVE2_API int sieve2_setvalue_string(sieve2_context_t *context, const char * const name,
				      const char * const value);
SIEVE2_API int sieve2_setvalue_stringlist(sieve2_context_t *context, const char * const name,
					  const char * const *value);

#ifdef __cplusplus
}
#endif

#endif
