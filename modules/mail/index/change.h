/* Changes being gathered: the record of a transaction, written as it grows. */
#ifndef MAIL_INDEX_CHANGE_H
#define MAIL_INDEX_CHANGE_H

#include "modules/mail/index/private.h"

struct index_change {
	struct index *index;
	struct roost_str record;
	size_t op;			/* where the newest operation begins; 0: none */
	enum op_kind kind;		/* its kind, while it may still grow */
	uint32_t position;		/* in the columns, of the newest flag change */
	uint32_t flags_last;		/* greatest UID whose flags this change touched */
	uint32_t next_uid;
	unsigned options;		/* WRITE_* */
	bool adds;
	ROOST_VEC(char *) keywords;	/* made by this change, numbered behind the index's */
	bool failed;			/* cold data could not be read: err says why */
	struct roost_error err;
};

void change_free(struct index_change *change);

#endif
