"""Speed and memory beside a stock Bolt application: `make bench` prints one table of one run."""
