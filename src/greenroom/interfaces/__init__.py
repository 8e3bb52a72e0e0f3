"""The doors. They translate and decide nothing; none imports another."""
