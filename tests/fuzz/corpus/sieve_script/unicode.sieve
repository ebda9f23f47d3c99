require ["encoded-character", "fileinto"];
fileinto "${unicode:D800}";
fileinto "${unicode:110000}";
fileinto "${unicode:FFFFFFFFFFFFFFFFFF}";
fileinto "${unicode:110000";
fileinto "${hex:zz}";
