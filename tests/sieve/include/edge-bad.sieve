require "include"; include "bad"; discard;
