/* A body part's content as text: decoded, in UTF-8, HTML without its tags. */
#ifndef SIEVE_PART_TEXT_H
#define SIEVE_PART_TEXT_H

#include "sieve/message.h"

/* Transfer decoding only; added to out. */
void sieve_part_decode(struct roost_str *out, const struct sieve_message *message,
		       const struct roost_mime_part *part);
/* A text part's characters; nothing for others. */
void sieve_part_text(struct roost_str *out, const struct sieve_message *message,
		     const struct roost_mime_part *part);

#endif
