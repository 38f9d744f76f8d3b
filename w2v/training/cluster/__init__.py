"""Deterministic training of skip-gram on several processes, with the bytes of `--deterministic` alone.

planning   which tiles of the rotation there are, in which order they are trained, and what they move: numbers alone
moving     whether moving rows takes longer than training them
block      rows that one task may change
files      blocks and small files, in a folder or behind a URL
tasks      what a worker computes: functions without a state
graph      the tasks of a batch and of a checkpoint, what each of them needs, and what an `Engine` must do
input      counting and encoding by the workers, before they train
run_folder the blocks of a checkpoint and its manifest
trainer    training by workers, for the loop of all trainers
starting   the engine that the user has asked for
dask/      that engine; no other file here knows Dask
"""
