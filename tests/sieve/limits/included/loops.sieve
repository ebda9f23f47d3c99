require ["foreverypart","include"]; foreverypart { foreverypart { keep; } }
