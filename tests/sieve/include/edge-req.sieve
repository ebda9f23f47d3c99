require ["include", "fileinto"]; include "req";
