require "include";
include :global "notifier";
