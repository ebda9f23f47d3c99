require "include"; include "bad";
