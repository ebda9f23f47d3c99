require ["redirect-dsn", "redirect-deliverby", "copy"];
redirect :copy :notify "success,failure,delay" :ret "full" "a@b.c";
redirect :copy :bytimeabsolute "2036-01-01T00:00:00+02:00" :bymode "return" "b@b.c";
redirect :copy :bytimeabsolute "2036-01-01T00:00:00-0230" "c@b.c";
