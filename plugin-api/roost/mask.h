/* SPDX-License-Identifier: MIT */
/* Masks of names, as administrators write them. */
#ifndef ROOST_MASK_H
#define ROOST_MASK_H

#include <roost/api.h>

/* "*" is any text, "?" any byte; nothing else is special. Time: at most the product of the lengths. */
ROOST_API bool roost_mask_matches(const char *mask, const char *text);

#endif
