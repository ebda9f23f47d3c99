require "ereject";
ereject "no";
discard;
