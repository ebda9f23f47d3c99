/* Counting line ends at memory speed. */
#ifndef MESSAGE_SCAN_H
#define MESSAGE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scan_counts {
	uint64_t lines;		/* LFs */
	uint64_t bare;		/* LFs without a CR before them */
	bool high, nul;		/* bytes above 127; NULs */
};

/*
 * Count in [data, data + len) until a LF that "--" follows (when dashes is set); such a LF is
 * counted. Returns how many bytes were counted. last is the byte before data.
 * The two bytes after a LF must be inside to be seen: the caller looks after the end of a chunk.
 */
size_t scan_lines(const unsigned char *data, size_t len, unsigned char last, bool dashes,
		  struct scan_counts *counts);

#endif
