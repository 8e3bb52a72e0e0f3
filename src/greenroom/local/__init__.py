"""Programs that Greenroom runs on this machine. They know the domain only."""
