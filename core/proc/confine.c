/* What a process may ask of the kernel from now on. */
#include <errno.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "core/proc/confine.h"

static const int refused[] = {
	SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev), SCMP_SYS(pidfd_getfd), SCMP_SYS(pidfd_send_signal),
	SCMP_SYS(kcmp), SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(pivot_root),
	SCMP_SYS(move_mount), SCMP_SYS(open_tree), SCMP_SYS(fsopen), SCMP_SYS(unshare),
	SCMP_SYS(setns), SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(keyctl),
	SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(init_module),
	SCMP_SYS(finit_module), SCMP_SYS(delete_module), SCMP_SYS(kexec_load),
	SCMP_SYS(reboot), SCMP_SYS(swapon), SCMP_SYS(swapoff), SCMP_SYS(acct),
	SCMP_SYS(settimeofday), SCMP_SYS(clock_settime), SCMP_SYS(adjtimex),
	SCMP_SYS(userfaultfd), SCMP_SYS(io_uring_setup),
};

static int refuse_signals(scmp_filter_ctx filter)
{
	scmp_datum_t self = (scmp_datum_t)getpid();
	int failed = 0;

	failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(kill), 1,
				   SCMP_A0(SCMP_CMP_NE, self));
	failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(tgkill), 1,
				   SCMP_A0(SCMP_CMP_NE, self));
	failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(tkill), 0);
	return failed;
}

/* An id that "leaves it as it is" is (uint32_t)-1, above any limit; it stays allowed. */
static int refuse_below(scmp_filter_ctx filter, int call, unsigned arguments, uint32_t first)
{
	int failed = 0;

	for (unsigned i = 0; i < arguments; i++) {
		struct scmp_arg_cmp below = { .arg = i, .op = SCMP_CMP_LT, .datum_a = first };

		failed |= seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EPERM), call, 1, &below);
	}
	return failed;
}

static int refuse_ids(scmp_filter_ctx filter, uint32_t first_uid, uint32_t first_gid)
{
	int failed = 0;

	if (first_uid > 0) {
		failed |= refuse_below(filter, SCMP_SYS(setuid), 1, first_uid);
		failed |= refuse_below(filter, SCMP_SYS(setreuid), 2, first_uid);
		failed |= refuse_below(filter, SCMP_SYS(setresuid), 3, first_uid);
		failed |= refuse_below(filter, SCMP_SYS(setfsuid), 1, first_uid);
	}
	if (first_gid > 0) {
		failed |= refuse_below(filter, SCMP_SYS(setgid), 1, first_gid);
		failed |= refuse_below(filter, SCMP_SYS(setregid), 2, first_gid);
		failed |= refuse_below(filter, SCMP_SYS(setresgid), 3, first_gid);
		failed |= refuse_below(filter, SCMP_SYS(setfsgid), 1, first_gid);
	}
	return failed;
}

static int load(scmp_filter_ctx filter, int failed, struct roost_error *err)
{
	if (failed == 0)
		failed = seccomp_load(filter);
	seccomp_release(filter);
	if (failed != 0)
		return roost_fail_detail(err, ROOST_ERR_TEMP, "the seccomp filter was refused");
	return 0;
}

int confine_calls(uint32_t first_uid, uint32_t first_gid, struct roost_error *err)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int failed = 0;

	if (filter == NULL)
		return roost_fail_detail(err, ROOST_ERR_TEMP, "seccomp_init failed");
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), refused[i], 0);
	failed |= refuse_ids(filter, first_uid, first_gid);
	return load(filter, failed, err);
}

int confine_signals(struct roost_error *err)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

	if (filter == NULL)
		return roost_fail_detail(err, ROOST_ERR_TEMP, "seccomp_init failed");
	return load(filter, refuse_signals(filter), err);
}

int confine_files(int dirfd, struct roost_error *err)
{
	struct landlock_ruleset_attr all = { .handled_access_fs = (1ull << 13) - 1 };
	struct landlock_path_beneath_attr beneath = {
		.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
				  LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE,
		.parent_fd = dirfd,
	};
	int rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0);
	long failed = 0;

	if (rules < 0)
		return 0;		/* a kernel without it; chroot and ids still hold */
	if (dirfd >= 0)
		failed = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH,
				 &beneath, 0);
	if (failed == 0)
		failed = syscall(SYS_landlock_restrict_self, rules, 0);
	close(rules);
	return failed == 0 ? 0 : roost_fail_errno(err, "landlock");
}
