/* The decoders behind roost/transfer.h, one per encoding. */
#ifndef MESSAGE_TRANSFER_H
#define MESSAGE_TRANSFER_H

#include <roost/transfer.h>

void quoted_decode(struct roost_transfer_decoder *decoder, struct roost_str *out,
		   const unsigned char *data, size_t len);
void quoted_finish(struct roost_transfer_decoder *decoder, struct roost_str *out);
void base64_decode(struct roost_transfer_decoder *decoder, struct roost_str *out,
		   const unsigned char *data, size_t len);
void base64_finish(struct roost_transfer_decoder *decoder, struct roost_str *out);
void uu_decode(struct roost_transfer_decoder *decoder, struct roost_str *out,
	       const unsigned char *data, size_t len);

#endif
