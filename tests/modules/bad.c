/* Modules with one fault each; FAULT_x chooses. */
#include <roost/storage.h>

static const struct roost_storage_ops ops __attribute__((unused)) = { .name = "bad" };

#ifdef FAULT_lazy
ROOST_API void roost_of_the_future(void);
static void deinit(void)
{
	roost_of_the_future();
}
ROOST_MODULE(lazy, .version = "1.0", .deinit = deinit, .provides = ROOST_PROVIDES(ROOST_STORAGE(&ops)));
#endif

#ifdef FAULT_plain
ROOST_API int plain_thing(const void *unused);
int plain_thing(const void *unused)
{
	return unused == &ops;
}
#endif

#ifdef FAULT_future
extern ROOST_API const struct roost_module future_LTX_roost_module;
const struct roost_module future_LTX_roost_module = {
	.magic = ROOST_MODULE_MAGIC, .size = sizeof(struct roost_module), .abi_major = 1,
	.abi_minor = 9, .name = "future", .version = "1.0",
	.provides = ROOST_PROVIDES(ROOST_STORAGE(&ops)),
};
#endif

#ifdef FAULT_revision
ROOST_MODULE(revision, .version = "1.0", .provides = (const struct roost_provide[]){
	{ ROOST_KIND_STORAGE, ROOST_STORAGE_REVISION + 1, sizeof(ops), &ops }, { 0, 0, 0, NULL } });
#endif

#ifdef FAULT_needy
ROOST_MODULE(needy, .version = "1.0", .requires = ROOST_REQUIRES("absent", "good"),
	     .provides = ROOST_PROVIDES(ROOST_STORAGE(&ops)));
#endif

#ifdef FAULT_alias
ROOST_MODULE(other, .version = "1.0", .provides = ROOST_PROVIDES(ROOST_STORAGE(&ops)));
extern ROOST_API const struct roost_module alias_LTX_roost_module;
const struct roost_module alias_LTX_roost_module = {
	.magic = ROOST_MODULE_MAGIC, .size = sizeof(struct roost_module),
	.abi_major = ROOST_ABI_MAJOR, .abi_minor = ROOST_ABI_MINOR, .name = "other", .version = "1",
	.provides = ROOST_PROVIDES(ROOST_STORAGE(&ops)),
};
#endif

#ifdef FAULT_twin
static const struct roost_storage_ops twin = { .name = "nobody" };
ROOST_MODULE(twin, .version = "1.0",
	     .provides = ROOST_PROVIDES(ROOST_STORAGE(&twin), ROOST_STORAGE(&ops)));
#endif

#ifdef FAULT_noinit
static int init(struct roost_error *err)
{
	return roost_fail(err, ROOST_ERR_TEMP, "the moon is full");
}
ROOST_MODULE(noinit, .version = "1.0", .init = init);
#endif
