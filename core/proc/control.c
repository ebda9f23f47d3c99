/* The compound fields of control messages. */
#include <string.h>
#include "core/proc/control.h"

void control_put_ids(struct roost_str *out, const struct proc_ids *ids)
{
	roost_wire_put_u32(out, ids->uid);
	roost_wire_put_u32(out, ids->gid);
	roost_wire_put_u32(out, ids->group_count);
	for (uint32_t i = 0; i < ids->group_count; i++)
		roost_wire_put_u32(out, ids->groups[i]);
	roost_wire_put_text(out, ids->chroot);
}

bool control_get_ids(struct roost_wire *wire, struct roost_arena *arena, struct proc_ids *ids)
{
	memset(ids, 0, sizeof(*ids));
	ids->uid = roost_wire_u32(wire);
	ids->gid = roost_wire_u32(wire);
	ids->group_count = roost_wire_u32(wire);
	if (ids->group_count > sizeof(ids->groups) / sizeof(ids->groups[0])) {
		ids->group_count = 0;
		wire->broken = true;
	}
	for (uint32_t i = 0; i < ids->group_count; i++)
		ids->groups[i] = roost_wire_u32(wire);
	ids->chroot = roost_wire_text(wire, arena);
	return !wire->broken;
}

void control_put_peer(struct roost_str *out, const struct roost_peer *peer)
{
	roost_wire_put_u32(out, peer->id);
	roost_wire_put_text(out, peer->role);
	roost_wire_put_text(out, peer->service);
	roost_wire_put_u32(out, peer->pid);
	roost_wire_put_u32(out, peer->uid);
	roost_wire_put_u32(out, peer->gid);
}

void control_get_peer(struct roost_wire *wire, struct roost_arena *arena, struct roost_peer *peer)
{
	peer->id = roost_wire_u32(wire);
	peer->role = roost_wire_text(wire, arena);
	peer->service = roost_wire_text(wire, arena);
	peer->pid = roost_wire_u32(wire);
	peer->uid = roost_wire_u32(wire);
	peer->gid = roost_wire_u32(wire);
}

bool proc_ids_equal(const struct proc_ids *a, const struct proc_ids *b)
{
	return a->uid == b->uid && a->gid == b->gid && a->group_count == b->group_count &&
	       memcmp(a->groups, b->groups, a->group_count * sizeof(a->groups[0])) == 0 &&
	       strcmp(a->chroot, b->chroot) == 0;
}
