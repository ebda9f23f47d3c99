/* roostadm: commands for administrators. */
#include "core/main/entry.h"

int main(int argc, char **argv)
{
	return roost_admin_main(argc, argv);
}
