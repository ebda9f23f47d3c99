require "include"; include "circ2";
