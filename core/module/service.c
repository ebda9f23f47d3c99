/* What modules offer to each other by name. */
#include <stdlib.h>
#include <roost/map.h>
#include <roost/module.h>
#include "core/base/memory.h"

struct service {
	uint32_t revision;
	const void *ops;
};

static struct roost_map *services;

void roost_service_publish(const char *name, uint32_t revision, const void *ops)
{
	struct service *service = mem_zalloc(sizeof(*service));

	if (services == NULL)
		services = roost_map_create();
	service->revision = revision;
	service->ops = ops;
	free(roost_map_set(services, name, service));
}

const void *roost_service_find(const char *name, uint32_t revision)
{
	const struct service *service = services == NULL ? NULL : roost_map_get(services, name);

	return service != NULL && service->revision == revision ? service->ops : NULL;
}
