/* Names of older configurations. R-CFG-17. */
#ifndef CORE_CONF_OBSOLETE_H
#define CORE_CONF_OBSOLETE_H

#include "core/conf/tree.h"

/* Each gets a warning and its new name; those without a meaning go. */
void conf_replace_obsolete(struct conf_tree *tree);

#endif
