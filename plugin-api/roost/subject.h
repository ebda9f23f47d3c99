/* SPDX-License-Identifier: MIT */
/* Base subject: RFC 5256 section 2.1. Toolkit libroost-message. */
#ifndef ROOST_SUBJECT_H
#define ROOST_SUBJECT_H

#include <roost/header.h>

/*
 * Without Re:, Fwd:, [list] and their kin; decoded to UTF-8, white space as single spaces. value:
 * the raw Subject. *reply (may be NULL): whether it says that it answers or forwards. Added to
 * out; compare after roost_text_fold.
 */
ROOST_API void roost_subject_base(struct roost_str *out, struct roost_text value, bool *reply);

#endif
