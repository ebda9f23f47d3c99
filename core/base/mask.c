/* Masks of names, as administrators write them. */
#include <string.h>
#include <roost/mask.h>

/* After a "*" fails, only the last one needs to be tried longer. */
bool roost_mask_matches(const char *mask, const char *text)
{
	const char *star = NULL, *from = NULL;

	while (*text != '\0') {
		if (*mask == '*') {
			star = mask++;
			from = text;
		} else if (*mask == '?' || *mask == *text) {
			mask++;
			text++;
		} else if (star != NULL) {
			mask = star + 1;
			text = ++from;
		} else {
			return false;
		}
	}
	mask += strspn(mask, "*");
	return *mask == '\0';
}
