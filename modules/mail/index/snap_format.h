/* Where things stand in a snapshot; shared by its reader and its writer. */
#ifndef MAIL_INDEX_SNAP_FORMAT_H
#define MAIL_INDEX_SNAP_FORMAT_H

#define SNAP_MAGIC "roostsn1"
#define SNAP_HEADER_SIZE 256u
#define SNAP_ENTRY_SIZE 24u		/* of the directory: type, rows, offset, length, CRC */
#define SNAP_ROWS 1024u			/* messages in a block */
#define SNAP_HOT_ROW 21u
#define SNAP_COLD_ROW 68u		/* and the key */
#define SNAP_FLAG_CLEAN 1u
#define SNAP_FLAG_SCAN 2u

enum snap_block { SNAP_META = 1, SNAP_HOT = 2, SNAP_COLD = 3, SNAP_HISTORY = 4 };
/* What META blocks are made of: {kind, number, length, bytes}. */
enum snap_meta { META_KEYWORD = 1, META_ATTRIBUTE = 2, META_UNREMOVED = 3 };

#endif
