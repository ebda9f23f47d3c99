/* Messages between our own processes: fields in a fixed order, bounds checked. */
#include <roost/wire.h>

void roost_wire_put_u32(struct roost_str *out, uint32_t value)
{
	roost_str_append(out, &value, sizeof(value));
}

void roost_wire_put_u64(struct roost_str *out, uint64_t value)
{
	roost_str_append(out, &value, sizeof(value));
}

void roost_wire_put_bytes(struct roost_str *out, const void *data, size_t len)
{
	roost_wire_put_u32(out, (uint32_t)len);
	roost_str_append(out, data, len);
}

void roost_wire_put_text(struct roost_str *out, const char *text)
{
	roost_wire_put_bytes(out, text, text == NULL ? 0 : strlen(text));
}

void roost_wire_put_list(struct roost_str *out, const char *const *list)
{
	uint32_t count = 0;

	while (list != NULL && list[count] != NULL)
		count++;
	roost_wire_put_u32(out, count);
	for (uint32_t i = 0; i < count; i++)
		roost_wire_put_text(out, list[i]);
}

struct roost_wire roost_wire_read(const void *data, size_t len)
{
	return (struct roost_wire){ data, len, false };
}

static const void *take(struct roost_wire *wire, size_t size)
{
	const void *at = wire->data;

	if (wire->broken || size > wire->len) {
		wire->broken = true;
		return NULL;
	}
	wire->data += size;
	wire->len -= size;
	return at;
}

uint32_t roost_wire_u32(struct roost_wire *wire)
{
	const void *at = take(wire, sizeof(uint32_t));
	uint32_t value = 0;

	if (at != NULL)
		memcpy(&value, at, sizeof(value));
	return value;
}

uint64_t roost_wire_u64(struct roost_wire *wire)
{
	const void *at = take(wire, sizeof(uint64_t));
	uint64_t value = 0;

	if (at != NULL)
		memcpy(&value, at, sizeof(value));
	return value;
}

const void *roost_wire_bytes(struct roost_wire *wire, size_t *len)
{
	uint32_t size = roost_wire_u32(wire);
	const void *at = take(wire, size);

	*len = at == NULL ? 0 : size;
	return at == NULL ? "" : at;
}

const char *roost_wire_text(struct roost_wire *wire, struct roost_arena *arena)
{
	size_t len;
	const char *text = roost_wire_bytes(wire, &len);

	if (memchr(text, '\0', len) != NULL) {
		wire->broken = true;
		return "";
	}
	return roost_arena_strndup(arena, text, len);
}

const char *const *roost_wire_list(struct roost_wire *wire, struct roost_arena *arena)
{
	uint32_t count = roost_wire_u32(wire);
	const char **list;

	/* Each text takes at least its length: a made-up count cannot make us allocate. */
	if (count > wire->len / sizeof(uint32_t)) {
		wire->broken = true;
		count = 0;
	}
	list = roost_arena_alloc(arena, (count + 1) * sizeof(*list));
	for (uint32_t i = 0; i < count; i++)
		list[i] = roost_wire_text(wire, arena);
	list[wire->broken ? 0 : count] = NULL;
	return list;
}

bool roost_wire_done(const struct roost_wire *wire)
{
	return !wire->broken && wire->len == 0;
}
