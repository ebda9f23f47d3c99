keep keep;
if true { keep } 
redirect ["a", ];
if anyof (true,, false) { keep; }
stop;;
discard;
