require ["fileinto", "encoded-character"];
fileinto "a${hex:c3 28}";
