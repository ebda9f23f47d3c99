/* roostconf --check: what is right and yet not what somebody meant. */
#ifndef CORE_CONF_ADVISE_H
#define CORE_CONF_ADVISE_H

#include "core/conf/wanted.h"

/* Warnings go to the store's problems. */
void conf_advise(struct conf_wanted *wanted);

#endif
