/* A module without fault: a userdb that knows nobody. */
#include <roost/passdb.h>

static int good_init(struct roost_error *err)
{
	static int calls;

	if (++calls == 1)
		roost_service_publish("good", 3, "service of good");
	return calls == 1 ? 0 : roost_fail(err, ROOST_ERR_TEMP, "called twice");
}

/* As compiled by an older header: the host fills up with NULL. */
struct old_userdb_ops { const char *name; const struct roost_settings *settings; };
static const struct old_userdb_ops old = { "nobody", NULL };

ROOST_MODULE(good, .version = "1.5", .init = good_init, .provides = (const struct roost_provide[]){
	{ ROOST_KIND_USERDB, ROOST_USERDB_REVISION, sizeof(old), &old }, { 0, 0, 0, NULL } });
