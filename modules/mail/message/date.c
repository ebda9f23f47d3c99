/* Dates in mail headers, read forgivingly; IMAP's, read strictly; both written. */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <roost/date.h>
#include "lex.h"

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
static const char weekdays[] = "SunMonTueWedThuFriSat";

enum { DAY_SECONDS = 86400, MAX_ZONE = 24 * 60 };
#define MICROSECONDS 1000000LL

/* Days since 1970-01-01; years run from March, so that the leap day comes last. */
static int64_t days_from_civil(int64_t year, int month, int day)
{
	int64_t era, year_of_era, day_of_year;

	year -= month <= 2;
	era = (year >= 0 ? year : year - 399) / 400;
	year_of_era = year - era * 400;
	day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
		day_of_year - 719468;
}

static int64_t divide_down(int64_t value, int64_t by)
{
	return value / by - (value % by < 0);
}

int64_t roost_date_from_civil(const struct roost_civil *civil)
{
	int64_t days = days_from_civil(civil->year, civil->month, civil->day);

	return (((days * 24 + civil->hour) * 60 + civil->minute) * 60 + civil->second) *
		MICROSECONDS;
}

void roost_date_to_civil(int64_t time, int zone, struct roost_civil *civil)
{
	int64_t seconds = divide_down(time, MICROSECONDS) + (int64_t)zone * 60;
	int64_t days = divide_down(seconds, DAY_SECONDS), era, day, year;
	int left = (int)(seconds - days * DAY_SECONDS), month;

	civil->hour = left / 3600;
	civil->minute = left / 60 % 60;
	civil->second = left % 60;
	civil->weekday = (int)(((days + 4) % 7 + 7) % 7);
	days += 719468;
	era = divide_down(days, 146097);
	day = days - era * 146097;
	year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	day -= 365 * year + year / 4 - year / 100;
	month = (int)((5 * day + 2) / 153);
	civil->day = (int)(day - (153 * month + 2) / 5) + 1;
	civil->month = month < 10 ? month + 3 : month - 9;
	civil->year = (int)(year + era * 400 + (civil->month <= 2));
}

int roost_date_local_zone(int64_t time)
{
	time_t seconds = (time_t)divide_down(time, MICROSECONDS);
	struct tm tm;

	if (localtime_r(&seconds, &tm) == NULL)
		return 0;
	return (int)(tm.tm_gmtoff / 60);
}

int64_t roost_date_day(int64_t time, int zone)
{
	return divide_down(divide_down(time, MICROSECONDS) + (int64_t)zone * 60, DAY_SECONDS);
}

/* Position of a three-letter name from 1; 0: none. */
static int name_number(const char *names, const char *text, size_t len)
{
	for (int i = 0; len >= 3 && names[i] != '\0'; i += 3) {
		if (strncasecmp(names + i, text, 3) == 0)
			return i / 3 + 1;
	}
	return 0;
}

/* POSIX time has no leap seconds; a second late must not become the next day. */
static int no_leap(int second)
{
	return second == 60 ? 59 : second;
}

/* --- forgiving --- */

struct reading {
	struct roost_text text;
	int year, month, day;		/* -1, 0, 0: not seen yet */
	int hour, minute, second, zone;
	bool has_time, has_zone, pm, am;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int read_number(struct roost_text *text, size_t *digits)
{
	int number = 0;

	*digits = 0;
	while (text->len > 0 && is_digit(*text->data)) {
		if (*digits < 8)
			number = number * 10 + (*text->data - '0');
		++*digits;
		lex_advance(text, 1);
	}
	return number;
}

static bool next_is(const struct roost_text *text, char c)
{
	return text->len > 0 && *text->data == c;
}

/* ":MM[:SS[.fraction]]" after the hour; some write dots for the colons. */
static void read_time(struct reading *reading, int hour)
{
	size_t digits;

	reading->has_time = true;
	reading->hour = hour;
	lex_advance(&reading->text, 1);
	reading->minute = read_number(&reading->text, &digits);
	if (reading->text.len > 1 && (next_is(&reading->text, ':') || next_is(&reading->text, '.')) &&
	    is_digit(reading->text.data[1])) {
		lex_advance(&reading->text, 1);
		reading->second = read_number(&reading->text, &digits);
	}
	if (reading->text.len > 1 && next_is(&reading->text, '.') &&
	    is_digit(reading->text.data[1])) {
		lex_advance(&reading->text, 1);
		read_number(&reading->text, &digits);
	}
}

/* "+0200", "-5", "+02:00". */
static void read_zone(struct reading *reading)
{
	bool west = next_is(&reading->text, '-');
	size_t digits;
	int zone;

	lex_advance(&reading->text, 1);
	zone = read_number(&reading->text, &digits);
	if (digits <= 2) {
		zone *= 60;
		if (next_is(&reading->text, ':')) {
			lex_advance(&reading->text, 1);
			zone += read_number(&reading->text, &digits);
		}
	} else {
		zone = zone / 100 * 60 + zone % 100;
	}
	if (reading->has_zone && reading->zone != 0)
		return;
	reading->has_zone = true;
	reading->zone = zone >= MAX_ZONE ? 0 : west ? -zone : zone;
}

static void read_digits(struct reading *reading)
{
	size_t digits;
	int number = read_number(&reading->text, &digits);

	if (!reading->has_time && digits <= 2 && next_is(&reading->text, ':')) {
		read_time(reading, number);
	} else if (digits == 4 && reading->year < 0 && reading->day == 0 &&
		   next_is(&reading->text, '-')) {
		reading->year = number;			/* ISO: the month follows */
		lex_advance(&reading->text, 1);
		if (reading->text.len > 0 && is_digit(*reading->text.data))
			reading->month = read_number(&reading->text, &digits);
	} else if (reading->day == 0 && digits <= 2) {
		reading->day = number;
	} else if (reading->year < 0 && digits <= 4) {
		/* RFC 5322 section 4.3 */
		reading->year = digits >= 4 ? number : number < 50 && digits <= 2 ?
			number + 2000 : number + 1900;
	}
}

static void zone_name(struct reading *reading, const char *name, size_t len)
{
	static const struct { const char *name; int hours; } zones[] = {
		{ "UT", 0 }, { "UTC", 0 }, { "GMT", 0 }, { "Z", 0 }, { "EST", -5 }, { "EDT", -4 },
		{ "CST", -6 }, { "CDT", -5 }, { "MST", -7 }, { "MDT", -6 }, { "PST", -8 },
		{ "PDT", -7 }, { "WET", 0 }, { "WEST", 1 }, { "BST", 1 }, { "CET", 1 },
		{ "CEST", 2 }, { "MET", 1 }, { "MEST", 2 }, { "MEZ", 1 }, { "MESZ", 2 },
		{ "EET", 2 }, { "EEST", 3 }, { "MSK", 3 }, { "JST", 9 }, { "KST", 9 },
		{ "HST", -10 }, { "AKST", -9 }, { "AKDT", -8 },
	};

	if (reading->has_zone)
		return;
	for (size_t i = 0; i < ROOST_COUNT(zones); i++) {
		if (strlen(zones[i].name) == len && strncasecmp(zones[i].name, name, len) == 0) {
			reading->zone = zones[i].hours * 60;
			reading->has_zone = true;
			return;
		}
	}
}

static void read_letters(struct reading *reading)
{
	const char *start = reading->text.data;
	size_t len = 0;
	int month;

	while (len < reading->text.len && is_letter(start[len]))
		len++;
	lex_advance(&reading->text, len);
	if (len == 2 && (start[1] | 0x20) == 'm' && reading->has_time) {
		reading->pm |= (*start | 0x20) == 'p';
		reading->am |= (*start | 0x20) == 'a';
		return;
	}
	if (reading->has_time)
		zone_name(reading, start, len);
	month = name_number(months, start, len);
	if (month > 0 && reading->month == 0)
		reading->month = month;
}

bool roost_date_parse(struct roost_text value, int64_t *time, int *zone)
{
	struct reading reading = { .text = value, .year = -1 };
	struct roost_civil civil;

	for (;;) {
		lex_skip(&reading.text);
		if (reading.text.len == 0)
			break;
		if (is_digit(*reading.text.data))
			read_digits(&reading);
		else if (is_letter(*reading.text.data))
			read_letters(&reading);
		else if (reading.has_time && reading.text.len > 1 &&
			 (next_is(&reading.text, '+') || next_is(&reading.text, '-')) &&
			 is_digit(reading.text.data[1]))
			read_zone(&reading);
		else
			lex_advance(&reading.text, 1);
	}
	if (reading.pm && reading.hour < 12)
		reading.hour += 12;
	else if (reading.am && reading.hour == 12)
		reading.hour = 0;
	if (reading.day < 1 || reading.day > 31 || reading.month < 1 || reading.month > 12 ||
	    reading.year < 0)
		return false;
	/* The day is what counts; nonsense of the clock is no reason to lose it. */
	if (reading.hour > 23 || reading.minute > 59 || reading.second > 60)
		reading.hour = reading.minute = reading.second = 0;
	civil = (struct roost_civil){ reading.year, reading.month, reading.day, reading.hour,
				      reading.minute, no_leap(reading.second), 0 };
	*time = roost_date_from_civil(&civil) - (int64_t)reading.zone * 60 * MICROSECONDS;
	*zone = reading.zone;
	return true;
}

/* --- strict --- */

/* Exactly count digits at text; -1 when they are not. */
static int fixed(const char *text, size_t count)
{
	int number = 0;

	for (size_t i = 0; i < count; i++) {
		if (!is_digit(text[i]))
			return -1;
		number = number * 10 + (text[i] - '0');
	}
	return number;
}

static bool civil_valid(const struct roost_civil *civil)
{
	struct roost_civil back;

	if (civil->day < 1 || civil->month < 1 || civil->year < 0 || civil->hour < 0 ||
	    civil->hour > 23 || civil->minute < 0 || civil->minute > 59 || civil->second < 0 ||
	    civil->second > 60)
		return false;
	roost_date_to_civil(days_from_civil(civil->year, civil->month, civil->day) * DAY_SECONDS *
			    MICROSECONDS, 0, &back);
	return back.day == civil->day && back.month == civil->month;
}

/* "Mon-yyyy" behind a day and its dash. */
static bool month_year(const char *text, struct roost_civil *civil)
{
	civil->month = name_number(months, text, 3);
	civil->year = fixed(text + 4, 4);
	return text[3] == '-' && civil->month > 0 && civil->year >= 0;
}

bool roost_date_parse_internal(struct roost_text text, int64_t *time, int *zone)
{
	struct roost_civil civil = { 0 };
	const char *t = text.data;
	int hours, minutes;

	if (text.len != 26 || t[2] != '-' || t[11] != ' ' || t[14] != ':' || t[17] != ':' ||
	    t[20] != ' ' || (t[21] != '+' && t[21] != '-') || !month_year(t + 3, &civil))
		return false;
	civil.day = t[0] == ' ' ? fixed(t + 1, 1) : fixed(t, 2);
	civil.hour = fixed(t + 12, 2);
	civil.minute = fixed(t + 15, 2);
	civil.second = fixed(t + 18, 2);
	hours = fixed(t + 22, 2);
	minutes = fixed(t + 24, 2);
	if (!civil_valid(&civil) || hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
		return false;
	civil.second = no_leap(civil.second);
	*zone = (hours * 60 + minutes) * (t[21] == '-' ? -1 : 1);
	*time = roost_date_from_civil(&civil) - (int64_t)*zone * 60 * MICROSECONDS;
	return true;
}

bool roost_date_parse_day(struct roost_text text, int64_t *day)
{
	struct roost_civil civil = { 0 };
	size_t digits = text.len == 10 ? 1 : 2;

	if (text.len != 10 && text.len != 11)
		return false;
	civil.day = fixed(text.data, digits);
	if (text.data[digits] != '-' || !month_year(text.data + digits + 1, &civil) ||
	    !civil_valid(&civil))
		return false;
	*day = days_from_civil(civil.year, civil.month, civil.day);
	return true;
}

/* --- written --- */

static int zone_digits(int zone)
{
	int minutes = zone < 0 ? -zone : zone;

	return minutes / 60 % 100 * 100 + minutes % 60;
}

void roost_date_write(char out[ROOST_DATE_SIZE], int64_t time, int zone)
{
	struct roost_civil civil;

	roost_date_to_civil(time, zone, &civil);
	snprintf(out, ROOST_DATE_SIZE, "%.3s, %02d %.3s %04d %02d:%02d:%02d %c%04d",
		 weekdays + civil.weekday * 3, civil.day, months + (civil.month - 1) * 3,
		 civil.year, civil.hour, civil.minute, civil.second, zone < 0 ? '-' : '+',
		 zone_digits(zone));
}

/* The last digits of number, as many as there is room for; returns the end. */
static char *put_digits(char *out, unsigned number, unsigned digits)
{
	for (unsigned i = digits; i-- > 0; number /= 10)
		out[i] = (char)('0' + number % 10);
	return out + digits;
}

/* By hand, not with snprintf: FETCH writes one for each message. */
void roost_date_write_internal(char out[ROOST_DATE_SIZE], int64_t time, int zone)
{
	struct roost_civil civil;
	char *to = out;

	roost_date_to_civil(time, zone, &civil);
	to = put_digits(to, (unsigned)civil.day, 2);
	if (out[0] == '0')
		out[0] = ' ';
	*to++ = '-';
	memcpy(to, months + (civil.month - 1) * 3, 3);
	to += 3;
	*to++ = '-';
	to = put_digits(to, (unsigned)civil.year, 4);
	*to++ = ' ';
	to = put_digits(to, (unsigned)civil.hour, 2);
	*to++ = ':';
	to = put_digits(to, (unsigned)civil.minute, 2);
	*to++ = ':';
	to = put_digits(to, (unsigned)civil.second, 2);
	*to++ = ' ';
	*to++ = zone < 0 ? '-' : '+';
	to = put_digits(to, (unsigned)zone_digits(zone), 4);
	*to = '\0';
}
