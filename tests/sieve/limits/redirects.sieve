redirect "1@b.c"; redirect "2@b.c";redirect "3@b.c";redirect "4@b.c";redirect "5@b.c";
