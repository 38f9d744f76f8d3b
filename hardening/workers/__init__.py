"""The campaign of faults against training by workers: kills, stops, cut connections, full disks. Start: __main__.py.

plans      which faults a seed stands for, and when each comes
injuries   the kinds of faults: what is done to a run
processes  which processes and connections a run has, found in /proc
given      a scheduler and workers for `--cluster`
disks      a small disk that can be filled
waiting    the longest time without progress, read from the log of a run
campaign   one run from its first start to the vectors, under the faults of its plan
ledger     what was found, kept by seed, and the table
"""
