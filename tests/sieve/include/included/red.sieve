redirect "a@b.c";
