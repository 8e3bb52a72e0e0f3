"""Makes what the planner has learned: ``make train``. Nothing of it is needed to run Greenroom."""
