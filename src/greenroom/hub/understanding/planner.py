from greenroom.domain.planning import Refuse
class OfflinePlanner:
    def __init__(self, c): pass
    async def reply(self, brief): return Refuse(code="not-understood", message="stub")
