/* Writing and reading hand-overs. */
#include <string.h>
#include "core/proc/handover.h"

void handover_put(struct roost_str *out, const struct handover *handover)
{
	roost_wire_put_u32(out, handover->job);
	roost_wire_put_u32(out, handover->auth);
	roost_wire_put_bytes(out, handover->cookie, sizeof(handover->cookie));
	roost_authlink_put_facts(out, &handover->facts);
	roost_wire_put_text(out, handover->tag);
	roost_wire_put_bytes(out, handover->input, handover->input_len);
}

bool handover_get(struct roost_wire *wire, struct roost_arena *arena, struct handover *handover)
{
	const void *cookie;
	size_t len;

	memset(handover, 0, sizeof(*handover));
	handover->job = roost_wire_u32(wire) != 0;
	handover->auth = roost_wire_u32(wire);
	cookie = roost_wire_bytes(wire, &len);
	if (len == sizeof(handover->cookie))
		memcpy(handover->cookie, cookie, len);
	else
		wire->broken = true;
	roost_authlink_get_facts(wire, arena, &handover->facts);
	handover->tag = roost_wire_text(wire, arena);
	handover->input = roost_wire_bytes(wire, &handover->input_len);
	if (handover->input_len > HANDOVER_INPUT_MAX)
		wire->broken = true;
	return roost_wire_done(wire);
}
