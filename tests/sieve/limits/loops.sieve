require ["foreverypart","include","mime"]; foreverypart { foreverypart { foreverypart { include "loops"; } } }
