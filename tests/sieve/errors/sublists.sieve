if anyof true { keep; }
if not (true) { keep; }
if allof { keep; }
if not { keep; }
