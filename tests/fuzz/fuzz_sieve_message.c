/* The interpreter with hostile messages: one script that looks at everything. */
#include "sieve_common.h"

static const char script[] =
	"require [\"variables\", \"regex\", \"body\", \"date\", \"index\", \"mime\", \"foreverypart\", "
	"\"extracttext\", \"replace\", \"enclose\", \"editheader\", \"relational\", \"subaddress\", \"duplicate\", "
	"\"vacation\", \"enotify\", \"comparator-i;ascii-numeric\", \"comparator-i;unicode-casemap\"];\n"
	"if header :matches [\"subject\", \"from\"] \"*a*b*\" { set \"x\" \"${2}\"; }\n"
	"if header :regex \"subject\" \"(a|ab)(c|bcd)*\" { set :upper :length \"y\" \"${1}\"; }\n"
	"if address :detail :contains [\"to\", \"cc\"] \"x\" { set \"z\" \"1\"; }\n"
	"if header :index 2 :last :comparator \"i;unicode-casemap\" \"received\" \"x\" { keep; }\n"
	"if date :originalzone :value \"gt\" \"date\" \"iso8601\" \"2000\" { set \"d\" \"1\"; }\n"
	"if body :text :contains \"needle\" { set \"b\" \"1\"; }\n"
	"if body :content \"multipart\" :matches \"*x*\" { set \"b\" \"2\"; }\n"
	"if header :mime :anychild :param \"charset\" :count \"ge\" \"content-type\" \"1\" { set \"c\" \"1\"; }\n"
	"if duplicate { stop; }\n"
	"foreverypart { if header :mime :type \"content-type\" \"text\" { extracttext :first 50 \"t\"; } foreverypart {\n"
	"  if header :mime :subtype \"content-type\" \"html\" { replace \"gone\"; } } }\n"
	"addheader \"X-T\" \"${t}${x}\"; deleteheader :index 1 :matches \"received\" \"*f*\";\n"
	"vacation :subject \"${x}\" \"${t}\"; notify :message \"${t}\" \"mailto:a@b.c\";\n"
	"enclose :subject \"${x}\" :headers \"to\" \"text\";\n"
	"replace :subject \"${t}\" \"all\";\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct sieve_instance *instance = sieve_fuzz_instance();
	struct roost_str bytes = ROOST_STR_INIT;
	struct sieve_program *program;
	struct roost_error err;
	struct sieve_diag diag;

	sieve_diag_init(&diag);
	if (!sieve_compile(instance, NULL, "x", SIEVE_MAIN, SIEVE_TEXT(script), &diag, &bytes) ||
	    sieve_program_load(instance, sieve_text_of_str(&bytes), &program, &err) < 0)
		abort();
	sieve_fuzz_run(instance, program, (struct sieve_text){ (const char *)data, len });
	sieve_program_free(program);
	sieve_diag_free(&diag);
	roost_str_free(&bytes);
	sieve_instance_free(instance);
	return 0;
}
