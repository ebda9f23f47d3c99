keep;
redirect "a@b.c;
