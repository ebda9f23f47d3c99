require "include"; include "circ1";
