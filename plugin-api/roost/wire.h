/* SPDX-License-Identifier: MIT */
/*
 * How messages between our own processes are written: fields in a fixed order, numbers in host
 * order, strings with a 32-bit length. All readers check bounds: a peer may be broken into. Ours.
 */
#ifndef ROOST_WIRE_H
#define ROOST_WIRE_H

#include <roost/arena.h>
#include <roost/str.h>

struct roost_wire {
	const unsigned char *data;
	size_t len;
	bool broken;		/* something was missing: all later reads give 0 and "" */
};

ROOST_API void roost_wire_put_u32(struct roost_str *out, uint32_t value);
ROOST_API void roost_wire_put_u64(struct roost_str *out, uint64_t value);
ROOST_API void roost_wire_put_bytes(struct roost_str *out, const void *data, size_t len);
ROOST_API void roost_wire_put_text(struct roost_str *out, const char *text);	/* NULL as "" */
/* A count and the texts; list ends with NULL and may be NULL. */
ROOST_API void roost_wire_put_list(struct roost_str *out, const char *const *list);

ROOST_API struct roost_wire roost_wire_read(const void *data, size_t len);
ROOST_API uint32_t roost_wire_u32(struct roost_wire *wire);
ROOST_API uint64_t roost_wire_u64(struct roost_wire *wire);
/* Borrowed from the message. */
ROOST_API const void *roost_wire_bytes(struct roost_wire *wire, size_t *len);
/* A NUL-terminated copy in arena; a text with a NUL inside breaks the wire. */
ROOST_API const char *roost_wire_text(struct roost_wire *wire, struct roost_arena *arena);
ROOST_API const char *const *roost_wire_list(struct roost_wire *wire, struct roost_arena *arena);
/* All there and nothing left over. */
ROOST_API bool roost_wire_done(const struct roost_wire *wire);

#endif
