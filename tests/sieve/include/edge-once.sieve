require "include"; include :once "red"; include :once "red"; include "red";
