/* Content transfer encodings, decoded piecewise and as streams. */
#include <string.h>
#include <roost/transfer.h>
#include "filter.h"
#include "lex.h"
#include "transfer.h"

enum roost_transfer roost_transfer_named(struct roost_text value)
{
	static const struct { const char *name; enum roost_transfer encoding; } names[] = {
		{ "7bit", ROOST_TRANSFER_7BIT }, { "8bit", ROOST_TRANSFER_8BIT },
		{ "binary", ROOST_TRANSFER_BINARY }, { "base64", ROOST_TRANSFER_BASE64 },
		{ "quoted-printable", ROOST_TRANSFER_QUOTED_PRINTABLE },
		{ "x-uuencode", ROOST_TRANSFER_UUENCODE }, { "x-uue", ROOST_TRANSFER_UUENCODE },
		{ "uuencode", ROOST_TRANSFER_UUENCODE },
	};
	struct roost_text token;

	if (value.data == NULL)
		return ROOST_TRANSFER_7BIT;
	lex_skip(&value);
	token = lex_token(&value);
	for (size_t i = 0; i < ROOST_COUNT(names); i++) {
		if (roost_text_is(token, names[i].name))
			return names[i].encoding;
	}
	return ROOST_TRANSFER_UNKNOWN;
}

void roost_transfer_decode(struct roost_transfer_decoder *decoder, struct roost_str *out,
			   const void *data, size_t len)
{
	switch (decoder->encoding) {
	case ROOST_TRANSFER_QUOTED_PRINTABLE:
		quoted_decode(decoder, out, data, len);
		break;
	case ROOST_TRANSFER_BASE64:
		base64_decode(decoder, out, data, len);
		break;
	case ROOST_TRANSFER_UUENCODE:
		uu_decode(decoder, out, data, len);
		break;
	default:
		roost_str_append(out, data, len);
		break;
	}
}

void roost_transfer_finish(struct roost_transfer_decoder *decoder, struct roost_str *out)
{
	switch (decoder->encoding) {
	case ROOST_TRANSFER_QUOTED_PRINTABLE:
		quoted_finish(decoder, out);
		break;
	case ROOST_TRANSFER_BASE64:
		base64_finish(decoder, out);
		break;
	case ROOST_TRANSFER_UUENCODE:
		uu_decode(decoder, out, (const unsigned char *)"\n", 1);
		break;
	default:
		break;
	}
	*decoder = (struct roost_transfer_decoder){ .encoding = decoder->encoding };
}

void roost_transfer_decode_all(enum roost_transfer encoding, struct roost_str *out,
			       const void *data, size_t len)
{
	struct roost_transfer_decoder decoder = { .encoding = encoding };

	roost_transfer_decode(&decoder, out, data, len);
	roost_transfer_finish(&decoder, out);
}

static void transfer_piece(void *state, struct roost_str *out, const void *data, size_t len)
{
	roost_transfer_decode(state, out, data, len);
}

static void transfer_end(void *state, struct roost_str *out)
{
	roost_transfer_finish(state, out);
}

static void transfer_restart(void *state)
{
	struct roost_transfer_decoder *decoder = state;

	*decoder = (struct roost_transfer_decoder){ .encoding = decoder->encoding };
}

static const struct filter_ops transfer_filter = {
	.state_size = sizeof(struct roost_transfer_decoder), .piece = transfer_piece,
	.finish = transfer_end, .restart = transfer_restart,
};

struct roost_input *roost_transfer_input(struct roost_input *parent, enum roost_transfer encoding)
{
	struct roost_input *input;
	void *state;

	switch (encoding) {
	case ROOST_TRANSFER_QUOTED_PRINTABLE:
	case ROOST_TRANSFER_BASE64:
	case ROOST_TRANSFER_UUENCODE:
		input = filter_create(parent, &transfer_filter, &state);
		((struct roost_transfer_decoder *)state)->encoding = encoding;
		return input;
	default:
		return roost_input_ref(parent);
	}
}
