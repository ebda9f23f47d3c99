/* Judging a module file and its descriptor: who owns it, ABI, kinds, revisions. */
#include <sys/stat.h>
#include <unistd.h>
#include <roost/command.h>
#include <roost/layer.h>
#include <roost/passdb.h>
#include <roost/protocol.h>
#include <roost/role.h>
#include <roost/sieve.h>
#include <roost/storage.h>
#include "core/module/check.h"

static const struct module_kind kinds[] = {
	{ ROOST_KIND_PROTOCOL, "protocol", ROOST_PROTOCOL_REVISION,
	  sizeof(struct roost_protocol_ops) },
	{ ROOST_KIND_STORAGE, "storage", ROOST_STORAGE_REVISION,
	  sizeof(struct roost_storage_ops) },
	{ ROOST_KIND_PASSDB, "passdb", ROOST_PASSDB_REVISION, sizeof(struct roost_passdb_ops) },
	{ ROOST_KIND_USERDB, "userdb", ROOST_USERDB_REVISION, sizeof(struct roost_userdb_ops) },
	{ ROOST_KIND_LAYER, "layer", ROOST_LAYER_REVISION, sizeof(struct roost_layer_ops) },
	{ ROOST_KIND_COMMAND, "command", ROOST_COMMAND_REVISION,
	  sizeof(struct roost_command) },
	{ ROOST_KIND_SIEVE, "sieve", ROOST_SIEVE_REVISION, sizeof(struct roost_sieve_ops) },
	{ ROOST_KIND_ROLE, "role", ROOST_ROLE_REVISION, sizeof(struct roost_role_ops) },
};

const struct module_kind *module_kind_get(unsigned kind)
{
	for (size_t i = 0; i < ROOST_COUNT(kinds); i++) {
		if (kinds[i].kind == kind)
			return &kinds[i];
	}
	return NULL;
}

bool module_name_valid(const char *name)
{
	return name[0] != '\0' && name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

static bool path_trusted(const char *path, const char *name, struct roost_str *problems)
{
	struct stat st;

	if (stat(path, &st) < 0) {
		roost_str_printf(problems, "module %s: %s: %m\n", name, path);
		return false;
	}
	if (st.st_uid != 0 && st.st_uid != geteuid()) {
		roost_str_printf(problems, "module %s: %s belongs to uid %u: "
				 "it has to belong to root or to uid %u\n",
				 name, path, (unsigned)st.st_uid, (unsigned)geteuid());
		return false;
	}
	if ((st.st_mode & 022) != 0) {
		roost_str_printf(problems, "module %s: %s is writable by group or others "
				 "(mode %04o): chmod go-w\n", name, path,
				 (unsigned)st.st_mode & 07777);
		return false;
	}
	return true;
}

bool module_file_trusted(const char *directory, const char *file, const char *name,
			 struct roost_str *problems)
{
	return path_trusted(directory, name, problems) && path_trusted(file, name, problems);
}

static bool provides_valid(const struct roost_module *module, const char *file,
			   struct roost_str *problems)
{
	bool valid = true;

	for (const struct roost_provide *provide = module->provides;
	     provide != NULL && provide->kind != ROOST_KIND_NONE; provide++) {
		const struct module_kind *kind = module_kind_get(provide->kind);

		if (kind == NULL) {
			roost_str_printf(problems, "module %s %s: %s: provides kind %u, "
					 "which this roost does not know\n",
					 module->name, module->version, file, provide->kind);
			valid = false;
		} else if (provide->revision != kind->revision) {
			roost_str_printf(problems, "module %s %s: %s: %s interface revision %u, "
					 "this roost needs %u\n", module->name, module->version,
					 file, kind->name, provide->revision, kind->revision);
			valid = false;
		}
	}
	return valid;
}

bool module_descriptor_valid(const struct roost_module *module, const char *name,
			     const char *file, struct roost_str *problems)
{
	if (module->magic != ROOST_MODULE_MAGIC) {
		roost_str_printf(problems, "module %s: %s: the descriptor is no roost module's "
				 "(magic %08x)\n", name, file, module->magic);
		return false;
	}
	/* Beyond the frozen part nothing is read before the ABI is known to fit. */
	if (module->abi_major != ROOST_ABI_MAJOR || module->abi_minor > ROOST_ABI_MINOR) {
		roost_str_printf(problems, "module %s %s: %s was built for plugin ABI %u.%u,\n"
				 "  this roost provides %u.%u: upgrade roost or rebuild the module\n",
				 module->name, module->version, file, module->abi_major,
				 module->abi_minor, ROOST_ABI_MAJOR, ROOST_ABI_MINOR);
		return false;
	}
	if (strcmp(module->name, name) != 0) {
		roost_str_printf(problems, "module %s: %s calls itself %s: "
				 "the file has to be named as the module\n", name, file,
				 module->name);
		return false;
	}
	return provides_valid(module, file, problems);
}
