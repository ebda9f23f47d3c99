if anyof (true, [ "x" } text:
..
