"""How fast is it, against a peer in the same run? One file a question."""
