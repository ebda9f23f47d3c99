require ["include", "fileinto"];
include "stores";
