/* The message as it is stored: our trace headers, then what came, without an old Return-Path. R-LM-4. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <roost/header.h>
#include "modules/lmtp/lmtp.h"

enum { HEADER_MAX = 1024 * 1024, PARTS_MAX = 64 };

static void put_received(struct roost_str *out, const struct lmtp_job *job)
{
	char host[256] = "localhost", date[64];
	time_t now = time(NULL);
	struct tm local;

	gethostname(host, sizeof(host) - 1);
	localtime_r(&now, &local);
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S %z", &local);
	roost_str_printf(out, "Received: from %s", job->helo);
	if (job->client[0] != '\0')
		roost_str_printf(out, " ([%s%s])", strchr(job->client, ':') != NULL ? "IPv6:" : "",
				 job->client);
	roost_str_printf(out, "\r\n\tby %s with LMTP%s\r\n\tid %s\r\n\t(envelope-from <%s>)", host,
			 (job->flags & LMTP_JOB_TLS) != 0 ? "S" : "", job->session, job->sender);
	if ((job->flags & LMTP_JOB_ALONE) != 0)
		roost_str_printf(out, "\r\n\tfor <%s>", job->address);
	roost_str_printf(out, "; %s\r\n", date);
}

static void put_trace(struct roost_str *out, const struct lmtp_job *job,
		      const struct lmtp_settings *set)
{
	roost_str_printf(out, "Return-Path: <%s>\r\n", job->sender);
	if (set->lmtp_hdr_delivery_address != LMTP_ADDRESS_NONE)
		roost_str_printf(out, "Delivered-To: %s\r\n", job->address);
	if (set->lmtp_add_received_header)
		put_received(out, job);
}

/* The header block; only the first HEADER_MAX bytes are looked at. */
static int read_header(struct roost_input *spool, struct roost_str *header, struct roost_error *err)
{
	size_t want = 16 * 1024;

	for (;;) {
		ssize_t got = roost_input_read(spool, roost_str_reserve(header, want), want, err);
		size_t len;

		if (got < 0)
			return -1;
		header->len += (size_t)got;
		header->data[header->len] = '\0';
		len = roost_header_length(header->data, header->len);
		if (len < header->len || (size_t)got < want || header->len >= HEADER_MAX) {
			roost_str_truncate(header, len);
			return 0;
		}
		want = header->len;
	}
}

static const char *field_text(struct roost_arena *arena, struct roost_text value)
{
	value = roost_header_unfold(arena, roost_text_trim(value));
	return value.data == NULL ? "" : roost_arena_strndup(arena, value.data, value.len);
}

/* The pieces of the message between old Return-Path fields, all behind our trace. */
static struct roost_input *assemble(struct roost_input *trace, struct roost_input *spool,
				    const struct roost_str *header)
{
	struct roost_header walk = roost_header_walk(roost_str_text(header), header->len);
	struct roost_input *parts[PARTS_MAX], *result;
	struct roost_header_field field;
	size_t count = 0, from = 0;

	parts[count++] = roost_input_ref(trace);
	while (count < PARTS_MAX - 1 && roost_header_next_named(&walk, "Return-Path", &field)) {
		if (field.offset > from)
			parts[count++] = roost_input_range(spool, from, field.offset - from);
		from = field.end;
	}
	parts[count++] = roost_input_range(spool, from, UINT64_MAX - from);
	result = roost_input_concat(parts, count);
	while (count > 0)
		roost_input_unref(parts[--count]);
	return result;
}

int lmtp_message_open(int spool_fd, const struct lmtp_job *job, const struct lmtp_settings *set,
		      struct roost_arena *arena, struct lmtp_message *message,
		      struct roost_error *err)
{
	struct roost_str trace = ROOST_STR_INIT, header = ROOST_STR_INIT;
	struct roost_input *spool, *front;
	int fd = fcntl(spool_fd, F_DUPFD_CLOEXEC, 3);

	if (fd < 0)
		return roost_fail_errno(err, "dup of the spooled message");
	spool = roost_input_take_fd(fd);
	if (read_header(spool, &header, err) < 0) {
		roost_str_free(&header);
		roost_input_unref(spool);
		return -1;
	}
	put_trace(&trace, job, set);
	front = roost_input_take_str(&trace);
	message->input = assemble(front, spool, &header);
	message->message_id = field_text(arena, roost_header_find(roost_str_text(&header),
								  header.len, "Message-ID"));
	message->subject = field_text(arena, roost_header_find(roost_str_text(&header), header.len,
							       "Subject"));
	message->from = field_text(arena, roost_header_find(roost_str_text(&header), header.len,
							    "From"));
	roost_input_unref(front);
	roost_input_unref(spool);
	roost_str_free(&header);
	return 0;
}

const char *lmtp_log_line(struct roost_arena *arena, const struct lmtp_settings *set,
			  const struct lmtp_message *message, const struct lmtp_job *job,
			  const char *entry)
{
	const char *size = roost_arena_printf(arena, "%llu", (unsigned long long)job->size);
	const struct { const char *name, *value; } variables[] = {
		{ "$", entry },
		{ "m", message->message_id[0] == '\0' ? "unspecified" : message->message_id },
		{ "s", message->subject }, { "f", message->from }, { "e", job->sender },
		{ "p", size }, { "w", size }, { "{to_envelope}", job->address },
		{ "{msgid}", message->message_id }, { "{subject}", message->subject },
		{ "{from}", message->from }, { "{from_envelope}", job->sender },
		{ "{size}", size }, { "{vsize}", size }, { "%", "%" },
	};
	struct roost_str out = ROOST_STR_INIT;
	const char *line;

	for (const char *at = set->deliver_log_format; *at != '\0'; at++) {
		size_t i = 0;

		while (*at == '%' && i < ROOST_COUNT(variables) &&
		       strncmp(at + 1, variables[i].name, strlen(variables[i].name)) != 0)
			i++;
		if (*at == '%' && i < ROOST_COUNT(variables)) {
			roost_str_puts(&out, variables[i].value);
			at += strlen(variables[i].name);
		} else {
			roost_str_byte(&out, *at);
		}
	}
	line = roost_arena_strdup(arena, roost_str_text(&out));
	roost_str_free(&out);
	return line;
}
