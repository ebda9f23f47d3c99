/* Transfer encodings: pieces do not matter, and what we encode decodes to itself. */
#include <string.h>
#include <roost/transfer.h>
#include "fuzz.h"

static void check_same(const struct roost_str *a, const struct roost_str *b)
{
	FUZZ_CHECK(a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0));
}

static void check_pieces(enum roost_transfer encoding, const uint8_t *data, size_t size)
{
	struct roost_transfer_decoder decoder = { .encoding = encoding };
	struct roost_str whole = ROOST_STR_INIT, pieces = ROOST_STR_INIT;

	roost_transfer_decode_all(encoding, &whole, data, size);
	for (size_t at = 0, piece = 1; at < size; at += piece, piece = piece % 7 + 1)
		roost_transfer_decode(&decoder, &pieces, data + at,
				      size - at < piece ? size - at : piece);
	roost_transfer_finish(&decoder, &pieces);
	check_same(&whole, &pieces);
	roost_str_free(&whole);
	roost_str_free(&pieces);
}

/* Quoted-printable text has CRLF for each line end. */
static void with_crlf(struct roost_str *out, const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (data[i] == '\n' && (i == 0 || data[i - 1] != '\r'))
			roost_str_byte(out, '\r');
		roost_str_byte(out, (char)data[i]);
	}
}

static void encode_and_back(const uint8_t *data, size_t size)
{
	struct roost_str text = ROOST_STR_INIT, coded = ROOST_STR_INIT, back = ROOST_STR_INIT;

	with_crlf(&text, data, size);
	roost_transfer_encode_quoted(&coded, (const char *)data, size);
	roost_transfer_decode_all(ROOST_TRANSFER_QUOTED_PRINTABLE, &back, coded.data, coded.len);
	check_same(&text, &back);
	roost_str_truncate(&coded, 0);
	roost_str_truncate(&back, 0);
	roost_transfer_encode_base64(&coded, text.data, text.len);
	roost_transfer_decode_all(ROOST_TRANSFER_BASE64, &back, coded.data, coded.len);
	check_same(&text, &back);
	roost_str_free(&text);
	roost_str_free(&coded);
	roost_str_free(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct roost_text value = { (const char *)data, size };

	for (int i = ROOST_TRANSFER_7BIT; i <= ROOST_TRANSFER_UNKNOWN; i++)
		check_pieces((enum roost_transfer)i, data, size);
	encode_and_back(data, size);
	roost_transfer_named(value);
	return 0;
}
