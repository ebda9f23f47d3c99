require "ihave";
if ihave "fileinto" { fileinto "a"; }
if allof (ihave "fileinto", header :contains "subject" "") { fileinto "b"; }
fileinto "c";
