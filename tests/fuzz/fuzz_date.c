/* Dates: what is read can be written, and reads the same again. */
#include <string.h>
#include <roost/date.h>
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct roost_text value = { (const char *)data, size };
	char out[ROOST_DATE_SIZE];
	int64_t time, again, day;
	int zone, zone_again;

	if (roost_date_parse(value, &time, &zone)) {
		FUZZ_CHECK(zone > -24 * 60 && zone < 24 * 60);
		roost_date_write(out, time, zone);
		FUZZ_CHECK(roost_date_parse((struct roost_text){ out, strlen(out) }, &again,
					    &zone_again));
		FUZZ_CHECK(again == time && zone_again == zone);
	}
	if (roost_date_parse_internal(value, &time, &zone)) {
		roost_date_write_internal(out, time, zone);
		FUZZ_CHECK(roost_date_parse_internal((struct roost_text){ out, strlen(out) },
						     &again, &zone_again));
		FUZZ_CHECK(again == time && zone_again == zone);
	}
	roost_date_parse_day(value, &day);
	return 0;
}
