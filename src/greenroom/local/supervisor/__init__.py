"""The supervisor: one process that runs a LiveKit server on this machine, watches it, and can be found.

``greenroom up`` starts it in the background, ``greenroom serve`` in the foreground. Its server is
livekit-server where that is found, else the sandbox. What belongs to it lies in the home folder:

    run/lock            held while it lives: a free lock means that everything else in run/ is stale.
                        Its time of change is when the local server was last used.
    run/daemon.json     pid, start, version, URLs, children. Written by the supervisor only.
    run/control.sock    its control: HTTP on a Unix socket, 0600 (``control``)
    run/tokens.json     who may control it over TCP (``access``), when ``--control-port`` opens that
    run/supervisor.log  what happened to it
    server/             keys.json, livekit.yaml, the servers' logs

From other processes: ``background``. In this one::

    await Supervisor(Options(home=home)).run(ready=print)

As a process: ``python -m greenroom.local.supervisor --home HOME [--idle SECONDS] …``. It writes one line
of JSON to stdout, when all is up or nothing can be: ``{"up": {…}}`` as in daemon.json, or ``{"error": {…}}``.
"""
