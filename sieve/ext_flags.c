/* ext_flags - flags in variables and on stored messages. RFC 5232. */
#include "sieve/extensions.h"

enum { MAX_FLAG = 200 };

static const char *const system_flags[] = { "\\Answered", "\\Flagged", "\\Deleted", "\\Seen",
					    "\\Draft" };

/* Keywords are atoms; of the system flags only those that can be set. */
static bool flag_ok(struct sieve_text flag)
{
	if (flag.len == 0 || flag.len > MAX_FLAG)
		return false;
	if (flag.data[0] == '\\') {
		for (size_t i = 0; i < ROOST_COUNT(system_flags); i++) {
			if (sieve_text_is(flag, system_flags[i]))
				return true;
		}
		return false;
	}
	for (size_t i = 0; i < flag.len; i++) {
		if (flag.data[i] <= ' ' || flag.data[i] > '~' ||
		    strchr("(){%*\"\\]", flag.data[i]) != NULL)
			return false;
	}
	return true;
}

static bool next_flag(struct sieve_text *rest, struct sieve_text *flag)
{
	while (rest->len > 0 && rest->data[0] == ' ')
		rest->data++, rest->len--;
	*flag = (struct sieve_text){ rest->data, 0 };
	while (rest->len > 0 && rest->data[0] != ' ') {
		rest->data++, rest->len--;
		flag->len++;
	}
	return flag->len > 0;
}

static bool has_flag(struct sieve_text flags, struct sieve_text wanted)
{
	struct sieve_text flag;

	while (next_flag(&flags, &flag)) {
		if (flag.len == wanted.len && strncasecmp(flag.data, wanted.data, flag.len) == 0)
			return true;
	}
	return false;
}

/* Adds what is valid and not there; warns of the rest, \Recent apart. */
static void add_flags(struct sieve_run *run, struct roost_str *out, struct sieve_text flags)
{
	struct sieve_text flag;

	while (next_flag(&flags, &flag)) {
		if (!flag_ok(flag)) {
			if (!sieve_text_is(flag, "\\Recent"))
				sieve_run_warning(run, "IMAP flag '%.*s' is invalid and ignored",
						  (int)flag.len, flag.data);
			continue;
		}
		if (has_flag(sieve_text_of_str(out), flag))
			continue;
		if (out->len > 0)
			roost_str_byte(out, ' ');
		roost_str_append(out, flag.data, flag.len);
	}
}

static struct roost_str *flag_variable(struct sieve_run *run, const struct sieve_args *args)
{
	return sieve_arg_has(args, SIEVE_SLOT_TARGET) ?
		sieve_run_variable(run, args, SIEVE_SLOT_TARGET) : &run->result->internal_flags;
}

static int check_variable(struct sieve_check *check, struct sieve_use *use)
{
	struct sieve_bound *name = sieve_use_find(use, SIEVE_SLOT_ARG0);
	struct sieve_text text;
	int number;

	if (name == NULL)
		return 0;
	if (!sieve_check_required(check, "variables")) {
		sieve_check_error(check, name->at, "the %s takes a variable only with the variables "
				  "extension", sieve_use_name(check, use));
		return -1;
	}
	if (!sieve_bound_constant(name, &text) || !sieve_is_identifier(text)) {
		sieve_check_error(check, name->at, "invalid variable name for the %s",
				  sieve_use_name(check, use));
		return -1;
	}
	number = sieve_check_variable(check, text, name->at);
	if (number < 0)
		return -1;
	sieve_use_bind(check, use, SIEVE_SLOT_TARGET, SIEVE_NUMBER)->number = (uint64_t)number;
	return 0;
}

static int run_addflag(struct sieve_run *run, const struct sieve_args *args)
{
	struct roost_str *variable = flag_variable(run, args);
	uint32_t count = sieve_arg_count(args, SIEVE_SLOT_ARG1);

	for (uint32_t i = 0; i < count; i++)
		add_flags(run, variable, sieve_arg_list(run, args, SIEVE_SLOT_ARG1, i));
	return 0;
}

static int run_setflag(struct sieve_run *run, const struct sieve_args *args)
{
	struct roost_str out = ROOST_STR_INIT, *variable = flag_variable(run, args);
	uint32_t count = sieve_arg_count(args, SIEVE_SLOT_ARG1);

	for (uint32_t i = 0; i < count; i++)
		add_flags(run, &out, sieve_arg_list(run, args, SIEVE_SLOT_ARG1, i));
	roost_str_truncate(variable, 0);
	roost_str_append(variable, roost_str_text(&out), out.len);
	roost_str_free(&out);
	return 0;
}

static int run_removeflag(struct sieve_run *run, const struct sieve_args *args)
{
	struct roost_str out = ROOST_STR_INIT, *variable = flag_variable(run, args);
	uint32_t count = sieve_arg_count(args, SIEVE_SLOT_ARG1);
	struct sieve_text rest = sieve_text_of_str(variable), flag;

	while (next_flag(&rest, &flag)) {
		bool remove = false;

		for (uint32_t i = 0; i < count && !remove; i++)
			remove = has_flag(sieve_arg_list(run, args, SIEVE_SLOT_ARG1, i), flag);
		if (!remove)
			add_flags(run, &out, flag);
	}
	roost_str_truncate(variable, 0);
	roost_str_append(variable, roost_str_text(&out), out.len);
	roost_str_free(&out);
	return 0;
}

/* Each flag once: what other commands put into a variable may have it twice. */
static int match_flags(struct sieve_matcher *matcher, struct sieve_text flags)
{
	struct sieve_text rest = flags, flag;

	while (next_flag(&rest, &flag)) {
		struct sieve_text before = { flags.data, (size_t)(flag.data - flags.data) };

		if (!has_flag(before, flag) && sieve_match_value(matcher, flag) != 0)
			return 1;
	}
	return 0;
}

/* Whether keys are lists of flags as well: expressions and names of lists may have blanks in them. */
static bool keys_split(uint64_t match_type)
{
	return match_type != SIEVE_MATCH_REGEX && match_type != SIEVE_MATCH_LIST;
}

static uint32_t count_flags(struct sieve_text key)
{
	struct sieve_text flag;
	uint32_t count = 0;

	while (next_flag(&key, &flag))
		count++;
	return count;
}

/* "a b" asks for the same as ["a", "b"]. RFC 5232 section 4. */
static void split_constant_keys(struct sieve_check *check, struct sieve_bound *keys)
{
	struct sieve_string *strings;
	uint32_t count = 0, total = 0;

	for (uint32_t i = 0; i < keys->count; i++)
		total += 1 + count_flags(keys->strings[i].text);
	strings = sieve_pool_alloc(&check->pool, total * sizeof(*strings));
	for (uint32_t i = 0; i < keys->count; i++) {
		struct sieve_text rest = keys->strings[i].text, flag;

		if (!keys->strings[i].constant || count_flags(rest) < 2) {
			strings[count++] = keys->strings[i];
			continue;
		}
		while (next_flag(&rest, &flag))
			strings[count++] = (struct sieve_string){ .constant = true,
				.text = sieve_text_dup(check->arena, flag) };
	}
	keys->strings = strings;
	keys->count = count;
}

static void split_other_keys(struct sieve_run *run, struct sieve_matcher *matcher)
{
	struct sieve_text *texts, flag;
	uint32_t count = 0, total = 0;

	for (uint32_t i = 0; i < matcher->count; i++)
		total += 1 + count_flags(matcher->texts[i]);
	texts = roost_arena_alloc(run->arena, total * sizeof(*texts));
	for (uint32_t i = 0; i < matcher->count; i++) {
		struct sieve_text rest = matcher->texts[i];

		if (count_flags(rest) == 0)
			texts[count++] = rest;
		while (next_flag(&rest, &flag))
			texts[count++] = sieve_text_dup(run->arena, flag);
	}
	matcher->texts = texts;
	matcher->count = count;
}

static int check_hasflag(struct sieve_check *check, struct sieve_use *use)
{
	struct sieve_bound *names = sieve_use_find(use, SIEVE_SLOT_ARG0);
	const struct sieve_bound *match = sieve_use_find(use, SIEVE_SLOT_MATCH);

	if (match == NULL || keys_split(match->number - 1))
		split_constant_keys(check, sieve_use_find(use, SIEVE_SLOT_ARG1));
	if (names == NULL)
		return 0;
	if (!sieve_check_required(check, "variables")) {
		sieve_check_error(check, names->at, "the hasflag test takes variables only with the "
				  "variables extension");
		return -1;
	}
	/* The names stand for their values: what the interpreter is given is those. */
	for (uint32_t i = 0; i < names->count; i++) {
		struct sieve_string *string = &names->strings[i];
		int number;

		if (!string->constant || !sieve_is_identifier(string->text)) {
			sieve_check_error(check, names->at, "invalid variable name for the hasflag test");
			return -1;
		}
		number = sieve_check_variable(check, string->text, names->at);
		if (number < 0)
			return -1;
		string->pieces = roost_arena_new(check->arena, struct sieve_piece);
		*string->pieces = (struct sieve_piece){ .type = SIEVE_ITEM_VARIABLE,
							.number = (uint32_t)number >> 1,
							.global = number & 1 };
		string->count = 1;
		string->constant = false;
	}
	return 0;
}

static int run_hasflag(struct sieve_run *run, const struct sieve_args *args)
{
	struct sieve_matcher *matcher = sieve_match_begin(run, args);
	uint32_t count = sieve_arg_count(args, SIEVE_SLOT_ARG0);

	if (matcher->texts != NULL && keys_split(matcher->type))
		split_other_keys(run, matcher);
	if (!sieve_arg_has(args, SIEVE_SLOT_ARG0))
		match_flags(matcher, sieve_text_of_str(&run->result->internal_flags));
	for (uint32_t i = 0; i < count; i++) {
		if (match_flags(matcher, sieve_arg_list(run, args, SIEVE_SLOT_ARG0, i)) != 0)
			break;
	}
	return sieve_match_end(matcher);
}

const char *const *sieve_action_flags(struct sieve_run *run, const struct sieve_args *args)
{
	struct roost_str out = ROOST_STR_INIT;
	const char *const *flags = NULL;

	if (sieve_arg_has(args, SIEVE_SLOT_FLAGS)) {
		uint32_t count = sieve_arg_count(args, SIEVE_SLOT_FLAGS);

		for (uint32_t i = 0; i < count; i++)
			add_flags(run, &out, sieve_arg_list(run, args, SIEVE_SLOT_FLAGS, i));
		flags = sieve_flags_array(run->result->arena, roost_str_text(&out));
	} else if (run->result->internal_flags.len > 0) {
		flags = sieve_flags_array(run->result->arena, run->result->internal_flags.data);
	}
	roost_str_free(&out);
	return flags;
}

#define FLAG_COMMAND(command, function) \
	{ .name = command, .is_command = true, .required = 1, .optional_first = true, \
	  .params = { { SIEVE_STRING, "variable name" }, { SIEVE_LIST, "list of flags" } }, \
	  .check = check_variable, .run = function }

static const struct sieve_def defs[] = {
	FLAG_COMMAND("setflag", run_setflag),
	FLAG_COMMAND("addflag", run_addflag),
	FLAG_COMMAND("removeflag", run_removeflag),
	{ .name = "hasflag", .is_test = true, .required = 1, .optional_first = true,
	  .groups = SIEVE_GROUP_ALL_MATCH, .keys = SIEVE_SLOT_ARG1,
	  .params = { { SIEVE_LIST, "variable list" }, { SIEVE_LIST, "list of flags" } },
	  .check = check_hasflag, .run = run_hasflag },
	{ 0 }
};

static const struct sieve_tag tags[] = {
	{ .name = "flags", .commands = "keep fileinto", .slot = SIEVE_SLOT_FLAGS, .type = SIEVE_LIST },
	{ 0 }
};

const struct sieve_extension sieve_ext_flags = { .name = "imap4flags", .defs = defs, .tags = tags };
