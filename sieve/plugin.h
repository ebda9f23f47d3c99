/* Extensions of modules in an engine. */
#ifndef SIEVE_PLUGIN_H
#define SIEVE_PLUGIN_H

#include "sieve/instance.h"

struct roost_sieve_ops;

/* ops outlives the instance. EXISTS: the name is taken; INVALID: a table is wrong. */
int sieve_instance_add_plugin(struct sieve_instance *instance, const struct roost_sieve_ops *ops,
			      struct roost_error *err);

#endif
