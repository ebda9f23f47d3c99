/* Counting line ends at memory speed: 16 bytes at a time where the machine has SSE2. */
#include "scan.h"
#ifdef __SSE2__
#include <emmintrin.h>
#endif

static void scan_byte(unsigned char byte, unsigned char last, struct scan_counts *counts)
{
	if (byte == '\n') {
		counts->lines++;
		counts->bare += last != '\r';
	}
	counts->high |= byte >= 0x80;
	counts->nul |= byte == 0;
}

/* The plain form, for short pieces and other machines. */
static size_t scan_bytes(const unsigned char *data, size_t from, size_t len, unsigned char last,
			 bool dashes, struct scan_counts *counts)
{
	for (size_t i = from; i < len; i++) {
		scan_byte(data[i], i > 0 ? data[i - 1] : last, counts);
		if (dashes && data[i] == '\n' && i + 2 < len && data[i + 1] == '-' &&
		    data[i + 2] == '-')
			return i + 1;
	}
	return len;
}

#ifdef __SSE2__
/* Sums that are kept per byte lane, and must be flushed before a lane passes 255. */
struct scan_sums { __m128i lines, bare, high, nul; };

static uint64_t sum_lanes(__m128i lanes)
{
	__m128i sums = _mm_sad_epu8(lanes, _mm_setzero_si128());

	return (uint64_t)_mm_cvtsi128_si32(sums) + (uint64_t)_mm_extract_epi16(sums, 4);
}

/* Count 16 bytes; the byte before and two bytes after must be readable. False: a LF with "--". */
static inline bool scan_block(const unsigned char *data, bool dashes, struct scan_sums *sums)
{
	const __m128i dash = _mm_set1_epi8('-');
	__m128i bytes = _mm_loadu_si128((const __m128i *)data);
	__m128i lf = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n'));
	__m128i after_cr = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(data - 1)),
					  _mm_set1_epi8('\r'));

	if (dashes) {
		__m128i first = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(data + 1)), dash);
		__m128i second = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(data + 2)), dash);

		if (_mm_movemask_epi8(_mm_and_si128(lf, _mm_and_si128(first, second))) != 0)
			return false;
	}
	/* A match is -1 in its lane. */
	sums->lines = _mm_sub_epi8(sums->lines, lf);
	sums->bare = _mm_sub_epi8(sums->bare, _mm_andnot_si128(after_cr, lf));
	sums->high = _mm_or_si128(sums->high, bytes);
	sums->nul = _mm_or_si128(sums->nul, _mm_cmpeq_epi8(bytes, _mm_setzero_si128()));
	return true;
}

static size_t scan_blocks(const unsigned char *data, size_t from, size_t len, bool dashes,
			  struct scan_counts *counts)
{
	struct scan_sums sums = { 0 };
	size_t at = from;
	bool more = true;

	while (more && at + 18 <= len) {
		sums.lines = sums.bare = _mm_setzero_si128();
		for (unsigned i = 0; i < 255 && at + 18 <= len; i++, at += 16) {
			more = scan_block(data + at, dashes, &sums);
			if (!more)
				break;
		}
		counts->lines += sum_lanes(sums.lines);
		counts->bare += sum_lanes(sums.bare);
	}
	counts->high |= _mm_movemask_epi8(sums.high) != 0;
	counts->nul |= _mm_movemask_epi8(sums.nul) != 0;
	return at;
}
#endif

size_t scan_lines(const unsigned char *data, size_t len, unsigned char last, bool dashes,
		  struct scan_counts *counts)
{
	size_t at = 0;

	if (len == 0)
		return 0;
#ifdef __SSE2__
	/* The first byte's predecessor is not in memory, so it goes alone. */
	at = scan_bytes(data, 0, 1, last, false, counts);
	if (dashes && data[0] == '\n' && len > 2 && data[1] == '-' && data[2] == '-')
		return 1;
	at = scan_blocks(data, at, len, dashes, counts);
#endif
	return scan_bytes(data, at, len, last, dashes, counts);
}
