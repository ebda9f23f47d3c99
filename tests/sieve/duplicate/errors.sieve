require "duplicate";
if duplicate :header "X" :uniqueid "y" { keep; }
if duplicate :seconds "a" { keep; }
if duplicate "x" { keep; }
