require ["fileinto", "envelope", "encoded-character", "vacation", "subaddress",
	"comparator-i;ascii-numeric", "relational", "regex", "imap4flags", "copy", "variables", "body",
	"environment", "mailbox", "date", "index", "ihave", "duplicate", "mime", "foreverypart",
	"extracttext", "enotify", "editheader", "spamtest"];
set :upper :length "a" "${hex:41}${unicode:20AC}";
if anyof (header :matches ["subject", "from"] "*a*", not address :detail "from" "list",
	  envelope :count "ge" :comparator "i;ascii-numeric" "to" "1") {
	addflag ["\\Seen", "${1}"];
	fileinto :copy :create :flags "x" "a${1}b";
} elsif allof (body :content "text/html" :contains "b", date :originalzone "date" "year" "2009") {
	redirect "x@example.com";
} else { discard; }
foreverypart :name "l" {
	if header :mime :param "boundary" "content-type" "X" { extracttext :first 3 "t"; break :name "l"; }
}
if string :regex "${t}" "(a|b)+c?" { keep; }
addheader "X-A" "b";
deleteheader :index 1 :last "X-A";
if not duplicate :handle "h" { vacation :days 3 :subject "s" "away"; }
notify "mailto:x@example.com?body=hi";
if currentdate :value "ge" "hour" "08" { stop; }
