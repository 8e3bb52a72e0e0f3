"""The planner without an LLM: typed mentions, steps, scores, fields, and then act, ask or refuse."""
