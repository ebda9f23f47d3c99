/* What is advertised when: before login, in the session, and as imap_capability changes it. R-IM-1..3. */
#include <string.h>
#include <strings.h>
#include "modules/imap/imap.h"

/* "+A -B" changes a list, "A B" replaces the one after login. */
static bool is_change(const char *text)
{
	return *text == '+' || *text == '-';
}

static const char *next_word(const char **at, size_t *len)
{
	const char *word = *at + strspn(*at, " ");

	*len = strcspn(word, " ");
	*at = word + *len;
	return *len > 0 ? word : NULL;
}

static bool listed(const char *list, const char *word, size_t len)
{
	const char *other;
	size_t other_len;

	while ((other = next_word(&list, &other_len)) != NULL) {
		if (other_len == len && strncasecmp(other, word, len) == 0)
			return true;
	}
	return false;
}

/* Whether change takes word away: after '-', up to the next '+'. */
static bool removed(const char *change, const char *word, size_t len)
{
	const char *other;
	size_t other_len;
	bool minus = false;

	while ((other = next_word(&change, &other_len)) != NULL) {
		if (*other == '-' || *other == '+') {
			minus = *other == '-';
			other++;
			other_len--;
		}
		if (minus && other_len == len && strncasecmp(other, word, len) == 0)
			return true;
	}
	return false;
}

/* base without what change takes away, then what it adds. */
static void put_changed(struct roost_str *out, const char *base, const char *change)
{
	const char *all = base, *word;
	bool minus = false;
	size_t len;

	if (!is_change(change))
		change = "";
	while ((word = next_word(&all, &len)) != NULL) {
		if (removed(change, word, len))
			continue;
		roost_str_append(out, word, len);
		roost_str_byte(out, ' ');
	}
	while ((word = next_word(&change, &len)) != NULL) {
		if (*word == '-' || *word == '+') {
			minus = *word == '-';
			word++;
			len--;
		}
		if (minus || len == 0 || listed(base, word, len))
			continue;
		roost_str_append(out, word, len);
		roost_str_byte(out, ' ');
	}
}

void imap_capability_front(struct roost_str *out, struct roost_front *front,
			   const struct imap_settings *set)
{
	const char *const *mechanisms = roost_front_mechanisms(front);

	put_changed(out, "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE", set->imap_capability);
	roost_str_puts(out, set->imap_literal_minus ? "LITERAL-" : "LITERAL+");
	if (roost_front_tls_available(front) && !roost_front_facts(front)->tls)
		roost_str_puts(out, " STARTTLS");
	if (roost_front_needs_tls(front))
		roost_str_puts(out, " LOGINDISABLED");
	for (; *mechanisms != NULL; mechanisms++)
		roost_str_printf(out, " AUTH=%s", *mechanisms);
}

/* In the order of R-IM-2. A capability stands here once all of its RFC works: extensions.md. */
static const char session_list[] =
	"IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE MULTIAPPEND UNSELECT CHILDREN NAMESPACE "
	"UIDPLUS LIST-EXTENDED CONDSTORE QRESYNC ESEARCH SEARCHRES LIST-STATUS MOVE STATUS=SIZE "
	"SPECIAL-USE";

void imap_capability_session(struct roost_str *out, const struct imap_session *imap)
{
	const char *change = imap->set->imap_capability;
	const char *literal = imap->set->imap_literal_minus ? "LITERAL-" : "LITERAL+";

	if (*change != '\0' && !is_change(change)) {
		roost_str_puts(out, change);
		return;
	}
	put_changed(out, session_list, change);
	roost_str_puts(out, literal);
}
