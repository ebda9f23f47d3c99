require "variables";
set :lower :upper "a" "b";
set :lowerfirst :upperfirst "a" "b";
