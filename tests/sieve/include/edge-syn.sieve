require "include"; include "syn"; discard;
