"""The machine: takes work, survives anything, reports.

    guard     starts the work as a child process, relays what it says, speaks for it if it dies
    child     that process
    job       one job by the contract: running, scrape, keep, deliver
    outbox    what was found and not yet acknowledged, durable
    deliver   from the outbox to the coordinator
    crash     last words
    check     what a person needs to know about this machine

Doors call `guard.run`, `deliver.deliver_all`, `check.check`; none of them raises for what a job does.
"""
