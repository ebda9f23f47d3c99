require ["editheader","variables","encoded-character"]; set "v" "a${hex:00}b"; addheader "x" "${v}";
