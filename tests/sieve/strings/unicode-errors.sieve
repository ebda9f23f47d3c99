require "encoded-character";
redirect "${unicode:d800}@example.com";
redirect "${unicode:110000}@example.com";
redirect "${unicode:100000041}@example.com";
redirect "${unicode:10000000000000041}@example.com";
