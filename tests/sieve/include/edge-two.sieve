require "include"; include "two"; discard;
