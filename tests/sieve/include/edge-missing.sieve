require "include"; include "nothere";
