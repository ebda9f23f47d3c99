/* roost-server: every process that the master starts. */
#include "core/main/entry.h"

int main(int argc, char **argv)
{
	return roost_server_main(argc, argv);
}
