"""`bsr runner start`: a machine that stays, takes tasks, and loses nothing whatever dies.

    start      plugs it together: one desk, and threads and processes around it that talk to it by messages
    desk       the only one that changes anything: leases, tasks in hand, the spool
    claims     asks for work while there is room
    heart      keeps the leases alive, and listens for directives
    post       brings results home
    crew       the worker processes, seen from here; `worker` is one of them from inside
    door       the local HTTP door: health, metrics, status, pause, drain
    clock      time that goes on while the machine sleeps

Every result is on the disk before its task counts as done, and leaves it after acknowledgement only.
"""
