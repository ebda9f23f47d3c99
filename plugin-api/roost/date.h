/* SPDX-License-Identifier: MIT */
/*
 * Dates in mail: RFC 5322 section 3.3 (read forgivingly), IMAP's (RFC 9051 section 9, read
 * strictly). Times are microseconds since the epoch; zones are minutes east of UTC. Toolkit libroost-message.
 */
#ifndef ROOST_DATE_H
#define ROOST_DATE_H

#include <roost/header.h>

#define ROOST_DATE_SIZE 40	/* room for any date that is printed here */

struct roost_civil {		/* proleptic Gregorian, no zone */
	int year;
	int month, day;		/* 1-12, 1-31 */
	int hour, minute, second;
	int weekday;		/* 0: Sunday */
};
ROOST_API int64_t roost_date_from_civil(const struct roost_civil *civil);	/* as if UTC */
ROOST_API void roost_date_to_civil(int64_t time, int zone, struct roost_civil *civil);
/* The local zone at that moment. */
ROOST_API int roost_date_local_zone(int64_t time);

/*
 * A Date: header's value: obsolete zones and two-digit years (RFC 5322 section 4.3), comments,
 * missing weekday, seconds or zone, ISO 8601 and asctime order. False when no day can be made out.
 */
ROOST_API bool roost_date_parse(struct roost_text value, int64_t *time, int *zone);
/* "17-Jul-1996 02:44:25 -0700", a leading space for one-digit days: date-time of APPEND. */
ROOST_API bool roost_date_parse_internal(struct roost_text text, int64_t *time, int *zone);
/* "1-Feb-1994": date of SEARCH, as days since 1970-01-01. */
ROOST_API bool roost_date_parse_day(struct roost_text text, int64_t *day);
/* The day that a time falls on in a zone: SENTON compares with the header's, ON with the local. */
ROOST_API int64_t roost_date_day(int64_t time, int zone);

/* "Wed, 17 Jul 1996 02:44:25 -0700" */
ROOST_API void roost_date_write(char out[ROOST_DATE_SIZE], int64_t time, int zone);
/* "17-Jul-1996 02:44:25 -0700": INTERNALDATE, with the leading space for one-digit days. */
ROOST_API void roost_date_write_internal(char out[ROOST_DATE_SIZE], int64_t time, int zone);

#endif
