/* FETCH arguments: whatever they ask for, answers are well formed and literals as long as they say. */
#include <string.h>
#include "modules/imap/fetch.h"
#include "tests/unit/fetch_world.h"
#include "fuzz.h"

static const char lf[] =
	"From: a@b\nSubject: x\nContent-Type: multipart/mixed; boundary=q\n\npre\n--q\n\nplain\r\n"
	"--q\nContent-Type: message/rfc822\n\nSubject: in\nContent-Transfer-Encoding: base64\n\nAAEC\n"
	"--q\nContent-Transfer-Encoding: quoted-printable\n\na=3D=00=\nb\n--q--\n";
static const char crlf[] = "Subject: y\r\n\r\na\0b\r\n";

/* One response line with its literals; the end of it. */
static const char *check_line(const char *at, const char *end)
{
	for (;;) {
		const char *eol = memmem(at, (size_t)(end - at), "\r\n", 2), *brace;
		size_t size = 0;

		FUZZ_CHECK(eol != NULL);
		if (eol == at || eol[-1] != '}')
			return eol + 2;
		for (brace = eol - 1; brace > at && *brace != '{'; brace--)
			;
		if (*brace != '{')
			return eol + 2;
		for (const char *digit = brace + 1; *digit != '}'; digit++) {
			if (*digit < '0' || *digit > '9')
				return eol + 2;
			size = size * 10 + (size_t)(*digit - '0');
		}
		FUZZ_CHECK(size <= (size_t)(end - eol - 2));
		FUZZ_CHECK(brace[-1] == '~' || memchr(eol + 2, '\0', size) == NULL);
		at = eol + 2 + size;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct roost_mailbox *box = world_create();
	struct fetch_world *world = fetch_world_create(box);
	char *text = calloc(1, size + 1);
	const char *out, *end;
	size_t len;

	memcpy(text, data, size);
	world_add(box, lf, 0);
	world_add_bytes(box, crlf, sizeof(crlf) - 1, ROOST_FLAG_SEEN);
	world->imap.enabled = IMAP_ENABLED_QRESYNC;
	out = fetch_world_run(world, imap_fetch, size % 2 == 0, text, &len);
	end = out + len;
	while (strncmp(out, "t ", 2) != 0) {
		FUZZ_CHECK(strncmp(out, "* ", 2) == 0);
		out = check_line(out, end);
	}
	FUZZ_CHECK(strncmp(out, "t OK ", 5) == 0 || strncmp(out, "t NO ", 5) == 0 ||
		   strncmp(out, "t BAD ", 6) == 0);
	FUZZ_CHECK(out[strcspn(out, "\r")] == '\r' && out + strcspn(out, "\r") + 2 == end);
	fetch_world_free(world);
	world_free(box);
	free(text);
	return 0;
}
