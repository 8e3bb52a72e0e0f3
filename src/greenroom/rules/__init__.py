"""Rules: one predicate a file, tagged with its gate and stage, named by the capabilities that they guard."""
