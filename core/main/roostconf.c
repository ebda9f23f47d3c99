/* roostconf: shows, checks and converts configurations. */
#include "core/main/entry.h"

int main(int argc, char **argv)
{
	return roost_conf_main(argc, argv);
}
