"""The local functions host: runs an app folder inside Microsoft's own Python worker, on this machine, as Azure would.

Not here, because no test of an app on one machine needs it: scale-out, sign-in, retry policies, blob and other triggers.
"""
