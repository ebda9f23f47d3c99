require ["fileinto", "nonsense"];
require ["madness", "fileinto"];
require "redirect";
keep;
require ["more", "nonsense"];
