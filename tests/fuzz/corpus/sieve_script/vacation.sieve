require ["vacation", "vacation-seconds"];
vacation :days 3 :seconds 10 "x";
vacation :from "nobody" "x";
vacation;
