def build(c): return {}
