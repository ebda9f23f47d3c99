require "enotify";
notify "xmpp:x@example.com";
notify :importance "4" "mailto:x@example.com";
notify :from "nobody" "mailto:x@example.com";
notify :options "bad" "mailto:x@example.com";
