/* Finding and loading modules by name; better errors than libltdl's own. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <ltdl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <roost/vec.h>
#include "core/base/memory.h"
#include "core/module/check.h"
#include "core/module/module.h"

struct provided {
	enum roost_kind kind;
	void *ops;			/* a copy of the host's size */
	size_t module;
};

static ROOST_VEC(struct module) modules;
static ROOST_VEC(struct provided) provided;
static size_t initialised;

const struct module *module_at(size_t index)
{
	return index < modules.count ? &modules.items[index] : NULL;
}

const struct module *module_find(const char *name)
{
	for (size_t i = 0; i < modules.count; i++) {
		if (strcmp(modules.items[i].descriptor->name, name) == 0)
			return &modules.items[i];
	}
	return NULL;
}

const void *module_ops_at(enum roost_kind kind, size_t index, const struct module **provider)
{
	for (size_t i = 0; i < provided.count; i++) {
		if (provided.items[i].kind != kind || index-- > 0)
			continue;
		if (provider != NULL)
			*provider = &modules.items[provided.items[i].module];
		return provided.items[i].ops;
	}
	return NULL;
}

/* Every vtable begins with the name of what it is. */
static const char *ops_name(const void *ops)
{
	return *(const char *const *)ops;
}

const void *module_ops_find(enum roost_kind kind, const char *name,
			    const struct module **provider)
{
	const void *ops;

	for (size_t i = 0; (ops = module_ops_at(kind, i, provider)) != NULL; i++) {
		if (strcmp(ops_name(ops), name) == 0)
			return ops;
	}
	return NULL;
}

const void *roost_module_ops(enum roost_kind kind, const char *name)
{
	return module_ops_find(kind, name, NULL);
}

const void *roost_module_ops_at(enum roost_kind kind, size_t index)
{
	return module_ops_at(kind, index, NULL);
}

const char *module_kind_name(enum roost_kind kind)
{
	const struct module_kind *known = module_kind_get(kind);

	return known == NULL ? "unknown" : known->name;
}

static bool is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* Installed: DIR/name.so. Not yet installed: DIR/.libs/name.so beside libtool's name.la. */
static char *find_file(const char *directory, const char *name, bool *installed)
{
	size_t size = strlen(directory) + strlen(name) + sizeof("/.libs/.so");
	char *path = mem_alloc(size);

	snprintf(path, size, "%s/%s.so", directory, name);
	*installed = is_file(path);
	if (*installed)
		return path;
	snprintf(path, size, "%s/.libs/%s.so", directory, name);
	if (is_file(path))
		return path;
	free(path);
	return NULL;
}

static void named_at_line(const struct module_name *name, struct roost_str *problems)
{
	if (name->named_at != NULL && name->named_at[0] != '\0')
		roost_str_printf(problems, "  named at %s\n", name->named_at);
}

/*
 * libltdl binds lazily, and to it every failure is "file not found": the dynamic linker is asked
 * first, so that what this host lacks shows now and not at its first call.
 */
static lt_dlhandle open_file(const char *file, const char *name, struct roost_str *problems)
{
	lt_dladvise advise;
	lt_dlhandle handle = NULL;
	const char *reason;

	if (dlopen(file, RTLD_NOW | RTLD_LOCAL) == NULL) {
		size_t len = strlen(file);

		reason = dlerror();
		if (strncmp(reason, file, len) == 0 && reason[len] == ':')
			reason += len + 1 + strspn(reason + len + 1, " ");
		roost_str_printf(problems, "module %s: %s: %s\n", name, file, reason);
		return NULL;
	}
	if (lt_dladvise_init(&advise) == 0) {
		lt_dladvise_local(&advise);
		lt_dladvise_resident(&advise);
		handle = lt_dlopenadvise(file, advise);
		lt_dladvise_destroy(&advise);
	}
	if (handle == NULL)
		roost_str_printf(problems, "module %s: %s: %s\n", name, file, lt_dlerror());
	return handle;
}

static const struct roost_module *find_descriptor(lt_dlhandle handle, const char *name)
{
	char symbol[160];
	const void *found = lt_dlsym(handle, "roost_module");

	if (found == NULL) {
		snprintf(symbol, sizeof(symbol), "%s_LTX_roost_module", name);
		found = lt_dlsym(handle, symbol);
	}
	return found;
}

/* True when nobody provides the same yet. */
static bool provides_new(const struct roost_module *descriptor, struct roost_str *problems)
{
	bool fine = true;

	for (const struct roost_provide *provide = descriptor->provides;
	     provide != NULL && provide->kind != ROOST_KIND_NONE; provide++) {
		const struct module *other;

		if (module_ops_find(provide->kind, ops_name(provide->ops), &other) == NULL)
			continue;
		roost_str_printf(problems, "module %s %s: %s \"%s\" is already provided by "
				 "module %s (%s)\n", descriptor->name, descriptor->version,
				 module_kind_name(provide->kind), ops_name(provide->ops),
				 other->descriptor->name, other->file);
		fine = false;
	}
	return fine;
}

static void add_module(const struct roost_module *descriptor, char *file, const char *named_at)
{
	struct module module = { descriptor, file, mem_strdup(named_at == NULL ? "" : named_at) };

	roost_vec_push(&modules, module);
	for (const struct roost_provide *provide = descriptor->provides;
	     provide != NULL && provide->kind != ROOST_KIND_NONE; provide++) {
		size_t ours = module_kind_get(provide->kind)->size;
		void *ops = mem_zalloc(ours);

		memcpy(ops, provide->ops, provide->size < ours ? provide->size : ours);
		roost_vec_push(&provided, (struct provided){ provide->kind, ops,
							     modules.count - 1 });
	}
}

static bool load_one(const char *directory, const struct module_name *name,
		     struct roost_str *problems)
{
	const struct roost_module *descriptor;
	lt_dlhandle handle;
	bool installed;
	char *file;

	if (!module_name_valid(name->name)) {
		roost_str_printf(problems, "module \"%s\": a name has only a-z, 0-9 and _\n",
				 name->name);
		return false;
	}
	if (module_find(name->name) != NULL)
		return true;
	file = find_file(directory, name->name, &installed);
	if (file == NULL) {
		roost_str_printf(problems, "module %s: not found in %s. "
				 "Is the package roost-%s installed?\n", name->name, directory,
				 name->name);
		return false;
	}
	if (installed && !module_file_trusted(directory, file, name->name, problems))
		goto refuse;
	handle = open_file(file, name->name, problems);
	if (handle == NULL)
		goto refuse;
	descriptor = find_descriptor(handle, name->name);
	if (descriptor == NULL) {
		roost_str_printf(problems, "module %s: %s exports no %s_LTX_roost_module: "
				 "not a roost module?\n", name->name, file, name->name);
		goto refuse;
	}
	if (!module_descriptor_valid(descriptor, name->name, file, problems) ||
	    !provides_new(descriptor, problems))
		goto refuse;
	add_module(descriptor, file, name->named_at);
	return true;
refuse:
	free(file);
	return false;
}

/* requires may name modules that come later in the list: judged when all are loaded. */
static bool requirements_met(size_t first, struct roost_str *problems)
{
	bool met = true;

	for (size_t i = first; i < modules.count; i++) {
		const struct roost_module *descriptor = modules.items[i].descriptor;

		for (const char *const *name = descriptor->requires;
		     name != NULL && *name != NULL; name++) {
			if (module_find(*name) != NULL)
				continue;
			roost_str_printf(problems, "module %s: requires module %s, "
					 "which mail_plugins does not name\n",
					 descriptor->name, *name);
			met = false;
		}
	}
	return met;
}

int modules_load(const char *directory, const struct module_name *names, size_t count,
		 struct roost_str *problems)
{
	static bool started;
	size_t first = modules.count;
	bool fine = true;

	if (!started)
		lt_dlinit();
	started = true;
	for (size_t i = 0; i < count; i++) {
		if (!load_one(directory, &names[i], problems)) {
			named_at_line(&names[i], problems);
			fine = false;
		}
	}
	if (!requirements_met(first, problems))
		fine = false;
	return fine ? 0 : -1;
}

int modules_add(const struct roost_module *descriptor, struct roost_str *problems)
{
	if (!module_descriptor_valid(descriptor, descriptor->name, "built in", problems) ||
	    !provides_new(descriptor, problems))
		return -1;
	add_module(descriptor, mem_strdup("built in"), NULL);
	return 0;
}

int modules_init(struct roost_str *problems)
{
	bool fine = true;

	for (; initialised < modules.count; initialised++) {
		const struct roost_module *descriptor = modules.items[initialised].descriptor;
		struct roost_error err = { 0 };

		if (descriptor->init == NULL || descriptor->init(&err) == 0)
			continue;
		roost_str_printf(problems, "module %s %s: %s\n", descriptor->name,
				 descriptor->version, roost_error_log(&err));
		fine = false;
	}
	return fine ? 0 : -1;
}

void modules_deinit(void)
{
	while (initialised > 0) {
		const struct roost_module *descriptor = modules.items[--initialised].descriptor;

		if (descriptor->deinit != NULL)
			descriptor->deinit();
	}
}

static int is_module_name(const struct dirent *entry)
{
	const char *end = strrchr(entry->d_name, '.');
	char name[128];

	if (end == NULL || strcmp(end, ".so") != 0 || (size_t)(end - entry->d_name) >= sizeof(name))
		return 0;
	memcpy(name, entry->d_name, (size_t)(end - entry->d_name));
	name[end - entry->d_name] = '\0';
	return module_name_valid(name);
}

int modules_on_disk(const char *directory, void (*found)(void *context, const char *name),
		    void *context, struct roost_error *err)
{
	struct dirent **entries;
	int count = scandir(directory, &entries, is_module_name, alphasort);

	if (count == 0) {
		char path[4096];

		free(entries);
		snprintf(path, sizeof(path), "%s/.libs", directory);
		count = scandir(path, &entries, is_module_name, alphasort);
		if (count < 0 && errno == ENOENT)
			return 0;
	}
	if (count < 0)
		return roost_fail_errno(err, "read module_dir %s", directory);
	for (int i = 0; i < count; i++) {
		*strrchr(entries[i]->d_name, '.') = '\0';
		found(context, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return 0;
}
