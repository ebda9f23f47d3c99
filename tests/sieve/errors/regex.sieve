require "regex";
if header :regex "a" ["b", "(c"] { }
