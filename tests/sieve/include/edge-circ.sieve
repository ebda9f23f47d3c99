require "include"; include "circ1"; discard;
