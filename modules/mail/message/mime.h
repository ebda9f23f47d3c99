/* Inside of the MIME parser: what mime.c (lines, boundaries) and part.c (headers) share. */
#ifndef MESSAGE_MIME_H
#define MESSAGE_MIME_H

#include <roost/mime.h>

/*
 * What a header says about the part: types, encoding, fields; nothing about places. part->flags has
 * ROOT set already. digest: the parent is a multipart/digest. Strings are copied to arena.
 */
void part_read_header(struct roost_arena *arena, struct roost_mime_part *part, bool digest,
		      const char *header, size_t len);
/* A multipart's boundary, NULL when it has none that can be used. */
const char *part_boundary(struct roost_arena *arena, const struct roost_mime_part *part);
/* It cannot be opened: from now on it is a leaf of that type. */
void part_make_leaf(struct roost_mime_part *part, const char *type, const char *subtype);

#endif
