require "include";
include "multiply1";
