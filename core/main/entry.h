/* What the programs that link libroost call of it: their main() is a line. */
#ifndef CORE_MAIN_ENTRY_H
#define CORE_MAIN_ENTRY_H

#include <roost/api.h>

ROOST_API int roost_server_main(int argc, char **argv);
ROOST_API int roost_config_main(int argc, char **argv);
ROOST_API int roost_conf_main(int argc, char **argv);
ROOST_API int roost_admin_main(int argc, char **argv);

#endif
