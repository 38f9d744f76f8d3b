"""Deterministic training of skip-gram on several processes, with the bytes of `--deterministic` alone.

planning   which tiles of the rotation there are, in which order they are trained, and what they move: numbers alone
block      rows that one task may change
tasks      what a worker computes: functions without a state
graph      the tasks of a batch and of a checkpoint, and what each of them needs
run_folder the blocks of a checkpoint and its manifest
engine     Dask distributed: tasks, their results, and what is done when nothing moves
scheduler  what is asked of Dask's scheduler, and runs there
own_workers  a scheduler and worker processes on this machine
worker     such a worker process
trainer    training by workers, for the loop of all trainers
"""
