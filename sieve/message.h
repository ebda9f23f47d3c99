/* The message under test: fields decoded once, edited copies, parts. RFC 5322, 2045. */
#ifndef SIEVE_MESSAGE_H
#define SIEVE_MESSAGE_H

#include <roost/address.h>
#include <roost/mime.h>
#include <roost/vec.h>
#include "sieve/sieve.h"

struct sieve_field {
	const char *name;		/* as written */
	size_t name_len;
	struct roost_text raw;		/* after the colon, folds inside */
	struct sieve_text value;	/* decoded; data NULL: not yet */
	struct roost_address_list *addresses;	/* NULL: not yet */
};

struct sieve_message {
	struct roost_arena *arena;
	struct sieve_text original;	/* as it came; lines end with CRLF */
	struct sieve_text data;		/* the same, or what has replaced it; without edits of fields */
	struct sieve_text body;		/* after the empty line */
	bool has_body;
	ROOST_VEC(struct sieve_field *) fields;		/* with edits */
	bool edited;
	uint32_t version;		/* another one whenever fields may have changed */
	uint64_t claimed_size;		/* what its owner says; 0: that of the text */
	struct sieve_text rendered;	/* with edits; data NULL: not yet */
	const struct roost_mime *mime;	/* NULL: not yet; of data */
	struct sieve_text enclosed;	/* what was there before enclose: this is forwarded; data NULL: none */
	bool originals;			/* it has Original- fields of ours: RFC 5703 section 5 */
};

/* data is borrowed as long as the message lives; bare LFs become CRLF in a copy. */
struct sieve_message *sieve_message_create(struct sieve_text data);
void sieve_message_free(struct sieve_message *message);
/* Let the message be this text from now on; copied. Fields and parts found before are void. */
void sieve_message_replace(struct sieve_message *message, struct sieve_text data);
/* Let it be what came. */
void sieve_message_restore(struct sieve_message *message);
/* Whether it is not what came. */
bool sieve_message_changed(const struct sieve_message *message);

/* The next field of this name from *position on; NULL: no more. */
struct sieve_field *sieve_message_field(struct sieve_message *message, struct sieve_text name,
					size_t *position);
/* UTF-8, unfolded, trimmed. */
struct sieve_text sieve_field_value(struct sieve_message *message, struct sieve_field *field);
const struct roost_address_list *sieve_field_addresses(struct sieve_message *message,
						       struct sieve_field *field);
/* All of it as edited; lives as long as the message. */
struct sieve_text sieve_message_text(struct sieve_message *message);
const struct roost_mime *sieve_message_mime(struct sieve_message *message);

bool sieve_field_name_valid(struct sieve_text name);
void sieve_message_add(struct sieve_message *message, const char *name, struct sieve_text value,
		       bool last);
void sieve_message_remove(struct sieve_message *message, const struct sieve_field *field);

#endif
