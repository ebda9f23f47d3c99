require ["redirect-dsn", "redirect-deliverby"];
redirect :notify "SOMETIMES" "a@b.c";
redirect :notify "NEVER,DELAY" "a@b.c";
redirect :ret "HALF" "a@b.c";
redirect :bymode "return" "a@b.c";
redirect :bytimerelative 5 :bytimeabsolute "2026-01-01T00:00:00Z" "a@b.c";
redirect :bytimeabsolute "tomorrow" "a@b.c";
redirect :bytimerelative 5 :bymode "explode" "a@b.c";
