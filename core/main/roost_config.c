/* roost-config: reads and judges the configuration for the master. */
#include "core/main/entry.h"

int main(int argc, char **argv)
{
	return roost_config_main(argc, argv);
}
