require ["vacation", "vacation-seconds"];
vacation :days 1 :seconds 5 "x";
vacation :from "nobody" "x";
vacation :days "1" "x";
vacation;
