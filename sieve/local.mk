# sieve: the Sieve language; knows neither mail storage nor server.
