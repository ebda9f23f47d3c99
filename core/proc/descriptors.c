/* Whether the processes may open what their limits promise clients. R-SVC-6. */
#include <sys/resource.h>
#include "core/base/log.h"
#include "core/proc/service.h"

/* What a front has open besides its clients: listeners, links, log, modules' own. */
enum { SPARE = 64 };

static void check(struct master *master, const struct service *service, uint64_t allowed)
{
	uint64_t clients = service_client_limit(master, service->name);

	if (clients + SPARE <= allowed)
		return;
	roost_log(NULL, ROOST_LOG_WARN,
		  "service(%s): client_limit (%llu) needs %llu descriptors, ulimit -n gives %llu: "
		  "raise the one (LimitNOFILE= in the unit of systemd) or lower the other",
		  service->name, (unsigned long long)clients,
		  (unsigned long long)(clients + SPARE), (unsigned long long)allowed);
}

void services_check_descriptors(struct master *master)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY)
		return;
	for (size_t i = 0; i < master->services.count; i++) {
		if (master->services.items[i]->kind == PROC_FRONT)
			check(master, master->services.items[i], limit.rlim_cur);
	}
}
