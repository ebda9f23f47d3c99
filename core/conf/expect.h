/* Rules that settings keep together. */
#ifndef CORE_CONF_EXPECT_H
#define CORE_CONF_EXPECT_H

#include "core/conf/store.h"

/* After conf_judge(); problems go to store->problems. */
void conf_expect(struct conf_store *store);

#endif
