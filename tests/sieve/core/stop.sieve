redirect "a@example.com";
if true { if true { stop; } }
discard;
