redirect "nobody";
redirect "a@example.com, b@example.com";
redirect "<>";
redirect "@example.com";
redirect "größe@example.com";
redirect "odd..dots.@example.com";
