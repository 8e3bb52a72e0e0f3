"""Nouns, contracts and ports. No I/O and no vendor: everything else may import it, it imports nothing of ours."""
