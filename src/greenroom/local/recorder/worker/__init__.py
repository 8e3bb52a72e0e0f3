"""One recording, in a process of its own: it joins the room, composes, encodes and writes.

The asyncio side (``session``) joins and reads; a clock thread (``clock``) mixes and composes at the pace of
the recording; an encoder thread encodes once; each output has a thread of its own, so that none waits for
another.
"""
