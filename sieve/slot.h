/* Names of what an instruction may be given: positional arguments and tags. */
#ifndef SIEVE_SLOT_H
#define SIEVE_SLOT_H

/* Kept in compiled scripts by name order: add at the end, and raise SIEVE_PROGRAM_VERSION. */
#define SIEVE_SLOTS(X) \
	X(NONE, "") X(ARG0, "0") X(ARG1, "1") X(ARG2, "2") X(ARG3, "3") \
	X(MATCH, "match") X(RELATION, "relation") X(COMPARATOR, "comparator") \
	X(ADDRESS_PART, "address-part") X(SIZE, "size") X(COPY, "copy") X(CREATE, "create") \
	X(FLAGS, "flags") X(MODIFIER, "modifier") X(INDEX, "index") X(LAST, "last") \
	X(TRANSFORM, "transform") X(DAYS, "days") X(SECONDS, "seconds") X(SUBJECT, "subject") \
	X(FROM, "from") X(ADDRESSES, "addresses") X(MIME, "mime") X(HANDLE, "handle") \
	X(ZONE, "zone") X(ONCE, "once") X(OPTIONAL, "optional") X(LOCATION, "location") \
	X(HEADER, "header") X(UNIQUEID, "uniqueid") X(ANYCHILD, "anychild") \
	X(MIMEOPT, "mime-option") X(FIRST, "first") X(NAME, "name") X(IMPORTANCE, "importance") \
	X(OPTIONS, "options") X(MESSAGE, "message") X(PERCENT, "percent") \
	X(SPECIALUSE, "specialuse") X(SMTP, "smtp") X(FOLDER, "folder") X(APPEND, "append") \
	X(EXTENSION, "extension") X(MAILBOX, "mailbox") X(TARGET, "target") X(LIST, "list") \
	X(HEADERS_ONLY, "headers-only") X(TRY, "try") X(PIPE, "pipe") X(INPUT, "input") \
	X(OUTPUT, "output") \
	X(FCC, "fcc") X(MAILBOXID, "mailboxid") X(NOTIFY, "notify") X(RET, "ret") \
	X(BYRELATIVE, "bytimerelative") X(BYABSOLUTE, "bytimeabsolute") X(BYMODE, "bymode") \
	X(BYTRACE, "bytrace") X(HEADERS, "headers") X(EXPAND, "expand") \
	X(NUMBER0, "n0") X(NUMBER1, "n1") X(NUMBER2, "n2") X(NUMBER3, "n3") \
	X(TEXT0, "t0") X(TEXT1, "t1") X(TEXT2, "t2") X(TEXT3, "t3")

enum sieve_slot {
#define SIEVE_SLOT_ENUM(name, text) SIEVE_SLOT_##name,
	SIEVE_SLOTS(SIEVE_SLOT_ENUM)
#undef SIEVE_SLOT_ENUM
	SIEVE_SLOT_COUNT
};

#endif
