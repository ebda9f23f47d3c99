require ["fileinto", "fileinto"];
require "fileinto";
fileinto "x";
