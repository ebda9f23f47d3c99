/* Becoming somebody else for good, and making sure of it. */
#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "core/proc/privileges.h"

static int set_capabilities(bool keep_setid, struct roost_error *err)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = { { 0 } };

	if (keep_setid) {
		data[0].permitted = 1u << CAP_SETUID | 1u << CAP_SETGID;
		data[0].effective = data[0].permitted;
	}
	if (syscall(SYS_capset, &header, data) < 0)
		return roost_fail_errno(err, "capset");
	return 0;
}

static int take_ids(const struct proc_ids *ids, struct roost_error *err)
{
	gid_t groups[16];

	for (uint32_t i = 0; i < ids->group_count; i++)
		groups[i] = ids->groups[i];
	if (setgroups(ids->group_count, groups) < 0)
		return roost_fail_errno(err, "setgroups");
	if (setresgid(ids->gid, ids->gid, ids->gid) < 0)
		return roost_fail_errno(err, "setresgid %u", ids->gid);
	if (setresuid(ids->uid, ids->uid, ids->uid) < 0)
		return roost_fail_errno(err, "setresuid %u", ids->uid);
	return 0;
}

static int enter_chroot(const char *directory, struct roost_error *err)
{
	if (directory[0] == '\0')
		return 0;
	if (chroot(directory) < 0 || chdir("/") < 0)
		return roost_fail_errno(err, "chroot %s", directory);
	return 0;
}

/* There must be no way back to what we were. */
static int verify(const struct proc_ids *ids, bool keep_setid, struct roost_error *err)
{
	uid_t real, effective, saved;
	gid_t rgid, egid, sgid;

	if (getresuid(&real, &effective, &saved) < 0 || getresgid(&rgid, &egid, &sgid) < 0)
		return roost_fail_errno(err, "getresuid");
	if (real != ids->uid || effective != ids->uid || saved != ids->uid ||
	    rgid != ids->gid || egid != ids->gid || sgid != ids->gid ||
	    (!keep_setid && ids->uid != 0 && setuid(0) == 0))
		return roost_fail_detail(err, ROOST_ERR_NOPERM, "privileges were not given up");
	return 0;
}

int privileges_drop(const struct proc_ids *ids, bool privileged, bool keep_setid,
		    struct roost_error *err)
{
	if (privileged) {
		if (enter_chroot(ids->chroot, err) < 0)
			return -1;
		if (keep_setid && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
			return roost_fail_errno(err, "prctl KEEPCAPS");
		if (take_ids(ids, err) < 0 || set_capabilities(keep_setid, err) < 0 ||
		    verify(ids, keep_setid, err) < 0)
			return -1;
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return roost_fail_errno(err, "prctl NO_NEW_PRIVS");
	return 0;
}
