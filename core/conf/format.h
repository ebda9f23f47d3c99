/* The bytes of a snapshot, between its writer and its reader on one machine. */
#ifndef CORE_CONF_FORMAT_H
#define CORE_CONF_FORMAT_H

#include "core/conf/snapshot.h"

#define SNAPSHOT_MAGIC "RoostCF1"
#define SNAPSHOT_SIZE_MAX (64u << 20)

/* Then filters, entries, blocks, and the pool of NUL-terminated strings up to the end. */
struct snapshot_header {
	char magic[8];
	uint32_t role, filter_count, entry_count, block_count, pool_size, reserved;
};

/* Strings are offsets in the pool; the pool begins with an empty one. */
struct snapshot_filter {
	uint32_t protocol, local_name, protocol_not;	/* 0: any */
	struct conf_net local, remote;
};

struct snapshot_entry {
	uint32_t name, value, filter, flags, file, line;	/* filter 0: always */
};

struct snapshot_block {
	uint32_t path, name, file, line;
};

#endif
