"""Deterministic training of skip-gram on several processes, with the bytes of `--deterministic` alone.

planning   which tiles of the rotation there are, in which order they are trained, and what they move: numbers alone
tasks      what a worker computes: functions without a state
graph      the tasks of a batch and of a checkpoint, and what each of them needs
run_folder the blocks of a checkpoint and its manifest
engine     Dask distributed: where tasks run, what is done when a worker dies or nothing moves
worker     a worker process of the engine
trainer    training by workers, for the loop of all trainers
"""
