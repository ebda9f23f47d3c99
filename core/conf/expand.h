/* Inside the expansion of %-variables: what its files share. */
#ifndef CORE_CONF_EXPAND_H
#define CORE_CONF_EXPAND_H

#include <roost/expand.h>

#define EXPAND_MODIFIERS_MAX 8

/* How a value is changed before it is put out. */
struct expand_how {
	char modifiers[EXPAND_MODIFIERS_MAX];
	unsigned int modifier_count;
	long offset, width;		/* characters; width 0: all */
	bool zero_pad;			/* pad to width with zeroes instead of cutting */
};

struct expand_run {
	const struct roost_expand *expand;
	struct roost_error *err;
	bool failed;
	unsigned int depth;		/* of conditions */
	unsigned int plain;		/* >0: inside operands, which are compared and not put out */
	/* Set: only report the names, in each branch. */
	void (*names)(void *context, const char *name);
	void *names_context;
	char scratch[256];
};

void expand_text(struct expand_run *run, struct roost_str *out, const char *text);
const char *expand_lookup(struct expand_run *run, const char *name);
void expand_unknown(struct expand_run *run, struct roost_str *out, const char *name);

/* modify.c */
void expand_modify(struct roost_str *text, const struct expand_how *how);

/* condition.c: rest of "if;a;op;b;yes;no". -1: malformed. */
int expand_condition(struct expand_run *run, struct roost_str *out, const char *rest);

/* digest.c: "sha256;rounds=2:user" and other names that are no variables of the callback. */
bool expand_is_special(const char *name);
int expand_digest(struct expand_run *run, struct roost_str *out, const char *name);
const char *expand_system(const char *name, char *scratch, size_t size);

#endif
