require "include"; include :optional "nothere"; discard;
