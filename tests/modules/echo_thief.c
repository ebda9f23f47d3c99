/*
 * A front that was broken into: its own sockets are all it has, so it speaks the links' language on
 * them. Each attempt answers with what anvil said to it.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <roost/arena.h>
#include <roost/authlink.h>
#include "echo.h"

/* core/proc/handover.h */
enum { GIVE = 64, TAKEN = 65 };
#define REQUEST 0xfeedfaceu
/* Peers are numbered from 1 in the order of their start: log, anvil, auth. */
#define FIRST_AUTH 3

static char answer[256];

/* The n-th message socket of this process: control, then links in the order they came. */
static int message_socket(int n)
{
	for (int fd = 3; fd < 100; fd++) {
		socklen_t len = sizeof(int);
		int type;

		if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 &&
		    type == SOCK_SEQPACKET && n-- == 0)
			return fd;
	}
	return -1;
}

static void send_all(const struct roost_str *message, int fd)
{
	union { struct cmsghdr align; char bytes[CMSG_SPACE(sizeof(int))]; } space = { 0 };
	struct iovec part = { message->data, message->len };
	struct msghdr header = { .msg_iov = &part, .msg_iovlen = 1 };
	int link;

	if (fd >= 0) {
		header.msg_control = space.bytes;
		header.msg_controllen = sizeof(space.bytes);
		*CMSG_FIRSTHDR(&header) = (struct cmsghdr){
			.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET,
			.cmsg_type = SCM_RIGHTS,
		};
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&header)), &fd, sizeof(fd));
	}
	/* Not to the master, which is the first: it would only log the nonsense. */
	for (int n = 1; (link = message_socket(n)) >= 0; n++)
		(void)sendmsg(link, &header, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* The next message of a type on any link within two seconds; its length, or 0. */
static size_t await(uint32_t type, uint32_t id, char *buffer, size_t size)
{
	for (int tries = 0; tries < 200; tries++) {
		int link;

		for (int n = 1; (link = message_socket(n)) >= 0; n++) {
			ssize_t len = recv(link, buffer, size, MSG_DONTWAIT);
			struct roost_wire wire = roost_wire_read(buffer, len < 0 ? 0 : (size_t)len);

			if (len > 8 && roost_wire_u32(&wire) == type &&
			    roost_wire_u32(&wire) == id)
				return (size_t)len;
		}
		(void)usleep(10000);
	}
	return 0;
}

/* As a front would: log ann in for a service, and be given her cookie. */
static bool get_cookie(struct roost_front *front, const char *service, unsigned char *cookie)
{
	static const char response[] = "\0ann\0secret";
	struct roost_facts facts = *roost_front_facts(front);
	struct roost_arena *arena = roost_arena_create("thief");
	struct roost_str out = ROOST_STR_INIT;
	struct roost_authlink_reply reply;
	struct roost_wire wire;
	char buffer[8192];
	size_t len;
	bool got;

	facts.service = service;
	roost_wire_put_u32(&out, ROOST_AUTHLINK_BEGIN);
	roost_wire_put_u32(&out, REQUEST);
	roost_authlink_put_facts(&out, &facts);
	roost_wire_put_text(&out, "PLAIN");
	roost_wire_put_u32(&out, 1);
	roost_wire_put_bytes(&out, response, sizeof(response) - 1);
	send_all(&out, -1);
	roost_str_free(&out);
	len = await(ROOST_AUTHLINK_REPLY, REQUEST, buffer, sizeof(buffer));
	wire = roost_wire_read(buffer, len);
	(void)roost_wire_u32(&wire);
	got = len > 0 && roost_authlink_get_reply(&wire, arena, &reply) &&
	      reply.result == ROOST_AUTH_OK;
	if (got)
		memcpy(cookie, reply.cookie, ROOST_COOKIE_SIZE);
	roost_arena_free(arena);
	return got;
}

/* Hand one end of a socketpair over with cookie; what came of it. */
static const char *give(struct roost_front *front, const unsigned char *cookie,
			const char *service, bool job)
{
	struct roost_facts facts = *roost_front_facts(front);
	struct roost_str out = ROOST_STR_INIT;
	char buffer[8192];
	struct roost_wire wire;
	int ends[2];
	size_t len;

	facts.service = service;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
		return "no socketpair";
	roost_wire_put_u32(&out, GIVE);
	roost_wire_put_u64(&out, REQUEST);
	roost_wire_put_u32(&out, job);
	roost_wire_put_u32(&out, FIRST_AUTH);
	roost_wire_put_bytes(&out, cookie, ROOST_COOKIE_SIZE);
	roost_authlink_put_facts(&out, &facts);
	roost_wire_put_text(&out, "");
	roost_wire_put_bytes(&out, "", 0);
	send_all(&out, ends[0]);
	roost_str_free(&out);
	close(ends[0]);
	len = await(TAKEN, REQUEST, buffer, sizeof(buffer));
	wire = roost_wire_read(buffer, len);
	(void)roost_wire_u32(&wire);
	(void)roost_wire_u64(&wire);
	if (len == 0)
		(void)snprintf(answer, sizeof(answer), "no answer");
	else
		(void)snprintf(answer, sizeof(answer), "result %u", roost_wire_u32(&wire));
	/* A worker would greet; one that was refused closes. */
	if (len > 0) {
		struct pollfd wait = { .fd = ends[1], .events = POLLIN };
		ssize_t got = poll(&wait, 1, 2000) > 0 ? read(ends[1], buffer, 64) : -1;

		(void)snprintf(answer + strlen(answer), sizeof(answer) - strlen(answer), ", %s",
			       got > 0 ? "served" : got == 0 ? "closed" : "silent");
	}
	close(ends[1]);
	return answer;
}

const char *echo_steal(struct roost_front *front, const char *what)
{
	unsigned char cookie[ROOST_COOKIE_SIZE] = "made up by us!!";

	if (strcmp(what, "made-up") == 0)
		return give(front, cookie, "echo", false);
	if (strcmp(what, "other-service") == 0)
		return get_cookie(front, "echo", cookie) ? give(front, cookie, "imap", false) :
							   "no cookie";
	if (strcmp(what, "foreign-service") == 0)
		return get_cookie(front, "imap", cookie) ? "a cookie for imap" : "no cookie";
	if (strcmp(what, "own") == 0)
		return get_cookie(front, "echo", cookie) ? give(front, cookie, "echo", false) :
							   "no cookie";
	if (strcmp(what, "as-job") == 0)
		return get_cookie(front, "echo", cookie) ? give(front, cookie, "echo", true) :
							   "no cookie";
	if (strcmp(what, "replay") == 0) {
		if (!get_cookie(front, "echo", cookie))
			return "no cookie";
		(void)give(front, cookie, "echo", false);
		return give(front, cookie, "echo", false);
	}
	return NULL;
}
